/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Examine configurations in a child, where a library cannot end safexl. libxlutil is written for
 * xl, which may die of a file that it cannot read: its scanner calls exit(2), its parser asserts.
 *
 * spec/disk.c and xlcfg/check.c refuse two texts known to do that, and one that overruns a buffer,
 * before libxlutil sees them; fuzz targets look for more. The child is for those still unknown.
 * Only `check` pays for it, with one fork, because it reads all files and one must not hide the
 * others' findings. Other commands read one file before they change anything, and cmd/watch.c
 * reports their end. A child for each disk would cost more than the rest of a change, and a jump
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
		/* It died outside of any file, or although it skipped that file. */
		if (!*trial.at || sx_words_have(deadly, trial.at))
			return sx_err_set(err, SX_EFAIL,
					  "a library ended the look at the files (%s)", end);
		sx_words_add(deadly, trial.at);
	}
}
