/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safexl.conf(5), and saying things: see flow.h. */
#include <safexl/file.h>
#include <safexl/flow.h>
#include <safexl/xlcfg.h>

static const long default_lock_wait_s = 120;

static int read_dirs(const struct sx_paths *paths, const struct xlcfg *doc, struct sx_words *out,
		     struct sx_err *err)
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
		sx_words_give(out, sx_format("%s%s", paths->root, dir));
	}
	return 0;
}

static int read_lock_wait(const struct sx_paths *paths, const struct xlcfg *doc, unsigned *out,
			  struct sx_err *err)
{
	long seconds = default_lock_wait_s;

	if (xlcfg_key_kind(doc, "lock_timeout") != XLCFG_ABSENT &&
	    (!xlcfg_get_long(doc, "lock_timeout", &seconds) || seconds < 0 || seconds > 86400))
		return sx_err_set(err, SX_ESYNTAX,
				  "%s:%zu: lock_timeout is not a number of seconds", paths->conf,
				  xlcfg_key_line(doc, "lock_timeout"));
	*out = (unsigned)seconds * 1000;
	return 0;
}

/* An absolute path; absent: below the state directory. */
static int read_image_dir(const struct sx_paths *paths, const struct xlcfg *doc, char **out,
			  struct sx_err *err)
{
	SX_FREE char *dir = xlcfg_get_string(doc, "image_dir");

	if (xlcfg_key_kind(doc, "image_dir") == XLCFG_ABSENT) {
		*out = sx_path_join(paths->state, "images");
		return 0;
	}
	if (!dir || dir[0] != '/')
		return sx_err_set(err, SX_ESYNTAX, "%s:%zu: image_dir is not an absolute path",
				  paths->conf, xlcfg_key_line(doc, "image_dir"));
	*out = sx_format("%s%s", paths->root, dir);
	return 0;
}

static int read_verify(const struct sx_paths *paths, const struct xlcfg *doc, bool *full,
		       struct sx_err *err)
{
	SX_FREE char *word = xlcfg_get_string(doc, "verify");

	*full = sx_streq(word, "full");
	if (xlcfg_key_kind(doc, "verify") == XLCFG_ABSENT || *full || sx_streq(word, "normal"))
		return 0;
	return sx_err_set(err, SX_ESYNTAX, "%s:%zu: verify is neither \"normal\" nor \"full\"",
			  paths->conf, xlcfg_key_line(doc, "verify"));
}

int flow_settings_read(const struct sx_paths *paths, struct flow_settings *out, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;

	if (file_read(paths->conf, &image, err)) {
		if (err->code != SX_ENOCONFIG)
			return -1;
		sx_err_clear(err);
	}
	if (xlcfg_parse(sx_str_text(&image.text), image.text.len, paths->conf, &doc, err) ||
	    read_dirs(paths, doc, &out->config_dirs, err) ||
	    read_lock_wait(paths, doc, &out->lock_wait_ms, err) ||
	    read_image_dir(paths, doc, &out->image_dir, err) ||
	    read_verify(paths, doc, &out->verify_full, err))
		return sx_err_hint(err, "correct that line; what it may say: man safexl.conf");
	if (!out->config_dirs.len)
		sx_words_add(&out->config_dirs, paths->etc);
	return 0;
}

void flow_settings_dispose(struct flow_settings *s)
{
	sx_words_dispose(&s->config_dirs);
	free(s->image_dir);
	s->image_dir = NULL;
}

char *flow_time_text(time_t t)
{
	char text[40];
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %z", &tm);
	return sx_strdup(text);
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
