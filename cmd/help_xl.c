/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs `xl help COMMAND`, whose output the help includes. xl needs Xen for it; the help does
 * without if xl fails or prints nothing.
 */
#include <safexl/command.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

#define TEXT_MAX_BYTES 65536

/* In the child: keep only its standard output. */
static void become_xl(const char *xl, const char *command, int out)
{
	SX_FREE char *path = sx_strdup(xl), *word = sx_strdup(command);
	char help[] = "help";
	char *argv[] = { path, help, word, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0 &&
	    dup2(out, STDOUT_FILENO) >= 0)
		execv(path, argv);
	_exit(127);
}

static void read_all(int fd, struct sx_str *text)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0 && text->len < TEXT_MAX_BYTES)
			sx_str_addn(text, buf, (size_t)n);
}

/* Without blank lines around it; NULL if empty. Heap string. */
static char *trimmed(const struct sx_str *text)
{
	const char *start = text->data;
	size_t len = text->len;

	while (len && strchr("\n ", start[len - 1]))
		len--;
	while (len && *start == '\n') {
		start++;
		len--;
	}
	return len ? sx_strndup(start, len) : NULL;
}

char *sx_help_of_xl(const char *xl, const char *command)
{
	SX_STR text = { 0 };
	int fds[2], status = -1;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return NULL;
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		become_xl(xl, command, fds[1]);
	close(fds[1]);
	if (pid > 0) {
		read_all(fds[0], &text);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(fds[0]);
	return status == 0 ? trimmed(&text) : NULL;
}
