/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is taken for the caller, and what of the environment counts then. */
#include "../../cmd/caller.h"
#include "tap.h"

#include "base/str.h"

#include <stdlib.h>
#include <sys/wait.h>

static void forget_all(void)
{
	unsetenv("SUDO_UID");
	unsetenv("PKEXEC_UID");
	unsetenv("DOAS_USER");
}

static void test_other(struct tap *t)
{
	SX_FREE char *self = sx_format("%u", (unsigned)geteuid());
	SX_FREE char *next = sx_format("%u", (unsigned)geteuid() + 1);
	static const char *const odd[] = { "",	  "-1",		"+0",  " 0",
					   "0x0", "root",	"1 ",  "4294967295",
					   "1e3", "4294967296", "00a", "99999999999999999999" };
	size_t refused = 0;

	forget_all();
	tap_ok(t, !caller_is_other(), "nobody has lent us rights");
	setenv("SUDO_UID", "0", 1);
	tap_ok(t, !caller_is_other(), "sudo by root");
	setenv("SUDO_UID", self, 1);
	tap_ok(t, !caller_is_other(), "sudo to oneself");
	setenv("SUDO_UID", next, 1);
	tap_ok(t, caller_is_other(), "sudo by another user");
	for (size_t i = 0; i < SX_COUNT(odd); i++) {
		setenv("SUDO_UID", odd[i], 1);
		refused += caller_is_other();
	}
	tap_is_num(t, (long)refused, SX_COUNT(odd), "what is no uid is another user's");
	setenv("PKEXEC_UID", "0", 1);
	tap_ok(t, caller_is_other(), "also when a second one says root");
	forget_all();
	setenv("PKEXEC_UID", next, 1);
	tap_ok(t, caller_is_other(), "pkexec");
	forget_all();
	setenv("DOAS_USER", geteuid() == 1 ? "nobody" : "daemon", 1);
	tap_ok(t, caller_is_other(), "doas");
	setenv("DOAS_USER", "root", 1);
	tap_ok(t, !caller_is_other(), "doas by root");
	setenv("DOAS_USER", "no such user", 1);
	tap_ok(t, caller_is_other(), "doas by a user that is not known");
	forget_all();
}

static void set_ours(void)
{
	setenv("SAFEXL_CORE", "/c", 1);
	setenv("SAFEXL_XL", "/x", 1);
	setenv("SAFEXL_ROOT", "/r", 1);
}

static bool has_ours(void)
{
	return getenv("SAFEXL_CORE") && getenv("SAFEXL_XL") && getenv("SAFEXL_ROOT");
}

static bool has_any(void)
{
	return getenv("SAFEXL_CORE") || getenv("SAFEXL_XL") || getenv("SAFEXL_ROOT");
}

static void test_environment(struct tap *t)
{
	SX_FREE char *next = sx_format("%u", (unsigned)geteuid() + 1);

	set_ours();
	caller_clean_environment();
	tap_ok(t, has_ours(), "our own environment counts");
	setenv("SUDO_UID", next, 1);
	caller_clean_environment();
	tap_ok(t, !has_any(), "another's does not");
	forget_all();
}

/* In a child: 0 when it has become that uid with that home, and not more. */
static int become(const char *uid, uid_t want)
{
	uid_t real, effective, saved;

	setenv("SUDO_UID", uid, 1);
	if (caller_become())
		return 1;
	if (getresuid(&real, &effective, &saved) || real != want || effective != want ||
	    saved != want)
		return 2;
	return getgid() == 0 || getegid() == 0 || setuid(0) == 0 ? 3 : 0;
}

static int become_apart(const char *uid, uid_t want)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(become(uid, want));
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_become(struct tap *t)
{
	tap_is_num(t, caller_become(), 0, "without lent rights nothing is given up");
	if (geteuid()) {
		tap_is_num(t, become_apart("0", geteuid()), 0, "nor by root's caller");
		tap_is_num(t, become_apart("1", 1), 1, "who cannot become another does not");
		return;
	}
	tap_is_num(t, become_apart("1", 1), 0, "root becomes the person for good");
	tap_is_num(t, become_apart("4000000000", 0), 1, "a user that is not known: nothing");
	tap_is_num(t, become_apart("rubbish", 0), 1, "nor what is none");
}

int main(void)
{
	struct tap t = { 0 };

	test_other(&t);
	test_environment(&t);
	test_become(&t);
	return tap_end(&t);
}
