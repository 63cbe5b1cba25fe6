/* The locks of the flows: one name, one lock; who has to wait is told for whom. */
#include <safexl/flow.h>

static void say_waiting(const char *holder, void *arg)
{
	flow_notice(*(const struct flow_env **)arg, "waiting for %s", holder);
}

int flow_lock(const struct flow_env *env, const char *kind, const char *name, struct sx_lock *lock,
	      struct sx_err *err)
{
	SX_FREE char *lock_name = sx_format("%s-%s", kind, name);

	return lock_take(env->paths.lock, lock_name, env->command, env->settings.lock_wait_ms,
			 say_waiting, &env, lock, err);
}
