/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Configurations looked at where a library cannot end safexl: in a child. libxlutil is written for xl,
 * which may die of a file that it cannot read: its scanner calls exit(2), its reader has assertions.
 *
 * The two texts known to do that, and one that overruns its buffer, are refused before it sees them
 * (disk.c, xlcfg/check.c); the fuzz targets look for others. This is for those that nobody knows yet,
 * and only `check` pays for it, with one fork: it reads all files, and one of them must not keep the
 * others from being reported. Other commands read one file before anything is changed: core.c tells
 * their end. A child for each of their disks would cost more than all the rest of a change, and a jump
 * out of exit(3) leaves a library in an unknown state.
 */
#include "check/private.h"

struct attempt {
	const struct flow_env *env;
	struct inspect_options options;
	inspect_then *then;
	void *arg;
};

static int attempt(struct trial *trial, void *arg)
{
	SX_CLEANUP(inspect_report_dispose) struct inspect_report report = { 0 };
	struct attempt *a = arg;
	SX_ERR err = { 0 };
	bool failed;

	a->options.trial = trial;
	failed = inspect_run(a->env, &a->options, &report, &err);
	trial_at(trial, "");
	return a->then ? a->then(failed ? NULL : &report, &err, a->arg) : 0;
}

int inspect_tried(const struct flow_env *env, const struct inspect_options *options,
		  inspect_then *then, void *arg, struct sx_words *deadly, int *result_out,
		  struct sx_err *err)
{
	struct attempt a = { .env = env, .options = *options, .then = then, .arg = arg };
	struct trial trial = { 0 };

	a.options.deadly = deadly;
	for (;;) {
		SX_FREE char *end = NULL;

		if (trial_run(attempt, &a, &trial, err))
			return -1;
		*result_out = trial.result;
		if (trial.done)
			return 0;
		end = trial_end(&trial);
		/* Not over a file, or over one that it was told to leave alone. */
		if (!*trial.at || sx_words_have(deadly, trial.at))
			return sx_err_set(err, SX_EFAIL,
					  "a library ended the look at the files (%s)", end);
		sx_words_add(deadly, trial.at);
	}
}
