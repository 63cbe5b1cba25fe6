/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Read a text that xl cannot read, line by line as a person would, to guess whose it is. Never used
 * for a text that xl can read.
 */
#include "base/str.h"
#include "xlcfg/xlcfg.h"

#include <string.h>

/* The scalar that this line alone assigns to the key; NULL: none. Heap string. */
static char *value_in(const char *line, size_t len, const char *key)
{
	static const char *const ends[] = { "\n", "\"\n", "'\n" }; /* close an open string */

	while (len && (line[len - 1] == '\r' || line[len - 1] == ' '))
		len--;
	for (size_t i = 0; i < SX_COUNT(ends); i++) {
		XLCFG_DOC *doc = NULL;
		SX_STR whole = { 0 };
		SX_ERR ignored = { 0 };

		sx_str_addn(&whole, line, len);
		sx_str_add(&whole, ends[i]);
		if (xlcfg_parse(sx_str_text(&whole), whole.len, "", &doc, &ignored) == 0)
			return xlcfg_get_string(doc, key);
	}
	return NULL;
}

char *xlcfg_glance(const char *text, size_t len, const char *key)
{
	const char *end = text + len, *next;
	char *value = NULL;

	for (const char *line = text; line < end; line = next) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		char *found;

		next = newline ? newline + 1 : end;
		found = value_in(line, (size_t)((newline ? newline : end) - line), key);
		if (!found)
			continue;
		free(value);
		value = found;
	}
	return value;
}
