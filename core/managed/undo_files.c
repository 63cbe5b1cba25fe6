/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Undoes what define, undefine and autostart did: see define.h. */
#include "history/entry.h"
#include "managed/define.h"
#include "managed/private.h"
#include "undo/undo.h"

#include <string.h>
#include <sys/stat.h>

static const unsigned private_file = S_IFREG | 0600;

/* By place and content: git knows links from files, but the list of touched files does not say. */
static bool is_link(const char *path, const struct sx_str *text)
{
	SX_FREE char *dir = sx_path_dir(path), *base = sx_path_base(dir);

	return sx_streq(base, "auto") && !strchr(sx_str_text(text), '\n');
}

/* The mode that undefine noted; else only the owner may read it, as it may have passwords. */
static unsigned mode_of(const struct history_entry *e)
{
	SX_FREE char *value = history_value_of(e->record.message, "Mode");
	char *end;
	unsigned long mode = strtoul(value, &end, 8);

	return end > value && !*end && mode <= 0777 ? S_IFREG | (unsigned)mode : private_file;
}

static int add_file(const struct history_entry *e, const struct repo_touched *t, bool links,
		    struct deed *deed, struct sx_err *err)
{
	const char *id = *t->before ? t->before : t->after;
	SX_STR text = { 0 };
	bool comes = *t->before != '\0';

	if (repo_content(e->repo, id, &text, err))
		return -1;
	if (is_link(t->path, &text) != links)
		return 0;
	deed_add(deed, sx_strdup(t->path), comes ? NULL : sx_str_take(&text),
		 comes ? sx_str_take(&text) : NULL, links ? S_IFLNK | 0777 : mode_of(e));
	return 0;
}

/* Is the file still as the commit left it? */
static int check_file(const struct history_entry *e, const struct deed_file *f, struct sx_err *err)
{
	SX_FREE char *now = NULL;

	if (deed_file_look(f, &now, err))
		return -1;
	if (f->before ? sx_streq(now, f->before) : !now)
		return 0;
	if (f->before && S_ISREG(f->mode)) {
		sx_err_set(err, SX_ECONFLICT, "commit %s added %s, which %s", e->short_id, f->path,
			   now ? "has been changed since" : "is not there any more");
		return sx_err_hint(err, "to take it out as it is: safexl undefine %pQ", e->domain);
	}
	sx_err_set(err, SX_ECONFLICT, "commit %s %s %s, and now %s", e->short_id,
		   f->before ? "added" : "removed", f->path,
		   now ? "there is another one" : "it is gone");
	return sx_err_hint(err, "what is there: ls -l %pQ", f->path);
}

/* Refuse a file whose name or uuid is taken by now. */
static int check_names(const struct flow_env *env, const struct deed_file *f, bool offline,
		       struct sx_err *err)
{
	SX_CLEANUP(defined_dispose) struct defined d = { .source = sx_strdup(f->path) };
	XLCFG_DOC *doc = NULL;
	SX_ERR broken = { 0 };

	if (xlcfg_parse(f->after, strlen(f->after), f->path, &doc, &broken))
		return 0;
	defined_read(doc, &d);
	return d.name && *d.name ? define_check(env, &d, offline, err) : 0;
}

static int check_files(const struct flow_env *env, const struct history_entry *e, bool offline,
		       const struct deed *deed, struct sx_err *err)
{
	sx_each(const struct deed_file, f, deed) {
		if (check_file(e, f, err))
			return -1;
		if (!S_ISREG(f->mode))
			continue;
		if (f->before ? undefine_check(env, e->domain, offline, "its configuration stays",
					       err)
			      : check_names(env, f, offline, err))
			return -1;
	}
	return 0;
}

static char *trailers_of(const struct repo_record *r, const struct deed_file *first)
{
	return S_ISREG(first->mode)
		       ? sx_format("Undoes: %s\nMode: %04o\n", r->id, first->mode & 0777)
		       : sx_format("Undoes: %s\n", r->id);
}

int undo_files_plan(const struct flow_env *env, const struct history_entry *entry, bool offline,
		    struct defining *out, struct sx_err *err)
{
	const struct repo_record *r = &entry->record;

	out->name = sx_strdup(entry->domain);
	if (flow_lock(env, "domain", out->name, &out->lock, err))
		return -1;
	for (int links = 0; links < 2; links++)
		for (size_t i = 0; i < r->len; i++)
			if (add_file(entry, &r->items[i], links, &out->deed, err))
				return -1;
	if (check_files(env, entry, offline, &out->deed, err))
		return -1;
	out->path = deed_config(&out->deed);
	out->deed.domain = out->name;
	out->deed.published = true;
	out->deed.subject = undo_subject(entry);
	out->deed.trailers = trailers_of(r, &out->deed.items[0]);
	return 0;
}
