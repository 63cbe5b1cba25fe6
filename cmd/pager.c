/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pager and colours: see pager.h. */
#include "pager.h"
#include "caller.h"

#include "base/err.h"
#include "base/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* git's order, but not core.pager: the repository may belong to someone else. */
static const char *pager_command(void)
{
	const char *command = getenv("SAFEXL_PAGER");

	if (!command)
		command = getenv("GIT_PAGER");
	if (!command)
		command = getenv("PAGER");
	if (!command)
		command = "if command -v less >/dev/null; then exec less; else exec cat; fi";
	return *command && strcmp(command, "cat") != 0 ? command : NULL;
}

static SX_NORETURN void run_pager(const char *command, int in)
{
	/* One that is not there has read nothing: the text is shown without it. */
	SX_FREE char *script = sx_format("%s\n[ $? = 127 ] && exec cat", command);

	dup2(in, STDIN_FILENO);
	close(in);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	/* Quit at once if the text fits the screen, show colours, leave the text on the screen. */
	setenv("LESS", "FRX", 0);
	setenv("LV", "-c", 0);
	/* Only show text, start no programs: who may read the history gets no other rights. */
	setenv("LESSSECURE", "1", 1);
	unsetenv("LESSSECURE_ALLOW");
	if (caller_become() == 0)
		execl("/bin/sh", "sh", "-c", script, (char *)NULL);
	execl("/bin/cat", "cat", (char *)NULL);
	_exit(127);
}

static void restore_signals(const struct pager *p)
{
	signal(SIGPIPE, p->old_pipe);
	signal(SIGINT, p->old_interrupt);
}

void pager_start(struct pager *p, bool wanted)
{
	const char *command = pager_command();
	int fds[2];

	*p = (struct pager){ .saved = -1,
			     .colour = terminal_colors(stdout),
			     .width = terminal_width(stdout) };
	fflush(stdout);
	if (!wanted || !command || !isatty(STDOUT_FILENO) || pipe2(fds, O_CLOEXEC))
		return;
	/* Ctrl-C belongs to the pager meanwhile; quitting it early is no failure of ours. */
	p->old_pipe = signal(SIGPIPE, SIG_IGN);
	p->old_interrupt = signal(SIGINT, SIG_IGN);
	p->saved = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	p->pid = p->saved < 0 ? -1 : fork();
	if (p->pid == 0)
		run_pager(command, fds[0]);
	close(fds[0]);
	if (p->pid < 0) {
		p->pid = 0;
		close(fds[1]);
		if (p->saved >= 0)
			close(p->saved);
		restore_signals(p);
		return;
	}
	dup2(fds[1], STDOUT_FILENO);
	close(fds[1]);
}

bool pager_alive(const struct pager *p)
{
	return !p->pid || fflush(stdout) == 0;
}

void pager_end(struct pager *p)
{
	int status;

	if (!p->pid)
		return;
	fflush(stdout);
	clearerr(stdout);
	/* Closes the pipe: the pager sees the end. */
	dup2(p->saved, STDOUT_FILENO);
	close(p->saved);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	restore_signals(p);
	p->pid = 0;
}

void print_text(const char *line, size_t len)
{
	SX_STR s = { 0 };

	while (len) {
		size_t part = strcspn(line, "\t\n");
		SX_FREE char *text = NULL;

		part = part < len ? part : len;
		text = sx_strndup(line, part);
		sx_str_add_shown(&s, text);
		if (part < len) {
			sx_str_addc(&s, '\t');
			part++;
		}
		line += part;
		len -= part;
	}
	fputs(sx_str_text(&s), stdout);
}

void print_diff(const char *diff, bool colour)
{
	while (*diff) {
		size_t len = strcspn(diff, "\n");
		bool head = sx_starts_with(diff, "+++ ") || sx_starts_with(diff, "--- ") ||
			    sx_starts_with(diff, "diff ") || sx_starts_with(diff, "index ");
		const char *on = !colour	? ""
				 : head		? "\033[1m"
				 : *diff == '+' ? "\033[32m"
				 : *diff == '-' ? "\033[31m"
				 : *diff == '@' ? "\033[36m"
						: "";

		fputs(on, stdout);
		print_text(diff, len);
		puts(*on ? "\033[m" : "");
		diff += len + (diff[len] == '\n');
	}
}
