/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parses what a commit's message, as core/change writes it, says of a domain: see history.h. */
#include "history/entry.h"
#include "xlcfg/xlcfg.h"

#include <string.h>

void history_entry_dispose(struct history_entry *e)
{
	repo_record_dispose(&e->record);
	free(e->short_id);
	free(e->domain);
	free(e->subject);
	free(e->what);
	free(e->reason);
	free(e->command);
	free(e->undoes);
	*e = (struct history_entry){ 0 };
}

char *history_value_of(const char *message, const char *key)
{
	size_t len = strlen(key);
	SX_STR value = { 0 };
	const char *p = strchr(message, '\n');

	for (; p; p = strchr(p, '\n')) {
		p++;
		if (strncmp(p, key, len) == 0 && strncmp(p + len, ": ", 2) == 0)
			break;
	}
	if (!p)
		return sx_strdup("");
	p += len + 2;
	sx_str_addn(&value, p, strcspn(p, "\n"));
	for (p = strchr(p, '\n'); p && strncmp(p + 1, "  ", 2) == 0; p = strchr(p + 1, '\n')) {
		sx_str_addc(&value, '\n');
		sx_str_addn(&value, p + 3, strcspn(p + 3, "\n"));
	}
	return sx_str_take(&value);
}

/* "NAME (uuid ...)" or "NAME (not running)": search from the end, as the name may hold anything. */
static char *domain_of(const char *message)
{
	static const char *const behind[] = { " (uuid ", " (not running)" };
	SX_FREE char *value = history_value_of(message, "Domain");
	char *end = NULL;

	for (size_t i = 0; i < SX_COUNT(behind); i++)
		for (char *p = value; (p = strstr(p, behind[i])); p++)
			end = p > end ? p : end;
	if (end)
		*end = '\0';
	return sx_steal(&value);
}

enum history_reach history_reach_of(const struct history_entry *e, const char *uuid)
{
	SX_FREE char *value = history_value_of(e->record.message, "Domain");
	SX_FREE char *mark = sx_format(" (uuid %s, domid ", uuid);

	if (!*e->command || !*uuid || !strstr(value, " (uuid "))
		return HISTORY_OTHER;
	if (!strstr(value, mark))
		return HISTORY_ANOTHER;
	return sx_ends_with(value, ", not changed while it runs") ? HISTORY_FILE : HISTORY_BOTH;
}

char *history_name_in(struct repo *repo, const struct repo_touched *t)
{
	SX_STR text = { 0 };
	SX_ERR ignored = { 0 };
	XLCFG_DOC *doc = NULL;
	char *name = NULL;

	if (repo_content(repo, *t->after ? t->after : t->before, &text, &ignored) == 0 &&
	    xlcfg_parse(sx_str_text(&text), text.len, t->path, &doc, &ignored) == 0)
		name = xlcfg_get_string(doc, "name");
	return name ? name : sx_strdup("");
}

/* The domain of a file without `name`: the file's own name. Heap string. */
static char *name_by_file(const char *base)
{
	size_t len = strlen(base);

	return len > 4 && sx_ends_with(base, ".cfg") ? sx_strndup(base, len - 4) : sx_strdup(base);
}

void history_entry_guess(struct history_entry *e)
{
	SX_FREE char *base = NULL, *prefix = NULL;

	if (*e->domain || e->record.len != 1)
		return;
	sx_put(&e->domain, history_name_in(e->repo, &e->record.items[0]));
	base = sx_path_base(e->record.items[0].path);
	if (!*e->domain) {
		sx_put(&e->domain, name_by_file(base));
	}
	prefix = sx_format("%s: ", base);
	if (sx_starts_with(e->what, prefix))
		memmove(e->what, e->what + strlen(prefix), strlen(e->what + strlen(prefix)) + 1);
}

void history_entry_fill(struct history_entry *e, struct repo *repo)
{
	const char *message = e->record.message;
	SX_FREE char *prefix = NULL;

	e->repo = repo;
	e->short_id = repo_abbreviate(repo, e->record.id);
	e->subject = sx_strndup(message, strcspn(message, "\n"));
	e->reason = history_value_of(message, "Reason");
	e->command = history_value_of(message, "Command");
	e->undoes = history_value_of(message, "Undoes");
	e->domain = domain_of(message);
	prefix = sx_format("%s: ", e->domain);
	e->what = sx_strdup(*e->domain && sx_starts_with(e->subject, prefix)
				    ? e->subject + strlen(prefix)
				    : e->subject);
	history_entry_guess(e);
}

int history_patch(const struct history_entry *e, struct sx_str *out, struct sx_err *err)
{
	sx_each(const struct repo_touched, t, &e->record) {
		SX_STR before = { 0 }, after = { 0 };
		SX_FREE char *diff = NULL;

		if (repo_content(e->repo, t->before, &before, err) ||
		    repo_content(e->repo, t->after, &after, err) ||
		    repo_diff(t->path, sx_str_text(&before), before.len, sx_str_text(&after),
			      after.len, &diff, err))
			return -1;
		sx_str_add(out, diff);
	}
	return 0;
}
