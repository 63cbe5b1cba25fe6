/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Volumes of LVM that are not thin: a snapshot with room of its own for the old content of blocks
 * that are overwritten. safexl puts it back by writing the blocks that differ: this can be
 * repeated, and needs no room, as their old content is in the snapshot already. (lvconvert --merge
 * would use it up.)
 */
#include "snapshot/kind.h"
#include "snapshot/lvm.h"
#include "snapshot/snapshot.h"

#include <inttypes.h>
#include <string.h>

static bool fits(const struct snapshot_disk *d SX_UNUSED, const struct lvm_volume *lvm)
{
	/* Tested with these. */
	static const char *const layouts[] = { "linear", "striped" };
	bool known = false;

	if (!lvm || !lvm->uuid)
		return false;
	for (size_t i = 0; i < SX_COUNT(layouts); i++)
		known |= sx_starts_with(lvm->layout, layouts[i]);
	/* LVM takes none of a snapshot, or of a volume that is being merged. */
	return known && !strchr("sSOV", lvm->attr[0]);
}

/* Room for all of the disk in chunks of 4 KiB with their metadata, as lvcreate counts it. */
static int64_t most_bytes(const struct lvm_volume *v)
{
	int64_t bytes = v->size + v->size / 256 + (64 << 10);

	return v->extent ? (bytes + v->extent - 1) / v->extent * v->extent : bytes;
}

static int refuse(const struct kind_request *r, int64_t needed, struct sx_err *err)
{
	int64_t free_mib = r->lvm->group_free >> 20;

	sx_err_set(err, SX_ECANTWRITE,
		   "the volume group %s has %" PRIi64 " MiB free, and a snapshot of disk %s that "
		   "cannot overflow needs %" PRIi64 " MiB",
		   r->lvm->group, free_mib, r->d->vdev, ((needed - 1) >> 20) + 1);
	if (free_mib > 0 && !r->cow)
		return sx_err_hint(
			err,
			"if the guest writes little meanwhile, this is enough: safexl %s --cow "
			"%" PRIi64 "m %pQ",
			r->command, free_mib, r->s->guest);
	return sx_err_hint(err, "to see what uses its space: lvs %s", r->lvm->group);
}

/* Count the room that the disks before it need in the same group, too. */
static int check_room(const struct kind_request *r, struct sx_err *err)
{
	SX_FREE char *group = sx_path_dir(r->d->object);
	int64_t most = most_bytes(r->lvm), needed;

	r->d->room = r->cow && r->cow < most ? r->cow : most;
	needed = r->d->room;
	sx_each(const struct snapshot_disk, other, &r->s->disks) {
		SX_FREE char *dir = sx_path_dir(other->object);

		if (sx_streq(other->kind, "thick") && sx_streq(dir, group))
			needed += other->room;
	}
	return needed > r->lvm->group_free ? refuse(r, needed, err) : 0;
}

static int take(const struct flow_env *env, struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *origin = lvm_full_name(d->object), *name = sx_path_base(d->volume);
	SX_FREE char *room = sx_format("%" PRIi64 "b", d->room);
	const char *words[] = { "lvcreate", "-q", "-y", "-s", "-pr",  "--addtag", LVM_KEPT_TAG,
				"-L",	    room, "-n", name, origin, NULL };

	return lvm_run(env, words, err);
}

static int put_back(const struct flow_env *env, const struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *what = sx_format("disk %s, put back", d->vdev);
	const struct bytes_told told = { &env->progress, what };

	return bytes_write_device(d->volume, d->object, d->size, &told, err);
}

const struct snapshot_kind kind_thick = {
	.name = "thick",
	.in_lvm = true,
	.fits = fits,
	.place = lvm_kept_place,
	.check_room = check_room,
	.take = take,
	.put_back = put_back,
};
