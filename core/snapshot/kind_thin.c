/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Volumes of a thin pool: a thin snapshot, read-only and not activated, so that nothing on this
 * host reads it. To put it back, a snapshot of it takes the disk's name: at once, and any number of
 * times. (lvconvert --merge would use it up.)
 */
#include "snapshot/kind.h"
#include "snapshot/lvm.h"
#include "snapshot/snapshot.h"

#include <string.h>

/* Per cent. A pool that fills up stops its guests: no snapshot in one that is fuller. */
static const double fullest = 90;

/* A target with the volume's uuid in it would not lead to the volume that takes its place. */
static bool fits(const struct snapshot_disk *d, const struct lvm_volume *lvm)
{
	return lvm && lvm->uuid && sx_starts_with(lvm->layout, "thin") &&
	       !strstr(lvm->layout, "pool") && !(d->target && strstr(d->target, "dm-uuid-"));
}

static int check_room(const struct kind_request *r, struct sx_err *err)
{
	SX_FREE char *path = lvm_path(r->env, r->lvm->group, r->lvm->pool);
	SX_FREE char *name = lvm_full_name(path);
	LVM_VOLUME pool = { 0 };
	bool metadata;

	if (lvm_get(r->env, path, &pool, err))
		return -1;
	metadata = pool.metadata_used > fullest;
	if (!metadata && pool.data_used <= fullest)
		return 0;
	sx_err_set(err, SX_ECANTWRITE, "the %s of the thin pool %s, with disk %s, is %.0f %% full",
		   metadata ? "metadata" : "data", name, r->d->vdev,
		   metadata ? pool.metadata_used : pool.data_used);
	return sx_err_hint(err, "to make it larger: lvextend %s %s",
			   metadata ? "--poolmetadatasize +64m" : "-L +1g", name);
}

static int take(const struct flow_env *env, struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *origin = lvm_full_name(d->object), *name = sx_path_base(d->volume);
	const char *words[] = { "lvcreate", "-q",	  "-y", "-s", "-pr",  "-ky",
				"--addtag", LVM_KEPT_TAG, "-n", name, origin, NULL };

	return lvm_run(env, words, err);
}

/* ---- back ---- */

/* Create `next`, rename the disk to `old`, rename `next` to the disk, remove `old`. */
struct exchange {
	const struct flow_env *env;
	const char *disk; /* paths */
	char *next, *old;
};

static void exchange_dispose(struct exchange *x)
{
	free(x->next);
	free(x->old);
}

/* Run a tool with an option and the name of a volume; `to`: its new name, or NULL. */
static int tool(const struct exchange *x, const char *word, const char *option, const char *path,
		const char *to, struct sx_err *err)
{
	SX_FREE char *name = lvm_full_name(path), *new_name = to ? lvm_full_name(to) : NULL;
	const char *words[] = { word, "-q", option, name, new_name, NULL };

	return lvm_run(x->env, words, err);
}

/* Give it the disk's tags, which may say where to activate it, and ours until it is the disk. */
static int make_next(const struct exchange *x, const struct snapshot_disk *d,
		     const struct lvm_volume *disk, struct sx_err *err)
{
	static const char *const words[] = { "lvcreate", "-q",	"-y",	    "-s",
					     "-prw",	 "-kn", "--addtag", LVM_KEPT_TAG };
	SX_FREE char *kept = lvm_full_name(d->volume), *name = sx_path_base(x->next);
	SX_FREE char *tags = sx_strdup(disk->tags ? disk->tags : "");
	SX_WORDS all = { 0 };
	char *rest = tags;

	for (size_t i = 0; i < SX_COUNT(words); i++)
		sx_words_add(&all, words[i]);
	for (char *tag; (tag = strsep(&rest, ",")) && *tag;) {
		sx_words_add(&all, "--addtag");
		sx_words_add(&all, tag);
	}
	sx_words_add(&all, "-n");
	sx_words_add(&all, name);
	sx_words_add(&all, kept);
	/* One that exists may be incomplete. */
	return lvm_kept_remove(x->env, x->next, err) ||
			       lvm_run(x->env, (const char *const *)sx_words_argv(&all), err)
		       ? -1
		       : 0;
}

/* The old disk gets our tag: nothing without it is ever removed, whatever its name. */
static int begin(const struct exchange *x, const struct snapshot_disk *d,
		 const struct lvm_volume *disk, struct sx_err *err)
{
	return make_next(x, d, disk, err) ||
			       tool(x, "lvchange", "--addtag=" LVM_KEPT_TAG, x->disk, NULL, err) ||
			       tool(x, "lvrename", "-y", x->disk, x->old, err)
		       ? -1
		       : 0;
}

static int put_back(const struct flow_env *env, const struct snapshot_disk *d, struct sx_err *err)
{
	SX_CLEANUP(exchange_dispose)
	struct exchange x = { .env = env,
			      .disk = d->object,
			      .next = sx_format("%s" LVM_WAY_LONGEST, d->object),
			      .old = sx_format("%s" LVM_WAY_OLD, d->object) };
	LVM_VOLUME old = { 0 }, disk = { 0 };

	if (lvm_get(env, x.old, &old, err) || lvm_get(env, x.disk, &disk, err))
		return -1;
	/* No `old`: nothing was exchanged yet; or everything was, and is done again. */
	if (!old.uuid && begin(&x, d, &disk, err))
		return -1;
	if ((!old.uuid || !disk.uuid) && tool(&x, "lvrename", "-y", x.next, x.disk, err))
		return -1;
	if (tool(&x, "lvchange", "--deltag=" LVM_KEPT_TAG, x.disk, NULL, err))
		return -1;
	return lvm_kept_remove(env, x.old, err);
}

const struct snapshot_kind kind_thin = {
	.name = "thin",
	.in_lvm = true,
	.fits = fits,
	.place = lvm_kept_place,
	.check_room = check_room,
	.take = take,
	.put_back = put_back,
};
