/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The error object. The function that fails sets the message, its callers prefix the subject, and
 * cmd/ prints it once. A zeroed struct means "no error".
 */
#pragma once

#include "base/cleanup.h"

/* What went wrong, as far as behaviour (exit status, fallback) depends on it. */
enum sx_code {
	SX_OK = 0,
	SX_EFAIL, /* any failure without a code of its own */
	SX_EUSAGE, /* wrong arguments on the command line */
	SX_ENODOMAIN, /* no such running domain */
	SX_ENOXEN, /* no hypervisor, or not the one this program was built for */
	SX_ENOCONFIG, /* no configuration file for the domain */
	SX_EAMBIGUOUS, /* more than one configuration file for it */
	SX_ESYNTAX, /* a file that xl cannot read */
	SX_ECONFLICT, /* the edit cannot be expressed: already there, not there, overridden */
	SX_ECHANGED, /* a file changed since it was read */
	SX_ECANTWRITE, /* a file, directory or repository cannot be written; nothing changed */
	SX_ELOCKED, /* another process holds a lock */
	SX_EGUARD, /* the guard refused */
	SX_EPARTIAL, /* the domain changed, but the record could not be completed */
	SX_EXL, /* xl ran and failed: exit with `status`, print nothing */
};

struct sx_err {
	enum sx_code code;
	int sys_errno;
	int status; /* of xl, in the form of waitpid(2), with SX_EXL */
	char *msg;
	char *hint;
};

#define SX_ERR SX_CLEANUP(sx_err_clear) struct sx_err

/* Set code and message, replacing an earlier error; returns -1 for `return sx_err_set(...)`. */
int sx_err_set(struct sx_err *err, enum sx_code code, const char *fmt, ...) SX_PRINTF(3, 4);
/* As sx_err_set, with ": " and the text of errno appended. */
int sx_err_sys(struct sx_err *err, enum sx_code code, const char *fmt, ...) SX_PRINTF(3, 4);
/* Put "prefix: " before the message; returns -1. */
int sx_err_wrap(struct sx_err *err, const char *fmt, ...) SX_PRINTF(2, 3);
/* Set what to type next, replacing an earlier hint; returns -1. '\n' separates lines. */
int sx_err_hint(struct sx_err *err, const char *fmt, ...) SX_PRINTF(2, 3);
/* Move an error out of `from` into `to`, replacing what was there; returns -1. */
int sx_err_move(struct sx_err *to, struct sx_err *from);
/* Compilers and analysers do not see into these functions: tell them that each returns -1. */
static inline int sx_minus_one(int result SX_UNUSED)
{
	return -1;
}
#define sx_err_set(...) sx_minus_one(sx_err_set(__VA_ARGS__))
#define sx_err_sys(...) sx_minus_one(sx_err_sys(__VA_ARGS__))
#define sx_err_wrap(...) sx_minus_one(sx_err_wrap(__VA_ARGS__))
#define sx_err_hint(...) sx_minus_one(sx_err_hint(__VA_ARGS__))
#define sx_err_move(...) sx_minus_one(sx_err_move(__VA_ARGS__))
/* Free and zero; accepts a zeroed struct. */
void sx_err_clear(struct sx_err *err);
