/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Write a text as a scalar that libxlutil reads back as exactly that text: see plan.h. */
#include "xlcfg/plan.h"

#include <string.h>

static bool is_number(const char *text)
{
	return text[0] >= '0' && text[0] <= '9' && text[strspn(text, "0123456789abcdefx")] == '\0';
}

int xlcfg_write_scalar(const char *text, char quote, struct sx_str *out, struct sx_err *err)
{
	static const char controls[] = "\a\b\f\n\r\t\v";
	static const char letters[] = "abfnrtv";
	char other;

	if (!quote && is_number(text)) {
		sx_str_add(out, text);
		return 0;
	}
	if (!quote)
		quote = '\'';
	other = quote == '"' ? '\'' : '"';
	if (strchr(text, quote) && !strchr(text, other))
		quote = other;
	sx_str_addc(out, quote);
	for (const char *p = text; *p; p++) {
		const char *control = strchr(controls, *p);

		if (control)
			sx_str_addf(out, "\\%c", letters[control - controls]);
		else if (*p == quote || *p == '\\')
			sx_str_addf(out, "\\%c", *p);
		else if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return sx_err_set(err, SX_ECONFLICT,
					  "the character 0x%02x cannot be written in xl.cfg",
					  (unsigned char)*p);
		else
			sx_str_addc(out, *p);
	}
	sx_str_addc(out, quote);
	return 0;
}
