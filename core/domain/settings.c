/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safexl.conf(5), times and notices: see env.h. */
#include "base/near.h"
#include "domain/env.h"
#include "host/file.h"
#include "spec/date.h"
#include "xlcfg/xlcfg.h"

static const long default_lock_wait_s = 120;
static const long default_hook_wait_s = 60;
static const long default_shutdown_timeout_s = 300;

static int read_dirs(const struct sx_paths *paths, const struct xlcfg *doc,
		     struct flow_settings *out, struct sx_err *err)
{
	size_t count = xlcfg_list_len(doc, "config_dirs");

	if (xlcfg_key_kind(doc, "config_dirs") == XLCFG_SCALAR)
		return sx_err_set(err, SX_ESYNTAX, "%s:%zu: config_dirs is not a list", paths->conf,
				  xlcfg_key_line(doc, "config_dirs"));
	for (size_t i = 0; i < count; i++) {
		SX_FREE char *dir = xlcfg_list_get(doc, "config_dirs", i);

		if (!dir || dir[0] != '/')
			return sx_err_set(err, SX_ESYNTAX,
					  "%s:%zu: config_dirs holds no absolute path", paths->conf,
					  xlcfg_list_line(doc, "config_dirs", i));
		sx_words_give(&out->config_dirs, sx_format("%s%s", paths->root, dir));
	}
	return 0;
}

/* *seconds holds the default, and keeps it if the key is absent. */
static int read_seconds(const struct sx_paths *paths, const struct xlcfg *doc, const char *key,
			long *seconds, struct sx_err *err)
{
	if (xlcfg_key_kind(doc, key) == XLCFG_ABSENT ||
	    (xlcfg_get_long(doc, key, seconds) && *seconds >= 0 && *seconds <= 86400))
		return 0;
	return sx_err_set(err, SX_ESYNTAX, "%s:%zu: %s is not a number of seconds from 0 to 86400",
			  paths->conf, xlcfg_key_line(doc, key), key);
}

static int read_lock_wait(const struct sx_paths *paths, const struct xlcfg *doc,
			  struct flow_settings *out, struct sx_err *err)
{
	long seconds = default_lock_wait_s;

	if (read_seconds(paths, doc, "lock_timeout", &seconds, err))
		return -1;
	out->lock_wait_ms = (unsigned)seconds * 1000;
	return 0;
}

static int read_hook_wait(const struct sx_paths *paths, const struct xlcfg *doc,
			  struct flow_settings *out, struct sx_err *err)
{
	long seconds = default_hook_wait_s;

	if (xlcfg_key_kind(doc, "hook_timeout") != XLCFG_ABSENT &&
	    (!xlcfg_get_long(doc, "hook_timeout", &seconds) || seconds < 1 || seconds > 3600))
		return sx_err_set(err, SX_ESYNTAX,
				  "%s:%zu: hook_timeout is not a number of seconds from 1 to 3600",
				  paths->conf, xlcfg_key_line(doc, "hook_timeout"));
	out->hook_wait_ms = (unsigned)seconds * 1000;
	return 0;
}

static int read_shutdown_timeout(const struct sx_paths *paths, const struct xlcfg *doc,
				 struct flow_settings *out, struct sx_err *err)
{
	long seconds = default_shutdown_timeout_s;

	if (read_seconds(paths, doc, "shutdown_timeout", &seconds, err))
		return -1;
	out->shutdown_timeout_s = (unsigned)seconds;
	return 0;
}

static int read_shutdown_action(const struct sx_paths *paths, const struct xlcfg *doc,
				struct flow_settings *out, struct sx_err *err)
{
	SX_FREE char *word = xlcfg_get_string(doc, "shutdown_action");

	out->shutdown_saves = !sx_streq(word, "shutdown");
	if (xlcfg_key_kind(doc, "shutdown_action") == XLCFG_ABSENT || !out->shutdown_saves ||
	    sx_streq(word, "save"))
		return 0;
	return sx_err_set(err, SX_ESYNTAX,
			  "%s:%zu: shutdown_action is neither \"save\" nor \"shutdown\"",
			  paths->conf, xlcfg_key_line(doc, "shutdown_action"));
}

/* An absolute path; if the key is absent, `usual` below the state directory. */
static int read_dir(const struct sx_paths *paths, const struct xlcfg *doc, const char *key,
		    const char *usual, char **out, struct sx_err *err)
{
	SX_FREE char *dir = xlcfg_get_string(doc, key);

	if (xlcfg_key_kind(doc, key) == XLCFG_ABSENT) {
		*out = sx_path_join(paths->state, usual);
		return 0;
	}
	if (!dir || dir[0] != '/')
		return sx_err_set(err, SX_ESYNTAX, "%s:%zu: %s is not an absolute path",
				  paths->conf, xlcfg_key_line(doc, key), key);
	*out = sx_format("%s%s", paths->root, dir);
	return 0;
}

static int read_image_dir(const struct sx_paths *paths, const struct xlcfg *doc,
			  struct flow_settings *out, struct sx_err *err)
{
	return read_dir(paths, doc, "image_dir", "images", &out->image_dir, err);
}

static int read_backup_dir(const struct sx_paths *paths, const struct xlcfg *doc,
			   struct flow_settings *out, struct sx_err *err)
{
	return read_dir(paths, doc, "backup_dir", "backups", &out->backup_dir, err);
}

static int read_verify(const struct sx_paths *paths, const struct xlcfg *doc,
		       struct flow_settings *out, struct sx_err *err)
{
	SX_FREE char *word = xlcfg_get_string(doc, "verify");

	out->verify_full = sx_streq(word, "full");
	if (xlcfg_key_kind(doc, "verify") == XLCFG_ABSENT || out->verify_full ||
	    sx_streq(word, "normal"))
		return 0;
	return sx_err_set(err, SX_ESYNTAX, "%s:%zu: verify is neither \"normal\" nor \"full\"",
			  paths->conf, xlcfg_key_line(doc, "verify"));
}

/* All keys of safexl.conf. */
static const struct {
	const char *name;
	int (*read)(const struct sx_paths *paths, const struct xlcfg *doc,
		    struct flow_settings *out, struct sx_err *err);
} keys[] = {
	{ "config_dirs", read_dirs },
	{ "lock_timeout", read_lock_wait },
	{ "hook_timeout", read_hook_wait },
	{ "image_dir", read_image_dir },
	{ "backup_dir", read_backup_dir },
	{ "verify", read_verify },
	{ "shutdown_action", read_shutdown_action },
	{ "shutdown_timeout", read_shutdown_timeout },
};

static int check_key(const struct sx_paths *paths, const struct xlcfg *doc, const char *key,
		     struct sx_err *err)
{
	const char *near = NULL;
	size_t slips = 0;

	for (size_t i = 0; i < SX_COUNT(keys); i++) {
		if (sx_streq(key, keys[i].name))
			return 0;
		if (sx_is_nearer(key, keys[i].name, &slips))
			near = keys[i].name;
	}
	if (near)
		return sx_err_set(err, SX_ESYNTAX, "%s:%zu: unknown key '%s'; did you mean '%s'?",
				  paths->conf, xlcfg_key_line(doc, key), key, near);
	return sx_err_set(err, SX_ESYNTAX, "%s:%zu: unknown key '%s'", paths->conf,
			  xlcfg_key_line(doc, key), key);
}

static void note(int result, struct sx_words *mistakes, struct sx_err *err)
{
	if (!result)
		return;
	sx_words_add(mistakes, err->msg);
	sx_err_clear(err);
}

static void read_all(const struct sx_paths *paths, const struct xlcfg *doc,
		     struct flow_settings *out, struct sx_words *mistakes)
{
	SX_ERR err = { 0 };
	const char *key;

	for (size_t i = 0; (key = xlcfg_key_at(doc, i)); i++)
		note(check_key(paths, doc, key, &err), mistakes, &err);
	for (size_t i = 0; i < SX_COUNT(keys); i++)
		note(keys[i].read(paths, doc, out, &err), mistakes, &err);
}

int flow_settings_look(const struct sx_paths *paths, struct flow_settings *out,
		       struct sx_words *mistakes, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;

	if (file_read(paths->conf, &image, err)) {
		if (err->code != SX_ENOCONFIG)
			return -1;
		sx_err_clear(err);
	}
	if (xlcfg_parse(sx_str_text(&image.text), image.text.len, paths->conf, &doc, err))
		note(-1, mistakes, err);
	else
		read_all(paths, doc, out, mistakes);
	if (!out->config_dirs.len)
		sx_words_add(&out->config_dirs, paths->etc);
	return 0;
}

int flow_settings_read(const struct sx_paths *paths, struct flow_settings *out, struct sx_err *err)
{
	SX_WORDS mistakes = { 0 };

	if (flow_settings_look(paths, out, &mistakes, err))
		return -1;
	if (!mistakes.len)
		return 0;
	sx_err_set(err, SX_ESYNTAX, "%s", mistakes.items[0]);
	return sx_err_hint(err,
			   "correct that line; what it may say: man safexl.conf\n"
			   "all that is wrong with it: safexl check %s",
			   paths->conf);
}

void flow_settings_dispose(struct flow_settings *s)
{
	sx_words_dispose(&s->config_dirs);
	free(s->image_dir);
	free(s->backup_dir);
	s->image_dir = s->backup_dir = NULL;
}

char *flow_time_text(time_t t)
{
	char text[40];
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm);
	return sx_strdup(text);
}

time_t flow_time_of(const char *text)
{
	SX_ERR ignored = { 0 };
	time_t t;

	return date_read(text, 0, &t, &ignored) ? 0 : t;
}

void flow_notice(const struct flow_env *env, const char *fmt, ...)
{
	SX_STR text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&text, fmt, ap);
	va_end(ap);
	if (env->notice)
		env->notice(sx_str_text(&text), env->notice_arg);
}
