/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of block devices: those that a kernel gives by order of discovery, and those that stay. */
#pragma once

#include "base/vec.h"

#include <stdbool.h>

/*
 * May `path` name another device after a reboot: is it a name by order of discovery (sdb, loop2,
 * nbd0, rbd0, zd16, sr0, dm-3, nvme0n1, ...) in `dev` ("/dev"), or a link of somebody to one?
 * *stable gets a name of the same device that stays: one that udev made in `dev`, or the file
 * behind a loop device as `sys` ("/sys") tells; NULL: there is none. Heap string.
 */
bool devname_changes(const char *dev, const char *sys, const char *path, char **stable);

/* What to tell of such a name on this host; NULL: the name stays. Heap string. */
char *devname_warning(const char *path);
/* Add that to what is to be told. */
void devname_note(const char *path, struct sx_words *notices);
