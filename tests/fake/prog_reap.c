/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run a program and wait until it and all that it left behind have ended: whoever looks afterwards
 * finds none of them in /proc. Exits as a shell tells the program's end: 128 + N for signal N.
 */
#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int status = 0, one;
	pid_t pid, ended;

	if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1))
		return 126;
	pid = fork();
	if (pid == 0) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	while ((ended = wait(&one)) > 0 || errno == EINTR)
		if (ended == pid)
			status = one;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
