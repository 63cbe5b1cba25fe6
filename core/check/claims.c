/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What two cannot both have, in one file or in two. Two files with the same domain name are
 * variants of one guest that never run side by side: they may share everything.
 */
#include "check/private.h"

#include <string.h>

static int by_value(const void *a, const void *b)
{
	const struct inspect_fact *x = a, *y = b;
	int r = x->claim < y->claim ? -1 : x->claim > y->claim;

	r = r ? r : strcmp(x->value, y->value);
	r = r ? r : x->file < y->file ? -1 : x->file > y->file;
	return r ? r : x->line < y->line ? -1 : x->line > y->line;
}

static bool clashes(const struct inspect *in, const struct inspect_fact *a,
		    const struct inspect_fact *b)
{
	const struct inspect_file *x = &in->files.items[a->file], *y = &in->files.items[b->file];

	if (a->claim == CLAIM_DISK && a->shared && b->shared)
		return false;
	if (a->file == b->file)
		return true;
	if (a->claim == CLAIM_NAME)
		return x->asked && y->asked;
	return !sx_streq(x->name, y->name);
}

static enum inspect_severity severity(const struct inspect_fact *a, const struct inspect_fact *b)
{
	bool two = a->file != b->file;

	if (!two && a->claim == CLAIM_VDEV)
		return INSPECT_FATAL;
	if (two && (a->claim == CLAIM_NAME || a->claim == CLAIM_BDF))
		return INSPECT_WARNING;
	return a->claim == CLAIM_DISK && (a->shared || b->shared) ? INSPECT_WARNING : INSPECT_ERROR;
}

static void report(struct inspect *in, const struct inspect_fact *f, const struct inspect_fact *g)
{
	static const struct {
		const char *code, *what;
	} claims[] = {
		[CLAIM_VDEV] = { "duplicate-vdev", "disk" },
		[CLAIM_MAC] = { "duplicate-mac", "vif" },
		[CLAIM_BDF] = { "duplicate-bdf", "pci" },
		[CLAIM_UUID] = { "duplicate-uuid", "uuid" },
		[CLAIM_NAME] = { "duplicate-name", "name" },
		[CLAIM_DISK] = { "shared-disk", "disk" },
	};
	const char *how = f->claim != CLAIM_DISK     ? ""
			  : !f->shared && !g->shared ? ", and both can write to it"
						     : ", and one of them can write to it";
	SX_FREE char *where =
		f->file == g->file ? sx_format("in line %zu", g->line)
				   : sx_format("in %s:%zu", in->files.items[g->file].path, g->line);

	in->file = f->file;
	inspect_add(in, f->line, severity(f, g), claims[f->claim].code, "%s: '%s' is also %s%s",
		    claims[f->claim].what, f->shown, where, how);
}

/* Report each clash once: at the later claim, unless only the earlier one is asked for. */
static void check_group(struct inspect *in, size_t first, size_t end)
{
	const struct inspect_fact *facts = in->facts.items;

	for (size_t i = first; i < end; i++) {
		if (!in->files.items[facts[i].file].asked)
			continue;
		for (size_t j = first; j < end; j++) {
			bool earlier = j < i, unasked = !in->files.items[facts[j].file].asked;

			if (j == i || (!earlier && !unasked) || !clashes(in, &facts[i], &facts[j]))
				continue;
			report(in, &facts[i], &facts[j]);
			break;
		}
	}
}

void inspect_claims(struct inspect *in)
{
	struct inspect_fact *facts = in->facts.items;
	size_t first = 0;

	if (in->facts.len)
		qsort(facts, in->facts.len, sizeof(*facts), by_value);
	for (size_t i = 1; i <= in->facts.len; i++) {
		if (i < in->facts.len && facts[i].claim == facts[first].claim &&
		    strcmp(facts[i].value, facts[first].value) == 0)
			continue;
		check_group(in, first, i);
		first = i;
	}
}
