/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a domain to its one configuration file: see resolve.h. */
#include "domain/config.h"
#include "domain/domain.h"
#include "domain/resolve_private.h"

#include <string.h>

void resolved_dispose(struct resolved *r)
{
	free(r->path);
	sx_words_dispose(&r->overrides);
	*r = (struct resolved){ 0 };
}

static int take_path(struct resolved *out, const char *path)
{
	out->path = sx_strdup(path);
	return 0;
}

/* Created without any configuration: only the command line exists. A stream leaves a start. */
static int refuse_without(const struct created *c, const char *name, const char *uuid,
			  struct sx_err *err)
{
	if (*c->start || !*uuid)
		return 0;
	sx_err_set(err, SX_ENOCONFIG, "the domain was created without a configuration file");
	return sx_err_hint(err, "write one, then: safexl adopt %pQ FILE", name);
}

/*
 * What create or adopt recorded, unless another uuid shows that it was an earlier domain of that
 * name. *done false: search the directories; *lost names a recorded file that is another domain's
 * now.
 */
static int from_record(const struct flow_env *env, const char *name, const char *uuid,
		       struct resolved *out, bool *done, char **lost, struct sx_err *err)
{
	SX_FREE char *behind = owner_behind(name);
	CREATED c = { 0 };
	FILE_IMAGE file = { 0 };
	OWNER now = { 0 };
	SX_ERR ignored = { 0 };
	bool found;
	int r = created_find(env, name, behind ? "" : uuid, &c, &found, err);

	*done = false;
	found = !r && found && (!*uuid || !*c.uuid || sx_streq(c.uuid, uuid));
	if (found && !*c.path) {
		r = refuse_without(&c, name, uuid, err);
	} else if (found && file_read(c.path, &file, &ignored) == 0) {
		owner_read(&file, &now);
		*done = owner_is_kept(&c, name, uuid, &now);
		if (*done) {
			out->overrides = sx_steal(&c.overrides);
			take_path(out, c.path);
		} else {
			*lost = sx_format("%s, the file it was created from, is that of '%s' now",
					  c.path, now.name);
		}
	}
	return r;
}

struct candidates {
	SX_VEC_OF(const struct index_entry *);
};

static int refuse_several(const struct candidates *c, const char *name, const char *what,
			  struct sx_err *err)
{
	SX_STR list = { 0 };

	for (size_t i = 0; i < c->len; i++)
		sx_str_addf(&list, "%s%s", i ? ", " : "", c->items[i]->path);
	sx_err_set(err, SX_EAMBIGUOUS, "%zu configurations have this domain's %s: %s", c->len, what,
		   sx_str_text(&list));
	return sx_err_hint(err, "to choose one: safexl adopt %pQ %pQ", name, c->items[0]->path);
}

/* Refuse a file that xl cannot read, but that has the domain's name or uuid on a line. */
static int refuse_broken(const struct index_entry *e, const char *name, const char *uuid,
			 struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	OWNER now = { 0 };
	SX_ERR why = { 0 };

	if (!e->unreadable || file_read(e->path, &image, &why))
		return 0;
	owner_read(&image, &now);
	if (!(*uuid && strcasecmp(now.uuid, uuid) == 0) && !sx_streq(now.name, name))
		return 0;
	if (config_admit(e->path, &image.text, err))
		return -1;
	if (xlcfg_check(sx_str_text(&image.text), image.text.len, e->path, &why) == 0)
		return 0;
	sx_err_move(err, &why);
	err->code = SX_ESYNTAX;
	return sx_err_hint(err,
			   "correct that line, xl cannot read the file either: safexl edit %pQ",
			   e->path);
}

/* Some commands go by the name alone: the number of a running domain is none. Heap string. */
static char *hint_number(const struct flow_env *env, const char *name, const char *uuid)
{
	LIVE_DOMAIN d = { 0 };
	SX_ERR ignored = { 0 };

	if (*uuid || name[strspn(name, "0123456789")] || domain_look(env, name, &d, &ignored) ||
	    sx_streq(d.name, name))
		return sx_strdup("");
	return sx_format("if the running domain of that number is meant, its name is: %s\n",
			 d.name);
}

static int refuse_none(const struct flow_env *env, const struct index_entries *all,
		       const char *name, const char *uuid, const char *lost, struct sx_err *err)
{
	SX_FREE char *path = strchr(name, '/') ? realpath(name, NULL) : NULL;
	const struct index_entry *broken = NULL;
	const struct index_entry *called = index_called(all, path ? path : name);
	size_t count = 0;
	SX_FREE char *number = hint_number(env, name, uuid);
	SX_STR more = { 0 }, hints = { 0 };

	if (sx_streq(name, "Domain-0"))
		return sx_err_set(err, SX_ENOCONFIG,
				  "it is the host's own domain, which has no configuration");
	for (size_t i = 0; i < all->len; i++) {
		if (refuse_broken(&all->items[i], name, uuid, err))
			return -1;
		if (all->items[i].unreadable && !count++)
			broken = &all->items[i];
	}
	if (lost)
		sx_str_addf(&more, "; %s", lost);
	if (all->passed_over.len)
		sx_str_addf(&more, "; not looked at, as it is larger than 1 MiB: %s",
			    all->passed_over.items[0]);
	sx_str_add(&hints, number);
	if (count == 1)
		sx_str_addf(&hints, "1 file cannot be read and may be it (%s): safexl check\n",
			    broken->path);
	else if (count)
		sx_str_addf(&hints,
			    "%zu files cannot be read, one of them may be it: safexl check\n",
			    count);
	sx_err_set(err, SX_ENOCONFIG, "no configuration in %s has this domain's name%s",
		   env->settings.config_dirs.items[0], sx_str_text(&more));
	if (called && *called->name)
		return sx_err_hint(err, "%sif %s is meant, its domain is: %s", sx_str_text(&hints),
				   called->path, called->name);
	return sx_err_hint(err, "%sname its file: safexl adopt %pQ FILE", sx_str_text(&hints),
			   name);
}

static int from_entries(const struct flow_env *env, const struct index_entries *all,
			const char *name, const char *uuid, const char *lost, struct candidates *c,
			struct resolved *out, struct sx_err *err)
{
	const struct index_entry *other = NULL;

	for (size_t i = 0; *uuid && i < all->len; i++)
		if (sx_streq(all->items[i].uuid, uuid))
			sx_vec_push(c, &all->items[i]);
	if (c->len)
		return c->len == 1 ? take_path(out, c->items[0]->path)
				   : refuse_several(c, name, "uuid", err);
	sx_each(const struct index_entry, e, all) {
		if (!*e->name || !sx_streq(e->name, name))
			continue;
		/* Its own uuid makes it another domain than the running one. */
		if (*uuid && *e->uuid)
			other = e;
		else
			sx_vec_push(c, e);
	}
	if (c->len)
		return c->len == 1 ? take_path(out, c->items[0]->path)
				   : refuse_several(c, name, "name", err);
	if (other) {
		sx_err_set(err, SX_ENOCONFIG, "%s has this domain's name but another uuid (%s)",
			   other->path, other->uuid);
		return sx_err_hint(
			err,
			"the running domain has uuid %s; to correct the file: safexl edit %pQ\n"
			"if another file is its configuration: safexl adopt %pQ FILE",
			uuid, other->path, name);
	}
	return refuse_none(env, all, name, uuid, lost, err);
}

/* `all` NULL: scan the directories, unless the record suffices. */
static int resolve(const struct flow_env *env, const struct index_entries *all, const char *name,
		   const char *uuid, struct resolved *out, struct sx_err *err)
{
	SX_FREE char *behind = owner_behind(name);
	SX_FREE char *lost = NULL;
	SX_CLEANUP(index_dispose) struct index_entries own = { 0 };
	struct candidates c = { 0 };
	bool done;
	int r = from_record(env, name, uuid, out, &done, &lost, err);

	if (r || done)
		return r;
	if (!all && index_scan(env, &own, err))
		return -1;
	/* A domain that xl renamed has the uuid of the guest behind it. */
	r = from_entries(env, all ? all : &own, name, behind ? "" : uuid, lost, &c, out, err);
	if (r && behind && err->code == SX_ENOCONFIG) {
		sx_err_clear(err);
		owner_refuse_behind(name, err);
	}
	sx_vec_free(&c);
	return r;
}

int resolve_domain(const struct flow_env *env, const char *name, const char *uuid,
		   struct resolved *out, struct sx_err *err)
{
	return resolve(env, NULL, name, uuid, out, err);
}

int resolve_among(const struct flow_env *env, const struct index_entries *all, const char *name,
		  const char *uuid, struct resolved *out, struct sx_err *err)
{
	return resolve(env, all, name, uuid, out, err);
}
