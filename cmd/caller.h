/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who called safexl with another user's rights: through sudo, doas, pkexec or a set-user-id bit.
 * safexl runs nothing that the caller's environment names with those rights. Private to cmd/; libc
 * only.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* Do we run with lent rights: is the caller neither root nor the user we run as? */
bool caller_is_other(void);
/* If so, remove SAFEXL_CORE, SAFEXL_XL and SAFEXL_ROOT from the environment, with a warning. */
void caller_clean_environment(void);
/* The caller's ids; false: unknown. */
bool caller_ids(uid_t *uid, gid_t *gid) SX_MUST;
/*
 * In a child before exec: become the caller for good, with HOME, USER and LOGNAME set; without lent
 * rights do nothing. -1 with errno: run nothing then.
 */
int caller_become(void) SX_MUST;
/* Do we lack root's rights? Below SAFEXL_ROOT (`root` not "") nobody needs them. */
bool caller_lacks_root(const char *root);
/* Does xl lack access to the hypervisor's device? False if the device is open to us or missing. */
bool caller_lacks_xen(const char *root);
/* Replace `err` by "this needs root", with the typed words after sudo as the hint. Always -1. */
int caller_refuse(const char *command, char *const *typed, struct sx_err *err);
