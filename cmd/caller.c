/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose rights count: see caller.h. */
#include "caller.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>

/* A decimal number as sudo and pkexec write it. */
static bool parse_uid(const char *text, uid_t *out)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	*out = (uid_t)value;
	return *text >= '0' && *text <= '9' && !*end && !errno && *out == value &&
	       *out != (uid_t)-1;
}

static bool is_set_id(void)
{
	return getuid() != geteuid() || getgid() != getegid();
}

/*
 * The caller that sudo, pkexec or doas names; without a set-user-id bit their variables cannot be
 * forged. False: that user is unknown.
 */
static bool find_caller(uid_t *uid)
{
	const char *sudo = getenv("SUDO_UID"), *pkexec = getenv("PKEXEC_UID");
	const char *doas = getenv("DOAS_USER");
	const struct passwd *pw;

	*uid = getuid();
	/* With a set-user-id bit the caller controls the environment. */
	if (is_set_id() || !(sudo || pkexec || doas))
		return true;
	if (sudo || pkexec)
		return parse_uid(sudo ? sudo : pkexec, uid);
	pw = getpwnam(doas);
	if (pw)
		*uid = pw->pw_uid;
	return pw != NULL;
}

bool caller_is_other(void)
{
	uid_t uid;

	return is_set_id() || !find_caller(&uid) || (uid != 0 && uid != geteuid());
}

void caller_clean_environment(void)
{
	static const char *const ours[] = { "SAFEXL_CORE", "SAFEXL_XL", "SAFEXL_ROOT" };
	bool other = caller_is_other();

	for (size_t i = 0; other && i < SX_COUNT(ours); i++) {
		if (!getenv(ours[i]))
			continue;
		fprintf(stderr,
			"safexl: %s is ignored: safexl was called through sudo or the like\n",
			ours[i]);
		unsetenv(ours[i]);
	}
}

static const struct passwd *caller_entry(void)
{
	uid_t uid;

	return find_caller(&uid) ? getpwuid(uid) : NULL;
}

bool caller_ids(uid_t *uid, gid_t *gid)
{
	const struct passwd *pw = caller_entry();

	if (!pw)
		return false;
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return true;
}

int caller_become(void)
{
	const struct passwd *pw = caller_is_other() ? caller_entry() : NULL;

	if (!pw) {
		errno = EPERM;
		return caller_is_other() ? -1 : 0;
	}
	if ((geteuid() == 0 && initgroups(pw->pw_name, pw->pw_gid)) ||
	    setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
		return -1;
	setenv("HOME", pw->pw_dir, 1);
	setenv("USER", pw->pw_name, 1);
	setenv("LOGNAME", pw->pw_name, 1);
	return 0;
}

bool caller_lacks_root(const char *root)
{
	return geteuid() != 0 && !*root;
}

bool caller_lacks_xen(const char *root)
{
	SX_FREE char *device = sx_format("%s/dev/xen/privcmd", root);

	return geteuid() != 0 && faccessat(AT_FDCWD, device, R_OK | W_OK, AT_EACCESS) &&
	       (errno == EACCES || errno == EPERM);
}

int caller_refuse(const char *command, char *const *typed, struct sx_err *err)
{
	SX_STR words = { 0 };

	sx_str_add_words(&words, typed);
	sx_err_set(err, SX_EFAIL, "%s: this needs root", command);
	return sx_err_hint(err, "sudo safexl %s", sx_str_text(&words));
}
