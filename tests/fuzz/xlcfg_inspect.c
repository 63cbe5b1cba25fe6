/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: `check` of whatever text never crashes, nor does a library end it; it calls the text
 * unreadable exactly when libxlutil does, each line that it names is there, and it says the same when
 * it is asked again.
 */
#include "../unit/xlcfg_oracle.h"

#include "check/inspect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "xlcfg_inspect: %s: %s\n", what, detail);
	abort();
}

static void inspect(const struct flow_env *env, const struct sx_str *text,
		    struct inspect_report *report)
{
	SX_WORDS paths = { 0 };
	struct inspect_options options = { .text = text, .alone = true };
	SX_ERR err = { 0 };

	sx_words_add(&paths, "/nonexistent/etc/xen/fuzz.cfg");
	options.paths = sx_words_argv(&paths);
	if (inspect_run(env, &options, report, &err))
		fail("failed", err.msg);
}

static bool is_refused(const struct sx_str *text)
{
	struct oracle oracle;
	SX_ERR err = { 0 };
	bool refused;

	/* A NUL in a string ends libxlutil's process, which is what xlcfg_check knows. */
	if (memchr(sx_str_text(text), '\0', text->len))
		return xlcfg_check(text->data, text->len, "fuzz", &err) != 0;
	refused = !oracle_read(&oracle, sx_str_text(text), text->len);
	oracle_dispose(&oracle);
	return refused;
}

static void check_report(const struct inspect_report *report, const struct sx_str *text)
{
	size_t lines = 1;
	bool says = false;

	for (size_t i = 0; i < text->len; i++)
		lines += text->data[i] == '\n';
	for (size_t i = 0; i < report->len; i++) {
		const struct inspect_finding *f = &report->items[i];

		says = says || sx_streq(f->code, "syntax");
		if (f->line > lines)
			fail("a line behind the end", f->text);
		if (!f->text || !*f->text)
			fail("nothing is said", f->code);
	}
	if (says != is_refused(text))
		fail(says ? "only we refuse it" : "only libxlutil refuses it", sx_str_text(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct flow_env env = { .command = "" };
	SX_CLEANUP(inspect_report_dispose) struct inspect_report report = { 0 };
	SX_CLEANUP(inspect_report_dispose) struct inspect_report again = { 0 };
	SX_STR text = { 0 };

	sx_str_addn(&text, (const char *)data, len);
	sx_paths_init(&env.paths, "/nonexistent");
	inspect(&env, &text, &report);
	check_report(&report, &text);
	inspect(&env, &text, &again);
	inspect_report_subtract(&again, &report);
	if (again.len)
		fail("something else the second time", again.items[0].text);
	sx_paths_dispose(&env.paths);
	return 0;
}
