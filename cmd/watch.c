/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Last line of defence against libraries that end the process, see watch.h. Below main, safexl
 * never calls exit(3), so an exit during a command comes from a library. It cannot be prevented,
 * but it is reported, its status is not taken for the command's, and the message names the file at
 * fault if one can be found. Nothing is lost: before the journal is written nothing is changed, and
 * afterwards `safexl recover` follows it.
 */
#include "watch.h"
#include "outcome.h"

#include "check/inspect.h"

#include <signal.h>

struct watch {
	const struct sx_invocation *inv;
	const struct flow_env *env; /* NULL: no command is running */
	pid_t pid; /* ours: an exiting child is not reported */
};

static void tell_exit(int status, void *arg)
{
	struct watch *w = arg;
	struct inspect_options options = { .paths = (char *[]){ NULL }, .text_only = true };
	const struct flow_env *env = w->env;
	SX_WORDS deadly = { 0 };
	SX_ERR err = { 0 }, ignored = { 0 };
	int result;

	if (!env || w->pid != getpid())
		return;
	w->env = NULL;
	sx_err_set(&err, SX_EPARTIAL, "%s: a library of xl ended it (exit status %d)", env->command,
		   status);
	if (inspect_tried(env, &options, NULL, NULL, &deadly, &result, &ignored))
		sx_err_clear(&ignored);
	for (size_t i = 0; i < deadly.len; i++)
		sx_err_wrap(&err, "%s", deadly.items[i]);
	sx_err_hint(&err, "which file it cannot read: safexl check\n"
			  "to finish or withdraw what was begun: safexl recover\n"
			  "to go on with a text that was being edited: safexl edit --list");
	sx_err_print(&err);
	outcome_end(w->inv->outcome, w->inv, &err);
	fflush(stdout);
	_exit(sx_err_status(&err));
}

/* The library may have aborted over a corrupt heap: only write(2) is safe. */
static void tell_abort(int sig SX_UNUSED)
{
	static const char text[] =
		"safexl: a library of xl aborted it\n"
		"hint: which file it cannot read: safexl check\n"
		"hint: to finish or withdraw what was begun: safexl recover\n"
		"hint: to go on with a text that was being edited: safexl edit --list\n";
	ssize_t r = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)r;
}

struct watch *watch_begin(const struct sx_invocation *inv, const struct flow_env *env)
{
	struct sigaction tell = { .sa_handler = tell_abort, .sa_flags = (int)SA_RESETHAND };
	struct watch *w = sx_alloc(sizeof(*w));

	w->inv = inv;
	w->env = env;
	w->pid = getpid();
	sigaction(SIGABRT, &tell, NULL);
	/* A handler of on_exit cannot be removed: never free the watch. */
	if (on_exit(tell_exit, w)) {
		free(w);
		return NULL;
	}
	return w;
}

void watch_end(struct watch *w)
{
	if (w)
		w->env = NULL;
}
