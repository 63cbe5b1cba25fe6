/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A person at a terminal: runs a program under a pseudo-terminal and does step after step.
 *   pty STEP... -- PROGRAM [ARGUMENT...]
 *   send:TEXT    type it; \r \n \t \e \\ and \xNN as in C
 *   expect:TEXT  wait until the text appears, behind what was expected before
 *   never:TEXT   the text has not appeared up to now; written as for send
 *   size:ROWSxCOLUMNS  resize the terminal
 *   eof          wait until the program and all that hold the terminal are gone
 *   file:TEXT    wait until the file PTY_FILE holds the text
 *   job          wait until another than the program (a shell) has the terminal, in its usual mode
 *   hangup       hang up; the last step: the program must end, by SIGHUP
 * Ends with the program's exit status, 128 + signal, or 97 when a step failed: then everything
 * that appeared on the terminal is shown. A step may take PTY_SECONDS (30).
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define STEP_FAILED 97

struct screen {
	int fd;
	pid_t pid;
	char *text; /* all that appeared, NUL bytes as '?' */
	size_t len, seen;
	bool closed;
	long step_ms;
	bool hung_up;
};

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Read what comes within the time; false when nothing came. */
static bool take(struct screen *s, long wait_ms)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	char buf[4096];
	ssize_t n;

	if (s->closed || wait_ms < 0 || poll(&p, 1, (int)wait_ms) <= 0)
		return false;
	n = read(s->fd, buf, sizeof(buf));
	if (n <= 0) {
		s->closed = true;
		return false;
	}
	s->text = realloc(s->text, s->len + (size_t)n + 1);
	if (!s->text)
		abort();
	for (ssize_t i = 0; i < n; i++)
		s->text[s->len++] = buf[i] ? buf[i] : '?';
	s->text[s->len] = '\0';
	return true;
}

static bool expect(struct screen *s, const char *what)
{
	long end = now_ms() + s->step_ms;

	for (;;) {
		char *hit = s->text ? strstr(s->text + s->seen, what) : NULL;

		if (hit) {
			s->seen = (size_t)(hit - s->text) + strlen(what);
			return true;
		}
		if (!take(s, end - now_ms()))
			return false;
	}
}

/* The next character of a text with escapes; *p moves behind it. */
static char take_char(const char **p)
{
	static const char from[] = "rnte\\", to[] = "\r\n\t\033\\";
	char c = *(*p)++;

	if (c == '\\' && **p == 'x') {
		char hex[] = { (*p)[1], (*p)[1] ? (*p)[2] : '\0', '\0' };

		*p += 1 + strlen(hex);
		return (char)strtol(hex, NULL, 16);
	}
	return c == '\\' && **p && strchr(from, **p) ? to[strchr(from, *(*p)++) - from] : c;
}

static bool send_text(struct screen *s, const char *p)
{
	while (*p) {
		char c = take_char(&p);

		if (write(s->fd, &c, 1) != 1)
			return false;
	}
	return true;
}

static bool never(const struct screen *s, const char *p)
{
	char text[256];
	size_t len = 0;

	while (*p && len < sizeof(text) - 1)
		text[len++] = take_char(&p);
	text[len] = '\0';
	return !s->text || !strstr(s->text, text);
}

static bool resize(struct screen *s, const char *text)
{
	struct winsize w = { 0 };

	if (sscanf(text, "%hux%hu", &w.ws_row, &w.ws_col) != 2)
		return false;
	return ioctl(s->fd, TIOCSWINSZ, &w) == 0;
}

static bool wait_closed(struct screen *s)
{
	long end = now_ms() + s->step_ms;

	while (!s->closed && now_ms() < end)
		take(s, end - now_ms());
	return s->closed;
}

static bool file_holds(const char *name, const char *what)
{
	char text[4096];
	FILE *f = fopen(name, "re");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[n] = '\0';
	return strstr(text, what) != NULL;
}

/* What appears on the screen meanwhile is taken, or the program would wait for us. */
static bool wait_file(struct screen *s, const char *what)
{
	const char *name = getenv("PTY_FILE");
	struct pollfd fds[] = { { .fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .events = POLLIN },
				{ .fd = s->fd, .events = POLLIN } };
	long end = now_ms() + s->step_ms, left;
	char events[4096], dir[4096];
	bool there;

	if (!name || !strchr(name, '/') || fds[0].fd < 0)
		return false;
	snprintf(dir, sizeof(dir), "%.*s", (int)(strrchr(name, '/') - name), name);
	inotify_add_watch(fds[0].fd, dir, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
	while (!(there = file_holds(name, what)) && (left = end - now_ms()) > 0) {
		fds[1].fd = s->closed ? -1 : s->fd;
		if (poll(fds, 2, (int)left) > 0) {
			take(s, 0);
			while (read(fds[0].fd, events, sizeof(events)) > 0)
				;
		}
	}
	close(fds[0].fd);
	return there;
}

/*
 * The master side sees the settings of the other one, and who is in the foreground. Nothing tells of a
 * change of these: they are looked at again and again.
 */
static bool wait_job(struct screen *s)
{
	long end = now_ms() + s->step_ms;
	struct termios mode;

	do {
		pid_t group = tcgetpgrp(s->fd);

		if (group > 0 && group != s->pid && tcgetattr(s->fd, &mode) == 0 &&
		    mode.c_lflag & ICANON)
			return true;
		take(s, 5);
	} while (!s->closed && now_ms() < end);
	return false;
}

static bool hang_up(struct screen *s)
{
	close(s->fd);
	s->closed = s->hung_up = true;
	return true;
}

static bool wait_end(struct screen *s, int *status)
{
	struct pollfd ended = { .fd = pidfd_open(s->pid, 0), .events = POLLIN };

	poll(&ended, 1, (int)s->step_ms);
	close(ended.fd);
	return waitpid(s->pid, status, WNOHANG) == s->pid;
}

static bool do_step(struct screen *s, const char *step)
{
	if (strncmp(step, "send:", 5) == 0)
		return send_text(s, step + 5);
	if (strncmp(step, "expect:", 7) == 0)
		return expect(s, step + 7);
	if (strncmp(step, "never:", 6) == 0)
		return never(s, step + 6);
	if (strncmp(step, "size:", 5) == 0)
		return resize(s, step + 5);
	if (strcmp(step, "eof") == 0)
		return wait_closed(s);
	if (strcmp(step, "job") == 0)
		return wait_job(s);
	if (strncmp(step, "file:", 5) == 0)
		return wait_file(s, step + 5);
	return strcmp(step, "hangup") == 0 && hang_up(s);
}

static int failed(struct screen *s, const char *step)
{
	printf("# pty: failed: %s\n", step);
	for (char *line = s->text, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		next = next ? next + 1 : line + strlen(line);
		printf("#   | %.*s\n", (int)strcspn(line, "\r\n"), line);
	}
	kill(s->pid, SIGKILL);
	if (!s->hung_up)
		close(s->fd);
	return STEP_FAILED;
}

int main(int argc, char **argv)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	const char *seconds = getenv("PTY_SECONDS");
	struct screen s = { .step_ms = (seconds ? strtol(seconds, NULL, 10) : 30) * 1000 };
	int program = 1, status;

	while (program < argc && strcmp(argv[program], "--") != 0)
		program++;
	if (program + 1 >= argc)
		return 2;
	s.pid = forkpty(&s.fd, NULL, NULL, &size);
	if (s.pid < 0)
		return 2;
	if (s.pid == 0) {
		execvp(argv[program + 1], argv + program + 1);
		_exit(127);
	}
	for (int i = 1; i < program; i++)
		if (!do_step(&s, argv[i]))
			return failed(&s, argv[i]);
	if (!wait_closed(&s))
		return failed(&s, "the program ends");
	if (!wait_end(&s, &status))
		return failed(&s, "the program ends");
	if (s.hung_up)
		return WIFSIGNALED(status) && WTERMSIG(status) == SIGHUP ? 0 : STEP_FAILED;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
