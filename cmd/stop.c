/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stop: shuts guests down or saves them, and reports their state afterwards. */
#include "several.h"

#include "base/clock.h"
#include "base/num.h"
#include "guard/guard.h"
#include "host/proc.h"
#include "managed/stop.h"
#include "managed/with_host.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static const uint64_t longest_timeout_s = 86400;
/* Beyond the timeout, for xl and for a process that is about to end. */
static const unsigned spare_s = 15;

struct stop_words {
	struct sx_words names;
	bool save, with_host;
	const char *timeout; /* as typed; NULL: not given */
	unsigned timeout_s;
};

static void stop_words_dispose(struct stop_words *w)
{
	sx_words_dispose(&w->names);
}

static int check_words(const struct stop_words *w, struct sx_err *err)
{
	if (!w->names.len && !w->with_host)
		return sx_err_set(err, SX_EUSAGE, "stop: a domain is needed");
	if (w->with_host && (w->save || w->timeout))
		return sx_err_set(err, SX_EUSAGE,
				  "stop: %s does not apply with --with-host: safexl.conf tells",
				  w->save ? "--save" : "--timeout");
	if (w->save && w->timeout)
		return sx_err_set(err, SX_EUSAGE,
				  "stop: --timeout does not apply with --save: a save that is cut "
				  "short loses the guest");
	return 0;
}

static int read_timeout(const struct flow_env *env, struct stop_words *w, struct sx_err *err)
{
	uint64_t seconds = env->settings.shutdown_timeout_s;

	if (w->timeout && sx_num_parse(w->timeout, 0, longest_timeout_s, &seconds, err))
		return sx_err_wrap(err, "stop: --timeout, in seconds");
	w->timeout_s = (unsigned)seconds;
	return 0;
}

static int read_words(const struct sx_invocation *inv, const struct flow_env *env,
		      struct stop_words *w, struct sx_err *err)
{
	const struct sx_given *timeout = sx_options_own(inv->options, "timeout");

	w->timeout = timeout ? timeout->value : NULL;
	w->save = sx_options_own(inv->options, "save") != NULL;
	w->with_host = sx_options_own(inv->options, "with-host") != NULL;
	for (int i = 1; i < inv->argc; i++) {
		if (!*inv->argv[i])
			return sx_err_set(err, SX_EUSAGE, "stop: an argument is empty");
		if (!sx_words_have(&w->names, inv->argv[i]))
			sx_words_add(&w->names, inv->argv[i]);
	}
	return check_words(w, err) || read_timeout(env, w, err) ? -1 : 0;
}

/* ---- one guest ---- */

/* Invocation of another command, as if it had been typed. */
static void mean(const struct sx_invocation *inv, const char *command, struct sx_words *argv,
		 struct sx_invocation *out)
{
	*out = *inv;
	out->command = sx_command_find(command, 0, NULL);
	out->argc = (int)argv->len;
	out->argv = sx_words_argv(argv);
}

static int run_save(const struct sx_invocation *inv, const struct flow_env *env, const char *name,
		    struct sx_err *err)
{
	struct sx_invocation meant;
	SX_WORDS argv = { 0 };

	if (inv->options->dry_run) {
		SX_FREE char *line = sx_format("safexl save %pQ", name);

		core_would_run(inv, line);
		return EXIT_SUCCESS;
	}
	sx_words_add(&argv, "save");
	sx_words_add(&argv, name);
	mean(inv, "save", &argv, &meant);
	return cmd_save(&meant, env, err);
}

static int refuse_running(const struct live_domain *d, unsigned waited_s, struct sx_err *err)
{
	sx_err_set(err, SX_EFAIL, "%s: still running %u s after it was asked to shut down", d->name,
		   waited_s);
	return sx_err_hint(err,
			   "to wait longer: safexl stop --timeout 600 %pQ\n"
			   "to save it instead: safexl stop --save %pQ\n"
			   "what it is doing: safexl console %pQ\n"
			   "to cut its power: safexl destroy %pQ",
			   d->name, d->name, d->name, d->name);
}

static int tell_end(const struct flow_env *env, const struct live_domain *d, enum stop_end end,
		    unsigned waited_s, struct sx_err *err)
{
	switch (end) {
	case STOP_OFF:
		flow_notice(env, "%s: it is off, after %u s", d->name, waited_s);
		return EXIT_SUCCESS;
	case STOP_KEPT:
		flow_notice(env,
			    "%s: it has shut down, and is kept as it was; to clear it: safexl "
			    "destroy %pQ",
			    d->name, d->name);
		return EXIT_SUCCESS;
	case STOP_AGAIN:
		sx_err_set(err, SX_EFAIL, "%s: it has shut down, and was started again at once",
			   d->name);
		return sx_err_hint(err,
				   "what its configuration says of that (on_poweroff, on_reboot): "
				   "safexl edit %pQ",
				   d->name);
	case STOP_RUNS:
		break;
	}
	return refuse_running(d, waited_s, err);
}

static int run_shutdown(const struct sx_invocation *inv, const struct flow_env *env,
			const struct stop_words *w, const struct live_domain *d, struct sx_err *err)
{
	SX_FREE char *number = domain_number(d->name, d);
	SX_WORDS argv = { 0 }, words = { 0 };
	struct sx_invocation meant;
	unsigned waited_s;
	enum stop_end end;
	int status;

	sx_words_add(&argv, "shutdown");
	/* An HVM guest without Xen drivers still has an ACPI button. */
	sx_words_add(&argv, "-F");
	sx_words_add(&argv, number ? number : d->name);
	mean(inv, "shutdown", &argv, &meant);
	core_xl_words(&meant, false, &words);
	if (inv->options->dry_run) {
		SX_STR line = { 0 };

		sx_str_add_words(&line, sx_words_argv(&words));
		core_would_run(inv, sx_str_text(&line));
		return EXIT_SUCCESS;
	}
	if (proc_run(env->xl, sx_words_argv(&words), NULL, NULL, &status, err))
		return -1;
	if (status) {
		flow_notice(env, "%s: it could not be asked to shut down", d->name);
		return outcome_end_like(inv->outcome, status);
	}
	inv->outcome->changed = true;
	flow_notice(env, "%s: it was asked to shut down, and has %u s for that", d->name,
		    w->timeout_s);
	if (stop_wait(d, w->timeout_s, &end, &waited_s, err))
		return -1;
	return tell_end(env, d, end, waited_s, err);
}

/* Save it, marked to start again with the host; false: not saved, the reason is reported. */
static bool save_for_host(const struct flow_env *env, const struct live_domain *d, bool paused)
{
	struct flow_env down = *env;
	SX_FREE char *number = domain_number(d->name, d);
	SX_WORDS words = { 0 };
	SX_ERR why = { 0 };
	bool pass = false;
	int status = 0;

	down.with_host = true;
	down.was_paused = paused;
	sx_words_add(&words, "save");
	sx_words_add(&words, number ? number : d->name);
	if (save_run(&down, sx_words_argv(&words), &pass, &status, &why))
		flow_notice(env, "%s", why.msg);
	else if (!pass && !status)
		return true;
	flow_notice(env, "%s: it could not be saved: it shuts down instead", d->name);
	return false;
}

static int preview_for_host(const struct sx_invocation *inv, const struct flow_env *env,
			    const struct stop_words *w, const struct live_domain *d,
			    struct sx_err *err)
{
	if (d->state == LIVE_PAUSED)
		with_host_tell_wake(env, d);
	return env->settings.shutdown_saves ? run_save(inv, env, d->name, err)
					    : run_shutdown(inv, env, w, d, err);
}

/* As the host goes down: do what safexl.conf says, and shut down a guest that cannot be saved. */
static int run_for_host(const struct sx_invocation *inv, const struct flow_env *env,
			struct stop_words *w, const struct live_domain *d, struct sx_err *err)
{
	bool runs, paused = d->state == LIVE_PAUSED;
	LIVE_DOMAIN now = { 0 };
	int64_t begun_ms = sx_now_ms();
	unsigned took_s;

	if (inv->options->dry_run)
		return preview_for_host(inv, env, w, d, err);
	if (paused && with_host_wake(env, d, err))
		return -1;
	if (env->settings.shutdown_saves && save_for_host(env, d, paused)) {
		inv->outcome->changed = true;
		return EXIT_SUCCESS;
	}
	if (stop_judge(env, w->names.items[0], false, &now, &runs, err))
		return -1;
	if (!runs)
		return EXIT_FAILURE;
	took_s = (unsigned)((sx_now_ms() - begun_ms) / 1000);
	w->timeout_s -= took_s < w->timeout_s ? took_s : w->timeout_s;
	return run_shutdown(inv, env, w, &now, err);
}

static int run_one(const struct sx_invocation *inv, const struct flow_env *env,
		   struct stop_words *w, struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	const char *name = w->names.items[0];
	bool runs;

	event_about(env, name);
	if (stop_judge(env, name, w->with_host, &d, &runs, err))
		return -1;
	if (runs)
		event_about(env, d.name);
	if (!runs)
		return EXIT_SUCCESS;
	if (w->with_host)
		return run_for_host(inv, env, w, &d, err);
	return w->save ? run_save(inv, env, name, err) : run_shutdown(inv, env, w, &d, err);
}

static int run_several(const struct sx_invocation *inv, const struct flow_env *env,
		       const struct stop_words *w, struct sx_err *err)
{
	/* With the host going down one limit for all; else each guest has its own timeout. */
	unsigned wait_ms = w->with_host ? (w->timeout_s + spare_s) * 1000 : 0;
	SX_WORDS common = { 0 };
	int status;

	several_words(inv, env, "stop", &common);
	if (w->save)
		sx_words_add(&common, "--save");
	if (w->with_host)
		sx_words_add(&common, "--with-host");
	if (w->timeout)
		sx_words_give(&common, sx_format("--timeout=%u", w->timeout_s));
	if (several_run(inv, env, &common, &w->names, wait_ms, &status, err))
		return -1;
	return outcome_end_like(inv->outcome, status);
}

int cmd_stop(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	SX_CLEANUP(stop_words_dispose) struct stop_words w = { 0 };

	if (read_words(inv, env, &w, err))
		return -1;
	if (w.names.len == 1)
		return run_one(inv, env, &w, err);
	if (!w.names.len && with_host_stops(&w.names, err))
		return -1;
	if (!w.names.len)
		flow_notice(env, "no guest runs");
	return run_several(inv, env, &w, err);
}
