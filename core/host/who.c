/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person at the keyboard: see who.h. Reads passwd and the login uid; knows nothing of git. */
#include "host/who.h"
#include "base/num.h"
#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/utsname.h>

/* What the kernel says when nobody logged in: a service, cron, a container. */
#define LOGIN_UID_UNSET 4294967295u

/* The passwd entry by name (or, when NULL, by uid), its strings kept in *buffer; NULL when none. */
static struct passwd *passwd_find(const char *login, uid_t uid, struct passwd *entry, char **buffer)
{
	struct passwd *found = NULL;
	size_t size = 1024;
	int r;

	do {
		size *= 2;
		*buffer = sx_realloc(*buffer, size);
		r = login ? getpwnam_r(login, entry, *buffer, size, &found)
			  : getpwuid_r(uid, entry, *buffer, size, &found);
	} while (r == ERANGE && size < 1024 * 1024);
	return r ? NULL : found;
}

/* The name out of the gecos field: up to the comma, '&' is the login with a capital. */
static char *gecos_name(const char *gecos, const char *login)
{
	SX_STR name = { 0 };

	for (; *gecos && *gecos != ','; gecos++) {
		if (*gecos != '&') {
			sx_str_addc(&name, *gecos);
		} else if (*login) {
			sx_str_addc(&name, (char)toupper((unsigned char)*login));
			sx_str_add(&name, login + 1);
		}
	}
	return *sx_str_text(&name) ? sx_str_take(&name) : sx_strdup(login);
}

static bool parse_uid(const char *text, uid_t *out)
{
	SX_ERR err = { 0 };
	uint64_t value;

	if (!text || sx_num_parse(text, 0, LOGIN_UID_UNSET - 1, &value, &err))
		return false;
	*out = (uid_t)value;
	return true;
}

static bool login_uid(uid_t *out)
{
	char text[32] = "";
	SX_CLOSE int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return false;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return parse_uid(text, out);
}

static void who_fill(struct who_person *out, const struct passwd *entry)
{
	out->uid = entry->pw_uid;
	out->login = sx_strdup(entry->pw_name);
	out->name = gecos_name(entry->pw_gecos ? entry->pw_gecos : "", entry->pw_name);
	out->home = sx_strdup(entry->pw_dir ? entry->pw_dir : "");
}

void who_find(struct who_person *out)
{
	const char *sudo_user = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	SX_FREE char *buffer = NULL;
	struct passwd entry, *found = NULL;
	struct utsname host;

	*out = (struct who_person){ .uid = getuid() };
	out->host = sx_strdup(uname(&host) == 0 && host.nodename[0] ? host.nodename : "localhost");
	if (sudo_user && *sudo_user)
		found = passwd_find(sudo_user, 0, &entry, &buffer);
	if (!found) {
		if (!(sudo_user && *sudo_user && parse_uid(getenv("SUDO_UID"), &out->uid)))
			(void)login_uid(&out->uid);
		found = passwd_find(NULL, out->uid, &entry, &buffer);
	}
	if (found) {
		who_fill(out, found);
		return;
	}
	out->login = sudo_user && *sudo_user ? sx_shown(sudo_user)
					     : sx_format("uid%u", (unsigned)out->uid);
	out->name = sx_strdup(out->login);
	out->home = sx_strdup("");
}

void who_dispose(struct who_person *p)
{
	free(p->login);
	free(p->name);
	free(p->home);
	free(p->host);
	*p = (struct who_person){ 0 };
}
