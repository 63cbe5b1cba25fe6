/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who asks, when somebody is lent the rights of another user: by sudo, doas, pkexec or a
 * set-user-id bit. What that person's environment names is not run with those rights. Private to
 * cmd/; libc only.
 */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* Is it somebody else than root, or than the user we run as? Then the rights are lent. */
bool caller_is_other(void);
/* Take SAFEXL_CORE, SAFEXL_XL and SAFEXL_ROOT out of such a caller's environment, and say so. */
void caller_clean_environment(void);
/* That person's ids; false: the person is not known. */
bool caller_ids(uid_t *uid, gid_t *gid) SX_MUST;
/*
 * In a child, before its exec: become that person for good, with HOME, USER and LOGNAME; nothing
 * to do when no rights are lent. -1 with errno: then nothing may be run.
 */
int caller_become(void) SX_MUST;
/* Are root's rights missing? What lies below SAFEXL_ROOT ("": nothing) is a world of its own, and anybody's. */
bool caller_lacks_root(const char *root);
/* The same of what xl needs: the hypervisor's device may be open to others, or not be there at all. */
bool caller_lacks_xen(const char *root);
/* The error that says so, in place of another, with the words as typed as the way out. Always -1. */
int caller_refuse(const char *command, char *const *typed, struct sx_err *err);
