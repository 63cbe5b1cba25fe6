/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest's name in place of a file: see named.h. */
#include "guard/named.h"
#include "guard/lifecycle.h"
#include "guard/saved.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* Does xl get the word as it is: a path, an option, a file here? A directory is no file. */
static bool is_path(const char *word)
{
	struct stat st;

	if (!*word || word[0] == '-' || strchr(word, '/'))
		return true;
	return stat(word, &st) == 0 ? !S_ISDIR(st.st_mode) : errno != ENOENT;
}

/* A configuration of that file name whose domain is called otherwise; NULL: none. Heap string. */
static char *file_called(const struct flow_env *env, const char *word)
{
	SX_CLEANUP(index_dispose) struct index_entries all = { 0 };
	const struct index_entry *e;
	SX_ERR ignored = { 0 };

	if (index_scan(env, &all, &ignored))
		return NULL;
	e = index_called(&all, word);
	return e ? sx_strdup(e->path) : NULL;
}

static int refuse_config(const struct flow_env *env, const char *word, struct sx_err *err)
{
	SX_FREE char *why = sx_strdup(err->msg);
	SX_FREE char *file = NULL;

	if (err->code == SX_EAMBIGUOUS)
		return sx_err_hint(err, "name the one that is meant by its path\n%s", err->hint);
	if (err->code != SX_ENOCONFIG)
		return -1;
	file = file_called(env, word);
	sx_err_set(err, SX_ENOCONFIG, "'%s' is no file here, and %s", word, why);
	if (!file)
		return sx_err_hint(err, "a file elsewhere is named by its path, with a '/'");
	return sx_err_hint(err, "there is %s: name it by its path", file);
}

int named_config(const struct flow_env *env, const char *word, char **path, struct sx_err *err)
{
	RESOLVED found = { 0 };
	int r;

	*path = NULL;
	if (is_path(word))
		return 0;
	r = resolve_domain(env, word, "", &found, err);
	if (r == 0) {
		*path = sx_steal(&found.path);
	} else if (err->code == SX_ENOCONFIG && !*env->cwd) {
		/* The current directory is gone: opening the relative path reports that. */
		sx_err_clear(err);
		r = 0;
	}
	return r ? refuse_config(env, word, err) : 0;
}

/* The guest's image in this state, borrowed; NULL: none. Several: SX_EAMBIGUOUS. */
static int image_of(const struct markers *all, const char *name, enum marker_state state,
		    const char **image, struct sx_err *err)
{
	SX_STR list = { 0 };
	size_t count = 0;

	*image = NULL;
	sx_each_of(const struct marker, m, all) {
		if (m->state != state || !sx_streq(m->name, name))
			continue;
		*image = m->image;
		sx_str_addf(&list, "%s%s (%s)", count++ ? ", " : "", m->image, m->saved_at);
	}
	if (count < 2)
		return 0;
	sx_err_set(err, SX_EAMBIGUOUS, "%zu images hold '%s': %s", count, name, sx_str_text(&list));
	return sx_err_hint(err, "name the one that is meant by its path\nwhat can be done with "
				"them: safexl images");
}

int named_saved(const struct markers *all, const char *name, char **image, struct sx_err *err)
{
	const char *found;

	*image = NULL;
	if (image_of(all, name, MARKER_SAVED, &found, err))
		return -1;
	*image = found ? sx_strdup(found) : NULL;
	return 0;
}

static int refuse_image(const struct flow_env *env, const char *word, struct sx_err *err)
{
	RESOLVED found = { 0 };
	SX_ERR none = { 0 };

	if (saved_domain_runs(word, "")) {
		sx_err_set(err, SX_ENODOMAIN, "'%s' is not saved: it runs", word);
		return sx_err_hint(err, "for its state: safexl where %pQ", word);
	}
	if (resolve_domain(env, word, "", &found, &none) == 0) {
		sx_err_set(err, SX_ENODOMAIN, "'%s' is not saved", word);
		sx_err_hint(err, "to start it from its configuration: safexl create %pQ", word);
	} else {
		sx_err_set(err, SX_ENODOMAIN,
			   "'%s' is no file here, and no guest of that name is saved", word);
		sx_err_hint(err, "the saved guests: safexl images");
	}
	/* A marker may know it on another host. */
	return saved_tell_absent(env, word, err);
}

static int named_image(const struct flow_env *env, const char *word, char **path,
		       struct sx_err *err)
{
	static const enum marker_state states[] = { MARKER_SAVED, MARKER_CHECKPOINT };
	MARKERS all = { 0 };
	const char *image = NULL;

	*path = NULL;
	if (is_path(word))
		return 0;
	/* Settled, so that an interrupted save that is finished now counts too. */
	if (markers_load_settled(env, &all, err))
		return -1;
	for (size_t i = 0; !image && i < SX_COUNT(states); i++)
		if (image_of(&all, word, states[i], &image, err))
			return -1;
	if (!image)
		return refuse_image(env, word, err);
	*path = sx_strdup(image);
	return 0;
}

static void tell_taken(const struct flow_env *env, const char *word, const char *path)
{
	flow_notice(env, "'%s' is no file here: taken for the guest: %s", word, path);
}

/* The words, with the end of one (as in "-fg1") replaced; `path` NULL: unchanged. */
static void replace(const struct flow_env *env, char *const *words, const char *name,
		    const char *path, struct sx_words *out)
{
	for (size_t i = 0; words[i]; i++) {
		size_t len = strlen(words[i]);

		if (path && name >= words[i] && name < words[i] + len)
			sx_words_give(out,
				      sx_format("%.*s%s", (int)(name - words[i]), words[i], path));
		else
			sx_words_add(out, words[i]);
	}
	if (path)
		tell_taken(env, name, path);
}

/* *path: what the word was taken for, else the word itself. */
static void take(const struct flow_env *env, const char *word, char **path)
{
	if (*path)
		tell_taken(env, word, *path);
	else
		*path = sx_strdup(word);
}

/* The configuration in create's arguments; NULL: none. Borrowed. */
static const char *create_config(char *const *words)
{
	SX_CLEANUP(create_words_dispose) struct create_words split = { 0 };

	create_words_split(words, &split);
	return split.valid ? split.config : NULL;
}

/* NULL also if save will refuse the image's place: the arguments may be in restore's order. */
static const char *save_config(char *const *words)
{
	struct saved_words split = { 0 };
	SX_FREE char *reason = NULL;

	save_words_split(words, &split);
	reason = split.image ? saved_place_reason(split.image) : NULL;
	return split.valid && !reason ? split.config : NULL;
}

static const char *config_among(const char *command, char *const *words)
{
	if (sx_streq(command, "create"))
		return create_config(words);
	/* After the domain, the arguments are those of create. */
	if (sx_streq(command, "config-update"))
		return words[1] ? create_config(words + 1) : NULL;
	if (sx_streq(command, "save"))
		return save_config(words);
	return sx_streq(command, "migrate") ? migrate_config(words) : NULL;
}

static int named_restore(const struct flow_env *env, char *const *words, struct sx_words *out,
			 struct sx_err *err)
{
	SX_FREE char *image = NULL, *config = NULL;
	SX_WORDS first = { 0 };
	struct saved_words split = { 0 }, then = { 0 };

	restore_words_split(words, &split);
	if (split.valid && named_image(env, split.image, &image, err))
		return -1;
	replace(env, words, split.image, image, &first);
	restore_words_split(sx_words_argv(&first), &then);
	if (then.valid && then.config && named_config(env, then.config, &config, err))
		return -1;
	replace(env, sx_words_argv(&first), then.config, config, out);
	return 0;
}

int named_words(const struct flow_env *env, const char *command, char *const *words,
		struct sx_words *out, struct sx_err *err)
{
	SX_FREE char *path = NULL;
	const char *config;

	if (sx_streq(command, "restore"))
		return named_restore(env, words, out, err);
	config = config_among(command, words);
	if (config && named_config(env, config, &path, err))
		return -1;
	replace(env, words, config, path, out);
	return 0;
}

int named_file(const struct flow_env *env, const char *word, char **path, struct sx_err *err)
{
	if (named_config(env, word, path, err))
		return -1;
	take(env, word, path);
	return 0;
}

int named_adopted(const struct flow_env *env, const char *word, char **path, struct sx_err *err)
{
	if (named_image(env, word, path, err)) {
		if (err->code != SX_ENODOMAIN)
			return -1;
		sx_err_set(err, SX_ENODOMAIN,
			   "'%s' is no file here, and safexl knows no saved image of a guest of "
			   "that name",
			   word);
		return sx_err_hint(err,
				   "an image is named by its path, as in: safexl adopt "
				   "/var/lib/xen/save/%pQ",
				   word);
	}
	take(env, word, path);
	return 0;
}
