/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files that must not simply be committed: those that git ignores, those that fewer people may read
 * than the repository, and those whose text git would convert or filter. safexl commits the first
 * two kinds if a person has added them to git, and never a text that git would change.
 */
#include "base/path.h"
#include "git/private.h"
#include "host/alarm.h"

#include <grp.h>

/* A file with git's rules may be a FIFO that somebody made. */
#define WAIT_MS 2000

/* Somebody other than root: the owner of something, a member of its group, or neither. */
struct reader {
	uid_t uid;
	gid_t gid;
};

static bool may_read(const struct stat *st, const struct reader *who)
{
	unsigned want = S_ISDIR(st->st_mode) ? S_IXOTH : S_IROTH;

	if (st->st_uid == who->uid)
		want = S_ISDIR(st->st_mode) ? S_IXUSR : S_IRUSR;
	else if (st->st_gid == who->gid)
		want = S_ISDIR(st->st_mode) ? S_IXGRP : S_IRGRP;
	return st->st_mode & want;
}

/* Can `who` get from the directory that ends at `from` to `path` below it? */
static bool may_reach(const char *path, size_t from, const struct reader *who)
{
	for (const char *end = path + from; *end; end += *end == '/') {
		SX_FREE char *part = NULL;
		struct stat st;

		end += strcspn(end, "/");
		part = sx_strndup(path, (size_t)(end - path));
		if (stat(part, &st) || !may_read(&st, who))
			return false;
	}
	return true;
}

/* The length of the path above the deepest directory that holds both, its slash included. */
static size_t common_length(const char *a, const char *b)
{
	size_t above = 1, common = 1;

	for (size_t i = 1; a[i] && a[i] == b[i]; i++) {
		if (a[i] != '/')
			continue;
		above = common;
		common = i + 1;
	}
	return above;
}

/* The two paths to compare; their first `common` bytes are not checked. */
struct places {
	const char *file, *objects;
	size_t common;
};

/* Can this user or group read the repository, but not the file? */
static bool is_outsider(const struct places *p, uid_t uid, gid_t gid)
{
	const struct reader who = { uid, gid };

	return may_reach(p->objects, p->common, &who) && !may_reach(p->file, p->common, &who);
}

static char *group_name(gid_t gid)
{
	char buffer[4096];
	struct group entry, *found = NULL;

	if (getgrgid_r(gid, &entry, buffer, sizeof(buffer), &found) == 0 && found)
		return sx_format("the group %s", found->gr_name);
	return sx_format("the group %u", (unsigned)gid);
}

/*
 * Who besides root may read the history, but not the file: a heap string; NULL: nobody. `mode` is
 * that of a file that does not exist yet.
 */
static char *find_outsider(const struct repo *repo, const char *path, unsigned mode)
{
	const uid_t no_user = (uid_t)-1;
	const gid_t no_group = (gid_t)-1;
	const unsigned everybody = S_IRGRP | S_IROTH;
	SX_FREE char *objects = sx_path_join(repo->commondir.path, "objects");
	const struct places places = { path, objects, common_length(path, objects) };
	struct stat st;

	if (fstat(repo->commondir.fd, &st) ||
	    (access(path, F_OK) && (mode & everybody) == everybody))
		return NULL;
	if (is_outsider(&places, no_user, no_group))
		return sx_strdup("everybody");
	if (is_outsider(&places, no_user, st.st_gid))
		return group_name(st.st_gid);
	return st.st_uid && is_outsider(&places, st.st_uid, no_group) ? repo_user_name(st.st_uid)
								      : NULL;
}

static int err_ignored(const struct repo *repo, const char *path, struct sx_err *err)
{
	sx_err_set(err, SX_ECONFLICT, "%s is untracked, and git is told to ignore it", path);
	return sx_err_hint(err, "if it is to be in the history: git -C %pQ add -f %pQ",
			   repo->workdir, path);
}

static int err_outsider(const struct repo *repo, const char *path, const char *who,
			struct sx_err *err)
{
	sx_err_set(err, SX_ECONFLICT,
		   "%s may not be read by %s, but the history in %s may: a commit would publish it",
		   path, who, repo->commondir.path);
	return sx_err_hint(err,
			   "keep the history as private: chmod go= %pQ\n"
			   "or if they may read it: git -C %pQ add -f %pQ",
			   repo->commondir.path, repo->workdir, path);
}

/* A private text may be published if a person has added this very text to git. */
static int check_private(struct repo *repo, const char *rel, const char *path, unsigned mode,
			 const struct sx_str *present, struct sx_err *err)
{
	SX_FREE char *outsider = find_outsider(repo, path, mode);
	bool tracked = false, same = false;
	git_oid staged, id;
	int ignored = 0;

	if (git_ignore_path_is_ignored(&ignored, repo->git, rel) < 0)
		return repo_err_git(err, SX_ECONFLICT, "git repository %s: what to ignore",
				    repo->workdir);
	if (!ignored && !outsider)
		return 0;
	if (repo_index_find(repo, rel, &tracked, &staged, err))
		return -1;
	if (ignored && !tracked)
		return err_ignored(repo, path, err);
	if (tracked && repo_hash(repo, rel, sx_str_text(present), present->len, &id, err))
		return -1;
	same = tracked && git_oid_equal(&id, &staged);
	return outsider && !same ? err_outsider(repo, path, outsider, err) : 0;
}

/* The value of an attribute; NULL: unset, or no word. */
static const char *attribute(const struct repo *repo, const char *rel, const char *name)
{
	const char *value = NULL;

	if (git_attr_get(&value, repo->git, GIT_ATTR_CHECK_FILE_THEN_INDEX, rel, name) < 0)
		git_error_clear();
	return git_attr_value(value) == GIT_ATTR_VALUE_STRING ? value : NULL;
}

/* Patterns of gitattributes have special characters: offer the path only if it has none. */
static int err_converted(const struct repo *repo, const char *rel, const char *how,
			 const char *without, struct sx_err *err)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._-";
	SX_FREE char *pattern =
		rel[strspn(rel, plain)] ? sx_strdup("PATTERN") : sx_format("/%s", rel);
	SX_FREE char *file = sx_format("%s/info/attributes", repo->commondir.path);

	sx_err_set(err, SX_ECONFLICT, "git repository %s: git would not keep %s as it is (%s)",
		   repo->workdir, rel, how);
	return sx_err_hint(err, "if the history may hold it as it is: echo '%s %s' >>%pQ", pattern,
			   without, file);
}

/* git's own conversions, as libgit2 does them. */
static int convert(const struct repo *repo, const char *rel, const char *text, size_t len,
		   git_buf *out, struct sx_err *err)
{
	git_filter_list *filters = NULL;
	int r = git_filter_list_load(&filters, repo->git, NULL, rel, GIT_FILTER_TO_ODB,
				     GIT_FILTER_ALLOW_UNSAFE);

	if (r == 0)
		r = git_filter_list_apply_to_buffer(out, filters, text, len);
	git_filter_list_free(filters);
	return r < 0 ? repo_err_git(err, SX_ECONFLICT, "git repository %s: how git would keep %s",
				    repo->workdir, rel)
		     : 0;
}

int repo_check_filter(struct repo *repo, const char *rel, struct sx_err *err)
{
	const char *filter, *encoding;
	SX_FREE char *shown = NULL, *how = NULL;

	if (repo_home_apply(repo, err))
		return -1;
	filter = attribute(repo, rel, "filter");
	encoding = attribute(repo, rel, "working-tree-encoding");
	if (!filter && (!encoding || strcasecmp(encoding, "UTF-8") == 0))
		return 0;
	shown = sx_shown(filter ? filter : encoding);
	how = sx_format(filter ? "filter %s" : "working-tree-encoding %s", shown);
	return err_converted(repo, rel, how, filter ? "-filter" : "-working-tree-encoding", err);
}

int repo_hash(struct repo *repo, const char *rel, const char *text, size_t len, git_oid *out,
	      struct sx_err *err)
{
	git_buf kept = { 0 };
	int result = -1;

	if (repo_check_filter(repo, rel, err) == 0 &&
	    convert(repo, rel, text, len, &kept, err) == 0)
		result = git_odb_hash(out, kept.ptr, kept.size, GIT_OBJECT_BLOB) < 0
				 ? repo_err_git(err, SX_EFAIL, "hash of %s", rel)
				 : 0;
	git_buf_dispose(&kept);
	return result;
}

static int check_text(struct repo *repo, const char *rel, const char *text, size_t len,
		      struct sx_err *err)
{
	git_oid kept, plain;

	if (repo_hash(repo, rel, text, len, &kept, err))
		return -1;
	if (git_odb_hash(&plain, text, len, GIT_OBJECT_BLOB) < 0)
		return repo_err_git(err, SX_EFAIL, "hash of %s", rel);
	return git_oid_equal(&kept, &plain)
		       ? 0
		       : err_converted(repo, rel, "text, eol, ident or core.autocrlf",
				       "-text -ident", err);
}

int repo_admit(struct repo *repo, const char *path, unsigned mode, const struct sx_str *present,
	       const char *next, size_t len, struct sx_err *err)
{
	SX_FREE char *rel = NULL;
	struct sx_alarm clock = { 0 };
	int result;

	if (repo_relative(repo, path, &rel, err))
		return -1;
	if (alarm_start(&clock, WAIT_MS))
		return sx_err_sys(err, SX_EFAIL, "timer");
	result = check_text(repo, rel, sx_str_text(present), present->len, err) ||
				 (next && check_text(repo, rel, next, len, err)) ||
				 check_private(repo, rel, path, mode, present, err)
			 ? -1
			 : 0;
	alarm_stop(&clock);
	if (!alarm_is_over(&clock))
		return result;
	sx_err_set(
		err, SX_ECANTWRITE,
		"git repository %s: the rules for what git ignores and converts take too long to read",
		repo->workdir);
	return sx_err_hint(
		err, "put a plain file in place of the .gitignore or .gitattributes that is a "
		     "FIFO or a device, or of the file that core.excludesFile names");
}

bool repo_ignores(struct repo *repo, const char *path)
{
	SX_FREE char *rel = NULL;
	struct sx_alarm clock = { 0 };
	SX_ERR none = { 0 };
	int ignored = 0;

	if (repo_relative(repo, path, &rel, &none) || alarm_start(&clock, WAIT_MS))
		return false;
	if (repo_home_apply(repo, &none) == 0 &&
	    git_ignore_path_is_ignored(&ignored, repo->git, rel) < 0)
		git_error_clear();
	alarm_stop(&clock);
	return ignored;
}
