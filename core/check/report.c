/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collect the findings of check: see private.h. */
#include "check/private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static void finding_dispose(struct inspect_finding *f)
{
	free(f->path);
	free(f->text);
	free(f->hint);
}

void inspect_report_dispose(struct inspect_report *r)
{
	sx_vec_dispose(r, finding_dispose);
}

/* Equal apart from the line numbers in the text, which may have moved. */
static bool is_same(const char *a, const char *b)
{
	static const char line[] = "line ";
	const size_t len = strlen(line);

	while (*a && *a == *b) {
		if (strncmp(a, line, len) == 0 && strncmp(b, line, len) == 0) {
			a += len + strspn(a + len, "0123456789");
			b += len + strspn(b + len, "0123456789");
		} else {
			a++;
			b++;
		}
	}
	return *a == *b;
}

static bool has_finding(const struct inspect_report *r, const struct inspect_finding *f)
{
	for (size_t i = 0; i < r->len; i++)
		if (sx_streq(r->items[i].code, f->code) && is_same(r->items[i].text, f->text))
			return true;
	return false;
}

void inspect_report_subtract(struct inspect_report *r, const struct inspect_report *other)
{
	size_t kept = 0;

	sx_each(struct inspect_finding, f, r) {
		if (!has_finding(other, f)) {
			r->items[kept++] = *f;
			continue;
		}
		r->errors -= f->severity != INSPECT_WARNING;
		r->warnings -= f->severity == INSPECT_WARNING;
		finding_dispose(f);
	}
	r->len = kept;
}

/* A finding quotes the file, which may be long: leave out the middle. */
static void shorten(struct sx_str *s)
{
	enum { most = 1000, kept = 400 };
	size_t from = kept, to = s->len - kept;

	if (s->len <= most)
		return;
	while (((unsigned char)s->data[from] & 0xc0) == 0x80)
		from--;
	while (((unsigned char)s->data[to] & 0xc0) == 0x80)
		to++;
	sx_str_splice(s, from, to - from, "...", 3);
}

void inspect_file_add(struct inspect *in, const char *path, bool asked, uint64_t dev, uint64_t ino)
{
	struct inspect_file file = {
		.path = sx_strdup(path),
		.asked = asked,
		.dev = dev,
		.ino = ino,
	};

	sx_vec_push(&in->files, file);
	in->report->files += asked;
}

void inspect_unread(struct inspect *in, const char *path)
{
	inspect_file_add(in, path, true, 0, 0);
	in->file = in->files.len - 1;
	in->files.items[in->file].passed_over = true;
}

void inspect_add(struct inspect *in, size_t line, enum inspect_severity severity, const char *code,
		 const char *fmt, ...)
{
	const struct inspect_file *file = &in->files.items[in->file];
	struct inspect_finding f = { .line = line, .severity = severity, .code = code };
	SX_STR text = { 0 };
	va_list ap;

	if (!file->asked)
		return;
	va_start(ap, fmt);
	sx_str_addv(&text, fmt, ap);
	va_end(ap);
	shorten(&text);
	f.path = sx_strdup(file->path);
	f.text = sx_str_take(&text);
	in->report->errors += severity != INSPECT_WARNING;
	in->report->warnings += severity == INSPECT_WARNING;
	sx_vec_push(in->report, f);
}

void inspect_hint(struct inspect *in, const char *fmt, ...)
{
	struct inspect_finding *last;
	SX_STR text = { 0 };
	va_list ap;

	if (!in->files.items[in->file].asked || !in->report->len)
		return;
	last = &in->report->items[in->report->len - 1];
	va_start(ap, fmt);
	sx_str_addv(&text, fmt, ap);
	va_end(ap);
	sx_put(&last->hint, sx_str_take(&text));
}

void inspect_claim(struct inspect *in, enum inspect_claim claim, const char *value,
		   const char *shown, size_t line, bool shared)
{
	struct inspect_fact fact = {
		.claim = claim,
		.value = sx_strdup(value),
		.shown = sx_strdup(shown),
		.file = in->file,
		.line = line,
		.shared = shared,
	};

	sx_vec_push(&in->facts, fact);
}

void inspect_path(struct inspect *in, size_t line, const char *what, const char *path)
{
	struct stat st;

	if (in->options->text_only || !*path)
		return;
	if (*path != '/')
		inspect_add(in, line, INSPECT_WARNING, "relative-path",
			    "%s: '%s' is looked for where xl is started", what, path);
	else if (stat(path, &st))
		inspect_add(in, line, INSPECT_FATAL, "missing-file", "%s: %s: %s", what, path,
			    strerror(errno));
	else if (S_ISDIR(st.st_mode))
		inspect_add(in, line, INSPECT_FATAL, "missing-file", "%s: %s is a directory", what,
			    path);
}
