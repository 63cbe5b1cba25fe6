/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the fake live layer share. */
#pragma once

#include "base/str.h"
#include "xen/live.h"

struct live {
	char *dir;
};

/* The file of a domain; NULL when there is none. */
FILE *fake_domain(struct live *live, uint32_t domid);
/* Its first line that begins with this text, NULL when none does. Heap string. */
char *fake_line(struct live *live, uint32_t domid, const char *start);
/* What follows "key=" on its first such line, NULL when there is none. Heap string. */
char *fake_value(struct live *live, uint32_t domid, const char *key);
