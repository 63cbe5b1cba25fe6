/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record of a domain's creation: see resolve.h. One small file for each domain name. */
#include "domain/resolve.h"
#include "host/file.h"
#include "host/json.h"

#include <string.h>

static const struct json_field fields[] = {
	{ "name", JSON_TEXT, offsetof(struct created, name), false },
	{ "uuid", JSON_TEXT, offsetof(struct created, uuid), false },
	{ "path", JSON_TEXT, offsetof(struct created, path), false },
	{ "own_name", JSON_TEXT, offsetof(struct created, own_name), true },
	{ "how", JSON_TEXT, offsetof(struct created, how), false },
	{ "overrides", JSON_WORDS, offsetof(struct created, overrides), false },
	{ "extras", JSON_WORDS, offsetof(struct created, extras), false },
	{ "start", JSON_TEXT, offsetof(struct created, start), true },
	{ "domid", JSON_PID, offsetof(struct created, domid), true },
	{ "started", JSON_NUMBER, offsetof(struct created, started), true },
	{ 0 },
};

void created_dispose(struct created *c)
{
	json_free_fields(c, fields);
	*c = (struct created){ 0 };
}

static char *record_path(const struct flow_env *env, const char *name)
{
	SX_FREE char *safe = sx_path_escape(name);

	return sx_format("%s/domains/%s.json", env->paths.state, safe);
}

/* For a record without own_name: the domain's name, unless create's command line gave another. */
static char *older_own_name(const struct created *c)
{
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };
	char *name = NULL;

	for (size_t i = 0; i < c->overrides.len; i++) {
		if (!sx_streq(c->overrides.items[i], "name"))
			continue;
		if (xlcfg_parse(c->start, strlen(c->start), "start", &doc, &ignored) == 0)
			name = xlcfg_get_string(doc, "name");
		return name ? name : sx_strdup("");
	}
	return sx_strdup(c->name);
}

static const size_t longest_start = 1 << 20;

static int check_path(const struct created *c, struct sx_err *err)
{
	return !*c->path || *c->path == '/'
		       ? 0
		       : sx_err_set(err, SX_EFAIL, "'%s' is not an absolute path", c->path);
}

static int created_read(const char *path, struct created *out, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	JSON_DOC *j = NULL;

	if (file_read(path, &image, err))
		return -1;
	if (json_parse(sx_str_text(&image.text), image.text.len, &j, err) ||
	    json_get_fields(j, out, fields, err) || check_path(out, err)) {
		sx_err_wrap(err, "%s", path);
		return sx_err_hint(err,
				   "it records which file belongs to a domain; to remove it: rm "
				   "%pQ\n"
				   "then name the file anew: safexl adopt DOMAIN FILE",
				   path);
	}
	if (!json_has(j, "own_name"))
		sx_put(&out->own_name, older_own_name(out));
	/* Earlier versions remembered /dev/stdin. */
	if (file_is_stream(out->path))
		out->path[0] = '\0';
	return 0;
}

int created_load(const struct flow_env *env, const char *name, struct created *out, bool *found,
		 struct sx_err *err)
{
	SX_FREE char *path = record_path(env, name);

	*found = false;
	if (created_read(path, out, err)) {
		if (err->code != SX_ENOCONFIG)
			return -1;
		sx_err_clear(err);
		return 0;
	}
	*found = sx_streq(out->name, name);
	return 0;
}

/* Find this domain's record under another name. */
static void find_by_uuid(const struct flow_env *env, const char *uuid, struct created *out,
			 bool *found)
{
	SX_FREE char *dir = sx_path_join(env->paths.state, "domains");
	SX_WORDS paths = { 0 };
	SX_ERR ignored = { 0 };

	if (sx_path_list_in(dir, ".json", &paths, &ignored))
		return;
	for (size_t i = 0; i < paths.len && !*found; i++) {
		CREATED c = { 0 };
		SX_ERR unread = { 0 };

		*found = created_read(paths.items[i], &c, &unread) == 0 && sx_streq(c.uuid, uuid);
		if (*found)
			*out = sx_steal(&c);
	}
}

void created_files(const struct flow_env *env, struct sx_words *out)
{
	SX_FREE char *dir = sx_path_join(env->paths.state, "domains");
	SX_WORDS paths = { 0 };
	SX_ERR ignored = { 0 };

	if (sx_path_list_in(dir, ".json", &paths, &ignored))
		return;
	for (size_t i = 0; i < paths.len; i++) {
		CREATED c = { 0 };
		SX_ERR unread = { 0 };

		if (created_read(paths.items[i], &c, &unread) == 0 && *c.path)
			sx_words_add(out, c.path);
	}
}

int created_find(const struct flow_env *env, const char *name, const char *uuid,
		 struct created *out, bool *found, struct sx_err *err)
{
	if (created_load(env, name, out, found, err))
		return -1;
	if (*found && (!*uuid || !*out->uuid || sx_streq(out->uuid, uuid)))
		return 0;
	if (!*uuid)
		return 0;
	created_dispose(out);
	*found = false;
	find_by_uuid(env, uuid, out, found);
	return 0;
}

int created_save(const struct flow_env *env, const struct created *c, struct sx_err *err)
{
	SX_FREE char *path = record_path(env, c->name);
	SX_FREE char *dir = sx_path_dir(path);
	JSON_DOC *j = json_new();
	SX_FREE char *text = NULL;

	json_put_fields(j, c, fields);
	/* Written even if empty: a record without it counts as an older version's. */
	json_set_string(j, "own_name", c->own_name ? c->own_name : "");
	/* Nothing depends on `start`, so an unusually large text is not kept. */
	if (c->start && strlen(c->start) > longest_start)
		json_set_string(j, "start", NULL);
	text = json_text(j);
	if (sx_path_mkdirs(env->paths.state, 0700, err) || sx_path_mkdirs(dir, 0700, err))
		return -1;
	return file_write_durable(path, text, strlen(text), err);
}

int created_forget(const struct flow_env *env, const char *name, struct sx_err *err)
{
	SX_FREE char *path = record_path(env, name);

	return file_remove_durable(path, err);
}

/* Is the record about this file? */
static bool is_about(const struct created *c, const char *path)
{
	SX_FREE char *was = realpath(c->path, NULL), *is = realpath(path, NULL);

	return was && sx_streq(was, is);
}

int created_follow(const struct flow_env *env, const char *name, const char *uuid, const char *path,
		   bool may_add, struct sx_err *err)
{
	CREATED c = { 0 };
	FILE_IMAGE file = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_FREE char *own = NULL;
	bool found = false;

	if (!*uuid)
		return 0;
	if (file_read(path, &file, err) ||
	    xlcfg_parse(sx_str_text(&file.text), file.text.len, path, &doc, err) ||
	    created_find(env, name, uuid, &c, &found, err))
		return -1;
	own = xlcfg_get_string(doc, "name");
	if (found && (!sx_streq(c.uuid, uuid) || !is_about(&c, path))) {
		created_dispose(&c);
		found = false;
	}
	if (!own || (found ? sx_streq(own, c.own_name) : sx_streq(own, name) || !may_add))
		return 0;
	if (!found) {
		c.name = sx_strdup(name);
		c.uuid = sx_strdup(uuid);
		c.path = sx_strdup(path);
		c.how = sx_strdup("adopt");
	}
	sx_put(&c.own_name, sx_steal(&own));
	return created_save(env, &c, err);
}
