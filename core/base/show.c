/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Make foreign text safe to show, and quote words for a shell: see str.h. */
#include "base/str.h"

#include <string.h>

size_t sx_utf8_decode(const char *text, uint32_t *code_out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t len = p[0] < 0x80		   ? 1
		     : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
		     : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
		     : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
						   : 0;
	uint32_t c = len == 1 ? p[0] : len ? p[0] & (0xffu >> (len + 1)) : 0;

	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (len > 1 && (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)))
		return 0;
	*code_out = c;
	return len;
}

bool sx_is_unsafe(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
}

static void add_escaped(struct sx_str *s, unsigned byte)
{
	char text[] = "\\xNN";

	snprintf(text, sizeof(text), "\\x%02x", byte);
	sx_str_add(s, text);
}

void sx_str_add_shown(struct sx_str *s, const char *text)
{
	const char *p = text;

	while (*p) {
		uint32_t code = 0;
		size_t len = sx_utf8_decode(p, &code);

		if (len && !sx_is_unsafe(code)) {
			sx_str_addn(s, p, len);
		} else if (*p == '\n') {
			sx_str_add(s, "\\n");
		} else if (*p == '\t') {
			sx_str_add(s, "\\t");
		} else {
			for (size_t i = 0; i < (len ? len : 1); i++)
				add_escaped(s, (unsigned char)p[i]);
		}
		p += len ? len : 1;
	}
}

char *sx_shown(const char *text)
{
	SX_STR s = { 0 };

	sx_str_add_shown(&s, text);
	return sx_str_take(&s);
}

char *sx_quoted(const char *word)
{
	SX_STR s = { 0 };

	sx_str_add_quoted(&s, word);
	return sx_str_take(&s);
}

void sx_str_add_quoted(struct sx_str *s, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "@%+=:,./_-";

	if (*word && strspn(word, plain) == strlen(word)) {
		sx_str_add(s, word);
		return;
	}
	sx_str_addc(s, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			sx_str_add(s, "'\\''");
		else
			sx_str_addc(s, *word);
	}
	sx_str_addc(s, '\'');
}

void sx_str_add_words(struct sx_str *s, char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		if (i)
			sx_str_addc(s, ' ');
		sx_str_add_quoted(s, words[i]);
	}
}
