/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists and finds snapshots, and checks whether they are sound. */
#include "guard/saved.h"
#include "snapshot/private.h"

#include <string.h>
#include <sys/stat.h>

void snapshots_dispose(struct snapshots *all)
{
	sx_vec_dispose(all, snapshot_dispose);
	sx_words_dispose(&all->broken);
}

static void load_one(const char *dir, struct snapshots *out)
{
	SNAPSHOT s = { 0 };
	SX_ERR err = { 0 };

	if (snapshot_read(dir, &s, &err) == 0)
		sx_vec_push(out, sx_steal(&s));
	else if (err.code != SX_ENOCONFIG)
		sx_words_add(&out->broken, err.msg);
}

static int by_time(const void *a, const void *b)
{
	const struct snapshot *x = a, *y = b;
	time_t then = flow_time_of(x->taken_at), later = flow_time_of(y->taken_at);
	int guest = strcmp(x->guest, y->guest);

	if (guest || then != later)
		return guest ? guest : then < later ? -1 : 1;
	return strverscmp(x->name, y->name);
}

static int load_guest(const char *dir, struct snapshots *out, struct sx_err *err)
{
	SX_WORDS paths = { 0 };

	if (sx_path_list_in(dir, "", &paths, err))
		return -1;
	for (size_t i = 0; i < paths.len; i++)
		load_one(paths.items[i], out);
	return 0;
}

int snapshots_load(const struct flow_env *env, const char *guest, struct snapshots *out,
		   struct sx_err *err)
{
	SX_FREE char *dir =
		guest ? snapshots_dir(env, guest) : sx_path_join(env->paths.state, "snapshots");
	SX_WORDS guests = { 0 };
	int r = 0;

	if (guest)
		r = load_guest(dir, out, err);
	else
		r = sx_path_list_in(dir, "", &guests, err);
	for (size_t i = 0; !r && i < guests.len; i++)
		r = load_guest(guests.items[i], out, err);
	if (out->len)
		qsort(out->items, out->len, sizeof(out->items[0]), by_time);
	return r;
}

int snapshots_names(const struct flow_env *env, const char *guest, struct sx_words *out,
		    struct sx_err *err)
{
	SNAPSHOTS all = { 0 };

	if (snapshots_load(env, guest, &all, err))
		return -1;
	for (size_t i = 0; i < all.len; i++)
		sx_words_add(out, all.items[i].name);
	return 0;
}

int snapshot_find(const struct flow_env *env, const char *guest, const char *name,
		  struct snapshot *out, struct sx_err *err)
{
	SX_FREE char *dir = snapshots_dir(env, guest), *path = sx_path_join(dir, name);
	SX_FREE char *list = NULL;
	SX_WORDS names = { 0 };

	if (strchr(name, '/') || name[0] == '.')
		return sx_err_set(err, SX_EUSAGE, "'%s' is not a valid name of a snapshot", name);
	if (access(path, F_OK) == 0)
		return snapshot_read(path, out, err);
	if (snapshots_names(env, guest, &names, err))
		return -1;
	list = sx_words_join(&names, ", ");
	sx_err_set(err, SX_ENOCONFIG,
		   names.len ? "%s has no snapshot '%s'; it has %s"
			     : "%s has no snapshot '%s', and no other%s",
		   guest, name, list);
	return sx_err_hint(err, "to list them: safexl snapshots %pQ", guest);
}

uint64_t snapshot_bytes(const struct snapshot *s)
{
	SX_FREE char *image = snapshot_image(s);
	uint64_t bytes = 0;
	struct stat st;

	if (stat(image, &st) == 0)
		bytes += (uint64_t)st.st_blocks * 512;
	sx_each(const struct snapshot_disk, d, &s->disks) {
		if (sx_streq(d->kind, "copy") && stat(d->volume, &st) == 0)
			bytes += (uint64_t)st.st_blocks * 512;
		if (sx_streq(d->kind, "thick"))
			bytes += (uint64_t)lvm_kept_bytes(d);
	}
	return bytes;
}

/* Compare the volume, or a disk that is only read, with the evidence noted of it. */
static char *disk_fault(const struct flow_env *env, const struct snapshot_disk *d)
{
	const struct snapshot_kind *kind = kind_find(d->kind);
	struct evidence_options options = { 0 };
	struct evidence_subject subject;
	EVIDENCE_VERDICT verdict = { 0 };
	JSON_DOC *now = NULL;

	if (!d->evidence)
		return sx_format("disk %s: nothing was noted of %s", d->vdev, d->volume);
	if (kind && kind->in_lvm)
		return lvm_kept_fault(env, d);
	snapshot_subject(d, true, &subject);
	now = evidence_take(&options, &subject);
	evidence_compare(d->evidence, now, &verdict);
	if (!evidence_forbids(verdict.state) && verdict.state != EVIDENCE_MISSING)
		return NULL;
	return sx_format("disk %s: %s", d->vdev, verdict.what ? verdict.what : "it has changed");
}

static char *memory_fault(const struct snapshot *s)
{
	SX_FREE char *path = snapshot_image(s);
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR err = { 0 };

	if (saved_image_open(path, &image, &err) || saved_image_prove(&image, &err))
		return sx_strdup(err.msg);
	return sx_streq(image.id, s->image_id) ? NULL : sx_format("%s is another image now", path);
}

char *snapshot_fault(const struct flow_env *env, const struct snapshot *s)
{
	char *fault = NULL;

	if (s->state != SNAPSHOT_COMPLETE && s->state != SNAPSHOT_REVERTING)
		return sx_format("it is not whole: %s", snapshot_state_name(s->state));
	for (size_t i = 0; i < s->disks.len && !fault; i++)
		fault = disk_fault(env, &s->disks.items[i]);
	return fault || !s->memory ? fault : memory_fault(s);
}
