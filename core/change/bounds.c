/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refuses a change that gives a key a value no guest can have, before anything is touched. */
#include "check/bounds.h"
#include "change/private.h"

/* Does the change give the key another value than the file has, or implies? */
static bool is_new(const struct xlcfg *before, const struct xlcfg *after, const char *key)
{
	long was, is;

	return bounds_value(after, key, &is) && !(bounds_value(before, key, &was) && was == is);
}

/* Why no guest can have a number that the change sets; NULL: all are possible. Heap string. */
static char *number_why(const struct xlcfg *before, const struct xlcfg *after,
			const struct bounds_host *host)
{
	for (const char *const *key = bounds_keys; *key; key++) {
		bool certain;
		char *why = is_new(before, after, *key) ? bounds_why(after, *key, host, &certain)
							: NULL;

		if (why)
			return why;
	}
	return NULL;
}

/* The same for the host processors that the guest may run on. */
static char *cpus_why(const struct xlcfg *before, const struct xlcfg *after,
		      const struct bounds_host *host)
{
	for (const char *const *key = bounds_cpus_keys; *key; key++) {
		bool certain;
		size_t line;
		SX_FREE char *was = bounds_cpus_why(before, *key, host, &line, &certain);
		SX_FREE char *is = bounds_cpus_why(after, *key, host, &line, &certain);

		if (is && !sx_streq(was, is))
			return sx_steal(&is);
	}
	return NULL;
}

/* Does the change set such a key? Most do not; then the host need not be asked. */
static bool is_judged(const struct recording *r, const struct xlcfg *before)
{
	for (const char *const *key = bounds_keys; *key; key++)
		if (is_new(before, r->doc, *key))
			return true;
	for (size_t i = 0; i < r->plan.edits.len; i++)
		for (const char *const *key = bounds_cpus_keys; *key; key++)
			if (sx_streq(r->plan.edits.items[i].key, *key))
				return true;
	return false;
}

/* SX_ECONFLICT: the plan gives a key a value that no guest can have, see check/bounds.h. */
int look_bounds(struct walk *w, struct sx_err *err)
{
	const struct change *c = &w->c;
	const struct recording *r = &w->r;
	SX_FREE char *why = NULL;
	struct bounds_host host;
	XLCFG_DOC *before = NULL;

	/* A running guest proves its values possible; `edit` checks those that a person wrote. */
	if (c->said.takes || c->said.by_hand || xlcfg_edits_empty(&r->plan.edits))
		return 0;
	if (xlcfg_parse(sx_str_text(&r->image.text), r->image.text.len, r->image.path, &before,
			err))
		return -1;
	if (!is_judged(r, before))
		return 0;
	bounds_host_read(w->live, &host);
	why = number_why(before, r->doc, &host);
	if (!why)
		why = cpus_why(before, r->doc, &host);
	if (!why)
		return 0;
	sx_err_set(err, SX_ECONFLICT, "%s", why);
	sx_err_hint(err, "to write it into the file all the same: safexl edit %pQ", r->image.path);
	change_hint_live(c, err);
	return -1;
}
