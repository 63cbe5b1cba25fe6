/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where to insert a statement, and which bytes to remove with one: see plan.h. */
#include "xlcfg/plan.h"

#include <string.h>

void xlcfg_plan_line(const struct xlcfg *doc, const char *line, struct xlcfg_plan *plan)
{
	size_t len = doc->text.len;
	/* Keep a missing last newline missing, so that removing the line restores the text. */
	bool ended = len == 0 || doc->text.data[len - 1] == '\n';

	xlcfg_plan_put(plan, len, len, sx_format(ended ? "%s\n" : "\n%s", line));
}

/* "key = " with blanks like the model's; if several precede its '=', align the new '=' with it. */
static char *spaced_like(const struct xlcfg *doc, const struct xlcfg_stmt *model, const char *key)
{
	SX_FREE char *name = xlcfg_slice(doc, model->first, model->first + 1);
	SX_FREE char *before = xlcfg_slice(doc, model->first + 1, model->op);
	SX_FREE char *after = xlcfg_slice(doc, model->op + 1, doc->nodes.items[model->node].first);
	size_t pad = strlen(before), column = strlen(name) + pad;

	if (strchr(before, '\t'))
		pad = 1;
	else if (pad > 1)
		pad = column > strlen(key) ? column - strlen(key) : 1;
	return sx_format("%s%*s=%s", key, (int)pad, "", after[0] ? " " : "");
}

void xlcfg_plan_assignment(const struct xlcfg *doc, const char *key, const char *scalar,
			   struct xlcfg_plan *plan)
{
	SX_FREE char *left = NULL;
	SX_FREE char *line = NULL;

	for (size_t i = doc->stmts.len; i-- > 0 && !left;)
		if (xlcfg_kind_at(doc, doc->stmts.items[i].op) == TOK_ASSIGN)
			left = spaced_like(doc, &doc->stmts.items[i], key);
	line = left ? sx_format("%s%s", left, scalar) : sx_format("%s = %s", key, scalar);
	xlcfg_plan_line(doc, line, plan);
}

/* Where the text ends once its last line is removed: before the newline, unless xl needs that. */
static size_t end_before_last_line(const struct xlcfg *doc, uint32_t line)
{
	size_t start = xlcfg_start(doc, line);

	if (line == 0)
		return start;
	/* A comment must keep its newline, except a lone '#', which xl ignores as the last byte. */
	if (xlcfg_kind_at(doc, line - 1) == TOK_COMMENT && start - xlcfg_start(doc, line - 1) > 2)
		return start;
	return start - 1;
}

void xlcfg_plan_drop_stmt(const struct xlcfg *doc, const struct xlcfg_stmt *stmt,
			  struct xlcfg_plan *plan)
{
	uint32_t last = doc->nodes.items[stmt->node].last;
	uint32_t line = xlcfg_line_first(doc, stmt->first);
	uint32_t semicolon = xlcfg_past_blank(doc, last + 1);
	bool leads = xlcfg_past_blank(doc, line) == stmt->first;
	bool closed = xlcfg_kind_at(doc, semicolon) == TOK_SEMICOLON;
	uint32_t rest = closed ? xlcfg_past_blank(doc, semicolon + 1) : semicolon;
	size_t start = xlcfg_start(doc, stmt->first);

	if (leads && xlcfg_is_eol(doc, rest))
		xlcfg_plan_drop(plan, xlcfg_start(doc, line), xlcfg_end(doc, rest));
	else if (leads && xlcfg_kind_at(doc, rest) == TOK_END)
		xlcfg_plan_drop(plan, end_before_last_line(doc, line), doc->text.len);
	else if (leads)
		xlcfg_plan_drop(plan, start, xlcfg_start(doc, rest));
	else if (closed)
		xlcfg_plan_drop(plan, xlcfg_start_with_blank(doc, stmt->first),
				xlcfg_end(doc, semicolon));
	else
		/* A ';' must precede it: drop that too, as nothing follows. */
		xlcfg_plan_drop(plan, xlcfg_start_with_blank(doc, stmt->first) - 1,
				xlcfg_end(doc, last));
}

bool xlcfg_is_own_line(const struct xlcfg *doc, const struct xlcfg_stmt *stmt)
{
	const struct xlcfg_node *list = &doc->nodes.items[stmt->node];
	uint32_t line = xlcfg_line_first(doc, stmt->first);
	const struct xlcfg_node *elem;
	uint32_t before, after;

	if (xlcfg_kind_at(doc, stmt->op) != TOK_ADD || list->count != 1 || line != stmt->first)
		return false;
	elem = &doc->nodes.items[doc->elems.items[list->elems]];
	before = list->first + 1;
	after = elem->last + 1;
	if (elem->first != before + 1 || list->last != after + 1 ||
	    xlcfg_end(doc, before) - xlcfg_start(doc, before) != 1 ||
	    xlcfg_end(doc, after) - xlcfg_start(doc, after) != 1 ||
	    xlcfg_kind_at(doc, before) != TOK_BLANK || xlcfg_kind_at(doc, after) != TOK_BLANK)
		return false;
	return xlcfg_kind_at(doc, list->last + 1) == TOK_NEWLINE ||
	       xlcfg_kind_at(doc, list->last + 1) == TOK_END;
}
