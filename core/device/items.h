/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The devices of a list in a configuration, each as xl reads it or with the reason why xl cannot.
 * For disks see domain/disk_list.h.
 */
#pragma once

#include "base/vec.h"
#include "device/device.h"
#include "xlcfg/xlcfg.h"

/* An element of the list in the file. */
struct device_item {
	struct device device; /* empty if xl cannot read the element */
	char *unread; /* "FILE:LINE: " and why xl cannot read it; NULL: it can */
	long number; /* its devid; -1: none */
	size_t line;
};

struct device_items {
	SX_VEC_OF(struct device_item);
	char *stop; /* "FILE:LINE: " and why xl stops reading there; NULL: it reads all */
};

#define DEVICE_ITEMS SX_CLEANUP(device_items_dispose) struct device_items

void device_items_dispose(struct device_items *items);
/* The elements as xl reads them. SX_ECONFLICT, with FILE:LINE: the key is not a list. */
int device_items_read(const struct xlcfg *doc, const char *path, const struct device_class *class,
		      struct device_items *out, struct sx_err *err) SX_MUST;
