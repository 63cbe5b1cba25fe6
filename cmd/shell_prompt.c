/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the shell prints about itself: the banner and the prompt. */
#include "shell.h"

#include "change/attention.h"
#include "xen/live.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>

enum { XEN_ANSWERS_WITHIN_MS = 2000 };

/* In the child: write why Xen cannot be used; nothing if it can. */
static SX_NORETURN void ask(int out)
{
	struct live *live;
	SX_ERR err = { 0 };

	if (live_open(&live, &err)) {
		const char *why = err.msg ? err.msg : "";

		_exit(write(out, why, strlen(why)) < 0);
	}
	_exit(EXIT_SUCCESS);
}

/*
 * Why domains cannot be used here, "" if they can. Heap string. A child asks, so that a Xen that
 * hangs does not keep the shell from starting, and libxenlight does not stay in it.
 */
static char *xen_missing(void)
{
	struct pollfd p = { .events = POLLIN };
	char text[512];
	ssize_t n = 0;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return sx_strdup("");
	pid = fork();
	if (pid == 0)
		ask(ends[1]);
	close(ends[1]);
	p.fd = ends[0];
	if (pid > 0 && poll(&p, 1, XEN_ANSWERS_WITHIN_MS) > 0) {
		n = read(ends[0], text, sizeof(text));
	} else if (pid > 0) {
		kill(pid, SIGKILL);
		n = snprintf(text, sizeof(text), "Xen does not answer");
	}
	close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return sx_strndup(text, n > 0 ? (size_t)n : 0);
}

char *shell_banner(const struct shell *sh)
{
	SX_FREE char *why = xen_missing();

	if (!*why)
		return sx_format("safexl on %s: 'help' lists the commands, Ctrl-D leaves",
				 sh->host);
	return sx_format("safexl on %s: %s; what needs no running domain works: help, where, "
			 "changes with --config; Ctrl-D leaves",
			 sh->host, why);
}

/* Notes stand in brackets, separated by commas. */
static void add_note(struct sx_str *s, const char *text)
{
	sx_str_addf(s, "%s%s", s->len ? ", " : "", text);
}

static void note_half_done(struct shell *sh, struct sx_str *notes)
{
	struct sx_paths paths;
	size_t n;

	sx_paths_init(&paths, sh->inv->root);
	n = attention_half_done(&paths);
	sx_paths_dispose(&paths);
	if (n > sh->half_done)
		fprintf(stderr,
			"safexl: %zu change%s half done: 'recover' finishes or withdraws %s\n", n,
			n == 1 ? " is" : "s are", n == 1 ? "it" : "them");
	sh->half_done = n;
	if (n) {
		SX_FREE char *text = sx_format("%zu half done", n);

		add_note(notes, text);
	}
}

char *shell_prompt(struct shell *sh)
{
	const struct sx_options *o = sh->inv->options;
	size_t stopped = shell_jobs_stopped(&sh->jobs);
	SX_STR notes = { 0 };

	if (o->dry_run)
		add_note(&notes, "dry run");
	if (o->live)
		add_note(&notes, "live only");
	if (o->config)
		add_note(&notes, "config only");
	note_half_done(sh, &notes);
	if (stopped) {
		SX_FREE char *text = sx_format("%zu stopped", stopped);

		add_note(&notes, text);
	}
	return notes.len ? sx_format("safexl %s [%s]> ", sh->host, sx_str_text(&notes))
			 : sx_format("safexl %s> ", sh->host);
}
