/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds a configuration to the host: see define.h. */
#include "managed/define.h"
#include "check/inspect.h"
#include "domain/config.h"
#include "domain/event.h"
#include "domain/places.h"
#include "domain/resolve.h"
#include "guard/saved.h"
#include "managed/private.h"
#include "xen/live.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

/* ---- what forbids it ---- */

static int err_taken(const char *name, const char *what, const char *value, const char *by,
		     enum sx_code code, struct sx_err *err)
{
	return sx_err_set(err, code, "%s: not defined: its %s '%s' is taken by %s", name, what,
			  value, by);
}

/* Refuse a name or uuid that another configuration has. */
static int check_files(const struct flow_env *env, const struct defined *d, struct sx_err *err)
{
	SX_CLEANUP(index_dispose) struct index_entries all = { 0 };

	if (index_scan(env, &all, err))
		return -1;
	sx_each(const struct index_entry, e, &all) {
		bool same = sx_streq(e->name, d->name);

		if (sx_streq(e->path, d->source) ||
		    (!same && (!*d->uuid || !sx_streq(e->uuid, d->uuid))))
			continue;
		err_taken(d->name, same ? "name" : "uuid", same ? d->name : d->uuid, e->path,
			  SX_EAMBIGUOUS, err);
		return sx_err_hint(err,
				   "to change that one: safexl edit %pQ\n"
				   "to give this one another name, change '%s' in %s",
				   same ? d->name : e->path, same ? "name" : "uuid", d->source);
	}
	return 0;
}

char *define_offline(const struct flow_env *env)
{
	return sx_format("safexl --config%s", env->command + strlen("safexl"));
}

/* Was the domain started from this very file? Then it is the guest that is meant. */
static bool is_started_from(const struct flow_env *env, const struct live_domain *d,
			    const char *source)
{
	CREATED c = { 0 };
	SX_ERR ignored = { 0 };
	bool found = false, same;

	same = created_find(env, d->name, d->uuid, &c, &found, &ignored) == 0 && found &&
	       sx_streq(c.path, source);
	return same;
}

static int check_running(const struct flow_env *env, const struct defined *d, struct live *live,
			 struct sx_err *err)
{
	LIVE_DOMAINS all = { 0 };
	int r = live_list(live, &all, err);

	for (size_t i = 0; i < all.len && !r; i++) {
		const struct live_domain *one = &all.items[i];
		bool name = sx_streq(one->name, d->name);
		bool uuid = *d->uuid && sx_streq(one->uuid, d->uuid);
		SX_FREE char *offline = NULL;
		SX_FREE char *by = sx_format("the running domain %s (%u)", one->name, one->domid);

		if ((!name && !uuid) || (name && (uuid || is_started_from(env, one, d->source))))
			continue;
		offline = define_offline(env);
		r = err_taken(d->name, name ? "name" : "uuid", name ? d->name : d->uuid, by,
			      SX_EGUARD, err);
		(void)sx_err_hint(
			err,
			"if it was started from that file: %s\n"
			"to write a configuration from what it has: safexl define --from %pQ",
			offline, one->name);
	}
	return r;
}

static int check_saved(const struct flow_env *env, const struct defined *d, struct sx_err *err)
{
	MARKERS all = { 0 };

	if (markers_load_settled(env, &all, err))
		return -1;
	sx_each_of(const struct marker, m, &all) {
		bool name = sx_streq(m->name, d->name);

		if (!marker_is_open(m) || (!name && (!*d->uuid || !sx_streq(m->uuid, d->uuid))))
			continue;
		err_taken(d->name, name ? "name" : "uuid", name ? d->name : d->uuid,
			  m->state == MARKER_MIGRATED ? "a guest that was migrated"
						      : "a guest that is saved",
			  SX_EGUARD, err);
		return sx_err_hint(err, "for its state: safexl where %pQ", m->name);
	}
	return 0;
}

int define_check(const struct flow_env *env, const struct defined *d, bool offline,
		 struct sx_err *err)
{
	LIVE *live = NULL;
	SX_FREE char *way = define_offline(env);

	if (check_files(env, d, err) || check_saved(env, d, err))
		return -1;
	if (offline)
		return 0;
	if (live_open(&live, err))
		return sx_err_hint(err, "without asking Xen: %s", way);
	return check_running(env, d, live, err);
}

/* ---- the file ---- */

/* Run `check` on it, which also finds a MAC or a disk that another configuration has. */
static int check_text(const struct flow_env *env, const char *path, struct sx_words *notices,
		      struct sx_err *err)
{
	SX_CLEANUP(inspect_report_dispose) struct inspect_report report = { 0 };
	SX_FREE char *copy = sx_strdup(path);
	char *paths[] = { copy, NULL };
	struct inspect_options options = { .paths = paths };

	if (inspect_run(env, &options, &report, err))
		return -1;
	sx_each(const struct inspect_finding, f, &report) {
		SX_FREE char *where =
			f->line ? sx_format("%s:%zu", f->path, f->line) : sx_strdup(f->path);

		if (f->severity == INSPECT_WARNING) {
			sx_words_give(notices, sx_format("%s: %s", where, f->text));
			continue;
		}
		sx_err_set(err, SX_ESYNTAX, "%s: %s; not defined", where, f->text);
		return sx_err_hint(err, "all that is wrong with it: safexl check %pQ", path);
	}
	return 0;
}

void defined_read(const struct xlcfg *doc, struct defined *d)
{
	d->name = xlcfg_get_string(doc, "name");
	d->uuid = xlcfg_get_string(doc, "uuid");
	if (!d->uuid)
		d->uuid = sx_strdup("");
	for (char *p = d->uuid; *p; p++)
		*p = (char)tolower((unsigned char)*p);
}

static int read_source(const struct flow_env *env, const char *file, struct defined *d,
		       struct file_image *image, struct sx_err *err)
{
	SX_FREE char *absolute = NULL, *home = NULL;
	XLCFG_DOC *doc = NULL;

	if (sx_path_absolute(env->cwd, file, &absolute, err) || file_read(absolute, image, err) ||
	    config_admit(image->path, &image->text, err) ||
	    xlcfg_check(sx_str_text(&image->text), image->text.len, image->path, err) ||
	    xlcfg_parse(sx_str_text(&image->text), image->text.len, image->path, &doc, err))
		return -1;
	d->source = sx_strdup(image->path);
	defined_read(doc, d);
	if (!d->name || !*d->name) {
		sx_err_set(err, SX_ESYNTAX, "%s names no domain: not defined", d->source);
		return sx_err_hint(err, "it needs a line like: name = \"web1\"");
	}
	home = place_home(env, d->source);
	if (!home)
		return 0;
	sx_err_set(err, SX_ECONFLICT, "%s lies among the configurations already", d->source);
	return sx_err_hint(err, "for the state of its guest: safexl where %pQ", d->name);
}

void defined_dispose(struct defined *d)
{
	free(d->source);
	free(d->name);
	free(d->uuid);
}

int define_place(const struct flow_env *env, const struct defined *d, char **path,
		 struct sx_err *err)
{
	const char *etc = managed_dir(env);
	SX_FREE char *safe = sx_path_escape(d->name), *base = sx_format("%s.cfg", safe);
	SX_FREE char *real = realpath(etc, NULL), *there = sx_path_join(real ? real : etc, base);
	struct stat st;

	if (index_ignores(base)) {
		sx_err_set(err, SX_ECONFLICT, "%s: no configuration is called %s", d->name, base);
		return sx_err_hint(err, "give the guest another name in %s", d->source);
	}
	if (lstat(there, &st) == 0) {
		sx_err_set(err, SX_ECONFLICT, "%s: not defined: %s is there already", d->name,
			   there);
		return sx_err_hint(err, "if it is not wanted: mv -n %pQ %pQ.old", there, there);
	}
	*path = sx_steal(&there);
	return 0;
}

int define_plan(const struct flow_env *env, const char *file, bool offline, struct defining *out,
		struct sx_err *err)
{
	SX_CLEANUP(defined_dispose) struct defined d = { 0 };
	FILE_IMAGE image = { 0 };

	if (read_source(env, file, &d, &image, err))
		return -1;
	event_about(env, d.name);
	if (flow_lock(env, "domain", d.name, &out->lock, err) ||
	    check_text(env, d.source, &out->notices, err) || define_check(env, &d, offline, err) ||
	    define_place(env, &d, &out->path, err))
		return -1;
	out->name = sx_strdup(d.name);
	out->deed.domain = out->name;
	out->deed.subject = sx_strdup("define");
	deed_add(&out->deed, sx_strdup(out->path), NULL, sx_strdup(sx_str_text(&image.text)),
		 S_IFREG | (image.st.st_mode & 0777));
	sx_words_give(&out->notices, sx_format("its configuration is %s from now on; %s is no "
					       "longer needed",
					       out->path, d.source));
	return 0;
}

int define_remember(const struct flow_env *env, const struct defining *d, struct sx_err *err)
{
	CREATED c = { 0 };
	bool found;
	int r = created_load(env, d->name, &c, &found, err);

	if (!r && found) {
		sx_set(&c.path, d->path);
		r = created_save(env, &c, err);
	}
	return r;
}
