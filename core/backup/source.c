/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a backup is made of, and how that stays unchanged meanwhile: safexl takes a snapshot of a
 * guest that runs, keeps one that is off from being started, and checks one that is saved again at
 * the end.
 */
#include "backup/private.h"
#include "change/change.h"
#include "guard/guard.h"
#include "guard/kept.h"
#include "guard/saved.h"
#include "snapshot/kind.h"

#include <string.h>

void backup_source_dispose(struct backup_source *source)
{
	snapshot_dispose(&source->s);
	file_image_dispose(&source->config);
	free(source->image);
	free(source->snapshot);
}

/* ---- which guest, and how it stands ---- */

static int refuse_unread(const struct snapshot *s, const struct snapshot_disk *d, const char *why,
			 struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD, "%s: no backup: disk %s (%s) cannot be read as %s: %s", s->guest,
		   d->vdev, d->object, d->format, why);
	return sx_err_hint(
		err, "if it has another format, name that in the configuration: safexl edit %pQ",
		s->guest);
}

static int refuse_missing(const struct snapshot *s, const struct snapshot_disk *d, const char *base,
			  const char *why, struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD,
		   "%s: no backup: disk %s (%s) is based on %s, which cannot be read: %s", s->guest,
		   d->vdev, d->object, base, why);
	return sx_err_hint(err,
			   "bring that file back, or say where it is, while the guest is off: "
			   "qemu-img rebase -u -F FORMAT -b PATH %pQ",
			   d->object);
}

/* `layers`: the file itself, and the files that it is based on. */
static int refuse_chain(const struct snapshot *s, const struct snapshot_disk *d,
			const struct json *layers, struct sx_err *err)
{
	const struct json *base = json_at(layers, "layers", 1);
	const char *why = json_get_string(base, "reason"), *of = json_get_string(base, "path");

	if (why && sx_streq(of, json_get_string(json_at(layers, "layers", 0), "path")))
		return refuse_unread(s, d, why, err);
	if (why)
		return refuse_missing(s, d, of, why, err);
	sx_err_set(err, SX_EGUARD, "%s: no backup: disk %s (%s) is based on %s", s->guest, d->vdev,
		   d->object, of);
	return sx_err_hint(err,
			   "while the guest is off, make it one file and let that take its place: "
			   "qemu-img convert -O %s %pQ %pQ.new",
			   d->format, d->object, d->object);
}

/* Refuse a disk whose file is based on another one: the backup would lack that. */
static int check_chains(const struct snapshot *s, struct sx_err *err)
{
	sx_each(const struct snapshot_disk, d, &s->disks) {
		struct evidence_options options = { 0 };
		struct evidence_subject subject;
		JSON_DOC *j = NULL;

		if (!backup_has_disk(d) || sx_streq(d->format, "raw"))
			continue;
		snapshot_subject(d, false, &subject);
		j = evidence_take(&options, &subject);
		if (json_count(j, "layers") > 1)
			return refuse_chain(s, d, j, err);
	}
	return 0;
}

/* A guest that is off, or saved: the disks themselves are read. */
static void find_off(struct backup_source *source)
{
	sx_each(struct snapshot_disk, d, &source->s.disks)
		if (backup_has_disk(d))
			sx_set(&d->volume, d->object);
	source->saved = *source->s.saved_in;
	if (source->s.memory)
		source->image = sx_strdup(source->s.saved_in);
}

int backup_source_find(const struct flow_env *env, const char *word,
		       const struct backup_options *options, struct backup_source *out,
		       struct sx_err *err)
{
	struct snapshot_options wanted = {
		.command = "backup", .no_memory = options->no_memory, .copy = true, .reads = true
	};
	struct flow_env quiet = *env;
	size_t settled = 0, pending = 0;

	quiet.notice = NULL;
	if (snapshot_look(&quiet, word, &wanted, &out->s, &out->config, err) ||
	    recover_all(env, out->s.guest, &settled, &pending, err))
		return -1;
	out->runs = out->s.domid != 0;
	if (!out->runs)
		find_off(out);
	return check_chains(&out->s, err);
}

/* ---- it stays as it is ---- */

static int hold_running(const struct flow_env *env, const struct backup_options *options,
			struct backup_source *source, struct sx_err *err)
{
	struct snapshot_options wanted = { .name = source->snapshot,
					   .command = "backup",
					   .to = options->dir,
					   .named = true,
					   .no_memory = options->no_memory,
					   .copy = options->copy,
					   .cow = options->cow };
	SNAPSHOT s = { 0 };

	if (snapshot_take(env, source->s.guest, &wanted, &s, err))
		return -1;
	sx_set(&s.name, source->s.name);
	if (s.memory)
		source->image = sx_path_join(s.dir, "memory");
	snapshot_dispose(&source->s);
	source->s = sx_steal(&s);
	return 0;
}

static int hold_off(const struct flow_env *env, const char *path, const struct snapshot *s,
		    struct sx_err *err)
{
	SX_FREE struct evidence_subject *subjects = snapshot_subjects(s);
	struct kept_guest guest = {
		.name = s->guest, .uuid = "", .disks = subjects, .count = s->disks.len
	};

	return kept_hold(env, &guest, path, err);
}

int backup_source_hold(const struct flow_env *env, const struct backup_options *options,
		       const char *path, struct backup_source *source, struct sx_err *err)
{
	if (source->runs)
		return hold_running(env, options, source, err);
	if (!source->saved && hold_off(env, path, &source->s, err))
		return -1;
	snapshot_note_disks(&source->s);
	return 0;
}

static int check_snapshot(const struct flow_env *env, const struct backup_source *source,
			  struct sx_err *err)
{
	SNAPSHOT s = { 0 };
	SX_FREE char *fault = NULL;

	if (snapshot_find(env, source->s.guest, source->snapshot, &s, err))
		return -1;
	fault = snapshot_fault(env, &s);
	if (!fault)
		return 0;
	return sx_err_set(err, SX_EFAIL, "a file changed while it was copied: %s", fault);
}

int backup_source_check(const struct flow_env *env, const struct backup_source *source,
			struct sx_err *err)
{
	MARKERS all = { 0 };
	const struct marker *m;

	if (source->runs)
		return check_snapshot(env, source, err);
	if (snapshot_check_disks(&source->s, err) || !source->saved)
		return err->code ? -1 : 0;
	if (markers_load_settled(env, &all, err))
		return -1;
	m = kept_saved(&all, source->s.guest);
	if (m && !source->image)
		return 0;
	if (m && sx_streq(m->image_id, source->s.image_id))
		return kept_prove_saved(env, m, "backup", err);
	sx_err_set(err, SX_EGUARD, "%s: no backup: it is not saved any more, or again",
		   source->s.guest);
	return sx_err_hint(err, "to make one of it as it is now: safexl backup %pQ",
			   source->s.guest);
}

int backup_source_release(const struct flow_env *env, const char *guest, const char *snapshot,
			  const char *path, struct sx_err *err)
{
	SNAPSHOT s = { 0 };
	SX_ERR why = { 0 };

	if (kept_release(env, path, err))
		return -1;
	if (!*snapshot || snapshot_find(env, guest, snapshot, &s, &why))
		return why.code && why.code != SX_ENOCONFIG ? sx_err_move(err, &why) : 0;
	return snapshot_drop(env, &s, err);
}
