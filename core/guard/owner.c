/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which guest has a file or device as a disk: see guard.h. */
#include "domain/disk_list.h"
#include "domain/resolve.h"
#include "guard/guard.h"
#include "host/file.h"
#include "xen/live.h"

struct search {
	const char *path;
	const char *except; /* a guest to skip, or NULL */
	struct evidence_storage *storage; /* of a device: what a write to it changes; or NULL */
	char *found;
};

static void search_dispose(struct search *s)
{
	evidence_storage_free(s->storage);
	free(s->found);
}

static bool is_it(const struct search *s, const struct evidence_subject *disk)
{
	struct evidence_options options = { 0 };
	struct evidence_storage *storage;
	bool meets;

	if (!disk->target || !*disk->target)
		return false;
	if (file_same_storage(disk->target, s->path))
		return true;
	if (!s->storage)
		return false;
	storage = evidence_storage_take(&options, disk, false);
	meets = evidence_storage_meets(s->storage, storage);
	evidence_storage_free(storage);
	return meets;
}

static int look_running(struct search *s, struct live *live, const struct live_domain *d,
			struct sx_err *err)
{
	LIVE_DISKS disks = { 0 };

	if (live_disks_get(live, d->domid, &disks, err))
		return sx_err_wrap(err, "safexl cannot tell whether the domain '%s' uses %s",
				   d->name, s->path);
	live_disks_locate(live, d->domid, &disks);
	for (size_t i = 0; i < disks.len && !s->found; i++) {
		const struct live_disk *disk = &disks.items[i];
		/* What the backend has open counts; the target may lead elsewhere by now. */
		struct evidence_subject subject = { .target = disk->object ? disk->object
									   : disk->target };

		if (is_it(s, &subject))
			s->found = sx_format("disk %s of the domain '%s', which runs", disk->vdev,
					     d->name);
	}
	return 0;
}

static int search_running(struct search *s, struct sx_err *err)
{
	LIVE *live = NULL;
	LIVE_DOMAINS all = { 0 };
	SX_ERR no_xen = { 0 };

	if (live_open(&live, &no_xen))
		return 0;
	if (live_list(live, &all, err))
		return -1;
	for (size_t i = 0; i < all.len && !s->found; i++)
		if (!sx_streq(all.items[i].name, s->except) &&
		    look_running(s, live, &all.items[i], err))
			return -1;
	return 0;
}

/* A file or disk line that cannot be read counts as no disk. */
static void look_config(struct search *s, const char *path)
{
	DISK_ITEMS disks = { 0 };
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };
	SX_FREE char *name = NULL;

	if (file_read(path, &image, &ignored) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, path, &doc, &ignored))
		return;
	disk_items_read(doc, path, &disks);
	name = xlcfg_get_string(doc, "name");
	for (size_t i = 0; i < disks.len && !s->found && !sx_streq(name, s->except); i++) {
		const struct disk_item *disk = &disks.items[i];
		struct evidence_subject subject;

		disk_subject(&disk->spec, &subject);
		if (!disk->unread && is_it(s, &subject))
			s->found = sx_format("disk %s of '%s' (%s)", disk->spec.vdev,
					     name ? name : "", path);
	}
}

/* Search the configuration directories, and files elsewhere that domains were created from. */
static int search_configs(const struct flow_env *env, struct search *s, struct sx_err *err)
{
	SX_CLEANUP(index_dispose) struct index_entries all = { 0 };
	SX_WORDS created = { 0 };

	if (index_scan(env, &all, err))
		return -1;
	for (size_t i = 0; i < all.len && !s->found; i++)
		look_config(s, all.items[i].path);
	created_files(env, &created);
	for (size_t i = 0; i < created.len && !s->found; i++)
		look_config(s, created.items[i]);
	return 0;
}

/* Why it has a marker: "is saved in FILE". Heap string. */
static char *why_marked(const struct marker *m)
{
	switch (m->state) {
	case MARKER_MIGRATING:
	case MARKER_MIGRATED:
		return sx_format("runs on %s", m->to_host);
	case MARKER_HELD:
		return sx_format(
			"is held, as its disks are being copied to %s, or restored from it",
			m->image);
	case MARKER_SAVING:
		return sx_format("is being saved to %s", m->image);
	case MARKER_RESTORING:
		return sx_format("is being restored from %s", m->image);
	default:
		return sx_format("is saved in %s", m->image);
	}
}

/* The disks of a guest that is saved, held, or on another host. */
static void look_saved(struct search *s, const struct marker *m)
{
	for (size_t i = 0; i < marker_disk_count(m) && !s->found; i++) {
		struct evidence_storage *storage = marker_storage(m, i);
		struct evidence_subject disk;

		marker_disk(m, i, &disk);
		if (file_same_storage(evidence_path(&disk), s->path) ||
		    (s->storage && evidence_storage_meets(s->storage, storage))) {
			SX_FREE char *why = why_marked(m);

			s->found = sx_format("disk %s of '%s', which %s", disk.vdev, m->name, why);
		}
		evidence_storage_free(storage);
	}
}

static int search_saved(const struct flow_env *env, struct search *s, struct sx_err *err)
{
	MARKERS all = { 0 };

	if (markers_load(env, &all, err))
		return -1;
	for (size_t i = 0; i < all.len && !s->found; i++)
		if (marker_is_open(all.items[i]) && !sx_streq(all.items[i]->name, s->except))
			look_saved(s, all.items[i]);
	return 0;
}

int guard_disk_owner(const struct flow_env *env, const char *path, const char *except, char **owner,
		     struct sx_err *err)
{
	struct evidence_options options = { 0 };
	struct evidence_subject subject = { .target = path };
	SX_CLEANUP(search_dispose) struct search s = { .path = path, .except = except };
	struct stat st;

	if (stat(path, &st) == 0 && S_ISBLK(st.st_mode))
		s.storage = evidence_storage_take(&options, &subject, true);
	if (search_running(&s, err) || (!s.found && search_saved(env, &s, err)) ||
	    (!s.found && search_configs(env, &s, err)))
		return -1;
	*owner = sx_steal(&s.found);
	return 0;
}
