/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the table in class.c that have files of their own. */
#pragma once

#include "view/view.h"

/* What is compared: keys and devices, each with how it is read and written. Ends with a NULL key. */
extern const struct view_class view_classes[];

/* memory and maxmem, vcpus and maxvcpus (pair.c): what one is, the other can imply. */
int view_memory_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
			 struct view *out, struct sx_err *err) SX_MUST;
int view_memory_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			  struct sx_err *err) SX_MUST;
bool view_memory_same(const struct view_item *file, const struct view_item *running);
int view_vcpus_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
			struct view *out, struct sx_err *err) SX_MUST;
int view_pair_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		    const struct view_item *from, const struct view_item *to,
		    const struct view *running, struct sx_err *err) SX_MUST;

int view_disk_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
		       struct view *out, struct sx_err *err) SX_MUST;
int view_disk_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			struct sx_err *err) SX_MUST;

/* A disk comes, goes, or gets another item. */
int view_disk_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		    const struct view_item *from, const struct view_item *to,
		    const struct view *running, struct sx_err *err) SX_MUST;

/* The other devices (device.c). */
int view_device_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
			 struct view *out, struct sx_err *err) SX_MUST;
int view_device_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			  struct sx_err *err) SX_MUST;
int view_device_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		      const struct view_item *from, const struct view_item *to,
		      const struct view *running, struct sx_err *err) SX_MUST;
bool view_usbctrl_implied(const struct view_item *running, const struct view *file);

/* Processors, scheduling, pool (cpu.c). */
int view_vcpus_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			 struct sx_err *err) SX_MUST;
int view_affinity_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
			   struct view *out, struct sx_err *err) SX_MUST;
int view_affinity_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			    struct sx_err *err) SX_MUST;
bool view_affinity_same(const struct view_item *file, const struct view_item *running);
int view_affinity_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
			const struct view_item *from, const struct view_item *to,
			const struct view *running, struct sx_err *err) SX_MUST;
int view_number_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
			 struct view *out, struct sx_err *err) SX_MUST;
int view_number_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		      const struct view_item *from, const struct view_item *to,
		      const struct view *running, struct sx_err *err) SX_MUST;
int view_sched_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			 struct sx_err *err) SX_MUST;
int view_pool_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
		       struct view *out, struct sx_err *err) SX_MUST;
int view_pool_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			struct sx_err *err) SX_MUST;
bool view_pool_same(const struct view_item *file, const struct view_item *running);
