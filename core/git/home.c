/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What git's configuration in somebody's home says. It may be a FIFO, link to what only root may
 * read, grow without end, or include such files. So libgit2 reads it in a child with that person's
 * own rights (proc_ask), or here if it is our own and plain; repo_library_start keeps libgit2 from
 * reading any home by itself.
 */
#include "base/path.h"
#include "git/private.h"
#include "host/file.h"
#include "host/proc.h"

#include <pwd.h>
#include <sys/mman.h>

#define WAIT_MS 1000
#define MAX_BYTES ((size_t)64 * 1024)

#define REPO_HOME SX_CLEANUP(repo_home_dispose) struct repo_home

/* The settings that safexl uses. */
static const char wanted[] = "^(user\\.(name|email)|safe\\.directory|i18n\\.commitencoding|"
			     "core\\.(excludesfile|attributesfile|autocrlf|eol))$";

struct home {
	const char *path;
	uid_t uid;
};

/* Add a file if it exists. Opens nothing but a regular file of the home's owner or of root. */
static int add_file(git_config *config, const struct home *home, const char *name,
		    git_config_level_t level)
{
	SX_FREE char *path = sx_path_join(home->path, name);
	struct stat st;

	if (stat(path, &st) || !S_ISREG(st.st_mode) || (st.st_uid != home->uid && st.st_uid != 0))
		return 0;
	return git_config_add_file_ondisk(config, path, level, NULL, 0);
}

/* Append "KEY VALUE" for each setting, NUL-terminated, as values may hold newlines. */
static void add_settings(git_config *config, struct sx_str *out)
{
	git_config_iterator *all = NULL;
	git_config_entry *entry;

	if (git_config_iterator_glob_new(&all, config, wanted) < 0)
		return;
	while (git_config_next(&entry, all) == 0) {
		if (!entry->value)
			continue;
		sx_str_addf(out, "%s %s", entry->name, entry->value);
		sx_str_addc(out, '\0');
	}
	git_config_iterator_free(all);
}

/* Make "~/" in included paths mean that person's home, not ours. */
#if LIBGIT2_VER_MAJOR > 1 || LIBGIT2_VER_MINOR >= 7
static int set_home(const char *path)
{
	return git_libgit2_opts(GIT_OPT_SET_HOMEDIR, path);
}
#else
static int set_home(const char *path)
{
	return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, path);
}
#endif

static const char global_file[] = ".gitconfig", xdg_file[] = ".config/git/config";

/* A broken file is an answer, too: "problem TEXT". */
static int read_settings(const struct home *home, struct sx_str *out)
{
	git_config *config = NULL;

	if (git_config_new(&config) < 0)
		return -1;
	if (add_file(config, home, xdg_file, GIT_CONFIG_LEVEL_XDG) < 0 ||
	    add_file(config, home, global_file, GIT_CONFIG_LEVEL_GLOBAL) < 0) {
		const git_error *last = git_error_last();

		sx_str_addf(out, "problem %s", last && last->message ? last->message : "unknown");
		sx_str_addc(out, '\0');
	}
	add_settings(config, out);
	git_config_free(config);
	return 0;
}

/* Runs in the child of proc_ask. */
static int tell_settings(int answer, void *arg)
{
	const struct home *home = arg;
	SX_STR out = { 0 };

	if (set_home(home->path) < 0 || read_settings(home, &out))
		return -1;
	return file_write_all(answer, sx_str_text(&out), out.len);
}

/* Is it absent, or small and without an include, which could name anything? */
static bool is_plain(const struct home *home, const char *name)
{
	SX_FREE char *path = sx_path_join(home->path, name);
	FILE_IMAGE image = { 0 };
	SX_ERR err = { 0 };
	const char *text;

	if (file_read(path, &image, &err))
		return err.code == SX_ENOCONFIG;
	text = sx_str_text(&image.text);
	return image.text.len < MAX_BYTES && strlen(text) == image.text.len &&
	       !strcasestr(text, "include");
}

static gid_t group_of(uid_t uid)
{
	const gid_t nobody = 65534;
	char buffer[4096];
	struct passwd entry, *found = NULL;

	return getpwuid_r(uid, &entry, buffer, sizeof(buffer), &found) == 0 && found ? found->pw_gid
										     : nobody;
}

/* A child takes a twelfth of a change's time (measured): use one only if reading could do harm. */
static bool ask_settings(struct home *home, struct sx_str *out)
{
	struct proc_ask ask = { .work = tell_settings,
				.arg = home,
				.uid = home->uid,
				.wait_ms = WAIT_MS,
				.max_bytes = MAX_BYTES };

	if (home->uid == geteuid() && is_plain(home, global_file) && is_plain(home, xdg_file))
		return read_settings(home, out) == 0;
	ask.gid = group_of(home->uid);
	return proc_ask(&ask, out);
}

/*
 * Root's rights are used only for a home that only root can write to. As in git, a later setting
 * overrides an earlier one: git_config_iterator keeps that order.
 */
void repo_home_read(uid_t uid, const char *path, struct repo_home *out)
{
	struct home home = { .path = path, .uid = uid };
	SX_STR answer = { 0 };
	struct stat st;

	*out = (struct repo_home){ .uid = uid, .path = sx_strdup(path) };
	if (path[0] != '/' || stat(path, &st))
		return;
	if (uid == 0)
		home.uid = st.st_uid;
	if (home.uid == 0 && st.st_mode & (S_IWGRP | S_IWOTH))
		return;
	if (!ask_settings(&home, &answer)) {
		sx_words_add(&out->settings, "problem it is too large, or takes too long to read");
		return;
	}
	for (size_t at = 0; at < answer.len; at += strlen(answer.data + at) + 1)
		sx_words_add(&out->settings, answer.data + at);
}

void repo_home_dispose(struct repo_home *home)
{
	free(home->path);
	sx_words_dispose(&home->settings);
}

/* git's rule for safe.directory: the path itself, "*" for all, or a path that ends in "*" for all below it. */
static bool names(const char *value, const char *dir)
{
	size_t len = strlen(value);

	if (sx_streq(value, "*") || sx_streq(value, dir))
		return true;
	return len > 2 && sx_ends_with(value, "/*") && strncmp(value, dir, len - 1) == 0;
}

/* HOME, unless it is another user's, who could then say what we trust. NULL: none to use. */
static const char *own_home(void)
{
	const char *home = getenv("HOME");
	struct stat st;

	return home && stat(home, &st) == 0 && (st.st_uid == geteuid() || st.st_uid == 0) ? home
											  : NULL;
}

bool repo_home_trusts(const char *dir)
{
	const char *home = own_home();
	REPO_HOME own = { 0 };
	bool trusts = false;

	if (!home)
		return false;
	repo_home_read(geteuid(), home, &own);
	for (size_t i = 0; i < own.settings.len; i++) {
		const char *item = own.settings.items[i];

		if (!sx_starts_with(item, "safe.directory "))
			continue;
		item += strlen("safe.directory ");
		/* An empty value cancels those before it. */
		trusts = *item && (trusts || names(item, dir));
	}
	return trusts;
}

static void add_escaped(struct sx_str *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\\"", *text))
			sx_str_addc(out, '\\');
		sx_str_addc(out, *text);
	}
}

/* Append a line of a configuration file, with a leading "~/" replaced by the home. */
static void add_line(struct sx_str *out, const char *key, const char *value, const char *home)
{
	if (strpbrk(value, "\r\n"))
		return;
	sx_str_addf(out, "%s = \"", key);
	if (sx_starts_with(value, "~/")) {
		add_escaped(out, home);
		value++;
	}
	add_escaped(out, value);
	sx_str_add(out, "\"\n");
}

/* The core.* settings of our own home as a configuration file, after git's defaults. */
static void home_settings(const struct repo_home *read, struct sx_str *out)
{
	const char *home = own_home();
	REPO_HOME own = { 0 };

	if (!home)
		return;
	if (!read || read->uid != geteuid() || !sx_streq(read->path, home)) {
		repo_home_read(geteuid(), home, &own);
		read = &own;
	}
	sx_str_add(out, "[core]\n");
	add_line(out, "excludesfile", "~/.config/git/ignore", home);
	add_line(out, "attributesfile", "~/.config/git/attributes", home);
	for (size_t i = 0; i < read->settings.len; i++) {
		const char *item = read->settings.items[i];
		const char *value = strchr(item, ' ');
		SX_FREE char *key = sx_strndup(item, (size_t)(value - item));

		if (sx_starts_with(key, "core."))
			add_line(out, key + strlen("core."), value + 1, home);
	}
}

void repo_use_home(struct repo *repo, const struct repo_home *home)
{
	repo->read = home;
}

int repo_home_apply(struct repo *repo, struct sx_err *err)
{
	SX_FREE char *path = NULL;
	SX_STR text = { 0 };
	git_config *config = NULL;
	int r;

	if (repo->home >= 0)
		return 0;
	home_settings(repo->read, &text);
	repo->home = memfd_create("gitconfig", MFD_CLOEXEC);
	if (repo->home < 0 || file_write_all(repo->home, sx_str_text(&text), text.len))
		return sx_err_sys(err, SX_EFAIL, "a copy of git's settings");
	path = sx_format("/proc/self/fd/%d", repo->home);
	r = git_repository_config(&config, repo->git);
	if (r >= 0)
		r = git_config_add_file_ondisk(config, path, GIT_CONFIG_LEVEL_GLOBAL, repo->git, 0);
	git_config_free(config);
	return r < 0 ? repo_err_git(err, SX_ECANTWRITE, "git's settings for %s", repo->workdir) : 0;
}
