/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the findings of `check`: see findings.h. */
#include "findings.h"

#include "base/str.h"

const char *findings_severity(const struct inspect_finding *f)
{
	return f->severity == INSPECT_WARNING ? "warning" : "error";
}

static void print_one(const struct inspect_finding *f, FILE *to)
{
	sx_print(to, "%pS", f->path);
	if (f->line)
		sx_print(to, ":%zu", f->line);
	sx_print(to, ": %s: %pS\n", findings_severity(f), f->text);
	if (f->hint)
		sx_print(to, "  hint: %pS\n", f->hint);
}

void findings_print(const struct inspect_report *r, FILE *to)
{
	for (size_t i = 0; i < r->len; i++)
		print_one(&r->items[i], to);
}
