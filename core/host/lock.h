/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Locks between running safexls: files in the lock directory, held by an open-file-description lock
 * that ends with the process and that no child inherits (O_CLOEXEC). The holder writes its pid and
 * command line into the file, for those who wait. Nobody but the caller may have access to the
 * directory and its files: another user who could open a file could block root.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>

struct sx_lock {
	int fd; /* 0 or -1: not held; a held one is never 0, 1 or 2 */
	bool abandoned; /* the previous holder was killed and may have left something behind */
};

#define SX_LOCK SX_CLEANUP(lock_release) struct sx_lock

/*
 * Take the lock `name` (made a safe file name) in directory `dir` (created 0700). Waits up to
 * wait_ms (0: not at all), asleep; `waiting` is called once with a text naming the holder
 * ("pid 1234, COMMAND", safe to show) when it has to wait longer than a second (may be NULL).
 * SX_ELOCKED names pid and command of the holder; SX_ECANTWRITE: no lock file can be made, or
 * the directory or the file is a link, another user's, or open to others.
 */
int lock_take(const char *dir, const char *name, const char *command, unsigned wait_ms,
	      void (*waiting)(const char *holder, void *arg), void *arg, struct sx_lock *out,
	      struct sx_err *err) SX_MUST;
/* Release it; accepts a zeroed struct and one that is not held. */
void lock_release(struct sx_lock *lock);
