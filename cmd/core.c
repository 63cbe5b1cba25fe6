/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stage two: prepares the environment of a command (paths, settings, author, the command line to
 * record) and calls its handler. Prints errors, once.
 */
#include "core.h"
#include "caller.h"
#include "complete_main.h"
#include "misplaced.h"
#include "progress.h"
#include "usage.h"
#include "watch.h"

#include "backup/backup.h"
#include "domain/event.h"
#include "domain/hook.h"
#include "guard/named.h"
#include "host/proc.h"
#include "host/who.h"
#include "managed/deed.h"

#include <errno.h>
#include <string.h>

struct handler {
	const char *command;
	core_handler *run;
};

/* One a line, so that parallel additions merge. */
/* clang-format off */
static const struct handler handlers[] = {
	{ "create", cmd_create },
	{ "save", cmd_save },
	{ "migrate", cmd_migrate },
	{ "migrate-receive", cmd_receive },
	{ "restore", cmd_restore },
	{ "where", cmd_where },
	{ "list", cmd_list_all },
	{ "start", cmd_start },
	{ "stop", cmd_stop },
	{ "define", cmd_define },
	{ "undefine", cmd_undefine },
	{ "autostart", cmd_autostart },
	{ "images", cmd_images },
	{ "snapshot", cmd_snapshot },
	{ "snapshots", cmd_snapshots },
	{ "revert", cmd_revert },
	{ "backup", cmd_backup },
	{ "verify", cmd_verify },
	{ "adopt", cmd_adopt },
	{ "recover", cmd_recover },
	{ "log", cmd_log },
	{ "show", cmd_show },
	{ "blame", cmd_blame },
	{ "edit", cmd_edit },
	{ "undo", cmd_undo },
	{ "diff", cmd_diff },
	{ "record", cmd_take },
	{ "check", cmd_check },
};
/* clang-format on */

/* `arg`: progress to erase first, or NULL. */
static void print_notice(const char *text, void *arg)
{
	if (arg)
		progress_end(arg);
	sx_print(stderr, "safexl: %pS\n", text);
}

/* Replace *value, as git does; ignore a variable that is unset or empty. */
static void take_from_environment(const char *name, char **value)
{
	const char *own = getenv(name);

	if (own && *own)
		sx_set(value, own);
}

/*
 * Find the author of commits: git's variables, the user's git configuration, else the passwd entry
 * and host name. Returns what is wrong with that configuration (heap string), NULL if nothing.
 */
static char *find_author(struct flow_env *env)
{
	struct repo_person *author = &env->author;
	const char *home = getenv("HOME");
	SX_FREE char *problem = NULL;
	WHO_PERSON who = { 0 };

	who_find(&who);
	/* Without sudo, trust HOME as git does. */
	if (!home || !*home || who.uid != getuid())
		home = who.home;
	repo_home_read(who.uid, home, &env->home);
	problem = repo_person_config(&env->home, author);
	/* People who share root's login set these; with lent rights sudo says who it is. */
	if (!caller_is_other()) {
		take_from_environment("GIT_AUTHOR_NAME", &author->name);
		take_from_environment("GIT_AUTHOR_EMAIL", &author->email);
	}
	if (!author->name)
		author->name = sx_strdup(who.name);
	if (!author->email)
		author->email = sx_format("%s@%s", who.login, who.host);
	return problem ? sx_format("git's configuration in %s: %s: the author is %s <%s>", home,
				   problem, author->name, author->email)
		       : NULL;
}

static void add_given(struct sx_str *s, const struct sx_given *g)
{
	if (g->name)
		sx_str_addf(s, " --%s", g->name);
	else
		sx_str_addf(s, " -%c", g->letter);
	if (g->value) {
		sx_str_addc(s, ' ');
		sx_str_add_quoted(s, g->value);
	}
}

/* The command line for the history: command and options in full, without the message. */
static char *command_line(const struct sx_invocation *inv)
{
	SX_STR s = { 0 };

	sx_str_add(&s, "safexl");
	for (size_t i = 0; i < inv->options->xl.len; i++)
		sx_str_addf(&s, " %s", inv->options->xl.items[i]);
	if (inv->options->config)
		sx_str_add(&s, " --config");
	if (inv->options->discard_marker)
		sx_str_add(&s, " --discard-marker");
	sx_str_addf(&s, " %s", inv->command->name);
	for (size_t i = 0; i < inv->options->own.len; i++)
		add_given(&s, &inv->options->own.items[i]);
	for (int i = 1; i < inv->argc; i++) {
		sx_str_addc(&s, ' ');
		sx_str_add_quoted(&s, inv->argv[i]);
	}
	return sx_str_take(&s);
}

static bool asks_for_help(const struct sx_invocation *inv)
{
	/* For safexl's own commands the parser has already taken the options. */
	if (inv->command->class == SX_OWN)
		return false;
	for (int i = 1; i < inv->argc && strcmp(inv->argv[i], "--"); i++)
		if (sx_streq(inv->argv[i], "-h") || sx_streq(inv->argv[i], "--help"))
			return true;
	return false;
}

/* Libraries report a missing permission in various ways. */
static bool is_for_want_of_rights(const struct sx_err *err)
{
	return err->code == SX_ECANTWRITE || err->sys_errno == EACCES || err->sys_errno == EPERM;
}

static int run_handler(const struct sx_invocation *inv, const struct flow_env *env,
		       struct sx_err *err)
{
	struct sx_invocation meant = *inv;
	SX_WORDS argv = { 0 };

	if (inv->command->class != SX_OWN) {
		if (named_words(env, inv->command->name, inv->argv, &argv, err))
			return core_hint_backup(inv, env, err);
		meant.argv = sx_words_argv(&argv);
		inv = &meant;
	}
	if (inv->command->class == SX_RECORD)
		return cmd_record(inv, env, err);
	for (size_t i = 0; i < SX_COUNT(handlers); i++)
		if (sx_streq(handlers[i].command, inv->command->name))
			return handlers[i].run(inv, env, err);
	return sx_err_set(err, SX_EFAIL, "%s: no handler", inv->command->name);
}

/* Event for errors with an exit status of their own (from 73): refused, locked or half done. */
static void tell_refused(const struct sx_invocation *inv, const struct flow_env *env,
			 const struct sx_err *err)
{
	struct flow_event event = { .kind = EVENT_REFUSED, .status = sx_err_status(err) };

	/* A failed look changes nothing: no event. */
	if (!sx_command_only_looks(inv->command) && err->code != SX_EXL && event.status >= 73)
		event_tell(env, &event, "%s", err->msg);
}

static int run_watched(const struct sx_invocation *inv, const struct flow_env *env,
		       struct sx_err *err)
{
	struct watch *watch = watch_begin(inv, env);
	bool looks = sx_command_only_looks(inv->command) || inv->options->dry_run;
	size_t settled = 0, pending = 0;
	SX_ERR ignored = { 0 };
	int status;

	/* Let a guest run again at once that a killed safexl left paused for a snapshot. */
	if (!looks && !sx_streq(inv->command->name, "recover") &&
	    (snapshots_settle(env, false, &settled, &pending, &ignored) ||
	     backups_settle(env, false, &settled, &pending, &ignored)))
		sx_err_clear(&ignored);
	status = !looks && deed_settle(env, err) ? -1 : run_handler(inv, env, err);

	watch_end(watch);
	if (status < 0)
		tell_refused(inv, env, err);
	return status;
}

/* Every command needs safexl.conf without mistakes; only `check` goes on, to report them. */
static bool read_settings(const struct sx_invocation *inv, struct flow_env *env, struct sx_err *err)
{
	if (flow_settings_read(&env->paths, &env->settings, err) == 0)
		return true;
	if (err->code != SX_ESYNTAX || !sx_streq(inv->command->name, "check"))
		return false;
	sx_err_clear(err);
	env->settings.faulty = true;
	return true;
}

/* Report failing hooks even with -q: nobody else does. */
static void run_hooks(const struct flow_env *env)
{
	struct flow_env loud = *env;

	loud.notice = print_notice;
	hooks_run(&loud);
}

static int prepare_and_run(const struct sx_invocation *inv, struct sx_err *err)
{
	struct flow_env env = { .events = &inv->outcome->events };
	SX_WORDS xl_options = { 0 };
	SX_FREE char *command = command_line(inv);
	struct progress progress = { .env = &env };
	int status = -1;

	/* Only root can talk to Xen and write safexl's files. */
	if (caller_lacks_root(inv->root) && !(inv->command->does & SX_WITHOUT_ROOT))
		return caller_refuse(inv->command->name, inv->typed, err);
	proc_meet_limits();
	sx_words_add_all(&xl_options, inv->options->xl.items);
	env.xl = inv->xl;
	env.xl_options = sx_words_argv(&xl_options);
	env.command = command;
	env.message = inv->options->message;
	env.discard_marker = inv->options->discard_marker;
	env.dry_run = inv->options->dry_run;
	env.notice = inv->options->quiet ? NULL : print_notice;
	env.notice_arg = &progress;
	env.progress = (struct flow_progress){ progress_tell, &progress };
	env.cwd = getcwd(NULL, 0);
	if (!env.cwd)
		env.cwd = sx_strdup("");
	sx_paths_init(&env.paths, inv->root);
	if (repo_library_start(err) == 0) {
		SX_FREE char *problem = find_author(&env);

		if (problem && env.notice && inv->command->class == SX_RECORD)
			env.notice(problem, NULL);
		if (read_settings(inv, &env, err))
			status = run_watched(inv, &env, err);
		progress_end(&progress);
		run_hooks(&env);
		repo_library_stop();
	}
	flow_settings_dispose(&env.settings);
	repo_person_dispose(&env.author);
	repo_home_dispose(&env.home);
	sx_paths_dispose(&env.paths);
	free(env.cwd);
	return status;
}

/* Refuse an option that does not apply: the user expects an effect. */
static int check_options(const struct sx_invocation *inv, struct sx_err *err)
{
	const struct sx_option *idle = sx_options_idle(inv->options, inv->command);

	if (!idle)
		return 0;
	sx_err_set(err, SX_EUSAGE, "%s: --%s does not apply", inv->command->name, idle->name);
	return sx_err_hint(err, "the options that do: safexl help %s", inv->command->name);
}

static int check_places(const struct sx_invocation *inv, struct sx_err *err)
{
	const char *word = inv->command->class == SX_OWN || inv->command->class == SX_RECEIVE
				   ? NULL
				   : misplaced_find(inv->argv);

	return word ? sx_err_set(err, SX_EUSAGE, "%s: unknown option '%s'", inv->command->name,
				 word)
		    : 0;
}

/* After a usage error: show the correct order of the words or, without another hint, the usage. */
static void hint_usage(const struct sx_invocation *inv, struct sx_err *err)
{
	SX_FREE char *line = err->code == SX_EUSAGE && inv->command->class != SX_OWN
				     ? misplaced_line(inv->typed, inv->argv)
				     : NULL;

	if (line)
		sx_err_hint(err, MISPLACED_HINT, line);
	if (err->code == SX_EUSAGE && !err->hint)
		usage_hint(inv->command, err);
}

int sx_core_main(const struct sx_invocation *given)
{
	struct sx_invocation own = *given, *inv = &own;
	OUTCOME outcome = { 0 };
	SX_ERR err = { 0 };
	int status;

	own.outcome = &outcome;
	if (inv->command && sx_streq(inv->command->name, COMPLETE_COMMAND))
		return cmd_complete(inv);
	if (inv->command && asks_for_help(inv)) {
		sx_help_show(inv->command, inv->xl);
		return EXIT_SUCCESS;
	}
	if (!inv->command)
		status = cmd_shell(inv, &err);
	else
		status = outcome_begin(&outcome, inv, &err) || check_places(inv, &err) ||
					 check_options(inv, &err)
				 ? -1
				 : prepare_and_run(inv, &err);
	if (status >= 0 && outcome.like)
		outcome_exit_like(&outcome, inv);
	if (status >= 0) {
		outcome_end(&outcome, inv, NULL);
		return status;
	}
	if (inv->command && caller_lacks_root(inv->root) && is_for_want_of_rights(&err))
		(void)caller_refuse(inv->command->name, inv->typed, &err);
	if (inv->command) {
		core_hint_meant(inv, &err);
		hint_usage(inv, &err);
	}
	sx_err_print(&err);
	outcome_end(&outcome, inv, &err);
	return sx_err_status_of(inv->command, &err);
}
