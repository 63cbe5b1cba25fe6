/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Domains by word, name and number, and their states: see domain.h. */
#include "domain/domain.h"
#include "domain/resolve.h"

#include <inttypes.h>
#include <string.h>

static bool is_number(const char *word)
{
	return *word && strspn(word, "0123456789") == strlen(word);
}

/* The configuration whose domain has this name; NULL: none. Heap string. */
static char *file_called(const struct flow_env *env, const char *name)
{
	SX_CLEANUP(index_dispose) struct index_entries all = { 0 };
	SX_ERR ignored = { 0 };

	if (index_scan(env, &all, &ignored))
		return NULL;
	for (size_t i = 0; i < all.len; i++)
		if (sx_streq(all.items[i].name, name))
			return sx_strdup(all.items[i].path);
	return NULL;
}

int domain_find(const struct flow_env *env, struct live *live, const char *word,
		struct live_domain *out, struct sx_err *err)
{
	SX_FREE char *file = NULL;

	if (live_find(live, word, out, err))
		return -1;
	if (!is_number(word) || sx_streq(out->name, word))
		return 0;
	if (out->namesake) {
		flow_notice(env,
			    "'%s' is read as the number of '%s'; the domain of that name has the "
			    "number %" PRIu32,
			    word, out->name, out->namesake);
		return 0;
	}
	file = file_called(env, word);
	if (file)
		flow_notice(
			env,
			"'%s' is read as the number of '%s', which runs; the domain of that name "
			"in %s does not",
			word, out->name, file);
	return 0;
}

int domain_look(const struct flow_env *env, const char *word, struct live_domain *out,
		struct sx_err *err)
{
	LIVE *live = NULL;

	return live_open(&live, err) ? -1 : domain_find(env, live, word, out, err);
}

int domain_look_name(const char *name, struct live_domain *out, struct sx_err *err)
{
	LIVE *live = NULL;

	return live_open(&live, err) ? -1 : live_find_name(live, name, out, err);
}

int domain_look_present(const char *name, struct live_domain *out, bool *present,
			struct sx_err *err)
{
	*present = domain_look_name(name, out, err) == 0;
	if (!*present && err->code != SX_ENODOMAIN)
		return -1;
	sx_err_clear(err);
	return 0;
}

int domain_look_all(struct live_domains *out, struct sx_err *err)
{
	LIVE *live = NULL;

	return live_open(&live, err) ? -1 : live_list(live, out, err);
}

char *domain_number(const char *word, const struct live_domain *d)
{
	return is_number(word) && strtoul(word, NULL, 10) != d->domid && sx_streq(d->name, word)
		       ? sx_format("%" PRIu32, d->domid)
		       : NULL;
}

const char *domain_state(enum live_state state)
{
	static const char *const words[] = {
		[LIVE_RUNS] = "running",	[LIVE_PAUSED] = "paused",
		[LIVE_SUSPENDED] = "suspended", [LIVE_SHUTDOWN] = "shut down",
		[LIVE_CRASHED] = "crashed",	[LIVE_DYING] = "dying",
	};

	return words[state];
}

bool domain_has_ended(enum live_state state)
{
	return state == LIVE_SHUTDOWN || state == LIVE_CRASHED || state == LIVE_DYING;
}

char *domain_account(const struct live_domain *d, const char *config)
{
	SX_FREE char *again =
		*config ? sx_format(", then: safexl create %pQ", config) : sx_strdup("");

	switch (d->state) {
	case LIVE_RUNS:
		return sx_strdup("it runs");
	case LIVE_PAUSED:
		return sx_format("it is paused: safexl unpause %pQ", d->name);
	case LIVE_SUSPENDED:
		return sx_format(
			"it is suspended, stopped for a save or a migration that did not "
			"end: safexl recover tells more; to give it up: safexl destroy %pQ",
			d->name);
	case LIVE_SHUTDOWN:
		return sx_format("it has shut down and is kept as it was; to clear it: "
				 "safexl destroy %pQ%s",
				 d->name, again);
	case LIVE_CRASHED:
		return sx_format("it has crashed and is kept as it was; its memory, for a look: "
				 "safexl dump-core %pQ FILE; to clear it: safexl destroy %pQ%s",
				 d->name, d->name, again);
	case LIVE_DYING:
		break;
	}
	return sx_strdup("it was destroyed, but something still holds it (a disk or a mapped page "
			 "in use); it disappears when that is released");
}
