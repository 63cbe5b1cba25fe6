/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose rights count: see caller.h. */
#include "caller.h"

#include <errno.h>
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

/* sudo, pkexec and doas tell, and nobody can forge it; false: it is nobody that is known. */
static bool find_caller(uid_t *uid)
{
	const char *sudo = getenv("SUDO_UID"), *pkexec = getenv("PKEXEC_UID");
	const char *doas = getenv("DOAS_USER");
	const struct passwd *pw;

	*uid = getuid();
	/* With a set-user-id bit the environment is the caller's own work. */
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
