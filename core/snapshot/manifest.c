/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of a snapshot: to JSON and back, and whether it can be trusted. */
#include "host/file.h"
#include "snapshot/private.h"

#include <string.h>

static const long long format_version = 1;

static const char *const state_names[SNAPSHOT_STATES] = {
	[SNAPSHOT_TAKING] = "taking",
	[SNAPSHOT_COMPLETE] = "complete",
	[SNAPSHOT_REVERTING] = "reverting",
	[SNAPSHOT_DROPPING] = "dropping",
};

static const char *const step_names[STEPS] = {
	[STEP_KEEP] = "keep",	  [STEP_DESTROY] = "destroy", [STEP_DISKS] = "disks",
	[STEP_CONFIG] = "config", [STEP_MEMORY] = "memory",   [STEP_END] = "end",
};

const char *snapshot_state_name(enum snapshot_state state)
{
	return state_names[state];
}

static unsigned find_name(const char *const *names, unsigned count, const char *name)
{
	unsigned i = 0;

	while (i < count && !sx_streq(names[i], name))
		i++;
	return i;
}

/* ---- its parts, under the names that they have in the file ---- */

static const struct json_field fields[] = {
	{ "name", JSON_TEXT, offsetof(struct snapshot, guest), false },
	{ "uuid", JSON_TEXT, offsetof(struct snapshot, uuid), false },
	{ "snapshot", JSON_TEXT, offsetof(struct snapshot, name), false },
	{ "taken_at", JSON_TEXT, offsetof(struct snapshot, taken_at), false },
	{ "by", JSON_TEXT, offsetof(struct snapshot, by), false },
	{ "command", JSON_TEXT, offsetof(struct snapshot, command), false },
	{ "reason", JSON_TEXT, offsetof(struct snapshot, reason), false },
	{ "config", JSON_TEXT, offsetof(struct snapshot, config), false },
	{ "commit", JSON_TEXT, offsetof(struct snapshot, commit), false },
	{ "consistency", JSON_TEXT, offsetof(struct snapshot, consistency), false },
	{ "image_id", JSON_TEXT, offsetof(struct snapshot, image_id), false },
	{ "boot_id", JSON_TEXT, offsetof(struct snapshot, boot_id), false },
	{ "paused_uuid", JSON_TEXT, offsetof(struct snapshot, paused_uuid), false },
	{ "saved_in", JSON_TEXT, offsetof(struct snapshot, saved_in), true },
	{ "memory", JSON_BOOL, offsetof(struct snapshot, memory), false },
	{ "keep_memory", JSON_BOOL, offsetof(struct snapshot, keep_memory), false },
	{ "pauses", JSON_BOOL, offsetof(struct snapshot, pauses), false },
	{ "stops_qemu", JSON_BOOL, offsetof(struct snapshot, stops_qemu), false },
	{ "domid", JSON_PID, offsetof(struct snapshot, domid), false },
	{ "paused_ms", JSON_NUMBER, offsetof(struct snapshot, paused_ms), false },
	{ "owner_pid", JSON_PID, offsetof(struct snapshot, owner.pid), false },
	{ "owner_start", JSON_NUMBER, offsetof(struct snapshot, owner.start), false },
	{ "child_pid", JSON_PID, offsetof(struct snapshot, child.pid), false },
	{ "child_start", JSON_NUMBER, offsetof(struct snapshot, child.start), false },
	{ 0 },
};

static const struct json_field disk_fields[] = {
	{ "vdev", JSON_TEXT, offsetof(struct snapshot_disk, vdev), false },
	{ "target", JSON_TEXT, offsetof(struct snapshot_disk, target), false },
	{ "object", JSON_TEXT, offsetof(struct snapshot_disk, object), false },
	{ "format", JSON_TEXT, offsetof(struct snapshot_disk, format), false },
	{ "how", JSON_TEXT, offsetof(struct snapshot_disk, kind), false },
	{ "volume", JSON_TEXT, offsetof(struct snapshot_disk, volume), false },
	{ "size", JSON_NUMBER, offsetof(struct snapshot_disk, size), false },
	{ 0 },
};

/* ---- life ---- */

static void disk_dispose_all(struct snapshot_disk *d)
{
	json_free_fields(d, disk_fields);
	free(d->digest);
	json_free(d->evidence);
}

void snapshot_dispose(struct snapshot *s)
{
	free(s->dir);
	json_free_fields(s, fields);
	sx_vec_dispose(&s->disks, disk_dispose_all);
	*s = (struct snapshot){ 0 };
}

char *snapshots_dir(const struct flow_env *env, const char *guest)
{
	SX_FREE char *safe = sx_path_escape(guest);

	return sx_format("%s/snapshots/%s", env->paths.state, safe);
}

int snapshot_lock(const struct flow_env *env, const char *guest, struct sx_lock *lock,
		  struct sx_err *err)
{
	SX_FREE char *safe = sx_path_escape(guest);

	return flow_lock(env, "snapshot", safe, lock, err);
}

char *snapshot_image(const struct snapshot *s)
{
	return sx_path_join(s->dir, "memory");
}

char *snapshot_begun(const char *guest_dir)
{
	return sx_path_join(guest_dir, ".begun");
}

void snapshot_subject(const struct snapshot_disk *d, bool kept, struct evidence_subject *out)
{
	bool reads = sx_streq(d->kind, "reference");

	*out = (struct evidence_subject){ .target = kept && !reads ? d->volume : d->target,
					  .object = kept && !reads ? d->volume : d->object,
					  .vdev = d->vdev,
					  .format = d->format,
					  .script = "",
					  .backend_domain = "",
					  .readwrite = !reads };
}

struct evidence_subject *snapshot_subjects(const struct snapshot *s)
{
	struct evidence_subject *all = sx_alloc((s->disks.len + 1) * sizeof(*all));

	for (size_t i = 0; i < s->disks.len; i++)
		snapshot_subject(&s->disks.items[i], false, &all[i]);
	return all;
}

/* ---- writing ---- */

static struct json *disk_json(struct snapshot_disk *d)
{
	struct json *j = json_new();

	json_fill_fields(d, disk_fields);
	json_put_fields(j, d, disk_fields);
	if (d->evidence)
		json_put(j, "evidence", json_copy(d->evidence));
	return j;
}

struct json *snapshot_to_json(struct snapshot *s, const char *kind)
{
	struct json *j = json_new();

	json_set_number(j, "version", format_version);
	json_set_string(j, "kind", kind);
	json_set_string(j, "state", state_names[s->state]);
	json_set_string(j, "step", step_names[s->step]);
	json_fill_fields(s, fields);
	json_put_fields(j, s, fields);
	json_set_words(j, "disks", (char *[]){ NULL });
	for (size_t i = 0; i < s->disks.len; i++)
		json_append(j, "disks", disk_json(&s->disks.items[i]));
	return j;
}

int snapshot_write(struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(s->dir, "manifest.json");
	SX_FREE char *text = NULL;
	JSON_DOC *j = NULL;

	sx_put(&s->boot_id, proc_boot_id());
	if (!proc_identify(getpid(), &s->owner))
		return sx_err_set(err, SX_EFAIL, "cannot find this process in /proc");
	j = snapshot_to_json(s, "snapshot");
	text = json_text(j);
	return file_write_durable(path, text, strlen(text), err);
}

/* ---- reading ---- */

static const struct json_member disk_members[] = {
	{ "evidence", JSON_OBJECT, true, NULL },
	{ 0 },
};

static const struct json_member members[] = {
	{ "disks", JSON_OBJECTS, false, disk_members },
	{ 0 },
};

static int read_disk(const struct json *j, struct snapshot *s, struct sx_err *err)
{
	struct snapshot_disk d = { 0 };
	const struct json *evidence = json_get(j, "evidence");
	int r = json_get_fields(j, &d, disk_fields, err);

	d.evidence = evidence ? json_copy(evidence) : NULL;
	sx_vec_push(&s->disks, d);
	return r;
}

/* Its paths will be removed and overwritten: accept only those that safexl writes. */
static int check(const struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *base = sx_path_base(s->dir);

	if (!sx_streq(base, s->name))
		return sx_err_set(err, SX_EFAIL, "it is about '%s'", s->name);
	if (*s->saved_in && s->saved_in[0] != '/')
		return sx_err_set(err, SX_EFAIL, "'%s' is not an absolute path", s->saved_in);
	sx_each(const struct snapshot_disk, d, &s->disks) {
		if (d->object[0] != '/')
			return sx_err_set(err, SX_EFAIL, "disk %s: '%s' is not an absolute path",
					  d->vdev, d->object);
		if (!sx_streq(d->kind, "reference") && !kind_is_volume(d, s->dir, s->name))
			return sx_err_set(err, SX_EFAIL, "disk %s: '%s' (%s) cannot be its volume",
					  d->vdev, d->volume, d->kind);
	}
	return 0;
}

int snapshot_from_json(const struct json *j, struct snapshot *s, struct sx_err *err)
{
	unsigned state = find_name(state_names, SNAPSHOT_STATES, json_get_string(j, "state"));
	unsigned step = find_name(step_names, STEPS, json_get_string(j, "step"));

	if (state == SNAPSHOT_STATES || step == STEPS ||
	    json_get_number(j, "version") != format_version)
		return sx_err_set(err, SX_EFAIL, "written by another version of safexl");
	if (json_get_fields(j, s, fields, err) || json_check(j, members, err))
		return -1;
	s->state = state;
	s->step = step;
	for (size_t i = 0; i < json_count(j, "disks"); i++)
		if (read_disk(json_at(j, "disks", i), s, err))
			return -1;
	return 0;
}

int snapshot_read(const char *dir, struct snapshot *out, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(dir, "manifest.json");
	FILE_IMAGE image = { 0 };
	JSON_DOC *j = NULL;
	SNAPSHOT s = { .dir = sx_strdup(dir) };

	if (file_read(path, &image, err) ||
	    json_parse(sx_str_text(&image.text), image.text.len, &j, err) ||
	    snapshot_from_json(j, &s, err) || check(&s, err))
		return sx_err_wrap(err, "%s", dir);
	*out = sx_steal(&s);
	return 0;
}
