/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What markers forbid other commands: see guard.h. */
#include "domain/disk_list.h"
#include "domain/event.h"
#include "guard/saved.h"
#include "host/file.h"
#include "host/lock.h"

void guard_disks_dispose(struct guard_disks *d)
{
	sx_vec_dispose(d, disk_dispose);
}

int guard_disks_read(const struct xlcfg *doc, const char *path, struct guard_disks *out,
		     struct sx_err *err)
{
	DISK_ITEMS items = { 0 };

	disk_items_read(doc, path, &items);
	for (size_t i = 0; i < items.len; i++) {
		if (items.items[i].unread)
			return sx_err_set(err, SX_ESYNTAX, "%s", items.items[i].unread);
		sx_vec_push(out, sx_steal(&items.items[i].spec));
	}
	return 0;
}

/* A want, with what its writable disks consist of. */
struct wanted_disk {
	char *path; /* its target, made absolute */
	struct evidence_storage *storage;
};

struct wanted {
	const struct guard_want *want;
	SX_VEC_OF(struct wanted_disk);
};

static void wanted_dispose(struct wanted *w)
{
	for (size_t i = 0; i < w->len; i++) {
		free(w->items[i].path);
		evidence_storage_free(w->items[i].storage);
	}
	sx_vec_free(w);
}

char *guard_object(const struct flow_env *env, const char *target)
{
	char *path;

	if (!target || !*target || *target == '/' || !*env->cwd)
		return NULL;
	path = sx_path_join(env->cwd, target);
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static void wanted_of(const struct flow_env *env, const struct guard_want *want, struct wanted *out)
{
	struct evidence_options options = { 0 };

	out->want = want;
	for (size_t i = 0; want->disks && i < want->disks->len; i++) {
		const struct disk_spec *d = &want->disks->items[i];
		struct wanted_disk disk = { .path = guard_object(env, d->target) };
		struct evidence_subject s;

		disk_subject(d, &s);
		s.object = disk.path;
		if (d->readwrite)
			disk.storage = evidence_storage_take(&options, &s, true);
		if (!disk.path)
			disk.path = sx_strdup(d->target ? d->target : "");
		sx_vec_push(out, disk);
	}
}

/* Which wanted disk would write to this disk of the marker; NULL: none. Borrowed. */
static const char *writer_to(const struct wanted *w, const struct marker *m, size_t disk)
{
	struct evidence_storage *storage = marker_storage(m, disk);
	const char *writer = NULL;
	struct evidence_subject s;

	marker_disk(m, disk, &s);
	for (size_t i = 0; i < w->len && !writer; i++)
		if (w->items[i].storage &&
		    (file_same_storage(w->items[i].path, evidence_path(&s)) ||
		     evidence_storage_meets(w->items[i].storage, storage)))
			writer = w->items[i].path;
	evidence_storage_free(storage);
	return writer;
}

/* "/dev/sdb", or "/dev/sdb1, and so to /dev/sdb": a shared disk. NULL: none. Heap string. */
static char *shared_disk(const struct wanted *w, const struct marker *m)
{
	for (size_t i = 0; w->len && i < marker_disk_count(m); i++) {
		const char *writer = writer_to(w, m, i), *path;
		struct evidence_subject s;

		marker_disk(m, i, &s);
		path = evidence_path(&s);
		if (writer)
			return file_same_storage(writer, path)
				       ? sx_strdup(path)
				       : sx_format("%s, and so to %s", writer, path);
	}
	return NULL;
}

/* Why a marker forbids starting its own domain. Heap string. */
static char *own_reason(const struct marker *m)
{
	switch (m->state) {
	case MARKER_SAVED:
		return sx_format(
			"it is saved in %s (%s); starting it from its configuration would make "
			"that image unsafe to restore",
			m->image, m->saved_at);
	case MARKER_MIGRATED:
		return sx_format(
			"it was migrated to %s (%s) and runs there; a second one on the same "
			"disks would corrupt them",
			m->to_host, m->saved_at);
	case MARKER_MIGRATING:
		return sx_format("it is being migrated to %s right now", m->to_host);
	case MARKER_SAVING:
		return sx_format("it is being saved to %s right now", m->image);
	case MARKER_DISCARDING:
		return sx_format("--discard-marker is being carried out on %s right now (%s)",
				 *m->to_host ? m->to_host : m->image, m->ended_how);
	case MARKER_HELD:
		return sx_format("its disks are being copied to %s, or restored from it", m->image);
	default:
		return sx_format("it is being restored from %s right now", m->image);
	}
}

/* Why this marker forbids it; NULL: it does not. Heap string. */
static char *reason_of(const struct wanted *w, const struct marker *m)
{
	const struct guard_want *want = w->want;
	bool own = sx_streq(m->name, want->name) || (*want->uuid && sx_streq(m->uuid, want->uuid));
	SX_FREE char *disk = NULL;

	if (!marker_is_open(m) || (own && !want->starts) || sx_streq(m->file, want->except))
		return NULL;
	if (own)
		return m->pending ? sx_strdup(m->pending) : own_reason(m);
	disk = shared_disk(w, m);
	if (!disk)
		return NULL;
	if (*m->to_host)
		return sx_format("it would write to %s, a disk of '%s', which runs on %s", disk,
				 m->name, m->to_host);
	if (m->state == MARKER_HELD)
		return sx_format("it would write to %s, a disk of '%s', whose disks are being "
				 "copied to %s, or restored from it",
				 disk, m->name, m->image);
	return sx_format("it would write to %s, a disk of '%s', which is saved in %s (%s)", disk,
			 m->name, m->image, m->saved_at);
}

static int refuse(const struct guard_want *want, const struct marker *m, const char *reason,
		  struct sx_err *err)
{
	SX_FREE char *wait = saved_wait_hint(m);
	SX_FREE char *command = NULL;
	SX_FREE char *lost = NULL;

	sx_err_set(err, SX_EGUARD, "%s: %s", want->name, reason);
	if (m->state == MARKER_MIGRATED)
		return sx_err_hint(err,
				   "migrate '%s' back: that ends this\n"
				   "to start it here because it is gone there for good: %s",
				   m->name, want->retry);
	if (m->state != MARKER_SAVED)
		return sx_err_hint(err, "%s", wait);
	lost = saved_image_lost(m);
	if (lost)
		return sx_err_hint(
			err,
			"that image cannot be restored now: %s; safexl recognises a copy of it "
			"anywhere\n"
			"to discard the saved state: %s",
			lost, want->retry);
	command = saved_command(m, "");
	return sx_err_hint(err,
			   "to continue from the saved state: %s\n"
			   "to discard the saved state: %s",
			   command, want->retry);
}

static void tell_discard(const struct flow_env *env, const struct marker *m, const char *reason)
{
	struct flow_event event = {
		.kind = EVENT_DISCARDING, .domain = m->name, .config = m->config, .image = m->image
	};

	event_tell(env, &event, "%s: going ahead with --discard-marker: %s", m->name, reason);
}

int guard_check_among(const struct flow_env *env, struct markers *all,
		      const struct guard_want *want, struct markers *discarded, struct sx_err *err)
{
	SX_CLEANUP(wanted_dispose) struct wanted wanted = { 0 };
	const struct marker_bad *bad =
		want->starts ? markers_bad_of(all, want->name, want->uuid) : NULL;

	event_about(env, want->name);
	if (bad)
		return marker_bad_refuse(bad, want->name, err);
	wanted_of(env, want, &wanted);
	for (size_t i = all->len; i-- > 0;) {
		struct marker *m = all->items[i];
		SX_FREE char *reason = reason_of(&wanted, m);

		if (!reason)
			continue;
		if (!env->discard_marker ||
		    (m->state != MARKER_SAVED && m->state != MARKER_MIGRATED))
			return refuse(want, m, reason, err);
		if (env->dry_run)
			flow_notice(env, "%s: --discard-marker would discard this: %s", m->name,
				    reason);
		else if (discarded) {
			tell_discard(env, m, reason);
			sx_vec_push(discarded, saved_take(all, i));
		}
	}
	return 0;
}

int guard_check(const struct flow_env *env, const struct guard_want *want, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };

	if (markers_take(env, &lock, &all, err))
		return -1;
	markers_tell_bad(env, &all);
	return guard_check_among(env, &all, want, NULL, err);
}
