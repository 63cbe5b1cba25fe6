/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of processors: see cpulist.h. */
#include "spec/cpulist.h"
#include "base/num.h"
#include "base/str.h"

#include <string.h>

/* One part of a list: adds, or with `out` removes, processors or nodes from `first` to `last`. */
struct part {
	bool out, nodes, all;
	uint64_t first, last;
};

static const uint64_t largest = 1 << 20;

static int bad_part(const char *text, struct sx_err *err)
{
	sx_err_set(err, SX_EUSAGE, "'%s' is not a list of processors", text);
	return sx_err_hint(err, "0-3,5 or 0-7,^2 or node:0 or all");
}

static int read_part(const char *text, struct part *out, struct sx_err *err)
{
	SX_FREE char *first = NULL;
	const char *dash;
	SX_ERR why = { 0 };

	*out = (struct part){ .out = *text == '^' };
	text += out->out;
	out->nodes = sx_starts_with(text, "node:") || sx_starts_with(text, "nodes:");
	if (out->nodes)
		text = strchr(text, ':') + 1;
	out->all = strcmp(text, "all") == 0;
	if (out->all)
		return out->out ? bad_part(text, err) : 0;
	dash = strchr(text, '-');
	first = sx_strndup(text, dash ? (size_t)(dash - text) : strlen(text));
	if (sx_num_parse(first, 0, largest, &out->first, &why) ||
	    sx_num_parse(dash ? dash + 1 : first, out->first, largest, &out->last, &why))
		return bad_part(text, err);
	return 0;
}

static void apply(const struct part *part, const int *nodes, unsigned count, bool *out)
{
	for (unsigned i = 0; i < count; i++) {
		uint64_t id = part->nodes ? (uint64_t)nodes[i] : i;

		if (part->all ||
		    (!(part->nodes && nodes[i] < 0) && id >= part->first && id <= part->last))
			out[i] = !part->out;
	}
}

int cpulist_read(const char *text, const int *nodes, unsigned count, bool *out, struct sx_err *err)
{
	SX_FREE char *copy = sx_strdup(text);
	char *rest = copy, *word;

	for (unsigned i = 0; i < count; i++)
		out[i] = false;
	while ((word = strsep(&rest, ","))) {
		struct part part;

		if (!*word)
			continue;
		if (read_part(word, &part, err))
			return -1;
		apply(&part, nodes, count, out);
	}
	return 0;
}

int cpulist_check(const char *text, struct sx_err *err)
{
	if (!text[strspn(text, ",")])
		return bad_part(text, err);
	return cpulist_read(text, NULL, 0, NULL, err);
}

int cpulist_compare(const char *first, const char *second, const int *nodes, unsigned count,
		    enum cpulist_relation *out, struct sx_err *err)
{
	SX_FREE bool *a = sx_alloc(count + 1);
	SX_FREE bool *b = sx_alloc(count + 1);
	bool same = true, within = true, empty = true;

	if (cpulist_read(first, nodes, count, a, err) || cpulist_read(second, nodes, count, b, err))
		return -1;
	for (unsigned i = 0; i < count; i++) {
		same &= a[i] == b[i];
		within &= !a[i] || b[i];
		empty &= !a[i];
	}
	*out = same ? CPULIST_SAME : within && !empty ? CPULIST_WITHIN : CPULIST_OTHER;
	return 0;
}
