/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether a domain that neither runs nor is saved can start now, and what prevents it. */
#include "check/bounds.h"
#include "check/inspect.h"
#include "host/file.h"
#include "view/where_private.h"

/* Add what xl create would fail on, in the file or on this host. */
static void look_file(const struct flow_env *env, const char *path, struct sx_words *reasons)
{
	SX_CLEANUP(inspect_report_dispose) struct inspect_report report = { 0 };
	SX_FREE char *copy = sx_strdup(path);
	char *paths[] = { copy, NULL };
	struct inspect_options options = { .paths = paths, .alone = true };
	SX_ERR err = { 0 };

	if (inspect_run(env, &options, &report, &err))
		sx_words_add(reasons, err.msg);
	sx_each(const struct inspect_finding, f, &report) {
		if (f->severity != INSPECT_FATAL)
			continue;
		sx_words_give(reasons, f->line ? sx_format("%s:%zu: %s", path, f->line, f->text)
					       : sx_format("%s: %s", path, f->text));
	}
}

/* xl takes missing memory from Domain-0 only if autoballoon allows it and Domain-0 can spare it. */
static void look_memory(const char *path, struct sx_words *reasons)
{
	FILE_IMAGE file = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };
	struct bounds_host host;
	long need;

	if (file_read(path, &file, &ignored) ||
	    xlcfg_parse(sx_str_text(&file.text), file.text.len, path, &doc, &ignored) ||
	    !bounds_value(doc, "memory", &need))
		return;
	bounds_host_read(NULL, &host);
	if (host.memory && need <= host.memory && need > host.free)
		sx_words_give(reasons,
			      sx_format("it needs %ld MiB of memory, %ld MiB are free (xl may take "
					"the rest from Domain-0: see autoballoon in xl.conf(5))",
					need, host.free));
}

void where_look_start(const struct flow_env *env, struct where_view *v)
{
	SX_WORDS reasons = { 0 };

	look_file(env, v->config, &reasons);
	look_memory(v->config, &reasons);
	for (size_t i = 0; i < v->len; i++)
		if (*v->items[i].use)
			sx_words_give(&reasons,
				      sx_format("disk %s: %s", v->items[i].vdev, v->items[i].use));
	v->startable = !reasons.len;
	for (size_t i = 0; i < reasons.len; i++)
		sx_words_give(&v->verdict, sx_format("it cannot be started: %s", reasons.items[i]));
	if (v->startable)
		sx_words_give(&v->verdict,
			      sx_format("it can be started: safexl create %pQ", v->config));
}
