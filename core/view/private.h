/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the table in class.c that have files of their own. */
#pragma once

#include "view/view.h"

/* What is compared: keys and devices, each with how it is read and written. Ends with a NULL key. */
extern const struct view_class view_classes[];

/* memory and maxmem, vcpus and maxvcpus: each can imply the other (pair.c). */
view_from_doc view_pair_from_doc;
view_from_live view_memory_from_live;
view_same view_memory_same;
view_write view_pair_write;

/* Disks (disk.c). */
view_from_doc view_disk_from_doc;
view_from_live view_disk_from_live;
view_write view_disk_write;

/* The other devices (device.c). */
view_from_doc view_device_from_doc;
view_from_live view_device_from_live;
view_implied view_device_implied;
view_write view_device_write;

/* Processors, scheduling, pool (cpu.c). */
view_from_doc view_affinity_from_doc, view_number_from_doc;
view_from_live view_vcpus_from_live, view_affinity_from_live, view_sched_from_live,
	view_pool_from_live;
view_same view_affinity_same, view_pool_same;
view_write view_affinity_write, view_number_write;
