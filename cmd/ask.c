/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ask the person at the terminal: see ask.h. */
#include "ask.h"

#include "base/str.h"

#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

bool ask_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* The next character; EOF at the end, or after one of the signals. */
static int next(int signals)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				{ .fd = signals, .events = POLLIN } };
	struct signalfd_siginfo info;
	unsigned char c;

	while (poll(fds, SX_COUNT(fds), -1) < 0)
		if (errno != EINTR)
			return EOF;
	if (fds[1].revents) {
		/* Consume it, so that it does not end the program after all. */
		(void)!read(signals, &info, sizeof(info));
		return EOF;
	}
	return read(STDIN_FILENO, &c, 1) == 1 ? c : EOF;
}

char *ask_line(const char *question)
{
	SX_STR line = { 0 };
	SX_CLOSE int signals = -1;
	sigset_t ends, before;
	int c;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	signals = signalfd(-1, &ends, SFD_CLOEXEC);
	fflush(stdout);
	fputs(question, stderr);
	while ((c = next(signals)) != EOF && c != '\n')
		sx_str_addc(&line, (char)c);
	if (c == EOF)
		fputc('\n', stderr);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return c == EOF ? NULL : sx_str_take(&line);
}

char ask_letter(const char *question, const char *letters)
{
	SX_FREE char *answer = ask_line(question);

	if (!answer)
		return '\0';
	return *answer ? (char)tolower((unsigned char)*answer) : letters[0];
}
