/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chooses the editor and the rights it runs with: see editor.h. */
#include "editor.h"
#include "caller.h"

#include "base/path.h"
#include "host/file.h"
#include "host/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* sudoedit's place for copies; the most that safexl reads back. */
#define LENT_TEMPLATE "/var/tmp/safexl-XXXXXX-%s"
#define LARGEST_TEXT ((size_t)16 * 1024 * 1024)

static bool in_path(const char *name)
{
	const char *path = getenv("PATH");
	SX_FREE char *copy = sx_strdup(path ? path : "/usr/bin:/bin");
	char *rest = copy, *dir;

	while ((dir = strsep(&rest, ":"))) {
		SX_FREE char *file = sx_path_join(dir, name);

		if (*dir && access(file, X_OK) == 0)
			return true;
	}
	return false;
}

/* The order of visudo(8) and git. *name: the variable that decides. */
static const char *editor_command(const char **name)
{
	static const char *const names[] = { "SUDO_EDITOR", "VISUAL", "EDITOR" };

	for (size_t i = 0; i < SX_COUNT(names); i++) {
		const char *command = getenv(names[i]);

		*name = names[i];
		if (command && *command)
			return command;
	}
	return in_path("editor") ? "editor" : "vi";
}

static int run(char *path, struct sx_err *err)
{
	const char *name, *command = editor_command(&name);
	SX_FREE char *script = sx_format("%s \"$@\"", command);
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, script, (char[]){ "sh" }, path, NULL };
	int status;

	if (proc_run_as(caller_become, "/bin/sh", argv, &status, err))
		return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status))
		return sx_err_set(err, SX_EFAIL, "the editor (%s) was ended by signal %d", command,
				  WTERMSIG(status));
	sx_err_set(err, SX_EFAIL, "the editor (%s) failed with status %d", command,
		   WEXITSTATUS(status));
	if (WEXITSTATUS(status) == 127)
		return sx_err_hint(err, "name one that is there: export %s=nano", name);
	return -1;
}

/* ---- a copy that the caller owns ---- */

static int lend(const char *copy, char **lent_out, struct sx_err *err)
{
	SX_FREE char *base = sx_path_base(copy);
	SX_FREE char *lent = sx_format(LENT_TEMPLATE, base);
	SX_CLOSE int fd = -1;
	FILE_IMAGE image = { 0 };
	uid_t uid;
	gid_t gid;

	if (file_read(copy, &image, err))
		return -1;
	if (!caller_ids(&uid, &gid))
		return sx_err_set(err, SX_EFAIL, "safexl cannot tell which user called it");
	fd = mkostemps(lent, (int)strlen(base) + 1, O_CLOEXEC);
	if (fd < 0)
		return sx_err_sys(err, SX_ECANTWRITE, "copy for the editor: %s", lent);
	*lent_out = sx_steal(&lent);
	if (write(fd, sx_str_text(&image.text), image.text.len) != (ssize_t)image.text.len ||
	    fchown(fd, uid, gid))
		return sx_err_sys(err, SX_ECANTWRITE, "copy for the editor: %s", *lent_out);
	return 0;
}

/* Open the edited copy safely: the caller may have replaced it by a link, a FIFO or a device. */
static int open_lent(const char *lent, struct sx_err *err)
{
	int fd = open(lent, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	uid_t uid;
	gid_t gid;

	if (fd < 0)
		return sx_err_sys(err, SX_EFAIL, "what the editor left: %s", lent);
	if (fstat(fd, &st) || !caller_ids(&uid, &gid) || !S_ISREG(st.st_mode) || st.st_uid != uid ||
	    st.st_nlink != 1 || (size_t)st.st_size > LARGEST_TEXT) {
		close(fd);
		return sx_err_set(err, SX_EFAIL, "what the editor left is not that user's file: %s",
				  lent);
	}
	return fd;
}

static int take_back(const char *lent, const char *copy, struct sx_err *err)
{
	SX_CLOSE int fd = open_lent(lent, err);
	SX_STR text = { 0 };
	char part[16384];
	ssize_t n = 0;

	if (fd < 0)
		return -1;
	while (text.len <= LARGEST_TEXT && (n = read(fd, part, sizeof(part))) > 0)
		sx_str_addn(&text, part, (size_t)n);
	if (n < 0)
		return sx_err_sys(err, SX_EFAIL, "what the editor left: %s", lent);
	return file_write_cache(copy, sx_str_text(&text), text.len, err);
}

int editor_run(const char *copy, struct sx_err *err)
{
	SX_FREE char *lent = NULL;
	SX_ERR second = { 0 };
	int r;

	if (!caller_is_other()) {
		SX_FREE char *path = sx_strdup(copy);

		return run(path, err);
	}
	r = lend(copy, &lent, err);
	if (!r) {
		r = run(lent, err);
		/* Even if the editor failed: keep what was typed. */
		if (take_back(lent, copy, r ? &second : err))
			r = -1;
	}
	if (lent)
		unlink(lent);
	return r;
}
