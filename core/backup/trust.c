/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who can change a directory of backups? Root removes and reads what is there by name: whoever can
 * replace those files chooses what root removes, and what a guest is restored from.
 */
#include "backup/private.h"

#include <sys/stat.h>

/* Root's uid on NFS, unless the server exports with no_root_squash. */
static const uid_t squashed = 65534;

bool backup_is_dir(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int backup_trust(const char *dir, const char *what, struct sx_err *err)
{
	struct stat st;

	if (lstat(dir, &st))
		return sx_err_sys(err, SX_EFAIL, "%s", dir);
	if (S_ISDIR(st.st_mode) && !(st.st_mode & (S_IWGRP | S_IWOTH)) &&
	    (st.st_uid == 0 || st.st_uid == geteuid() || st.st_uid == squashed))
		return 0;
	if (!S_ISDIR(st.st_mode)) {
		sx_err_set(err, SX_EGUARD, "%s: %s is no directory", what, dir);
		return sx_err_hint(err, "if it is not wanted: rm %pQ", dir);
	}
	sx_err_set(err, SX_EGUARD, "%s: others than root can change what is in %s", what, dir);
	return sx_err_hint(err,
			   "if nobody has changed anything there, let only root write to it: "
			   "chown root: %pQ && chmod go-w %pQ",
			   dir, dir);
}
