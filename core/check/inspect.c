/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which files are examined, and what is reported on each: see inspect.h. */
#include "base/path.h"
#include "check/private.h"
#include "domain/resolve.h"
#include "host/file.h"

#include <errno.h>
#include <string.h>

static void inspect_dispose(struct inspect *in)
{
	for (size_t i = 0; i < in->files.len; i++) {
		free(in->files.items[i].path);
		free(in->files.items[i].name);
	}
	sx_vec_free(&in->files);
	for (size_t i = 0; i < in->facts.len; i++) {
		free(in->facts.items[i].value);
		free(in->facts.items[i].shown);
	}
	sx_vec_free(&in->facts);
	sx_fields_dispose(&in->xlconf);
}

/* ---- one file ---- */

/* The message without "PATH:LINE: ", since the finding has those; sets *line. */
static const char *split_reason(const char *message, const char *path, size_t *line)
{
	size_t len = strlen(path);
	char *end;

	*line = 0;
	if (!sx_starts_with(message, path) || message[len] != ':')
		return message;
	*line = strtoul(message + len + 1, &end, 10);
	return sx_starts_with(end, ": ") ? end + 2
					 : message + len + 1 + strspn(message + len + 1, " ");
}

static void add_syntax(struct inspect *in, const struct file_image *image, const char *message)
{
	const char *path = in->files.items[in->file].path, *text = sx_str_text(&image->text);
	const bool is_stream = file_is_stream(path) || sx_streq(path, "-");
	size_t line;
	const char *why = split_reason(message, path, &line);

	if (sx_starts_with(text, "\xef\xbb\xbf")) {
		inspect_add(in, 1, INSPECT_FATAL, "syntax",
			    "a byte order mark in front, which xl cannot read");
		if (!is_stream)
			inspect_hint(in, "sed -i '1s/^\\xef\\xbb\\xbf//' %pQ", path);
		return;
	}
	inspect_add(in, line, INSPECT_FATAL, "syntax", "%s", why);
	if (is_stream)
		return;
	if (strstr(why, "carriage return"))
		inspect_hint(in, "sed -i 's/\\r$//' %pQ", path);
	if (strstr(why, "NUL byte"))
		inspect_hint(in, "sed -i 's/\\x00//g' %pQ", path);
}

/* Parse with safexl and with xl's library: they should agree; if not, the library decides. */
static int read_doc(struct inspect *in, const struct file_image *image, struct xlcfg **doc)
{
	const char *path = in->files.items[in->file].path, *text = sx_str_text(&image->text);
	SX_ERR err = { 0 };

	if (xlcfg_parse(text, image->text.len, path, doc, &err) == 0 &&
	    xlcfg_check(text, image->text.len, path, &err) == 0)
		return 0;
	add_syntax(in, image, err.msg);
	return -1;
}

/* A pipe, or a removed file (/dev/fd/3), has no path that leads to it: it is read only once. */
static int read_path(const char *path, struct file_image *out, struct sx_err *err)
{
	SX_FREE char *real = sx_streq(path, "-") ? NULL : realpath(path, NULL);
	struct stat st;
	bool once = sx_streq(path, "-") || (stat(path, &st) == 0 && !S_ISDIR(st.st_mode) &&
					    (!real || !S_ISREG(st.st_mode)));

	return once ? file_read_once(path, out, err) : file_read(path, out, err);
}

static int read_file(const struct inspect *in, struct file_image *out, struct sx_err *err)
{
	const struct sx_str *text = in->file ? NULL : in->options->text;

	if (!text)
		return read_path(in->files.items[in->file].path, out, err);
	sx_str_addn(&out->text, sx_str_text(text), text->len);
	return 0;
}

static bool is_settings(const struct inspect *in, const struct inspect_file *file)
{
	struct stat st;

	return !in->options->text && stat(in->env->paths.conf, &st) == 0 &&
	       st.st_ino == file->ino && st.st_dev == file->dev;
}

static void look_at_settings(struct inspect *in)
{
	SX_CLEANUP(flow_settings_dispose) struct flow_settings settings = { 0 };
	SX_WORDS mistakes = { 0 };
	SX_ERR unread = { 0 };

	if (flow_settings_look(&in->env->paths, &settings, &mistakes, &unread))
		inspect_add(in, 0, INSPECT_FATAL, "unreadable", "%s", unread.msg);
	for (size_t i = 0; i < mistakes.len; i++) {
		size_t line;
		const char *why = split_reason(mistakes.items[i], in->env->paths.conf, &line);

		inspect_add(in, line, INSPECT_FATAL, "settings", "%s", why);
		inspect_hint(in, "what it may say: man safexl.conf");
	}
}

static void look_at(struct inspect *in, size_t index)
{
	struct inspect_file *file = &in->files.items[index];
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };

	in->file = index;
	file->name = sx_strdup("");
	if (in->options->deadly && sx_words_have(in->options->deadly, file->path)) {
		inspect_add(in, 0, INSPECT_FATAL, "ends-xl",
			    "a library of xl aborts every program that reads this file with it");
		return;
	}
	if (is_settings(in, file)) {
		look_at_settings(in);
		return;
	}
	if (in->options->trial)
		trial_at(in->options->trial, file->path);
	if (read_file(in, &image, &err)) {
		size_t line;

		in->report->unread += file->asked;
		in->report->denied |= file->asked && err.sys_errno == EACCES;
		inspect_add(in, 0, INSPECT_FATAL, "unreadable", "%s",
			    split_reason(err.msg, file->path, &line));
		return;
	}
	if (read_doc(in, &image, &doc))
		return;
	sx_put(&file->name, xlcfg_get_string(doc, "name"));
	if (!file->name)
		file->name = sx_strdup("");
	inspect_keys(in, doc);
	inspect_guest(in, doc);
	inspect_devices(in, doc);
}

/* ---- all files ---- */

/* Is this file, by whatever path, one of the first `count`? */
static bool is_listed(const struct inspect *in, size_t count, uint64_t dev, uint64_t ino)
{
	for (size_t i = 0; i < count; i++)
		if (in->files.items[i].ino == ino && in->files.items[i].dev == dev)
			return true;
	return false;
}

static int list_files(struct inspect *in, struct sx_err *err)
{
	SX_CLEANUP(index_dispose) struct index_entries entries = { 0 };
	bool all = !in->options->paths[0];
	struct stat conf;
	size_t given;

	for (char *const *p = in->options->paths; *p; p++) {
		bool is_stdin = sx_streq(*p, "-");
		struct stat st = { 0 };

		if ((is_stdin ? fstat(STDIN_FILENO, &st) : stat(*p, &st)) ||
		    !is_listed(in, in->files.len, st.st_dev, st.st_ino))
			inspect_file_add(in, *p, true, st.st_dev, st.st_ino);
	}
	if ((all || in->env->settings.faulty) && stat(in->env->paths.conf, &conf) == 0 &&
	    !is_listed(in, in->files.len, conf.st_dev, conf.st_ino))
		inspect_file_add(in, in->env->paths.conf, true, conf.st_dev, conf.st_ino);
	given = in->files.len;
	if (in->options->alone)
		return 0;
	if (index_scan(in->env, &entries, err))
		return -1;
	sx_each(const struct index_entry, e, &entries)
		if (!is_listed(in, given, e->id.dev, e->id.ino))
			inspect_file_add(in, e->path, all, e->id.dev, e->id.ino);
	for (size_t i = 0; all && i < entries.passed_over.len; i++) {
		inspect_unread(in, entries.passed_over.items[i]);
		inspect_add(in, 0, INSPECT_WARNING, "passed-over",
			    "more than 1 MiB: it is not taken for a configuration");
		inspect_hint(in, "to look at it: safexl check %pQ", entries.passed_over.items[i]);
	}
	if (all)
		inspect_hooks(in);
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct inspect_finding *x = a, *y = b;
	int r = strcmp(x->path, y->path);

	r = r ? r : x->line < y->line ? -1 : x->line > y->line;
	return r ? r : strcmp(x->text, y->text);
}

int inspect_run(const struct flow_env *env, const struct inspect_options *options,
		struct inspect_report *out, struct sx_err *err)
{
	SX_CLEANUP(inspect_dispose)
	struct inspect in = { .env = env, .options = options, .report = out };

	if (list_files(&in, err))
		return -1;
	xlconf_read(env, &in.xlconf);
	if (!options->text_only)
		bounds_host_read(NULL, &in.host);
	for (size_t i = 0; i < in.files.len; i++)
		if (!in.files.items[i].passed_over)
			look_at(&in, i);
	inspect_claims(&in);
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), by_place);
	return 0;
}
