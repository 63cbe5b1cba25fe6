/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which files in a configuration directory are no configurations, by their names: Xen's own files,
 * and copies made by editors, package managers or people. Resolving a domain, `check`, hints and
 * completion all ask here.
 */
#include "domain/resolve.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Endings of copies, as in "web.old", "web.bak2", "web.dpkg-dist". */
static const char *const copies[] = {
	"bak",	  "backup",  "bck",	 "bkp",	   "old",     "save", "saved", "orig",
	"rej",	  "dist",    "disabled", "sample", "example", "tmp",  "temp",  "new",
	"copy",	  "swp",     "swo",	 "dpkg",   "ucf",     "sxp",  "diff",  "rpmsave",
	"rpmnew", "rpmorig", "pacsave",	 "pacnew", "pacorig",
};

/* "old", "old2", "bak-2024-05-01", "dpkg-dist": such an ending, with no letter right after it. */
static bool names_copy(const char *ending)
{
	for (size_t i = 0; i < SX_COUNT(copies); i++) {
		size_t len = strlen(copies[i]);

		if (strncasecmp(ending, copies[i], len) == 0 &&
		    !isalpha((unsigned char)ending[len]))
			return true;
	}
	return false;
}

/* Does something follow ".cfg", as in "web.cfg.1" or "web.cfg-before-upgrade"? */
static bool goes_on_after_cfg(const char *name)
{
	const char *cfg = strstr(name, ".cfg");

	return cfg && cfg[4] && !isalnum((unsigned char)cfg[4]);
}

/* What follows the last dot, except for numbers: "save.1" in "web.save.1". NULL: no ending. */
static const char *find_ending(const char *name)
{
	const char *end = name + strlen(name);

	while (end > name) {
		const char *dot = memrchr(name, '.', (size_t)(end - name));

		if (!dot || strspn(dot + 1, "0123456789.") != strlen(dot + 1))
			return dot ? dot + 1 : NULL;
		end = dot;
	}
	return NULL;
}

static bool is_copy(const char *name)
{
	const char *ending = find_ending(name);

	if (sx_ends_with(name, ".cfg"))
		return false;
	return sx_ends_with(name, "~") || goes_on_after_cfg(name) || (ending && names_copy(ending));
}

bool index_ignores(const char *name)
{
	static const char *const names[] = { "xl.conf", "oxenstored.conf", "safexl.conf", "cpupool",
					     "README",	"scripts",	   "auto" };

	if (name[0] == '.' || name[0] == '#' || sx_starts_with(name, "xlexample."))
		return true;
	for (size_t i = 0; i < SX_COUNT(names); i++)
		if (sx_streq(name, names[i]))
			return true;
	return is_copy(name);
}
