/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list --all: every guest of the host, running or not. */
#include "core.h"
#include "output.h"

#include "base/fill.h"
#include "base/terminal.h"
#include "managed/roster.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum column { NAME, ID, MEMORY, VCPUS, STATE, AUTO, PENDING, CHANGED, COLUMNS };

static const char *const heads[COLUMNS] = { "Name",  "ID",   "Mem",	"VCPUs",
					    "State", "Auto", "Pending", "Last change" };

static bool is_number(enum column c)
{
	return c == ID || c == MEMORY || c == VCPUS;
}

static char *number_or_dash(bool known, int64_t value)
{
	return known ? sx_format("%" PRId64, value) : sx_strdup("-");
}

static char *pending_text(const struct guest *g)
{
	if (g->unrecorded && g->waiting)
		return sx_format("%zu not recorded, %zu waiting", g->unrecorded, g->waiting);
	if (g->unrecorded)
		return sx_format("%zu not recorded", g->unrecorded);
	return g->waiting ? sx_format("%zu waiting", g->waiting) : sx_strdup("-");
}

static char *changed_text(const struct guest *g)
{
	char day[] = "9999-12-31 23:59";
	time_t t = g->last ? (time_t)g->last->time : 0;
	struct tm tm;

	if (!g->last || !localtime_r(&t, &tm) || !strftime(day, sizeof(day), "%Y-%m-%d %H:%M", &tm))
		return sx_strdup("-");
	return sx_format("%s %s", day, g->last->author);
}

static char *cell(const struct guest *g, enum column c)
{
	SX_FREE char *text = NULL;

	switch (c) {
	case NAME:
		return sx_shown(g->name);
	case ID:
		return number_or_dash(g->state == GUEST_RUNS, g->domid);
	case MEMORY:
		return number_or_dash(g->memory_mib > 0, g->memory_mib);
	case VCPUS:
		return number_or_dash(g->vcpus > 0, g->vcpus);
	case STATE:
		text = guest_state_text(g);
		return sx_shown(text);
	case AUTO:
		return sx_strdup(g->autostart ? "yes" : "-");
	case PENDING:
		return pending_text(g);
	case CHANGED:
		text = changed_text(g);
		return sx_shown(text);
	case COLUMNS:
		break;
	}
	return sx_strdup("");
}

struct table {
	SX_VEC_OF(char *); /* cells, row by row */
	size_t widths[COLUMNS];
};

/* A longer text, as a reason, must not push the other columns off the screen. */
static const size_t widest = 40;

static void table_add(struct table *t, enum column c, char *text)
{
	size_t width = sx_fill_width(text);

	sx_vec_push(t, text);
	if (width > t->widths[c] && (width <= widest || c == NAME))
		t->widths[c] = width;
}

static void add_cell(struct sx_str *line, const struct table *t, size_t row, enum column c)
{
	const char *text = t->items[row + c];
	size_t width = sx_fill_width(text);
	size_t pad = t->widths[c] > width ? t->widths[c] - width : 0;

	if (is_number(c))
		sx_str_addf(line, "%*s%s", (int)pad, "", text);
	else
		sx_str_addf(line, "%s%*s", text, c == CHANGED ? 0 : (int)pad, "");
}

static void print_line(const struct sx_str *line, bool head, bool colors)
{
	printf("%s%s%s\n", terminal_style(colors && head, TERMINAL_BOLD), sx_str_text(line),
	       terminal_plain(colors && head));
}

static void print_wide(const struct table *t, bool colors)
{
	for (size_t row = 0; row < t->len; row += COLUMNS) {
		SX_STR line = { 0 };

		for (enum column c = NAME; c < COLUMNS; c++) {
			if (c)
				sx_str_add(&line, "  ");
			add_cell(&line, t, row, c);
		}
		print_line(&line, !row, colors);
	}
}

/* For a narrow screen: long columns below one another at the end, without empty ones. */
static void print_narrow(const struct table *t, size_t width, bool colors)
{
	static const enum column short_ones[] = { NAME, ID, MEMORY, VCPUS, AUTO };
	static const enum column below[] = { PENDING, CHANGED };

	for (size_t row = 0; row < t->len; row += COLUMNS) {
		SX_STR line = { 0 };
		size_t at;

		for (size_t i = 0; i < SX_COUNT(short_ones); i++) {
			add_cell(&line, t, row, short_ones[i]);
			sx_str_add(&line, "  ");
		}
		at = sx_fill_width(sx_str_text(&line));
		sx_fill(&line, t->items[row + STATE], at, at, width);
		for (size_t i = 0; row && i < SX_COUNT(below); i++) {
			const char *value = t->items[row + below[i]];
			SX_FREE char *text =
				sx_format("%s%s", below[i] == CHANGED ? "changed " : "", value);

			if (sx_streq(value, "-"))
				continue;
			sx_str_addf(&line, "\n%*s", (int)at, "");
			sx_fill(&line, text, at, at, width);
		}
		print_line(&line, !row, colors);
	}
}

static bool fits(const struct table *t, size_t width)
{
	size_t needed = (COLUMNS - 1) * strlen("  ");

	for (enum column c = NAME; c < COLUMNS; c++)
		needed += t->widths[c];
	return !width || needed <= width;
}

static void print_roster(const struct roster *r)
{
	size_t width = terminal_width(stdout);
	bool colors = terminal_colors(stdout);
	struct table t = { 0 };

	for (enum column c = NAME; c < COLUMNS; c++)
		table_add(&t, c, sx_strdup(heads[c]));
	for (size_t i = 0; i < r->len; i++)
		for (enum column c = NAME; c < COLUMNS; c++)
			table_add(&t, c, cell(&r->items[i], c));
	if (fits(&t, width))
		print_wide(&t, colors);
	else
		print_narrow(&t, width, colors);
	for (size_t i = 0; i < t.len; i++)
		free(t.items[i]);
	sx_vec_free(&t);
}

static struct json *guest_json(const struct guest *g)
{
	struct json *j = json_new();

	output_text(j, "domain", g->name);
	output_text(j, "uuid", g->uuid);
	output_text(j, "state", guest_state_name(g));
	output_text(j, "detail", g->detail);
	output_text(j, "problem", g->problem);
	output_number(j, "domid", g->state == GUEST_RUNS, g->domid);
	output_number(j, "memory_mib", g->memory_mib > 0, g->memory_mib);
	output_number(j, "vcpus", g->vcpus > 0, g->vcpus);
	output_text(j, "config", g->path);
	output_text(j, "image", g->image);
	json_set_bool(j, "autostart", g->autostart);
	json_set_number(j, "unrecorded", (long long)g->unrecorded);
	json_set_number(j, "waiting", (long long)g->waiting);
	output_last(j, "last_change", g->last);
	return j;
}

static void print_json(const struct sx_invocation *inv, const struct roster *r)
{
	JSON_DOC *j = output_new();

	json_set_bool(j, "xen", !r->no_xen);
	output_text(j, "no_xen", r->no_xen);
	json_set_words(j, "guests", (char *[]){ NULL });
	for (size_t i = 0; i < r->len; i++)
		json_append(j, "guests", guest_json(&r->items[i]));
	outcome_print(inv->outcome, j);
}

int cmd_list_all(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	ROSTER roster = { 0 };

	if (inv->argc != 1)
		return sx_err_set(err, SX_EUSAGE, "list: unexpected argument '%s'", inv->argv[1]);
	if (roster_look(env, &roster, err))
		return -1;
	if (roster.no_xen)
		flow_notice(env, "what runs is not known: %s", roster.no_xen);
	if (inv->options->json)
		print_json(inv, &roster);
	else
		print_roster(&roster);
	return EXIT_SUCCESS;
}
