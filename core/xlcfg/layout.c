/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where to insert a list element, and which bytes to remove with one: append follows the layout of
 * the last element, remove takes an element's own line and end-of-line comment and no other. remove
 * must undo every form that append writes to the byte: keep the two in step.
 */
#include "xlcfg/plan.h"

/* An element of a list and its surroundings, as token indexes; XLCFG_NONE: not there. */
struct place {
	const struct xlcfg *doc;
	uint32_t close; /* the list's ']' */
	uint32_t index, count;
	uint32_t first, last;
	uint32_t prev; /* last token of the element before */
	uint32_t next; /* first token of the element after */
	uint32_t before, after; /* the commas on either side */
	uint32_t line; /* first token of the line it starts on */
	bool leads; /* it is the first thing on its line */
	bool comma_leads; /* the comma before it is the first thing there, directly before it */
	bool near; /* only blanks separate it from the comma after it */
	uint32_t tail; /* that comma if near, else `last` */
	uint32_t rest; /* the first token after the tail that is not a blank */
};

static const struct xlcfg_node *elem_at(const struct xlcfg *doc, const struct xlcfg_node *list,
					uint32_t index)
{
	return &doc->nodes.items[doc->elems.items[list->elems + index]];
}

static uint32_t find_comma(const struct xlcfg *doc, uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		if (xlcfg_kind_at(doc, from) == TOK_COMMA)
			return from;
	return XLCFG_NONE;
}

static struct place place_of(const struct xlcfg *doc, const struct xlcfg_node *list, uint32_t index)
{
	const struct xlcfg_node *elem = elem_at(doc, list, index);
	struct place x = { .doc = doc, .index = index, .count = list->count };
	uint32_t lead;

	x.close = list->last;
	x.first = elem->first;
	x.last = elem->last;
	x.prev = index ? elem_at(doc, list, index - 1)->last : XLCFG_NONE;
	x.next = index + 1 < list->count ? elem_at(doc, list, index + 1)->first : XLCFG_NONE;
	x.before = index ? find_comma(doc, x.prev + 1, x.first) : XLCFG_NONE;
	x.after = find_comma(doc, x.last + 1, x.next != XLCFG_NONE ? x.next : x.close);
	x.line = xlcfg_line_first(doc, x.first);
	lead = xlcfg_past_blank(doc, x.line);
	x.leads = lead == x.first;
	x.comma_leads = lead == x.before && xlcfg_past_blank(doc, lead + 1) == x.first;
	x.near = x.after != XLCFG_NONE && xlcfg_past_blank(doc, x.last + 1) == x.after;
	x.tail = x.near ? x.after : x.last;
	x.rest = xlcfg_past_blank(doc, x.tail + 1);
	return x;
}

/* Does a line end between two tokens, the first included? */
static bool has_eol(const struct xlcfg *doc, uint32_t from, uint32_t to)
{
	for (; from < to; from++)
		if (xlcfg_is_eol(doc, from))
			return true;
	return false;
}

/* Is there a comment in that range, other than `own`? */
static bool has_comment(const struct xlcfg *doc, uint32_t from, uint32_t to, uint32_t own)
{
	for (; from < to; from++)
		if (xlcfg_kind_at(doc, from) == TOK_COMMENT && from != own)
			return true;
	return false;
}

/* ---- append ---- */

static char *text_between(const struct place *x, uint32_t from, uint32_t to)
{
	return xlcfg_slice(x->doc, from, to);
}

static void insert(struct xlcfg_plan *plan, size_t at, char *text)
{
	xlcfg_plan_put(plan, at, at, text);
}

/* What precedes the element on its line, with blanks in place of anything but its comma. */
static char *line_prefix(const struct place *x)
{
	char *prefix = text_between(x, x->line, x->first);

	for (char *p = prefix; !x->leads && !x->comma_leads && *p; p++)
		if (*p != '\t')
			*p = ' ';
	return prefix;
}

/* Append on a new line after the last element's. */
static void append_line(const struct place *l, const char *item, struct xlcfg_plan *plan)
{
	const struct xlcfg *doc = l->doc;
	SX_FREE char *prefix = line_prefix(l);
	SX_FREE char *gap = l->near ? text_between(l, l->last + 1, l->after) : sx_strdup("");
	const char *comma = l->near ? "," : "";
	/* The comma between the two, unless it is there already or leads the new line. */
	const char *joint = l->near || l->comma_leads ? "" : ",";
	char *text;

	if (l->rest == l->close) {
		text = sx_format("%s\n%s%s%s%s", joint, prefix, item, gap, comma);
		insert(plan, xlcfg_end(doc, l->tail), text);
		return;
	}
	insert(plan, xlcfg_end(doc, l->last), sx_strdup(joint));
	insert(plan, xlcfg_end(doc, l->rest), sx_format("%s%s%s%s\n", prefix, item, gap, comma));
}

/* Append on the last element's line, directly after it. */
static void append_inline(const struct place *l, const char *item, struct xlcfg_plan *plan)
{
	const struct xlcfg *doc = l->doc;
	bool model = l->before != XLCFG_NONE;
	SX_FREE char *gap = model ? text_between(l, l->before + 1, l->first) : sx_strdup(" ");
	SX_FREE char *before_comma = NULL;

	if (l->near) {
		before_comma = text_between(l, l->last + 1, l->after);
		insert(plan, xlcfg_end(doc, l->after),
		       sx_format("%s%s%s,", gap, item, before_comma));
		return;
	}
	before_comma = model ? text_between(l, l->prev + 1, l->before) : sx_strdup("");
	insert(plan, xlcfg_end(doc, l->last), sx_format("%s,%s%s", before_comma, gap, item));
}

/* The indentation for the first element of an empty list that spans several lines. */
static char *empty_indent(const struct xlcfg *doc, const struct xlcfg_node *list, uint32_t end)
{
	SX_FREE char *outer = NULL;

	for (uint32_t i = end; i > list->first + 1; i--) {
		uint32_t line;

		if (xlcfg_kind_at(doc, i) != TOK_COMMENT)
			continue;
		line = xlcfg_line_first(doc, i);
		if (line > list->first && xlcfg_past_blank(doc, line) == i)
			return xlcfg_slice(doc, line, i);
	}
	outer = xlcfg_slice(doc, end + 1, list->last);
	return sx_format("%s%s", outer, outer[0] == '\t' ? "\t" : "    ");
}

static void append_first(const struct xlcfg *doc, const struct xlcfg_node *list, bool adds,
			 const char *item, struct xlcfg_plan *plan)
{
	uint32_t end = list->last - 1;
	SX_FREE char *blank = NULL;

	while (!xlcfg_is_eol(doc, end) && end > list->first)
		end--;
	if (end > list->first) {
		SX_FREE char *indent = empty_indent(doc, list, end);

		insert(plan, xlcfg_end(doc, end), sx_format("%s%s,\n", indent, item));
		return;
	}
	/* [ ] becomes [ 'x' ]; not with +=, or remove would take that for a line that we added. */
	blank = xlcfg_slice(doc, list->first + 1, list->last);
	insert(plan, xlcfg_start(doc, list->last), sx_format("%s%s", item, adds ? "" : blank));
}

void xlcfg_plan_append(const struct xlcfg *doc, const struct xlcfg_node *list, bool adds,
		       const char *item, struct xlcfg_plan *plan)
{
	struct place l;

	if (!list->count) {
		append_first(doc, list, adds, item, plan);
		return;
	}
	l = place_of(doc, list, list->count - 1);
	if (l.after != XLCFG_NONE && !l.near)
		insert(plan, xlcfg_end(doc, l.after), sx_format(" %s,", item));
	else if (l.leads || (l.comma_leads && !l.near) || (l.count == 1 && l.rest != l.close))
		append_line(&l, item, plan);
	else
		append_inline(&l, item, plan);
}

/* ---- remove ---- */

/* The start of the element's line, or of the plain newline before it. */
static size_t line_start_or_newline(const struct place *x)
{
	bool plain = xlcfg_kind_at(x->doc, x->line - 1) == TOK_NEWLINE;

	return xlcfg_start(x->doc, plain ? x->line - 1 : x->line);
}

/* Drop a comma that is not near its element, and the blank after the comma. */
static void drop_far_comma(const struct place *x, struct xlcfg_plan *plan)
{
	uint32_t next = xlcfg_past_blank(x->doc, x->after + 1);

	xlcfg_plan_drop(plan, xlcfg_start(x->doc, x->after), xlcfg_start(x->doc, next));
}

/* The element is the first thing on its line and only ']' follows there. */
static void remove_before_close(const struct place *x, struct xlcfg_plan *plan)
{
	const struct xlcfg *doc = x->doc;

	if (x->near || x->before == XLCFG_NONE) {
		xlcfg_plan_drop(plan, line_start_or_newline(x), xlcfg_end(doc, x->tail));
	} else if (!has_comment(doc, x->before, x->first, XLCFG_NONE)) {
		xlcfg_plan_drop(plan, xlcfg_start_with_blank(doc, x->before),
				xlcfg_end(doc, x->last));
	} else {
		xlcfg_plan_drop(plan, xlcfg_start_with_blank(doc, x->before),
				xlcfg_end(doc, x->before));
		xlcfg_plan_drop(plan, xlcfg_start(doc, x->line), xlcfg_end(doc, x->last));
	}
}

/* The element is the first thing on its line. */
static void remove_leading(const struct place *x, struct xlcfg_plan *plan)
{
	const struct xlcfg *doc = x->doc;
	bool far = x->after != XLCFG_NONE && !x->near;

	if (x->rest == x->close) {
		remove_before_close(x, plan);
	} else if (!xlcfg_is_eol(doc, x->rest)) {
		/* Another element shares the line. */
		xlcfg_plan_drop(plan, xlcfg_start(doc, x->first), xlcfg_start(doc, x->rest));
	} else {
		if (x->after == XLCFG_NONE && x->before != XLCFG_NONE)
			xlcfg_plan_drop(plan, xlcfg_start_with_blank(doc, x->before),
					xlcfg_end(doc, x->before));
		xlcfg_plan_drop(plan, xlcfg_start(doc, x->line), xlcfg_end(doc, x->rest));
		if (far)
			drop_far_comma(x, plan);
	}
}

/* The comma before the element leads its line and none follows: drop the line with that comma. */
static void remove_comma_first(const struct place *x, struct xlcfg_plan *plan)
{
	const struct xlcfg *doc = x->doc;

	if (x->rest == x->close)
		xlcfg_plan_drop(plan, line_start_or_newline(x), xlcfg_end(doc, x->last));
	else
		xlcfg_plan_drop(plan, xlcfg_start(doc, x->line), xlcfg_end(doc, x->rest));
}

/* The only element, on the line of the '['. */
static void remove_only(const struct place *x, struct xlcfg_plan *plan)
{
	const struct xlcfg *doc = x->doc;
	size_t start = xlcfg_start(doc, x->first), blank = xlcfg_start_with_blank(doc, x->first);

	if (x->after != XLCFG_NONE && !x->near) {
		xlcfg_plan_drop(plan, start, xlcfg_end(doc, x->last));
		drop_far_comma(x, plan);
	} else if (x->rest == x->close) {
		/* Keep the blank on one side: [ 'x' ] becomes [ ]. */
		xlcfg_plan_drop(plan, start,
				blank < start ? xlcfg_start(doc, x->close)
					      : xlcfg_end(doc, x->tail));
	} else {
		xlcfg_plan_drop(plan, blank, xlcfg_end(doc, x->rest) - 1);
	}
}

/* The element is not the first thing on its line, and another element follows. */
static void remove_inner(const struct place *x, struct xlcfg_plan *plan)
{
	const struct xlcfg *doc = x->doc;
	/* A comment at the end of the line belongs to the element if only '[' precedes it there. */
	bool own = x->index == 0 && xlcfg_kind_at(doc, x->rest) == TOK_COMMENT;
	bool joins = x->index == 0 && !has_comment(doc, x->tail, x->next, x->rest);

	if (joins || !has_eol(doc, x->last, x->next)) {
		xlcfg_plan_drop(plan, xlcfg_start(doc, x->first), xlcfg_start(doc, x->next));
		return;
	}
	xlcfg_plan_drop(plan, xlcfg_start_with_blank(doc, x->first),
			own ? xlcfg_end(doc, x->rest) - 1 : xlcfg_end(doc, x->tail));
	if (!x->near)
		drop_far_comma(x, plan);
}

/* The last of several elements, not the first on its line. */
static void remove_final(const struct place *x, struct xlcfg_plan *plan)
{
	const struct xlcfg *doc = x->doc;

	if (x->after == XLCFG_NONE) {
		xlcfg_plan_drop(plan, xlcfg_end(doc, x->prev), xlcfg_end(doc, x->last));
		return;
	}
	/* The comma before it stays as the trailing one. */
	xlcfg_plan_drop(plan, xlcfg_end(doc, x->before), xlcfg_end(doc, x->tail));
	if (!x->near)
		drop_far_comma(x, plan);
}

void xlcfg_plan_remove(const struct xlcfg *doc, const struct xlcfg_node *list, uint32_t index,
		       struct xlcfg_plan *plan)
{
	struct place x = place_of(doc, list, index);

	if (x.leads)
		remove_leading(&x, plan);
	else if (x.comma_leads && !x.near)
		remove_comma_first(&x, plan);
	else if (x.count == 1)
		remove_only(&x, plan);
	else if (x.next != XLCFG_NONE)
		remove_inner(&x, plan);
	else
		remove_final(&x, plan);
}
