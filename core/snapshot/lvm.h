/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volumes of LVM, through LVM's own tools, which are needed only when a disk is such a volume. */
#pragma once

#include "domain/env.h"

#include <stdint.h>

/* The tag of the volumes that safexl made and may remove. */
#define LVM_KEPT_TAG "safexl"
/* Suffixes to a thin disk's name while it is put back: of the new volume, and of the old one. */
#define LVM_WAY_LONGEST ".revert-next"
#define LVM_WAY_OLD ".revert-old"

struct lvm_volume {
	char *uuid; /* without dashes; NULL: there is no such volume */
	char *group, *name;
	char *attr; /* lv_attr of lvs(8): ten letters */
	char *layout; /* "linear", "thin,sparse", ... */
	char *pool; /* of a thin volume, else "" */
	char *tags; /* "a,b" */
	int64_t size, group_free, extent; /* bytes */
	double data_used, metadata_used; /* of a pool, per cent */
};

#define LVM_VOLUME SX_CLEANUP(lvm_dispose) struct lvm_volume

void lvm_dispose(struct lvm_volume *v);
/* The volume that a device is; uuid NULL: none of LVM. SX_EGUARD: the package lvm2 is missing. */
int lvm_find(const struct flow_env *env, const char *device, struct lvm_volume *out,
	     struct sx_err *err) SX_MUST;
/* The volume with the path /dev/GROUP/NAME, below SAFEXL_ROOT; uuid NULL: there is none. */
int lvm_get(const struct flow_env *env, const char *path, struct lvm_volume *out,
	    struct sx_err *err) SX_MUST;
/* The path /dev/GROUP/NAME, below SAFEXL_ROOT. Heap string. */
char *lvm_path(const struct flow_env *env, const char *group, const char *name);
/* "GROUP/NAME" of such a path, as the tools take it. Heap string. */
char *lvm_full_name(const char *path);
/* Run one of the tools: words[0] is "lvcreate", ... SX_ECANTWRITE with its message. */
int lvm_run(const struct flow_env *env, const char *const *words, struct sx_err *err) SX_MUST;
