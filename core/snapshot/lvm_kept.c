/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the kinds of LVM share: the volume that keeps a disk is read-only and has safexl's tag. Its
 * uuid identifies it; it is never opened for a check, as a thin one is not even active.
 */
#include "host/json.h"
#include "snapshot/kind.h"
#include "snapshot/lvm.h"
#include "snapshot/snapshot.h"

#include <string.h>

/* The letters of lv_attr: lvs(8). */
enum { ATTR_TYPE = 0, ATTR_PERMISSION = 1, ATTR_STATE = 4, ATTR_HEALTH = 8 };

char *lvm_kept_place(const struct snapshot_disk *d, const char *dir SX_UNUSED, const char *name)
{
	return sx_format("%s.snapshot-%s", d->object, name);
}

/* Length of the device's name, GROUP-VOLUME with each dash inside either name doubled. */
static size_t device_name_len(const char *path)
{
	SX_FREE char *name = lvm_full_name(path);
	size_t len = strlen(name);

	for (const char *c = name; *c; c++)
		len += *c == '-';
	return len;
}

/* `most`: the kernel's DM_NAME_LEN without the NUL. A thick snapshot has a second device "-cow". */
size_t lvm_kept_excess(const struct snapshot_disk *d)
{
	enum { most = 127 };
	bool thick = sx_streq(d->kind, "thick");
	SX_FREE char *way = sx_format("%s" LVM_WAY_LONGEST, d->object);
	size_t len = device_name_len(d->volume) + (thick ? strlen("-cow") : 0);

	if (!thick && device_name_len(way) > most)
		return SIZE_MAX;
	return len > most ? len - most : 0;
}

int lvm_kept_is_there(const struct flow_env *env, const struct snapshot_disk *d, bool *there,
		      struct sx_err *err)
{
	LVM_VOLUME v = { 0 };

	if (lvm_get(env, d->volume, &v, err))
		return -1;
	*there = v.uuid != NULL;
	return 0;
}

/* Why the volume may not have the content that it was taken with; NULL: it has. Heap string. */
static char *fault_of(const struct lvm_volume *v, const struct snapshot_disk *d)
{
	SX_FREE char *name = lvm_full_name(d->volume);

	if (!v->uuid)
		return sx_format("disk %s: there is no volume %s", d->vdev, name);
	if (strchr("IS", v->attr[ATTR_STATE]))
		return sx_format("disk %s: more was written to it since than %s has room for",
				 d->vdev, name);
	if (v->attr[ATTR_PERMISSION] == 'w')
		return sx_format("disk %s: %s may have been written to", d->vdev, name);
	if (strchr("pFX", v->attr[ATTR_HEALTH]))
		return sx_format("disk %s: LVM says that %s, or what it is in, is damaged", d->vdev,
				 name);
	return NULL;
}

int lvm_kept_note(const struct flow_env *env, struct snapshot_disk *d, struct sx_err *err)
{
	LVM_VOLUME v = { 0 };
	SX_FREE char *fault = NULL;

	if (lvm_get(env, d->volume, &v, err))
		return -1;
	fault = fault_of(&v, d);
	if (fault)
		return sx_err_set(err, SX_ECANTWRITE, "%s", fault);
	json_free(d->evidence);
	d->evidence = json_new();
	json_set_string(d->evidence, "kind", "lvm");
	json_set_string(d->evidence, "uuid", v.uuid);
	json_set_number(d->evidence, "size", *v.pool ? 0 : v.size);
	return 0;
}

char *lvm_kept_fault(const struct flow_env *env, const struct snapshot_disk *d)
{
	LVM_VOLUME v = { 0 };
	SX_ERR err = { 0 };
	char *fault;

	if (lvm_get(env, d->volume, &v, &err))
		return sx_format("disk %s: %s", d->vdev, err.msg);
	fault = fault_of(&v, d);
	if (!fault && !sx_streq(v.uuid, json_get_string(d->evidence, "uuid")))
		fault = sx_format("disk %s: %s/%s is another volume now", d->vdev, v.group, v.name);
	return fault;
}

int64_t lvm_kept_bytes(const struct snapshot_disk *d)
{
	return d->evidence ? json_get_number(d->evidence, "size") : 0;
}

/* Only a volume with the tag is ours: a name alone is no reason to remove one. */
static bool is_ours(const struct lvm_volume *v)
{
	SX_FREE char *tags = sx_strdup(v->tags);
	char *rest = tags, *tag;

	while ((tag = strsep(&rest, ",")))
		if (sx_streq(tag, LVM_KEPT_TAG))
			return strchr("sSV", v->attr[ATTR_TYPE]);
	return false;
}

int lvm_kept_remove(const struct flow_env *env, const char *path, struct sx_err *err)
{
	SX_FREE char *name = lvm_full_name(path);
	const char *words[] = { "lvremove", "-q", "-y", name, NULL };
	LVM_VOLUME v = { 0 };

	if (lvm_get(env, path, &v, err))
		return -1;
	if (!v.uuid)
		return 0;
	if (!is_ours(&v)) {
		sx_err_set(err, SX_ECANTWRITE,
			   "the volume %s is not removed: it does not have the tag '%s'", name,
			   LVM_KEPT_TAG);
		return sx_err_hint(err, "if it is a snapshot of safexl's: lvchange --addtag %s %s",
				   LVM_KEPT_TAG, name);
	}
	return lvm_run(env, words, err);
}
