/* The branch's new value and the reflogs, written as git's files backend does. */
#include "repo_private.h"

#include <safexl/path.h>

#include <errno.h>
#include <fcntl.h>

int repo_ref_stage(struct repo *repo, const git_oid *id, struct sx_err *err)
{
	SX_FREE char *path = repo_scratch_path(repo, "ref");
	SX_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	char text[GIT_OID_HEXSZ + 2];

	git_oid_fmt(text, id);
	text[GIT_OID_HEXSZ] = '\n';
	if (fd < 0 || write(fd, text, GIT_OID_HEXSZ + 1) != GIT_OID_HEXSZ + 1)
		return sx_err_sys(err, SX_ECANTWRITE, "write %s", path);
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
 * One line at the end of a reflog. A failure is not told: the commit is made, and a reflog is a
 * convenience that git too goes without.
 */
static void append_reflog(const char *dir, const char *ref, const struct sx_str *line)
{
	SX_ERR ignored = { 0 };
	SX_FREE char *path = sx_format("%s/logs/%s", dir, ref);
	SX_FREE char *parent = sx_path_dir(path);
	SX_CLOSE int fd = -1;
	ssize_t n;

	if (sx_path_mkdirs(parent, 0777, &ignored))
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	n = write(fd, line->data, line->len);
	(void)n;
}

static int reflog_line(const struct repo_head *head, const git_oid *id, const char *message,
		       struct sx_str *out, struct sx_err *err)
{
	REPO_SIGNATURE *who = NULL;
	char old_hex[GIT_OID_HEXSZ + 1], new_hex[GIT_OID_HEXSZ + 1];
	git_oid zero = { { 0 } };

	if (repo_signature_own(&who, err))
		return -1;
	git_oid_tostr(old_hex, sizeof(old_hex), head->born ? &head->commit : &zero);
	git_oid_tostr(new_hex, sizeof(new_hex), id);
	sx_str_addf(out, "%s %s ", old_hex, new_hex);
	repo_add_signature(out, who);
	sx_str_add(out, head->born ? "\tcommit: " : "\tcommit (initial): ");
	sx_str_addn(out, message, strcspn(message, "\n"));
	sx_str_addc(out, '\n');
	return 0;
}

int repo_ref_publish(struct repo *repo, const struct repo_head *head, const git_oid *id,
		     const char *message, struct sx_err *err)
{
	SX_FREE char *staged = repo_scratch_path(repo, "ref");
	SX_FREE char *path = sx_path_join(repo->commondir, head->ref);
	SX_STR line = { 0 };

	if (reflog_line(head, id, message, &line, err))
		return -1;
	if (rename(staged, path))
		return sx_err_sys(err, SX_ECANTWRITE, "rename %s to %s", staged, path);
	if (wants_reflog(repo)) {
		append_reflog(repo->commondir, head->ref, &line);
		append_reflog(repo->gitdir, "HEAD", &line);
	}
	return 0;
}
