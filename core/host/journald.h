/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An entry in the system's journal, with fields of its own, by the native protocol of
 * systemd-journald (systemd.io/JOURNAL_NATIVE_PROTOCOL): one datagram. It needs no library, which a
 * dom0 might lack and each command would load.
 */
#pragma once

#include "base/str.h"

/* Add a field to the datagram; the value may hold anything, and is cut after 8 KiB. */
void journald_add(struct sx_str *datagram, const char *field, const char *value);
/*
 * Send it to the journal below `root` ("": the machine's), within a second. False, with errno:
 * there is no journal, or it did not take the datagram.
 */
bool journald_send(const char *root, const struct sx_str *datagram);
