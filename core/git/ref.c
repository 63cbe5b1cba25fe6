/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The branch's new value and the reflogs, written as git's files backend does. libgit2 would wait
 * for the disk six times in a row; here the value is made durable along with the objects.
 */
#include "base/path.h"
#include "git/private.h"

#include <fcntl.h>

int repo_ref_stage(struct repo *repo, const git_oid *id, struct sx_err *err)
{
	SX_CLOSE int fd =
		openat(repo->scratch.fd, "ref", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	char text[GIT_OID_HEXSZ + 2];

	git_oid_fmt(text, id);
	text[GIT_OID_HEXSZ] = '\n';
	if (fd < 0 || write(fd, text, GIT_OID_HEXSZ + 1) != GIT_OID_HEXSZ + 1)
		return sx_err_sys(err, SX_ECANTWRITE, "write %s/ref", repo->scratch.path);
	return 0;
}

static bool wants_reflog(struct repo *repo)
{
	git_config *config = NULL;
	int value = 1;

	if (git_repository_config(&config, repo->git) == 0)
		(void)git_config_get_bool(&value, config, "core.logallrefupdates");
	git_config_free(config);
	git_error_clear();
	return value != 0;
}

/*
 * Append a line to a reflog. Failures are ignored: the commit is made, and git, too, works without
 * reflogs. Refuses a symbolic link, and a file with a second name.
 */
static void append_reflog(const struct repo_dir *base, const char *ref, const struct sx_str *line)
{
	SX_FREE char *path = sx_format("logs/%s", ref);
	SX_FREE char *up = sx_path_dir(path), *name = sx_path_base(path);
	SX_CLOSE int dir = -1;
	SX_CLOSE int fd = -1;
	SX_ERR ignored = { 0 };
	bool made = false;
	struct stat st;
	ssize_t n;

	if (repo_dir_open(base, up, &made, &dir, &ignored))
		return;
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
		    0666);
	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_nlink != 1)
		return;
	repo_dir_share(base, fd);
	n = write(fd, line->data, line->len);
	(void)n;
}

static int reflog_line(const struct repo_head *head, const git_oid *id, const char *message,
		       struct sx_str *out, struct sx_err *err)
{
	REPO_SIGNATURE *who = NULL;
	char old_hex[GIT_OID_HEXSZ + 1], new_hex[GIT_OID_HEXSZ + 1];
	git_oid zero = { { 0 } };
	int minutes;

	if (repo_signature_own(&who, err))
		return -1;
	minutes = abs(who->when.offset);
	git_oid_tostr(old_hex, sizeof(old_hex), head->born ? &head->commit : &zero);
	git_oid_tostr(new_hex, sizeof(new_hex), id);
	sx_str_addf(out, "%s %s %s <%s> %lld %c%02d%02d\tcommit%s: %.*s\n", old_hex, new_hex,
		    who->name, who->email, (long long)who->when.time,
		    who->when.offset < 0 ? '-' : '+', minutes / 60, minutes % 60,
		    head->born ? "" : " (initial)", (int)strcspn(message, "\n"), message);
	return 0;
}

int repo_ref_publish(struct repo *repo, const struct repo_head *head, const git_oid *id,
		     const char *message, struct sx_err *err)
{
	SX_FREE char *up = sx_path_dir(head->ref), *name = sx_path_base(head->ref);
	SX_CLOSE int dir = -1;
	SX_STR line = { 0 };

	if (reflog_line(head, id, message, &line, err) ||
	    repo_dir_open(&repo->commondir, up, NULL, &dir, err))
		return -1;
	if (renameat(repo->scratch.fd, "ref", dir, name))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s/ref to %s/%s", repo->scratch.path,
				  repo->commondir.path, head->ref);
	if (wants_reflog(repo)) {
		append_reflog(&repo->commondir, head->ref, &line);
		append_reflog(&repo->gitdir, "HEAD", &line);
	}
	return 0;
}
