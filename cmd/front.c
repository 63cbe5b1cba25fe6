/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stage one, libc only: decides from the command table whether to run xl at once with the words as
 * typed, or to load the core. Everything here also works without Xen and without the core's
 * libraries.
 */
#include "front.h"
#include "caller.h"
#include "complete.h"
#include "complete_main.h"
#include "meant.h"
#include "usage.h"

#include "base/terminal.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define CORE_PATH SX_COREDIR "/core.so"

static const unsigned complete_seconds = 20; /* for a Xen that hangs; a busy host needs some */

/* The exit status, once the output is really written: a full disk or a closed pipe is a failure. */
static int finish(const struct front *f, int status)
{
	SX_ERR err = { 0 };
	int failed;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	sx_err_sys(&err, SX_EFAIL, "cannot write to standard output");
	sx_err_print(&err);
	failed = sx_err_status_of(f->command, &err);
	return status > failed ? status : failed;
}

static int fail(const struct front *f, const struct sx_err *err)
{
	int status = sx_err_status_of(f->command, err);

	sx_err_print(err);
	if (!f->options.json && !sx_json_wanted(f->typed))
		return status;
	sx_err_print_json(err, status);
	return finish(f, status);
}

static int run_pass(struct front *f)
{
	SX_ERR err = { 0 };

	return pass_run(f, &err) ? fail(f, &err) : finish(f, EXIT_SUCCESS);
}

/*
 * Open those of the descriptors 0 to 2 that are closed, before anything else is opened: otherwise a
 * message could end up in a file that got number 2. What is opened fails when used, as a closed
 * descriptor does, and exec closes it for xl.
 */
static int hold_standard_fds(struct sx_err *err)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		int mode = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode | O_CLOEXEC) != fd)
			return sx_err_sys(err, SX_EFAIL, "cannot open /dev/null");
	}
	return 0;
}

static int core_missing(const struct front *f, const char *why, struct sx_err *err)
{
	SX_STR hint = { 0 };

	sx_err_set(err, SX_EFAIL, "%s: the part of safexl that records and guards cannot start: %s",
		   f->command ? f->command->name : "shell", why ? why : "unknown reason");
	if (!f->command)
		return sx_err_hint(
			err, "commands that are xl's own work without it: safexl COMMAND ...");
	if (f->command->class != SX_OWN && !f->options.config) {
		sx_str_add(&hint, "to run it without a record: safexl --live ");
		sx_str_add_words(&hint, f->argv + f->at);
		sx_err_hint(err, "%s\nall other commands still work: they are passed to xl",
			    sx_str_text(&hint));
	}
	return -1;
}

/*
 * Without the core nothing can be recorded or guarded. Run xl only with --live, which asks for no
 * record, and for a domain that arrives from another host.
 */
static int run_without_core(struct front *f, const char *why)
{
	SX_ERR err = { 0 };

	enum sx_class class = f->command ? f->command->class : SX_OWN;

	if (class != SX_RECEIVE && (!f->options.live || class == SX_OWN)) {
		core_missing(f, why, &err);
		return fail(f, &err);
	}
	pass_exec(f, &err);
	return fail(f, &err);
}

static int run_core(struct front *f)
{
	const char *named = getenv("SAFEXL_CORE");
	int (*entry)(const struct sx_invocation *) = NULL;
	struct sx_invocation inv = {
		.options = &f->options,
		.command = f->command,
		.xl = f->xl,
		.root = f->root,
		.argc = f->command ? f->argc - f->at : f->argc,
		.argv = f->command ? f->argv + f->at : f->argv,
		.typed = f->typed,
	};
	SX_ERR err = { 0 };
	void *core;

	if (hold_standard_fds(&err))
		return fail(f, &err);
	core = dlopen(named && *named ? named : CORE_PATH, RTLD_LAZY | RTLD_LOCAL);
	if (core)
		*(void **)&entry = dlsym(core, SX_CORE_ENTRY);
	return entry ? finish(f, entry(&inv)) : run_without_core(f, dlerror());
}

/* `help [WORD]`, and -h before a command. */
static int run_help(const struct front *f, const char *word)
{
	SX_ERR err = { 0 };

	if (f->options.json)
		sx_err_set(&err, SX_EUSAGE, "help: --json does not apply: it is text for people");
	else if (sx_help_run(word, f->version, f->xl, &err) == 0)
		return finish(f, EXIT_SUCCESS);
	meant_hint(f->version, f->typed, NULL, &err);
	return fail(f, &err);
}

/* Find the command; refuse a word that some versions of xl take for a recorded or guarded one. */
static int find_command(struct front *f, struct sx_err *err)
{
	const struct sx_command *second = NULL;

	f->command = sx_command_typed(f->argv + f->at, f->version, &second);
	if (!second)
		return 0;
	sx_err_set(err, SX_EFAIL,
		   "'%s' is '%s' or '%s', depending on the version of xl, which is unknown",
		   f->argv[f->at], f->command->name, second->name);
	return sx_err_hint(err, "type it in full: safexl %s ..., or safexl %s ...",
			   f->command->name, second->name);
}

/* After a command of safexl's own, its options are parsed like those before it. */
static int take_options_behind(struct front *f, struct sx_err *err)
{
	size_t bytes = ((size_t)f->argc + 1) * sizeof(*f->argv);

	if (!f->command || f->command->class != SX_OWN)
		return 0;
	f->kept = sx_alloc(bytes);
	memcpy(f->kept, f->argv, bytes);
	f->argv = f->kept;
	if (sx_options_behind(f->command, f->at, &f->argc, f->argv, &f->options, err) == 0)
		return 0;
	meant_hint(f->version, f->typed, NULL, err);
	return err->hint ? -1 : usage_hint(f->command, err);
}

/* safexl's own commands need xl only where the table says so. */
static bool runs_xl(const struct sx_command *command)
{
	return command->class != SX_OWN || command->does & SX_RUNS_XL;
}

/* With --config no command but a passed one needs xl. */
static bool needs_xl(const struct front *f)
{
	if (!f->command || f->command->class == SX_PASS)
		return true;
	return !f->options.config && runs_xl(f->command);
}

/* A command that the installed xl lacks: xl shall report that. */
static bool is_newer(const struct front *f)
{
	return f->version && f->command->since > f->version && !f->options.config;
}

/*
 * Does it change no domain, so that the core has no part in it? sched-* without a domain lists, or
 * is about a pool; xenstore-quota-set -g is about the host. Options that may name a domain go to
 * the core.
 */
static bool changes_no_domain(const struct front *f)
{
	char *const *words = f->argv + f->at + 1;

	if (f->options.config)
		return false;
	if (strcmp(f->command->name, "xenstore-quota-set") == 0)
		return words[0] && strcmp(words[0], "-g") == 0;
	if (!sx_starts_with(f->command->name, "sched-"))
		return false;
	for (; *words; words++)
		if ((*words)[0] == '-' && strchr(*words, 'd'))
			return false;
	return true;
}

static int dispatch(struct front *f)
{
	SX_ERR xl_err = { 0 }, err = { 0 };
	bool found = sx_xl_path(&f->xl, &f->version, &xl_err) == 0;

	if (find_command(f, &err) || take_options_behind(f, &err))
		return fail(f, &err);
	if (!found && needs_xl(f))
		return fail(f, &xl_err);
	if (!f->command || f->command->class == SX_PASS || is_newer(f) || changes_no_domain(f))
		return run_pass(f);
	if (f->command->class == SX_OWN && f->options.help) {
		sx_help_show(f->command, f->xl);
		return finish(f, EXIT_SUCCESS);
	}
	if (f->command->class == SX_OWN && strcmp(f->command->name, "help") == 0)
		return run_help(f, sx_options_own(&f->options, "commands") ? "--commands"
									   : f->argv[f->at + 1]);
	return run_core(f);
}

static void enter_world(struct front *f)
{
	const char *root;

	caller_clean_environment();
	root = getenv("SAFEXL_ROOT");
	f->root = root ? root : "";
}

static bool complete_from_tables(void *arg, char *const *words, size_t cword,
				 struct candidates *out)
{
	const struct front *f = arg;

	return complete_plain(f->version, words, cword, out);
}

static void give_up(int sig SX_UNUSED)
{
	_exit(EXIT_SUCCESS);
}

/* A shell calls this while the user types: print only candidates, and never hang. */
static int run_complete(struct front *f)
{
	static const struct sx_command complete = { .name = COMPLETE_COMMAND, .class = SX_OWN };
	const struct complete_finder finder = { complete_from_tables, f };
	int silence = open("/dev/null", O_WRONLY | O_CLOEXEC);
	SX_ERR none = { 0 };

	if (silence >= 0)
		dup2(silence, STDERR_FILENO);
	enter_world(f);
	signal(SIGALRM, give_up);
	alarm(complete_seconds);
	f->at = 1;
	f->command = &complete;
	if (sx_xl_path(&f->xl, &f->version, &none))
		sx_err_clear(&none);
	if (!complete_main(f->argc - 1, f->argv + 1, &finder))
		run_core(f);
	else
		finish(f, EXIT_SUCCESS);
	free(f->xl);
	return EXIT_SUCCESS;
}

/* May the input hold commands? Not so /dev/null, or a closed one. */
static bool is_script(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || S_ISREG(st.st_mode));
}

/*
 * Run the shell? Yes for "-", and without a command at a terminal or with a script on standard
 * input, unless safexl is called as xl, which has no shell.
 */
static bool wants_shell(const struct front *f)
{
	const char *name = f->argc ? strrchr(f->argv[0], '/') : NULL;

	if (f->at < f->argc)
		return strcmp(f->argv[f->at], "-") == 0;
	name = name ? name + 1 : f->argc ? f->argv[0] : "";
	if (strcmp(name, "xl") == 0)
		return false;
	return isatty(STDIN_FILENO) ? isatty(STDERR_FILENO) : is_script(STDIN_FILENO);
}

static int run_shell(struct front *f)
{
	SX_ERR err = { 0 };

	if (f->at + 1 < f->argc) {
		sx_err_set(&err, SX_EUSAGE,
			   "-: takes no arguments: it reads commands from standard input");
		sx_err_hint(&err, "safexl - <FILE");
	} else if (f->options.discard_marker) {
		sx_err_set(&err, SX_EUSAGE,
			   "--discard-marker is for a single command, not for a whole session");
		sx_err_hint(&err, "safexl --discard-marker COMMAND ...");
	}
	if (err.code)
		return fail(f, &err);
	if (sx_xl_path(&f->xl, &f->version, &err))
		sx_err_clear(&err);
	return run_core(f);
}

int main(int argc, char **argv)
{
	struct front f = { .argc = argc, .argv = argv, .typed = argv + (argc > 0) };
	SX_ERR err = { 0 };
	int status;

	if (argc > 1 && strcmp(argv[1], COMPLETE_COMMAND) == 0)
		return run_complete(&f);
	enter_world(&f);
	if (sx_options_parse(argc, argv, &f.options, &f.at, &err)) {
		meant_hint(f.version, f.typed, NULL, &err);
		return fail(&f, &err);
	}
	if (f.options.version) {
		sx_version_print();
		status = finish(&f, EXIT_SUCCESS);
	} else if (f.options.help) {
		SX_ERR none = { 0 };

		/* Without xl the help lacks only what xl says. */
		(void)!sx_xl_path(&f.xl, &f.version, &none);
		status = run_help(&f, f.at < argc ? argv[f.at] : NULL);
	} else if (wants_shell(&f)) {
		status = run_shell(&f);
	} else if (f.at >= argc) {
		sx_help_print(stderr, terminal_width(stderr), terminal_colors(stderr), NULL, NULL);
		status = EXIT_FAILURE;
	} else {
		status = dispatch(&f);
	}
	free(f.xl);
	free(f.kept);
	sx_options_dispose(&f.options);
	return status;
}
