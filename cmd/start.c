/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* start: restores or creates a guest, as its state requires. */
#include "several.h"

#include "host/proc.h"
#include "managed/start.h"
#include "managed/with_host.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

struct start_words {
	struct sx_words names, extras; /* extras: "key=value" */
	bool console, paused, automatic, with_host;
};

static void start_words_dispose(struct start_words *w)
{
	sx_words_dispose(&w->names);
	sx_words_dispose(&w->extras);
}

static int check_words(const struct sx_invocation *inv, const struct start_words *w,
		       struct sx_err *err)
{
	bool all = w->automatic || w->with_host, one = w->names.len == 1 && !all;

	if (w->automatic && w->with_host)
		return sx_err_set(err, SX_EUSAGE, "start: --all-auto is a part of --with-host");
	if (all == (w->names.len > 0))
		return sx_err_set(err, SX_EUSAGE,
				  w->automatic	 ? "start: no domain beside --all-auto"
				  : w->with_host ? "start: no domain beside --with-host"
						 : "start: a domain is needed");
	if (!one && w->extras.len)
		return sx_err_set(err, SX_EUSAGE, "start: '%s' needs exactly one domain before it",
				  w->extras.items[0]);
	if (!one && (w->console || inv->options->discard_marker))
		return sx_err_set(err, SX_EUSAGE, "start: %s needs exactly one domain",
				  w->console ? "-c" : "--discard-marker");
	return 0;
}

static int read_words(const struct sx_invocation *inv, struct start_words *w, struct sx_err *err)
{
	w->console = sx_options_own(inv->options, "c") != NULL;
	w->paused = sx_options_own(inv->options, "p") != NULL;
	w->automatic = sx_options_own(inv->options, "all-auto") != NULL;
	w->with_host = sx_options_own(inv->options, "with-host") != NULL;
	for (int i = 1; i < inv->argc; i++) {
		if (!*inv->argv[i])
			return sx_err_set(err, SX_EUSAGE, "start: an argument is empty");
		sx_words_add(strchr(inv->argv[i], '=') ? &w->extras : &w->names, inv->argv[i]);
	}
	return check_words(inv, w, err);
}

/* Run create or restore as if it had been typed. */
static int run_one(const struct sx_invocation *inv, const struct flow_env *env,
		   const struct start_words *w, struct sx_err *err)
{
	SX_CLEANUP(start_plan_dispose) struct start_plan plan = { 0 };
	struct sx_invocation meant = *inv;
	bool creates;
	SX_WORDS argv = { 0 };

	event_about(env, w->names.items[0]);
	if (start_judge(env, w->names.items[0], &plan, err))
		return -1;
	if (plan.way == START_NOT)
		return EXIT_SUCCESS;
	creates = plan.way == START_CREATE;
	if (!creates && w->extras.len)
		return sx_err_set(
			err, SX_EUSAGE,
			"start: '%s' does not apply: the guest is saved, and safexl restores it "
			"as it was",
			w->extras.items[0]);
	sx_words_add(&argv, creates ? "create" : "restore");
	if (w->paused || plan.paused)
		sx_words_add(&argv, "-p");
	if (w->console)
		sx_words_add(&argv, "-c");
	sx_words_add(&argv, plan.path);
	sx_words_add_all(&argv, w->extras.items);
	meant.command = sx_command_find(argv.items[0], 0, NULL);
	meant.argc = (int)argv.len;
	meant.argv = sx_words_argv(&argv);
	return creates ? cmd_create(&meant, env, err) : cmd_restore(&meant, env, err);
}

/* Each gets a process of its own, as xl replaces the safexl that runs it. */
static int run_child(const struct sx_invocation *inv, const struct flow_env *env,
		     const struct start_words *w, const char *name, int *status, struct sx_err *err)
{
	SX_WORDS argv = { 0 };
	int out, r;

	several_words(inv, env, "start", &argv);
	if (w->paused)
		sx_words_add(&argv, "-p");
	sx_words_add(&argv, name);
	if (several_open(inv, &out, err))
		return -1;
	if (out)
		dup2(out, STDOUT_FILENO);
	r = proc_run("/proc/self/exe", sx_words_argv(&argv), NULL, NULL, status, err);
	if (out)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	if (!r)
		several_close(inv, name, out, *status);
	return r;
}

/* By a signal of those that ask to end: the user's keys, or the end of the session. */
static bool is_asked_to_end(int status)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	return sig == SIGINT || sig == SIGQUIT || sig == SIGTERM || sig == SIGHUP;
}

/*
 * A failure does not stop the others from starting, but who asks to end does. *first: the first
 * wait status that is not 0, or that end.
 */
static int run_each(const struct sx_invocation *inv, const struct flow_env *env,
		    const struct start_words *w, struct sx_words *failed, int *first,
		    struct sx_err *err)
{
	*first = 0;
	for (size_t i = 0; i < w->names.len; i++) {
		int status;

		if (run_child(inv, env, w, w->names.items[i], &status, err))
			return -1;
		*first = *first && !is_asked_to_end(status) ? *first : status;
		if (status)
			sx_words_add(failed, w->names.items[i]);
		if (is_asked_to_end(status))
			break;
	}
	return 0;
}

static int run_several(const struct sx_invocation *inv, const struct flow_env *env,
		       const struct start_words *w, struct sx_err *err)
{
	SX_WORDS failed = { 0 };
	int first;

	if (run_each(inv, env, w, &failed, &first, err))
		return -1;
	return outcome_end_like(inv->outcome, first);
}

/*
 * A guest that does not start is reported, but is no failure: a failed unit would not stop the
 * others when the host goes down.
 */
static int run_with_host(const struct sx_invocation *inv, const struct flow_env *env,
			 struct start_words *w, struct sx_err *err)
{
	SX_WORDS failed = { 0 };
	SX_STR list = { 0 };
	int first;

	if (with_host_alone(env, err) || with_host_starts(env, &w->names, err))
		return -1;
	if (!w->names.len)
		flow_notice(env, "no guest starts with the host");
	if (run_each(inv, env, w, &failed, &first, err))
		return -1;
	if (is_asked_to_end(first))
		proc_exit_like(first);
	for (size_t i = 0; i < failed.len; i++)
		sx_str_addf(&list, "%s%s", i ? ", " : "", failed.items[i]);
	if (failed.len)
		flow_notice(env, "not started with the host, for the reasons above: %s",
			    sx_str_text(&list));
	return EXIT_SUCCESS;
}

int cmd_start(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	SX_CLEANUP(start_words_dispose) struct start_words w = { 0 };

	if (read_words(inv, &w, err))
		return -1;
	if (w.with_host)
		return run_with_host(inv, env, &w, err);
	if (w.automatic && start_automatic(env, &w.names, err))
		return -1;
	return w.names.len == 1 ? run_one(inv, env, &w, err) : run_several(inv, env, &w, err);
}
