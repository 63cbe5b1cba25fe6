/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands in xl's place and reports how it was started, or behaves as XL_ECHO says:
 *   argv     (also when unset) each word as LENGTH:BYTES and a newline
 *   fds      open descriptors: number and what /proc says it is
 *   signals  blocked and ignored signals, as in /proc/self/status
 *   exit N   exit with that status
 *   kill N   die of that signal
 *   copy     standard input to standard output, until end of file
 *   catch    print "ready PID", then the name of each signal that comes; end with status 7 at SIGTERM or SIGQUIT
 *   hold     print "ready PID" and wait to be killed, and "continued" for each SIGCONT
 *   stop     stop itself with SIGSTOP, then print "on"
 *   ids      whether it is in its parent's process group, or leads its own as a shell's job
 *            does, and whether that group is the terminal's foreground
 * Reports go to the file XL_ECHO_OUT (appended), else to standard output.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void report_argv(FILE *out, int argc, char **argv)
{
	for (int i = 0; i < argc; i++)
		fprintf(out, "%zu:%s\n", strlen(argv[i]), argv[i]);
}

static void report_fds(FILE *out)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	char target[512];

	while (dir && (e = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), e->d_name, target, sizeof(target) - 1);
		long fd = strtol(e->d_name, NULL, 10);

		if (n >= 0 && fd != dirfd(dir) && (fd != fileno(out) || out == stdout))
			fprintf(out, "%s %.*s\n", e->d_name, (int)n, target);
	}
	if (dir)
		closedir(dir);
}

static void report_signals(FILE *out)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "SigBlk", 6) == 0 || strncmp(line, "SigIgn", 6) == 0)
			fputs(line, out);
	if (f)
		fclose(f);
}

static int copy(void)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, buf, sizeof(buf))) > 0) {
		for (ssize_t done = 0, w; done < n; done += w) {
			w = write(STDOUT_FILENO, buf + done, (size_t)(n - done));
			if (w < 0)
				return EXIT_FAILURE;
		}
	}
	return n < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int catch_signals(FILE *out)
{
	sigset_t all;
	int sig;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	fprintf(out, "ready %d\n", (int)getpid());
	do {
		fflush(out);
		sigwait(&all, &sig);
		fprintf(out, "SIG%s\n", sigabbrev_np(sig));
	} while (sig != SIGTERM && sig != SIGQUIT);
	return 7;
}

static int hold(FILE *out)
{
	sigset_t cont;
	int sig;

	sigemptyset(&cont);
	sigaddset(&cont, SIGCONT);
	sigprocmask(SIG_BLOCK, &cont, NULL);
	fprintf(out, "ready %d\n", (int)getpid());
	while (fflush(out) == 0 && sigwait(&cont, &sig) == 0)
		fputs("continued\n", out);
	return EXIT_FAILURE;
}

static void report_ids(FILE *out)
{
	pid_t group = getpgrp();

	fprintf(out, "%s group, %s\n",
		group == getpid() || group == getpgid(getppid()) ? "same" : "other",
		tcgetpgrp(STDIN_FILENO) == group ? "foreground" : "background");
}

static void stop_once(FILE *out)
{
	fprintf(out, "stops %d\n", (int)getpid());
	fflush(out);
	raise(SIGSTOP);
	fputs("on\n", out);
}

/* The sanitizers handle some signals. */
static void die_of(int sig)
{
	signal(sig, SIG_DFL);
	raise(sig);
}

int main(int argc, char **argv)
{
	const char *how = getenv("XL_ECHO"), *file = getenv("XL_ECHO_OUT");
	FILE *out = file ? fopen(file, "ae") : stdout;
	int status = EXIT_SUCCESS;

	if (!out)
		return 99;
	if (!how || strcmp(how, "argv") == 0)
		report_argv(out, argc, argv);
	else if (strcmp(how, "fds") == 0)
		report_fds(out);
	else if (strcmp(how, "signals") == 0)
		report_signals(out);
	else if (strncmp(how, "exit ", 5) == 0)
		status = (int)strtol(how + 5, NULL, 10);
	else if (strncmp(how, "kill ", 5) == 0)
		die_of((int)strtol(how + 5, NULL, 10));
	else if (strcmp(how, "copy") == 0)
		status = copy();
	else if (strcmp(how, "catch") == 0)
		status = catch_signals(out);
	else if (strcmp(how, "hold") == 0)
		status = hold(out);
	else if (strcmp(how, "ids") == 0)
		report_ids(out);
	else if (strcmp(how, "stop") == 0)
		stop_once(out);
	else
		status = 99;
	return fflush(out) ? 98 : status;
}
