/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Completion with the help of the core: see complete.h. */
#include "complete_at.h"
#include "complete_main.h"
#include "core.h"
#include "meant.h"

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

/* Prepare just enough of an environment to look around; false: even that failed. */
static bool begin_glance(const struct sx_invocation *inv, struct flow_env *env)
{
	SX_ERR none = { 0 };

	*env = (struct flow_env){ .xl = inv->xl, .glance = true, .command = "" };
	env->cwd = getcwd(NULL, 0);
	sx_paths_init(&env->paths, inv->root);
	return env->cwd && flow_settings_read(&env->paths, &env->settings, &none) == 0;
}

static void end_glance(struct flow_env *env)
{
	flow_settings_dispose(&env->settings);
	sx_paths_dispose(&env->paths);
	free(env->cwd);
}

int cmd_complete(const struct sx_invocation *inv)
{
	struct flow_env env;
	struct world world = { &env };
	const struct complete_finder finder = { find_all, &world };

	if (begin_glance(inv, &env))
		complete_main(inv->argc, inv->argv, &finder);
	end_glance(&env);
	return EXIT_SUCCESS;
}

/* Can a mistyped word have caused this error? */
static bool is_of_words(const struct sx_err *err)
{
	switch (err->code) {
	case SX_EFAIL:
	case SX_EUSAGE:
	case SX_ENODOMAIN:
	case SX_ENOCONFIG:
	case SX_ECONFLICT:
		return !err->sys_errno;
	default:
		return false;
	}
}

void core_hint_meant(const struct sx_invocation *inv, struct sx_err *err)
{
	struct flow_env env;
	struct world world = { &env };
	const struct complete_source source = { ask_flow, &world };

	if (!is_of_words(err))
		return;
	if (begin_glance(inv, &env))
		meant_hint(0, inv->typed, &source, err);
	end_glance(&env);
}
