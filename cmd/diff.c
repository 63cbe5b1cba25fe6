/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diff and record: differences between a configuration, its running domain and its last commit. */
#include "core.h"
#include "output.h"

#include "base/fill.h"
#include "base/terminal.h"
#include "domain/domain.h"
#include "view/drift.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum column {
	COLUMN_WHAT,
	COLUMN_FILE,
	COLUMN_RUNNING,
	COLUMN_COMMIT,
	COLUMN_STATE,
	COLUMNS,
};

static const char *const heads[COLUMNS] = {
	[COLUMN_WHAT] = "",	      [COLUMN_FILE] = "file",
	[COLUMN_RUNNING] = "running", [COLUMN_COMMIT] = "last commit",
	[COLUMN_STATE] = "",
};

/* A value longer than this moves only its own row. */
static const size_t widest = 44;

static char *state_text(const struct drift *of, const struct view_difference *d)
{
	bool both = d->uncommitted && d->state != VIEW_UNCOMMITTED;
	SX_FREE char *line = d->line ? sx_format(" (line %zu)", d->line) : sx_strdup("");

	if (d->state == VIEW_HALF) {
		SX_FREE char *command = drift_clearing(d, of->name);

		return sx_format("half attached; to clear it: %pS", command);
	}
	return sx_format("%s%s%s", drift_state(d->state), both ? ", not committed" : "", line);
}

static char *cell(const struct drift *of, const struct view_difference *d, enum column column)
{
	static const enum view_side sides[COLUMNS] = {
		[COLUMN_FILE] = VIEW_FILE,
		[COLUMN_RUNNING] = VIEW_RUNNING,
		[COLUMN_COMMIT] = VIEW_COMMIT,
	};
	enum view_side side = sides[column];

	if (column == COLUMN_WHAT)
		return sx_shown(d->what);
	if (column == COLUMN_STATE)
		return state_text(of, d);
	if (d->absent[side])
		return sx_strdup("-");
	if (!d->values[side])
		return sx_strdup("?");
	return *d->values[side] ? sx_shown(d->values[side]) : sx_strdup("(empty)");
}

static bool has_column(const struct drift *d, enum column column)
{
	return (column != COLUMN_RUNNING || d->running) &&
	       (column != COLUMN_COMMIT || d->have[VIEW_COMMIT]);
}

static void measure(const struct drift *d, size_t widths[COLUMNS])
{
	for (size_t column = 0; column < COLUMNS; column++) {
		widths[column] = sx_fill_width(heads[column]);
		for (size_t i = 0; i < d->differences.len; i++) {
			SX_FREE char *text = cell(d, &d->differences.items[i], (enum column)column);
			size_t len = sx_fill_width(text);

			if (len > widths[column] && len <= widest)
				widths[column] = len;
		}
	}
}

/* Does every row fit the screen? `screen` 0: there is none. */
static bool fits(const struct drift *d, const size_t widths[COLUMNS], size_t screen)
{
	size_t most = 0;

	for (size_t i = 0; i < d->differences.len; i++) {
		size_t width = 0;

		for (size_t column = 0; column < COLUMNS; column++) {
			SX_FREE char *text = cell(d, &d->differences.items[i], (enum column)column);
			size_t len = sx_fill_width(text);

			if (has_column(d, (enum column)column))
				width += strlen("  ") +
					 (len > widths[column] ? len : widths[column]);
		}
		most = width > most ? width : most;
	}
	return !screen || most <= screen;
}

static const char *style(const struct view_difference *row, enum column column, bool colors)
{
	bool running = row->state == VIEW_UNRECORDED || row->state == VIEW_HALF;

	return column == (running ? COLUMN_RUNNING : COLUMN_FILE)
		       ? terminal_style(colors, TERMINAL_YELLOW)
		       : "";
}

/* For a narrow screen: the values below one another. */
static void print_stacked(const struct drift *d, const struct view_difference *row, size_t screen,
			  bool colors)
{
	static const enum column sides[] = { COLUMN_FILE, COLUMN_RUNNING, COLUMN_COMMIT };
	SX_FREE char *what = cell(d, row, COLUMN_WHAT), *state = state_text(d, row);
	SX_FREE char *line = sx_format("%s: %s", what, state);
	char *command = strstr(line, ": safexl ");
	SX_STR s = { 0 };

	/* Do not wrap a command: it can be pasted. */
	for (char *p = command ? command + 2 : NULL; p && (p = strchr(p, ' '));)
		*p = SX_FILL_JOIN;
	sx_fill(&s, line, 2, 4, screen);
	printf("  %s\n", sx_str_text(&s));
	for (size_t i = 0; i < SX_COUNT(sides); i++) {
		enum column c = sides[i];
		SX_FREE char *text = cell(d, row, c);
		const char *on = style(row, c, colors);

		if (has_column(d, c))
			printf("    %-11s  %s%s%s\n", heads[c], on, text,
			       *on ? terminal_plain(colors) : "");
	}
}

/* Print the dimmed headings (`row` NULL), or a row with the value to look at in colour. */
static void print_row(const struct drift *d, const struct view_difference *row,
		      const size_t widths[COLUMNS], bool colors)
{
	size_t pad = 0;

	for (size_t column = 0; column < COLUMNS; column++) {
		SX_FREE char *text =
			row ? cell(d, row, (enum column)column) : sx_strdup(heads[column]);
		const char *on = row ? style(row, (enum column)column, colors)
				     : terminal_style(colors, TERMINAL_DIM);

		if (!has_column(d, (enum column)column) || (!row && column == COLUMN_STATE))
			continue;
		printf("%*s  %s%s%s", (int)pad, "", on, text, *on ? terminal_plain(colors) : "");
		pad = sx_fill_width(text);
		pad = pad < widths[column] ? widths[column] - pad : 0;
	}
	putchar('\n');
}

static bool is_different(const struct drift *d)
{
	return d->differences.len || d->deleted || d->untracked;
}

static void print_head(const struct drift *d, size_t screen, bool colors)
{
	SX_STR line = { 0 }, filled = { 0 };

	sx_str_addf(&line, "%s%pS%s: %pS", terminal_style(colors, TERMINAL_BOLD), d->name,
		    terminal_plain(colors), d->path ? d->path : "");
	if (d->running)
		sx_str_addf(&line, ", %s (domid %" PRIu32 ")", domain_state(d->state), d->domid);
	if (d->deleted)
		sx_str_add(&line, ", deleted: the last commit has it");
	else if (d->untracked)
		sx_str_add(&line, ", not in the history yet");
	sx_fill(&filled, sx_str_text(&line), 0, 2, screen ? screen : SIZE_MAX);
	puts(sx_str_text(&filled));
}

static void print_drift(const struct drift *d, bool colors)
{
	size_t screen = terminal_width(stdout), widths[COLUMNS];
	bool stacked;

	if (!is_different(d))
		return;
	print_head(d, screen, colors);
	if (!d->differences.len)
		return;
	measure(d, widths);
	stacked = !fits(d, widths, screen);
	if (!stacked)
		print_row(d, NULL, widths, colors);
	for (size_t i = 0; i < d->differences.len; i++) {
		if (stacked)
			print_stacked(d, &d->differences.items[i], screen, colors);
		else
			print_row(d, &d->differences.items[i], widths, colors);
	}
}

/* JSON has values without their unit, which is a member of its own. */
static char *bare_value(const struct view_difference *d, enum view_side side)
{
	const char *value = d->values[side], *unit = d->class->unit;

	if (!value)
		return NULL;
	if (unit && sx_ends_with(value, unit))
		return sx_strndup(value, strlen(value) - strlen(unit));
	return sx_strdup(value);
}

static struct json *difference_json(const struct drift *of, const struct view_difference *d)
{
	static const char *const states[] = {
		[VIEW_UNRECORDED] = "unrecorded",   [VIEW_UNCLEAR] = "unclear",
		[VIEW_HALF] = "half-attached",	    [VIEW_WAITING] = "waiting",
		[VIEW_UNCOMMITTED] = "uncommitted",
	};
	static const struct {
		enum view_side side;
		const char *value, *absent;
	} sides[] = { { VIEW_FILE, "in_config", "absent_in_config" },
		      { VIEW_RUNNING, "in_domain", "absent_in_domain" },
		      { VIEW_COMMIT, "in_commit", "absent_in_commit" } };
	SX_FREE char *command = d->state == VIEW_HALF ? drift_clearing(d, of->name) : NULL;
	struct json *j = json_new();

	output_text(j, "what", d->what);
	output_text(j, "key", *d->class->key ? d->class->key : d->name);
	output_text(j, "device", d->class->list ? d->name : NULL);
	output_text(j, "field", d->field);
	output_text(j, "unit", d->class->unit ? d->class->unit + 1 : NULL);
	for (size_t i = 0; i < SX_COUNT(sides); i++) {
		SX_FREE char *value = bare_value(d, sides[i].side);

		if (value)
			json_set_string(j, sides[i].value, value);
		else
			json_set_null(j, sides[i].value);
		json_set_bool(j, sides[i].absent, d->absent[sides[i].side]);
	}
	output_number(j, "line", d->line > 0, (long long)d->line);
	output_text(j, "state", states[d->state]);
	output_text(j, "clear", command);
	json_set_bool(j, "committed", !d->uncommitted);
	return j;
}

static struct json *drift_json(struct drift *d)
{
	struct json *j = json_new();

	output_text(j, "domain", d->name);
	output_text(j, "uuid", d->uuid);
	json_set_bool(j, "running", d->running);
	output_number(j, "domid", d->running, d->domid);
	output_text(j, "state", d->running ? domain_state(d->state) : NULL);
	output_text(j, "config", d->path);
	json_set_bool(j, "in_history", d->in_history);
	json_set_bool(j, "deleted", d->deleted);
	output_text(j, "error", d->error.msg);
	json_set_words(j, "notes", sx_words_argv(&d->notes));
	json_set_words(j, "not_compared", sx_words_argv(&d->left_out));
	json_set_words(j, "differences", (char *[]){ NULL });
	for (size_t i = 0; i < d->differences.len; i++)
		json_append(j, "differences", difference_json(d, &d->differences.items[i]));
	return j;
}

static void print_json(const struct sx_invocation *inv, struct drifts *all)
{
	JSON_DOC *j = output_new();

	json_set_bool(j, "xen", !all->no_xen);
	output_text(j, "no_xen", all->no_xen);
	json_set_words(j, "domains", (char *[]){ NULL });
	for (size_t i = 0; i < all->len; i++)
		json_append(j, "domains", drift_json(&all->items[i]));
	outcome_print(inv->outcome, j);
}

static char *account_of(const struct drift *d)
{
	struct live_domain domain = { .domid = d->domid, .name = d->name, .state = d->state };

	return domain_account(&domain, d->path);
}

/* Report what was not compared on stderr, even with -q: else silence would mean "no difference". */
static void say_left_out(const struct drifts *all)
{
	SX_ERR line = { 0 };

	if (all->no_xen) {
		sx_err_set(&line, SX_ENOXEN, "%s: only files and last commits are compared",
			   all->no_xen);
		sx_err_print(&line);
	}
	sx_each(const struct drift, d, all) {
		for (size_t k = 0; k < d->left_out.len; k++) {
			sx_err_set(&line, SX_EFAIL, "%s: %s", d->name, d->left_out.items[k]);
			sx_err_print(&line);
		}
		if (d->error.code)
			sx_err_print(&d->error);
	}
}

/* Deleted on purpose or by mistake: only the user knows, so show both ways. */
static void say_deleted(const struct flow_env *env, const struct drift *d)
{
	SX_FREE char *dir = sx_path_dir(d->path), *base = sx_path_base(d->path);

	flow_notice(env, "%s: to have it back: git -C %pQ checkout HEAD -- %pQ", d->name, dir,
		    base);
	flow_notice(env, "%s: to record that it is gone: git -C %pQ commit -m gone -- %pQ", d->name,
		    dir, base);
}

/* Notes on how the comparison was made. */
static void say_notes(const struct flow_env *env, const struct drifts *all, bool one)
{
	sx_each(const struct drift, d, all) {
		if (d->running && domain_has_ended(d->state) && !d->error.code) {
			SX_FREE char *account = account_of(d);

			flow_notice(env, "%s: %s", d->name, account);
		}
		for (size_t k = 0; k < d->notes.len; k++)
			flow_notice(env, "%s: %s", d->name, d->notes.items[k]);
		if (one && !d->running && !d->deleted && !all->no_xen)
			flow_notice(env,
				    "%s: it is not running: comparing the file with the "
				    "last commit",
				    d->name);
		if (d->deleted)
			say_deleted(env, d);
		if (one && !d->error.code && !d->in_history && !d->untracked)
			flow_notice(env, "%s: %s is not in the history yet", d->name, d->path);
		if (one && !is_different(d) && !d->views[VIEW_FILE].unread.len)
			flow_notice(env, "%s: no difference", d->name);
	}
}

/*
 * A line that xl cannot read counts as a difference. What was not compared outranks differences;
 * the first error sets the status.
 */
static int end_status(const struct sx_command *command, const struct drifts *all)
{
	const struct sx_err partly = { .code = SX_EFAIL };
	bool differs = false, partial = all->no_xen;
	int status = 0;

	sx_each(const struct drift, d, all) {
		differs |= is_different(d) || d->views[VIEW_FILE].unread.len;
		partial |= d->partial;
		if (d->error.code && !status)
			status = sx_err_status_of(command, &d->error);
	}
	if (!status && partial)
		status = sx_err_status_of(command, &partly);
	return status ? status : differs ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* Look at one domain by name, even if its file was deleted. */
static int look_at(const struct flow_env *env, const char *name, struct drifts *out,
		   struct sx_err *err)
{
	SX_CLEANUP(drifts_dispose) struct drifts gone = { 0 };
	SX_ERR ignored = { 0 };

	if (drift_look(env, name, out, err) == 0)
		return 0;
	if (err->code != SX_ENOCONFIG || drift_add_deleted(env, &gone, &ignored))
		return -1;
	for (size_t i = 0; i < gone.len; i++) {
		if (!sx_streq(gone.items[i].name, name))
			continue;
		sx_vec_push(out, gone.items[i]);
		gone.items[i] = (struct drift){ 0 };
	}
	if (!out->len)
		return -1;
	sx_err_clear(err);
	return 0;
}

int cmd_diff(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	SX_CLEANUP(drifts_dispose) struct drifts all = { 0 };
	bool colors = terminal_colors(stdout);
	bool one = inv->argc == 2;

	if (inv->argc > 2 || (one && !*inv->argv[1]))
		return sx_err_set(err, SX_EUSAGE, "diff: one domain at most");
	if (one ? look_at(env, inv->argv[1], &all, err) : drift_all(env, &all, err))
		return -1;
	if (inv->options->json)
		print_json(inv, &all);
	for (size_t i = 0, printed = 0; !inv->options->json && i < all.len; i++) {
		if (is_different(&all.items[i]) && printed++)
			putchar('\n');
		print_drift(&all.items[i], colors);
	}
	fflush(stdout);
	say_notes(env, &all, one);
	say_left_out(&all);
	return end_status(inv->command, &all);
}

int cmd_take(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	struct change_result result = { 0 };

	inv->outcome->config_only = true;
	if (inv->options->dry_run)
		return core_dry_run(inv, env, "record", inv->argv, FLOW_CONFIG, err);
	if (change_run(env, "record", inv->argv, FLOW_CONFIG, &result, err))
		return -1;
	inv->outcome->changed = *result.commit;
	return EXIT_SUCCESS;
}
