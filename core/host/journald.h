/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A line in the system's journal, with fields of its own: the native protocol of systemd-journald
 * (systemd.io/JOURNAL_NATIVE_PROTOCOL). It is one datagram, and needs no library that a dom0 may lack or
 * that each command would load.
 */
#pragma once

#include "base/str.h"

/* Add a field to the datagram; the value may hold anything, and is cut where it is very long. */
void journald_add(struct sx_str *datagram, const char *field, const char *value);
/*
 * Send it to the journal below `root` ("": the machine's); waits a second at most. False: there is
 * none, or it did not take it, and errno tells why.
 */
bool journald_send(const char *root, const struct sx_str *datagram);
