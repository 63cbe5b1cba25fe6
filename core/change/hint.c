/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to type when a change is refused: the command again, and ways around the refusal. */
#include "change/change.h"

#include <string.h>

void change_add_typed(const struct change *c, struct sx_str *out)
{
	size_t typed = c->said.family->typed;

	for (size_t i = 0; c->words[i] && (!typed || i < typed); i++) {
		sx_str_addc(out, ' ');
		sx_str_add_quoted(out, c->words[i]);
	}
}

char *change_live_only(const struct change *c)
{
	SX_STR typed = { 0 };

	if (c->scope != FLOW_BOTH || !c->running || c->said.family->typed)
		return NULL;
	change_add_typed(c, &typed);
	return sx_format("safexl --live%s", sx_str_text(&typed));
}

void change_hint_live(const struct change *c, struct sx_err *err)
{
	SX_FREE char *before = err->hint ? sx_format("%s\nor ", err->hint) : sx_strdup("to ");

	if (c->live_only)
		sx_err_hint(err, "%schange the running domain only: %s", before, c->live_only);
}

void change_hint_file(const struct change *c, struct sx_err *err)
{
	if ((err->code != SX_ECONFLICT && err->code != SX_ESYNTAX) || c->said.by_hand ||
	    c->said.family->typed || (err->hint && strstr(err->hint, "safexl ")))
		return;
	if (!err->hint)
		sx_err_hint(err, "to edit the file: safexl edit %pQ", c->path);
	change_hint_live(c, err);
}
