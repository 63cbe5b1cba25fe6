/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text of commits and of git's settings as UTF-8, whatever it was written in. */
#include "git/private.h"

#include <errno.h>
#include <iconv.h>

/* Convert all or nothing: *out is added to only if every character has a counterpart. */
static bool convert(const char *text, const char *encoding, struct sx_str *out)
{
	iconv_t cd = iconv_open("UTF-8", encoding);
	size_t left = strlen(text), room = left * 4 + 1, space = room;
	SX_FREE char *copy = sx_strdup(text), *result = sx_alloc(room);
	char *from = copy, *to = result;
	bool done;

	if (cd == (iconv_t)-1)
		return false;
	done = iconv(cd, &from, &left, &to, &room) != (size_t)-1;
	iconv_close(cd);
	if (done)
		sx_str_addn(out, result, space - room);
	return done;
}

char *repo_text(const char *text, const char *encoding)
{
	SX_STR s = { 0 };
	size_t len;

	if (encoding && strcasecmp(encoding, "UTF-8") != 0 && convert(text, encoding, &s))
		return sx_str_take(&s);
	for (const char *p = text; *p; p += len ? len : 1) {
		uint32_t code;

		len = sx_utf8_decode(p, &code);
		if (len)
			sx_str_addn(&s, p, len);
		else
			sx_str_add(&s, "\xef\xbf\xbd");
	}
	return sx_str_take(&s);
}
