/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TAP for unit tests: each test program defines main() with calls of ok() and ends with tap_end(). */
#pragma once

#include "base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tap {
	int run;
	int failed;
};

static inline bool tap_ok(struct tap *t, bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++t->run, what);
	t->failed += !good;
	return good;
}

static inline bool tap_is(struct tap *t, const char *got, const char *want, const char *what)
{
	bool good = tap_ok(t, sx_streq(got, want), what);

	if (!good)
		printf("#   got: %s\n#  want: %s\n", got ? got : "(null)", want ? want : "(null)");
	return good;
}

static inline bool tap_is_num(struct tap *t, long got, long want, const char *what)
{
	bool good = tap_ok(t, got == want, what);

	if (!good)
		printf("#   got: %ld\n#  want: %ld\n", got, want);
	return good;
}

static inline int tap_end(struct tap *t)
{
	printf("1..%d\n", t->run);
	return t->failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
