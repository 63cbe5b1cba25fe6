/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Commands that change a running domain and its configuration: the transaction, and its dry run. */
#include "core.h"

#include "change/change.h"

#include <stdio.h>

/* --live: ask the guard, then run xl alone. */
static int run_live(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	bool pass;
	int status;

	if (change_live(env, inv->command->name, inv->argv, &pass, &status, err))
		return -1;
	if (inv->options->dry_run) {
		SX_FREE char *line =
			core_xl_line(env, inv->command->name, inv->argv, FLOW_BOTH, NULL);

		core_would_run(inv, line);
		return EXIT_SUCCESS;
	}
	if (pass)
		return core_exec_xl(inv, false, err);
	return core_end_like(inv, status);
}

int cmd_record(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	const char *command = inv->command->name;
	enum flow_scope scope = inv->options->config ? FLOW_CONFIG : FLOW_BOTH;
	struct change_result result = { 0 };

	if (inv->options->live)
		return run_live(inv, env, err);
	if (inv->options->dry_run)
		return core_dry_run(inv, env, command, inv->argv, scope, err);
	if (change_run(env, command, inv->argv, scope, &result, err))
		return -1;
	if (result.lists && inv->options->json)
		return core_refuse_list(inv, err);
	if (result.pass) {
		if (!result.lists)
			flow_notice(env, "Domain-0 has no configuration file: nothing is recorded");
		return core_exec_xl(inv, false, err);
	}
	inv->outcome->changed = *result.commit || (!result.status && scope == FLOW_BOTH);
	return outcome_end_like(inv->outcome, result.status);
}
