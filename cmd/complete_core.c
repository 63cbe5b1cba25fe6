/* Completion with all there is to know: see complete.h. */
#include "complete_at.h"

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
