/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the ways to keep a disk: see kind.h. */
#include "snapshot/kind.h"
#include "snapshot/snapshot.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* The quickest first. */
static const struct snapshot_kind *const kinds[] = { &kind_thin, &kind_thick, &kind_reflink,
						     &kind_copy };

const struct snapshot_kind *kind_find(const char *name)
{
	for (size_t i = 0; i < SX_COUNT(kinds); i++)
		if (sx_streq(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

const struct snapshot_kind *kind_choose(const struct snapshot_disk *d, const struct lvm_volume *lvm,
					bool leave)
{
	for (size_t i = 0; i < SX_COUNT(kinds); i++)
		if ((leave || !kinds[i]->needs_leave) && kinds[i]->fits(d, lvm))
			return kinds[i];
	return NULL;
}

bool kind_is_volume(const struct snapshot_disk *d, const char *dir, const char *name)
{
	const struct snapshot_kind *kind = kind_find(d->kind);
	SX_FREE char *place = kind ? kind->place(d, dir, name) : NULL;

	return place && sx_streq(place, d->volume);
}

/* kind_excess of a file. */
static size_t file_excess(const struct snapshot_disk *d)
{
	SX_FREE char *dir = sx_path_dir(d->volume), *base = sx_path_base(d->volume);
	long most = pathconf(dir, _PC_NAME_MAX);
	size_t room = most > 0 ? (size_t)most : NAME_MAX;

	return strlen(base) > room ? strlen(base) - room : 0;
}

size_t kind_excess(const struct snapshot_disk *d)
{
	const struct snapshot_kind *kind = kind_find(d->kind);

	return kind && kind->in_lvm ? lvm_kept_excess(d) : file_excess(d);
}

int kind_is_there(const struct flow_env *env, const struct snapshot_disk *d, bool *there,
		  struct sx_err *err)
{
	const struct snapshot_kind *kind = kind_find(d->kind);

	if (kind && kind->in_lvm)
		return lvm_kept_is_there(env, d, there, err);
	*there = *d->volume && access(d->volume, F_OK) == 0;
	return 0;
}

int kind_drop(const struct flow_env *env, const struct snapshot_disk *d, struct sx_err *err)
{
	const struct snapshot_kind *kind = kind_find(d->kind);

	if (kind && kind->in_lvm)
		return lvm_kept_remove(env, d->volume, err);
	return *d->volume ? file_remove(d->volume, err) : 0;
}
