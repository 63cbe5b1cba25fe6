/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The error object: see err.h. Never prints. */
#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* Here are the functions behind these macros. */
#undef sx_err_set
#undef sx_err_sys
#undef sx_err_wrap
#undef sx_err_hint
#undef sx_err_move

static void err_replace(struct sx_err *err, enum sx_code code, int sys_errno, char *msg)
{
	sx_err_clear(err);
	err->code = code;
	err->sys_errno = sys_errno;
	err->msg = msg;
}

int sx_err_set(struct sx_err *err, enum sx_code code, const char *fmt, ...)
{
	SX_STR s = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&s, fmt, ap);
	va_end(ap);
	err_replace(err, code, 0, sx_str_take(&s));
	return -1;
}

int sx_err_sys(struct sx_err *err, enum sx_code code, const char *fmt, ...)
{
	int saved = errno;
	SX_STR s = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&s, fmt, ap);
	va_end(ap);
	sx_str_addf(&s, ": %s", strerror(saved));
	err_replace(err, code, saved, sx_str_take(&s));
	return -1;
}

int sx_err_wrap(struct sx_err *err, const char *fmt, ...)
{
	SX_STR s = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&s, fmt, ap);
	va_end(ap);
	sx_str_addf(&s, ": %s", err->msg ? err->msg : "failed");
	sx_put(&err->msg, sx_str_take(&s));
	return -1;
}

int sx_err_hint(struct sx_err *err, const char *fmt, ...)
{
	SX_STR s = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&s, fmt, ap);
	va_end(ap);
	sx_put(&err->hint, sx_str_take(&s));
	return -1;
}

int sx_err_move(struct sx_err *to, struct sx_err *from)
{
	sx_err_clear(to);
	*to = sx_steal(from);
	return -1;
}

void sx_err_clear(struct sx_err *err)
{
	free(err->msg);
	free(err->hint);
	*err = (struct sx_err){ 0 };
}
