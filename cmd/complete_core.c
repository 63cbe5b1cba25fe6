/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion with all there is to know: see complete.h. */
#include "complete_at.h"
#include "complete_main.h"
#include "core.h"

struct world {
	const struct flow_env *env;
};

static void ask_flow(void *arg, const struct offer_query *q, struct candidates *out)
{
	const struct world *world = arg;

	offer_find(world->env, q, out);
}

void complete_words(const struct flow_env *env, unsigned version, char *const *words, size_t cword,
		    struct candidates *out)
{
	struct world world = { env };
	struct complete_source source = { ask_flow, &world };

	complete_at(version, words, cword, &source, out);
}

static bool find_all(void *arg, char *const *words, size_t cword, struct candidates *out)
{
	const struct world *world = arg;
	SX_FREE char *xl = NULL;
	unsigned version = 0;
	SX_ERR none = { 0 };

	if (sx_xl_path(&xl, &version, &none))
		sx_err_clear(&none);
	complete_words(world->env, version, words, cword, out);
	return true;
}

int cmd_complete(const struct sx_invocation *inv)
{
	struct flow_env env = { .xl = inv->xl, .glance = true, .command = "" };
	struct world world = { &env };
	const struct complete_finder finder = { find_all, &world };
	SX_ERR none = { 0 };

	env.cwd = getcwd(NULL, 0);
	sx_paths_init(&env.paths, inv->root);
	if (env.cwd && flow_settings_read(&env.paths, &env.settings, &none) == 0)
		complete_main(inv->argc, inv->argv, &finder);
	flow_settings_dispose(&env.settings);
	sx_paths_dispose(&env.paths);
	free(env.cwd);
	return EXIT_SUCCESS;
}
