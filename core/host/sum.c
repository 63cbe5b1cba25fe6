/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 by sha256sum(1), which uses the processor's instructions for it, in parallel: see sum.h.
 * A socket leads to it, not a pipe: a write after its end raises no signal (MSG_NOSIGNAL).
 */
#include "host/sum.h"
#include "base/str.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

static const char program[] = "/usr/bin/sha256sum";

struct sum {
	int fd;
	pid_t pid;
};

static int spawn(struct sum *sum, int end)
{
	char *const argv[] = { (char[]){ "sha256sum" }, NULL };
	char *const environment[] = { NULL };
	posix_spawn_file_actions_t actions;
	int r;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
	r = posix_spawn(&sum->pid, program, &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	errno = r;
	return r ? -1 : 0;
}

int sum_begin(struct sum **out, struct sx_err *err)
{
	struct sum *sum;
	int ends[2], r;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return sx_err_sys(err, SX_EFAIL, "reach sha256sum");
	sum = sx_alloc(sizeof(*sum));
	sum->fd = ends[0];
	r = spawn(sum, ends[1]);
	close(ends[1]);
	if (r) {
		sx_err_sys(err, SX_EFAIL, "start %s", program);
		close(sum->fd);
		free(sum);
		return sx_err_hint(err, "it is in Debian's package coreutils: apt-get install "
					"coreutils");
	}
	*out = sum;
	return 0;
}

int sum_add(struct sum *sum, const char *bytes, size_t len, struct sx_err *err)
{
	while (len) {
		ssize_t n = send(sum->fd, bytes, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return sx_err_sys(err, SX_EFAIL, "write to sha256sum");
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* sha256sum prints the digits, and "-" for its standard input. */
int sum_end(struct sum *sum, char digits[SUM_DIGITS + 1], struct sx_err *err)
{
	size_t got = 0;

	shutdown(sum->fd, SHUT_WR);
	while (got < SUM_DIGITS) {
		ssize_t n = read(sum->fd, digits + got, SUM_DIGITS - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += (size_t)n;
	}
	digits[got] = '\0';
	if (got == SUM_DIGITS && strspn(digits, "0123456789abcdef") == got)
		return 0;
	return sx_err_set(err, SX_EFAIL, "sha256sum did not say what the sum is");
}

void sum_free(struct sum *sum)
{
	if (!sum)
		return;
	close(sum->fd);
	while (waitpid(sum->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(sum);
}
