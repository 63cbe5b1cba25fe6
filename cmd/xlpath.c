/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds the real xl, and becomes it. Runs before every command that is passed through, so it does
 * little: at most two small reads and three checks of files.
 */
#include <safexl/command.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define HYPERVISOR "/sys/hypervisor/version/"
#define DEBIAN_DIR "/usr/lib/xen-"
#define PLAIN_XL "/usr/sbin/xl"

/* Read a decimal number at *p, and move *p past it; -1: none, or too large for a version. */
static int take_number(const char **p)
{
	const char *start = *p;
	int value = 0;

	for (; **p >= '0' && **p <= '9' && value < 10000; (*p)++)
		value = value * 10 + (**p - '0');
	return *p == start || value >= 10000 ? -1 : value;
}

static unsigned make_version(int major, int minor)
{
	return major < 0 || minor < 0 || minor > 99 ? 0 : (unsigned)major * 100 + (unsigned)minor;
}

static int read_number(const char *path)
{
	char text[16];
	const char *p = text;
	ssize_t r;
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	r = read(fd, text, sizeof(text) - 1);
	text[r < 0 ? 0 : r] = '\0';
	return take_number(&p);
}

unsigned sx_xen_version(void)
{
	int major = read_number(HYPERVISOR "major");

	return major < 0 ? 0 : make_version(major, read_number(HYPERVISOR "minor"));
}

/* The version in the name of Debian's directory; 0: none. */
static unsigned path_version(const char *path)
{
	const char *p = path + sizeof(DEBIAN_DIR) - 1;
	int major;

	if (!sx_starts_with(path, DEBIAN_DIR))
		return 0;
	major = take_number(&p);
	if (*p != '.')
		return 0;
	p++;
	return make_version(major, take_number(&p));
}

/* safexl installed under the name xl must not call itself endlessly. */
static int refuse_self(const char *path, struct sx_err *err)
{
	struct stat xl, self;

	if (stat(path, &xl) || stat("/proc/self/exe", &self) || xl.st_dev != self.st_dev ||
	    xl.st_ino != self.st_ino)
		return 0;
	sx_err_set(err, SX_EFAIL, "%s is safexl itself, not xl", path);
	return sx_err_hint(err, "SAFEXL_XL=/usr/lib/xen-VERSION/bin/xl names the real one");
}

static char *choose_path(unsigned running)
{
	const char *named = getenv("SAFEXL_XL");
	SX_FREE char *path = NULL;

	if (named && *named)
		return sx_strdup(named);
	if (running)
		path = sx_format(DEBIAN_DIR "%u.%u/bin/xl", running / 100, running % 100);
	return path && access(path, X_OK) == 0 ? sx_steal(&path) : sx_strdup(PLAIN_XL);
}

int sx_xl_path(char **path_out, unsigned *version_out, struct sx_err *err)
{
	unsigned running = sx_xen_version();
	SX_FREE char *path = choose_path(running);
	unsigned named = path_version(path);

	*version_out = named ? named : running;
	if (path[0] != '/')
		return sx_err_set(err, SX_EFAIL, "SAFEXL_XL: '%s' is not an absolute path", path);
	if (refuse_self(path, err))
		return -1;
	*path_out = sx_steal(&path);
	return 0;
}

int sx_xl_exec(char *const argv[], struct sx_err *err)
{
	execv(argv[0], argv);
	sx_err_sys(err, SX_EFAIL, "cannot run xl: %s", argv[0]);
	return sx_err_hint(err,
			   "Debian's package xen-utils-VERSION has it; SAFEXL_XL names another");
}
