/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cleanup at the end of a scope, compiler attributes, and moving a value out of its cleanup. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SX_CLEANUP(fn) __attribute__((cleanup(fn)))
#define SX_FREE SX_CLEANUP(sx_cleanup_free)
#define SX_CLOSE SX_CLEANUP(sx_cleanup_close)
#define SX_FCLOSE SX_CLEANUP(sx_cleanup_fclose)

#define SX_MUST __attribute__((warn_unused_result))
#define SX_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define SX_UNUSED __attribute__((unused))
#define SX_NORETURN __attribute__((noreturn))
#define SX_NEVER_NULL __attribute__((returns_nonnull))

#define SX_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Take the value out of *p and zero *p, so that its cleanup does nothing. */
#define sx_steal(p)                               \
	({                                        \
		__typeof__(*(p)) sx_taken = *(p); \
		*(p) = (__typeof__(*(p))){ 0 };   \
		sx_taken;                         \
	})

static inline void sx_cleanup_free(void *p)
{
	free(*(void **)p);
}

/* -1: not open. */
static inline void sx_cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void sx_cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}
