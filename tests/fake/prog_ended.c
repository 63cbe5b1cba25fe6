/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run a program and tell how it ended, as its parent sees it: "exit N" or "signal N". A shell's $?
 * cannot tell 130 from death by SIGINT. The words go to the file ENDED_OUT, else to stdout.
 */
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *file = getenv("ENDED_OUT");
	FILE *out;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0 && argc > 1) {
		execv(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return EXIT_FAILURE;
	out = file ? fopen(file, "we") : stdout;
	if (!out)
		return EXIT_FAILURE;
	if (WIFSIGNALED(status))
		fprintf(out, "signal %d%s\n", WTERMSIG(status), WCOREDUMP(status) ? " core" : "");
	else
		fprintf(out, "exit %d\n", WEXITSTATUS(status));
	return fflush(out) ? EXIT_FAILURE : EXIT_SUCCESS;
}
