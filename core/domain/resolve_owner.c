/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which domain a configuration belongs to, by its present text: a recorded file may be another
 * guest's by now (a scratch file, a link pointed elsewhere). And domains without a file.
 */
#include "domain/domain.h"
#include "domain/resolve_private.h"

#include <ctype.h>
#include <string.h>

void owner_dispose(struct owner *o)
{
	free(o->name);
	free(o->uuid);
	*o = (struct owner){ 0 };
}

void owner_read(const struct file_image *file, struct owner *out)
{
	const char *text = sx_str_text(&file->text);
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };
	bool readable = xlcfg_parse(text, file->text.len, file->path, &doc, &ignored) == 0;

	out->name = readable ? xlcfg_get_string(doc, "name")
			     : xlcfg_glance(text, file->text.len, "name");
	out->uuid = readable ? xlcfg_get_string(doc, "uuid")
			     : xlcfg_glance(text, file->text.len, "uuid");
	if (!out->name)
		out->name = sx_strdup("");
	if (!out->uuid)
		out->uuid = sx_strdup("");
}

static bool is_given(const struct created *c, const char *key)
{
	for (size_t i = 0; i < c->overrides.len; i++)
		if (sx_streq(c->overrides.items[i], key))
			return true;
	return false;
}

/* Does a domain with another uuid run under this name? */
static bool is_taken(const char *name, const char *uuid)
{
	LIVE_DOMAIN d = { 0 };
	SX_ERR ignored = { 0 };

	return domain_look_name(name, &d, &ignored) == 0 && !sx_streq(d.uuid, uuid);
}

bool owner_is_kept(const struct created *c, const char *name, const char *uuid,
		   const struct owner *now)
{
	bool named = is_given(c, "name");

	if (*now->uuid && *uuid && !is_given(c, "uuid"))
		return strcasecmp(now->uuid, uuid) == 0;
	if (sx_streq(now->name, name) || !*c->own_name)
		return true;
	if (!sx_streq(now->name, c->own_name))
		return false;
	/* The domain was renamed since; its old name, and the file, may be another's now. */
	return named || !is_taken(now->name, uuid);
}

/* The domain's record, if it is about this file. */
static int find_record(const struct flow_env *env, const char *name, const char *uuid,
		       const char *path, struct created *out, bool *found, struct sx_err *err)
{
	SX_FREE char *real = NULL;

	if (created_find(env, name, uuid, out, found, err))
		return -1;
	real = *found && *out->path ? realpath(out->path, NULL) : NULL;
	*found = *found && (!*uuid || !*out->uuid || sx_streq(out->uuid, uuid)) &&
		 sx_streq(real, path);
	return 0;
}

int resolve_check_owner(const struct flow_env *env, const char *name, const char *uuid,
			const char *also, const struct file_image *file, struct sx_err *err)
{
	CREATED c = { 0 };
	OWNER now = { 0 };
	bool found, kept;

	owner_read(file, &now);
	kept = *now.uuid && *uuid ? strcasecmp(now.uuid, uuid) == 0 : sx_streq(now.name, name);
	if (kept || (also && sx_streq(now.name, also)))
		return 0;
	if (find_record(env, name, uuid, file->path, &c, &found, err))
		return -1;
	kept = found && owner_is_kept(&c, name, uuid, &now);
	return kept ? 0
		    : sx_err_set(err, SX_ENOCONFIG, "%s is another domain's now: its name is '%s'",
				 file->path, now.name);
}

/* ---- domains named by xl ---- */

/* The length of a final "-%Y%m%dT%H%MZ" (preserve_domain in xl_vmcontrol.c); 0: there is none. */
static size_t stamp_len(const char *name)
{
	static const char form[] = "-ddddddddTddddZ";
	size_t len = strlen(name), size = sizeof(form) - 1;
	const char *p = name + len - size;

	if (len <= size)
		return 0;
	for (size_t i = 0; i < size; i++)
		if (form[i] == 'd' ? !isdigit((unsigned char)p[i]) : p[i] != form[i])
			return 0;
	return size;
}

static size_t migration_len(const char *name)
{
	static const char *const ends[] = { "--incoming", "--migratedaway" };

	for (size_t i = 0; i < SX_COUNT(ends); i++)
		if (sx_ends_with(name, ends[i]) && strlen(name) > strlen(ends[i]))
			return strlen(ends[i]);
	return 0;
}

char *owner_behind(const char *name)
{
	size_t extra = stamp_len(name) ? stamp_len(name) : migration_len(name);

	return extra ? sx_strndup(name, strlen(name) - extra) : NULL;
}

int owner_refuse_behind(const char *name, struct sx_err *err)
{
	SX_FREE char *guest = owner_behind(name);

	if (!stamp_len(name)) {
		sx_err_set(err, SX_ENOCONFIG,
			   "it is '%s' while that is migrated: it has no configuration of its "
			   "own",
			   guest);
		return sx_err_hint(err, "when the migration has ended: safexl where %pQ", guest);
	}
	sx_err_set(err, SX_ENOCONFIG,
		   "it is what a restart of '%s' left behind (rename-restart): it has no "
		   "configuration of its own",
		   guest);
	return sx_err_hint(err, "after looking at it: safexl destroy %pQ", name);
}
