/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The markers' files, to JSON and back. A file that cannot be read or trusted becomes a bad marker;
 * its name still tells whose it is. See marker.h.
 */
#include "guard/marker_private.h"
#include "host/file.h"
#include "host/json.h"

#include <errno.h>
#include <string.h>

static const long long format_version = 1;

/* As marker_add_disk writes them. */
static const struct json_member subject_members[] = {
	{ "target", JSON_TEXT, false, NULL },
	{ "vdev", JSON_TEXT, false, NULL },
	{ "format", JSON_TEXT, false, NULL },
	{ "script", JSON_TEXT, false, NULL },
	{ "object", JSON_TEXT, true, NULL },
	{ "backend_domain", JSON_TEXT, false, NULL },
	{ "readwrite", JSON_BOOL, false, NULL },
	{ "cdrom", JSON_BOOL, false, NULL },
	{ 0 },
};

/* The part of the evidence that its readers rely on. */
static const struct json_member layer_members[] = {
	{ "path", JSON_TEXT, false, NULL },
	{ "kind", JSON_TEXT, true, NULL },
	{ "format", JSON_TEXT, true, NULL },
	{ "reason", JSON_TEXT, true, NULL },
	{ "size", JSON_NUMBER, true, NULL },
	{ "content", JSON_OBJECT, true, NULL },
	{ 0 },
};

static const struct json_member evidence_members[] = {
	{ "kind", JSON_TEXT, false, NULL },
	{ "version", JSON_NUMBER, false, NULL },
	{ "boot_id", JSON_TEXT, true, NULL },
	{ "reason", JSON_TEXT, true, NULL },
	{ "layers", JSON_OBJECTS, true, layer_members },
	{ 0 },
};

static const struct json_member disk_members[] = {
	{ "subject", JSON_OBJECT, false, subject_members },
	{ "evidence", JSON_OBJECT, true, evidence_members },
	{ 0 },
};

static const struct json_member object_members[] = {
	{ "vdev", JSON_TEXT, false, NULL },
	{ "object", JSON_TEXT, false, NULL },
	{ 0 },
};

static const struct json_member disks_members[] = {
	{ "objects", JSON_OBJECTS, true, object_members },
	{ "disks", JSON_OBJECTS, true, disk_members },
	{ 0 },
};

static const struct json_member members[] = {
	{ "disks", JSON_OBJECT, false, disks_members },
	{ 0 },
};

char *marker_to_text(struct marker *m)
{
	JSON_DOC *j = json_new();

	json_set_number(j, "version", format_version);
	json_set_string(j, "state", marker_state_name(m->state));
	json_fill_fields(m, marker_fields);
	json_put_fields(j, m, marker_fields);
	json_put(j, "disks", json_copy(m->disks));
	return json_text(j);
}

size_t marker_size(struct marker *m)
{
	SX_FREE char *text = marker_to_text(m);

	return strlen(text);
}

/* Fills in what it can: name and uuid are there even when the rest is refused. */
static int marker_from_json(const struct json *j, struct marker *m, struct sx_err *err)
{
	SX_ERR why = { 0 };
	int r = json_get_fields(j, m, marker_fields, &why);

	m->state = marker_state_find(json_get_string(j, "state"));
	if (m->state == MARKER_STATES || json_get_number(j, "version") != format_version)
		return sx_err_set(err, SX_EFAIL, "written by another version of safexl");
	if (r)
		return sx_err_move(err, &why);
	if (json_check(j, members, err))
		return -1;
	json_free(m->disks);
	m->disks = json_copy(json_get(j, "disks"));
	return 0;
}

char *markers_dir(const struct flow_env *env)
{
	return sx_path_join(env->paths.state, "markers");
}

/* On an error only out's name and uuid are usable. */
static int read_marker(const char *file, struct marker *out, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	JSON_DOC *j = NULL;
	SX_FREE char *odd = NULL;

	out->file = sx_strdup(file);
	if (file_read(file, &image, err))
		return -1;
	if (json_parse(sx_str_text(&image.text), image.text.len, &j, err) ||
	    marker_from_json(j, out, err))
		return -1;
	odd = marker_odd(out);
	return odd ? sx_err_set(err, SX_EFAIL, "%s", odd) : 0;
}

int marker_reload(struct marker **m, struct sx_err *err)
{
	struct marker *now = marker_new();
	int r = read_marker((*m)->file, now, err);

	if (r && err->code != SX_ENOCONFIG) {
		sx_err_wrap(err, "%s", now->file);
		marker_free(now);
		return -1;
	}
	if (r) {
		sx_err_clear(err);
		marker_free(sx_steal(&now));
	}
	marker_free(*m);
	*m = now;
	return 0;
}

/* The escaped NAME of "TIME-NAME.json"; "": the file name has none. */
static char *name_in(const char *file)
{
	const char *dash = strchr(file, '-');

	return dash ? sx_strndup(dash + 1, strlen(dash + 1) - strlen(".json")) : sx_strdup("");
}

static void load_one(const char *dir, const char *name, struct markers *out)
{
	SX_FREE char *file = sx_path_join(dir, name);
	struct marker *m = marker_new();
	SX_ERR err = { 0 };
	struct marker_bad bad;

	if (read_marker(file, m, &err) == 0) {
		sx_vec_push(out, m);
		return;
	}
	/* Removed since the directory was listed: no marker any more. */
	if (err.code != SX_ENOCONFIG) {
		bad = (struct marker_bad){ .file = sx_steal(&file),
					   .reason = sx_strdup(err.msg),
					   .safe_name = m->name && *m->name
								? sx_path_escape(m->name)
								: name_in(name),
					   .uuid = sx_strdup(m->uuid ? m->uuid : "") };
		sx_vec_push(&out->bad, bad);
	}
	marker_free(m);
}

/* File names begin with the time, so they sort oldest first. */
int markers_load(const struct flow_env *env, struct markers *out, struct sx_err *err)
{
	SX_FREE char *dir = markers_dir(env);
	SX_WORDS names = { 0 };

	if (sx_path_list(dir, ".json", &names, err))
		return -1;
	for (size_t i = 0; i < names.len; i++)
		load_one(dir, names.items[i], out);
	return 0;
}

/* ---- bad markers ---- */

const struct marker_bad *markers_bad_of(const struct markers *all, const char *name,
					const char *uuid)
{
	SX_FREE char *safe = sx_path_escape(name);

	sx_each(const struct marker_bad, bad, &all->bad)
		if (sx_streq(bad->safe_name, safe) || (*uuid && sx_streq(bad->uuid, uuid)))
			return bad;
	return NULL;
}

char *marker_bad_text(const struct marker_bad *bad)
{
	return sx_format("%s guards a saved guest and cannot be used: %s", bad->file, bad->reason);
}

int marker_bad_refuse(const struct marker_bad *bad, const char *name, struct sx_err *err)
{
	SX_FREE char *text = marker_bad_text(bad);

	sx_err_set(err, SX_EGUARD, "%s: its marker %s", name, text);
	return sx_err_hint(err,
			   "what it says: cat %pQ\n"
			   "to remove it, and its protection: rm %pQ",
			   bad->file, bad->file);
}

void markers_tell_bad(const struct flow_env *env, const struct markers *all)
{
	for (size_t i = 0; i < all->bad.len; i++) {
		SX_FREE char *text = marker_bad_text(&all->bad.items[i]);

		flow_notice(env, "%s; to remove it: rm %pQ", text, all->bad.items[i].file);
	}
}
