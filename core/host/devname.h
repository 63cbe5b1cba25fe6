/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of block devices: those that the kernel gives in order of discovery, and stable ones. */
#pragma once

#include "base/vec.h"

#include <stdbool.h>

/*
 * Can `path` mean another device after a reboot? True for a name in order of discovery (sdb, loop2,
 * nbd0, rbd0, zd16, sr0, dm-3, nvme0n1, ...) in `dev` ("/dev"), and for a link to one that udev
 * does not keep. *stable gets a stable name of the device: a link of udev's in `dev`, or the file
 * behind a loop device, from `sys` ("/sys"); NULL: there is none. Heap string.
 */
bool devname_changes(const char *dev, const char *sys, const char *path, char **stable);

/* A warning about such a name on this host; NULL: the name is stable. Heap string. */
char *devname_warning(const char *path);
/* Append that warning, if there is one. */
void devname_note(const char *path, struct sx_words *notices);
