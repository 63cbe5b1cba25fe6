/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Start a domain, record which file it comes from, and adopt a file: see lifecycle.h. */
#include "domain/config.h"
#include "domain/domain.h"
#include "domain/places.h"
#include "guard/guard.h"
#include "guard/lifecycle.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <string.h>

void create_words_dispose(struct create_words *c)
{
	sx_words_dispose(&c->extras);
}

static const struct option create_longs[] = {
	{ "defconfig", required_argument, NULL, 'f' },
	{ "dryrun", no_argument, NULL, 'n' },
	{ "ignore-global-affinity-masks", no_argument, NULL, 'i' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "vncviewer", no_argument, NULL, 'V' },
	{ "vncviewer-autopass", no_argument, NULL, 'A' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

void create_words_split(char *const *words, struct create_words *out)
{
	struct {
		SX_VEC_OF(char *);
	} argv = { 0 };
	int argc, c;

	out->valid = true;
	/* A first word that is no option and no key=value is the file; getopt finds a later one. */
	if (words[1] && words[1][0] != '-' && !strchr(words[1], '='))
		out->config = words[1];
	for (size_t i = 0; words[i]; i++)
		if (i != 1 || !out->config)
			sx_vec_push(&argv, words[i]);
	argc = (int)argv.len;
	sx_vec_push(&argv, NULL);
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv.items, "hAFVcdef:inpq", create_longs, NULL)) != -1) {
		if (c == 'f')
			out->config = optarg;
		else if (c == 'n')
			out->dry_run = true;
		else if (c == 'F' || c == 'c')
			out->stays = true;
		else if (c == '?' || c == 'h')
			out->valid = false;
	}
	for (int i = optind; i < argc; i++) {
		if (strchr(argv.items[i], '='))
			sx_words_add(&out->extras, argv.items[i]);
		else if (!out->config)
			out->config = argv.items[i];
		else
			out->valid = false;
	}
	sx_vec_free(&argv);
}

void create_state_dispose(struct create_state *s)
{
	free(s->name);
	created_dispose(&s->before);
}

static bool is_running(const char *name)
{
	LIVE_DOMAIN d = { 0 };
	SX_ERR ignored = { 0 };

	return domain_look_name(name, &d, &ignored) == 0;
}

/*
 * The file's text as xl will read it, and its path unless the file cannot be read again. False: xl
 * will refuse the file, in its own words; with an error: xl could read it, but safexl cannot.
 */
static bool read_file(const struct flow_env *env, const struct create_words *words,
		      struct created *c, struct sx_str *text, struct sx_err *err)
{
	SX_FREE char *path = NULL;
	bool none = sx_streq(words->config, "/dev/null");

	if (sx_path_absolute(env->cwd, words->config, &path, err) ||
	    (!none && file_read_stream(path, text, err))) {
		if (err->code == SX_ECHANGED || err->sys_errno == EFBIG)
			sx_err_hint(err, "nothing can be guarded that safexl cannot read");
		else
			sx_err_clear(err);
		return false;
	}
	c->path = sx_strdup(none || file_is_stream(path) ? "" : path);
	c->start = sx_strdup(sx_str_text(text));
	return config_admit(path, text, err) == 0;
}

/* The domain's name by the file alone, without extras. */
static char *own_name(const struct sx_str *text, const char *path)
{
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };
	char *name = NULL;

	if (xlcfg_parse(sx_str_text(text), text->len, path, &doc, &ignored) == 0)
		name = xlcfg_get_string(doc, "name");
	return name ? name : sx_strdup("");
}

/*
 * What xl will make of file and extras. False: xl starts nothing and reports that itself. False
 * with an error: safexl cannot read the text, so the start would bypass the guard. `disks` may be
 * NULL.
 */
static bool read_as_xl(const struct flow_env *env, const struct create_words *words,
		       struct created *c, struct guard_disks *disks, struct sx_err *err)
{
	XLCFG_DOC *doc = NULL;
	XLCFG_DOC *extra_doc = NULL;
	SX_STR extras = { 0 };
	SX_STR text = { 0 };
	const char *key;

	if (!read_file(env, words, c, &text, err))
		return false;
	c->own_name = own_name(&text, words->config);
	for (size_t i = 0; i < words->extras.len; i++) {
		sx_str_addf(&extras, "%s\n", words->extras.items[i]);
		sx_words_add(&c->extras, words->extras.items[i]);
	}
	sx_str_addf(&text, "\n%s\n", sx_str_text(&extras));
	if (xlcfg_parse(text.data, text.len, words->config, &doc, err) ||
	    xlcfg_parse(sx_str_text(&extras), extras.len, "command line", &extra_doc, err))
		return false;
	for (size_t i = 0; (key = xlcfg_key_at(extra_doc, i)); i++)
		sx_words_add(&c->overrides, key);
	c->name = xlcfg_get_string(doc, "name");
	c->uuid = xlcfg_get_string(doc, "uuid");
	for (char *p = c->uuid; p && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	if (!c->uuid)
		c->uuid = sx_strdup("");
	c->how = sx_strdup("create");
	if (disks && guard_disks_read(doc, words->config, disks, err))
		return false;
	return c->name != NULL;
}

/* The question for the guard; `want` borrows from the rest. */
struct asked {
	struct created c;
	struct guard_disks disks;
	struct sx_str retry;
	struct guard_want want;
};

static void asked_dispose(struct asked *a)
{
	guard_disks_dispose(&a->disks);
	created_dispose(&a->c);
	sx_str_dispose(&a->retry);
}

/* False: xl starts nothing; with an error: refuse. */
static bool ask(const struct flow_env *env, char *const *typed, const struct create_words *words,
		struct asked *out, struct sx_err *err)
{
	if (!words->valid || !words->config || words->dry_run ||
	    !read_as_xl(env, words, &out->c, &out->disks, err))
		return false;
	sx_str_add(&out->retry, "safexl --discard-marker ");
	sx_str_add_words(&out->retry, typed);
	out->want = (struct guard_want){ .name = out->c.name,
					 .uuid = out->c.uuid,
					 .starts = true,
					 .disks = &out->disks,
					 .retry = sx_str_text(&out->retry) };
	return true;
}

int create_guard(const struct flow_env *env, char *const *typed, const struct create_words *words,
		 struct sx_err *err)
{
	SX_CLEANUP(asked_dispose) struct asked a = { 0 };

	if (ask(env, typed, words, &a, err))
		return guard_check(env, &a.want, err);
	return err->code ? -1 : 0;
}

int create_run(const struct flow_env *env, char *const *typed, const struct create_words *words,
	       char *const argv[], int *status, struct sx_err *err)
{
	SX_CLEANUP(asked_dispose) struct asked a = { 0 };
	GUARD_DISCARD discard = { .env = env, .stays = words->stays };

	if (ask(env, typed, words, &a, err) ? guard_discard_begin(env, &a.want, &discard, err)
					    : err->code != SX_OK)
		return -1;
	return guard_discard_run(&discard, env->xl, argv, NULL, NULL, status, err);
}

int create_remember(const struct flow_env *env, const struct create_words *words,
		    struct create_state *state, bool *remembered, struct sx_err *err)
{
	CREATED c = { 0 };
	SX_ERR unread = { 0 };
	int r = 0;

	*remembered = false;
	if (words->valid && words->config && !words->dry_run &&
	    read_as_xl(env, words, &c, NULL, &unread) && !is_running(c.name)) {
		r = created_load(env, c.name, &state->before, &state->had_before, err);
		if (!r)
			r = created_save(env, &c, err);
		state->name = sx_strdup(c.name);
		*remembered = !r;
	}
	return r;
}

int create_settle(const struct flow_env *env, const struct create_state *state, bool succeeded,
		  struct sx_err *err)
{
	struct live *live = NULL;
	LIVE_DOMAIN d = { 0 };
	CREATED c = { 0 };
	SX_ERR ignored = { 0 };
	bool found = false;
	bool runs = live_open(&live, &ignored) == 0 &&
		    live_find_name(live, state->name, &d, &ignored) == 0;
	long long started = runs ? live_started(live, d.domid) : 0;
	int r = 0;

	live_close(live);
	if (runs) {
		r = created_load(env, state->name, &c, &found, err);
		if (!r && found) {
			sx_set(&c.uuid, d.uuid);
			c.domid = d.domid;
			c.started = started;
			r = created_save(env, &c, err);
		}
	} else if (!succeeded) {
		r = state->had_before ? created_save(env, &state->before, err)
				      : created_forget(env, state->name, err);
	}
	return r;
}

int adopt_check(const struct created *c, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_FREE char *name = NULL;
	SX_FREE char *uuid = NULL;

	if (file_is_stream(c->path)) {
		sx_err_set(err, SX_ECONFLICT,
			   "%s is what this command was given to read, not a file that stays",
			   c->path);
		return sx_err_hint(err, "name the file itself");
	}
	if (file_read(c->path, &image, err) || config_admit(c->path, &image.text, err) ||
	    xlcfg_check(sx_str_text(&image.text), image.text.len, c->path, err) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, c->path, &doc, err))
		return err->code == SX_ESYNTAX && !err->hint
			       ? sx_err_hint(err, "correct that line first: safexl edit %pQ",
					     c->path)
			       : -1;
	name = xlcfg_get_string(doc, "name");
	uuid = xlcfg_get_string(doc, "uuid");
	if (!sx_streq(name, c->name)) {
		sx_err_set(err, SX_ECONFLICT, "%s:%zu: its name is '%s', not '%s'", c->path,
			   xlcfg_key_line(doc, "name"), name ? name : "", c->name);
		return sx_err_hint(err, "give the file the domain's name first: safexl edit %pQ",
				   c->path);
	}
	if (uuid && *c->uuid && strcasecmp(uuid, c->uuid)) {
		sx_err_set(err, SX_ECONFLICT, "%s:%zu: its uuid is %s, the running domain's is %s",
			   c->path, xlcfg_key_line(doc, "uuid"), uuid, c->uuid);
		return sx_err_hint(err, "give the file the domain's uuid first: safexl edit %pQ",
				   c->path);
	}
	return 0;
}

/* Check now that the next change can be recorded, as adopt promises. */
static int adopt_place(const struct flow_env *env, const char *path, struct sx_err *err)
{
	SX_FREE char *real = realpath(path, NULL);

	return real ? place_adopt(env, real, err) : sx_err_sys(err, SX_ENOCONFIG, "%s", path);
}

/* Another file becomes the domain's, but the text it was started from stays on record. */
static int keep_start(const struct flow_env *env, struct created *c, struct sx_err *err)
{
	CREATED before = { 0 };
	SX_STR start = { 0 };
	bool found = false;
	int r = *c->uuid ? created_find(env, c->name, c->uuid, &before, &found, err) : 0;

	if (!r && found && sx_streq(before.uuid, c->uuid) && *before.start) {
		sx_str_add(&start, before.start);
		for (size_t i = 0; i < before.extras.len; i++)
			sx_str_addf(&start, "\n%s\n", before.extras.items[i]);
		c->start = sx_str_take(&start);
		c->domid = before.domid;
		c->started = before.started;
	}
	return r;
}

int adopt_file(const struct flow_env *env, const char *domain, const char *file, char **path_out,
	       struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	CREATED c = { 0 };
	SX_ERR ignored = { 0 };
	bool runs = domain_look(env, domain, &d, &ignored) == 0;
	int r;

	c.name = sx_strdup(runs ? d.name : domain);
	c.uuid = sx_strdup(runs ? d.uuid : "");
	c.own_name = sx_strdup(c.name);
	c.how = sx_strdup("adopt");
	r = sx_path_absolute(env->cwd, file, &c.path, err);
	if (!r)
		r = adopt_check(&c, err);
	if (!r)
		r = adopt_place(env, c.path, err);
	if (!r)
		r = keep_start(env, &c, err);
	if (!r)
		r = created_save(env, &c, err);
	if (!r)
		*path_out = sx_strdup(c.path);
	return r;
}
