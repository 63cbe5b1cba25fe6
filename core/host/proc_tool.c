/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running a system tool and reading what it prints: see proc.h. */
#include "base/vec.h"
#include "host/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* A tool prints a few lines, or a document about a thousand things. */
enum { most_bytes = 16 << 20 };

/* Our environment, but with messages that do not depend on the user's language. */
static void add_environment(struct sx_words *out)
{
	/* If a name occurs twice, the first one counts. */
	sx_words_add(out, "LC_ALL=C");
	sx_words_add(out, "LVM_SUPPRESS_FD_WARNINGS=1");
	sx_words_add_all(out, environ);
}

static int start(const char *path, char *const argv[], int out, int said, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	SX_WORDS environment = { 0 };
	int failure = posix_spawn_file_actions_init(&actions);

	if (failure)
		return failure;
	add_environment(&environment);
	failure =
		posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!failure)
		failure = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!failure)
		failure = posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
	if (!failure)
		failure = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	if (!failure)
		failure = posix_spawn(pid, path, &actions, NULL, argv, sx_words_argv(&environment));
	posix_spawn_file_actions_destroy(&actions);
	return failure;
}

/* With SIGCHLD ignored, the kernel would discard the child's status. */
static int run(const char *path, char *const argv[], int out, int said, int *status)
{
	struct sigaction wait_for = { .sa_handler = SIG_DFL }, was;
	int failure;
	pid_t pid = 0;

	sigaction(SIGCHLD, &wait_for, &was);
	failure = start(path, argv, out, said, &pid);
	while (!failure && waitpid(pid, status, 0) < 0)
		if (errno != EINTR)
			failure = errno;
	sigaction(SIGCHLD, &was, NULL);
	return failure;
}

static int collect(int fd, struct sx_str *out)
{
	char part[4096];
	ssize_t n;

	for (off_t at = 0; (n = pread(fd, part, sizeof(part), at)) > 0; at += n) {
		if (at > most_bytes)
			return -1;
		sx_str_addn(out, part, (size_t)n);
	}
	return n ? -1 : 0;
}

int proc_tool(const char *path, char *const argv[], struct sx_str *out, struct sx_str *said,
	      int *status, struct sx_err *err)
{
	SX_CLOSE int out_fd = memfd_create("out", MFD_CLOEXEC);
	SX_CLOSE int said_fd = memfd_create("said", MFD_CLOEXEC);

	if (out_fd < 0 || said_fd < 0)
		return sx_err_sys(err, SX_EFAIL, "memory for what %s says", path);
	errno = run(path, argv, out_fd, said_fd, status);
	if (errno)
		return sx_err_sys(err, SX_EFAIL, "run %s", path);
	if (collect(out_fd, out) || collect(said_fd, said))
		return sx_err_set(err, SX_EFAIL, "%s says more than can be read", path);
	return 0;
}
