/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands share: xl run in our place, JSON on standard output. */
#include "core.h"

#include "host/json.h"
#include "host/proc.h"

#include <stdio.h>

void core_print_json(const struct json *j)
{
	SX_FREE char *text = json_text_utf8(j);

	fputs(text, stdout);
}

void core_xl_words(const struct sx_invocation *inv, bool dry_run, struct sx_words *out)
{
	sx_words_add(out, inv->xl);
	for (size_t i = 0; i < inv->options->xl.len; i++)
		sx_words_add(out, inv->options->xl.items[i]);
	if (dry_run)
		sx_words_add(out, "-N");
	for (int i = 0; i < inv->argc; i++)
		sx_words_add(out, inv->argv[i]);
}

int core_exec_xl(const struct sx_invocation *inv, bool dry_run, struct sx_err *err)
{
	SX_WORDS words = { 0 };

	core_xl_words(inv, dry_run, &words);
	proc_leave_limits();
	return sx_xl_exec(sx_words_argv(&words), err);
}
