/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text on a terminal: see fill.h. */
#include "base/fill.h"

#include <string.h>

/* Length of what takes no column at p: a UTF-8 continuation byte or a colour sequence; else 0. */
static size_t nothing_at(const char *p)
{
	size_t len;

	if (((unsigned char)*p & 0xc0) == 0x80)
		return 1;
	if (p[0] != '\033' || p[1] != '[')
		return 0;
	len = 2 + strspn(p + 2, "0123456789;");
	return p[len] == 'm' ? len + 1 : 0;
}

static size_t width_of(const char *text, size_t len)
{
	size_t width = 0, skip;

	for (const char *p = text; p < text + len; p += skip ? skip : 1) {
		skip = nothing_at(p);
		width += !skip;
	}
	return width;
}

size_t sx_fill_width(const char *text)
{
	return width_of(text, strlen(text));
}

static void add_word(struct sx_str *out, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sx_str_addc(out, word[i] == SX_FILL_JOIN ? ' ' : word[i]);
}

void sx_fill(struct sx_str *out, const char *text, size_t at, size_t indent, size_t width)
{
	bool first = true; /* of its line */

	while (*text) {
		size_t blanks = strspn(text, " "), len = strcspn(text + blanks, " ");
		size_t columns = width_of(text + blanks, len);

		if (at > indent && at + blanks + columns > width) {
			while (first && out->len && out->data[out->len - 1] == ' ')
				out->data[--out->len] = '\0';
			sx_str_addf(out, "\n%*s", (int)indent, "");
			at = indent;
			blanks = 0;
			text += strspn(text, " ");
		}
		add_word(out, text, blanks + len);
		at += blanks + columns;
		text += blanks + len;
		first = false;
	}
}
