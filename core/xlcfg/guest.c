/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The type, memory and vcpus that a configuration gives a domain: see guest.h. */
#include "xlcfg/guest.h"

#include <string.h>

const char *memory_guest_type(const struct xlcfg *doc)
{
	SX_FREE char *type = xlcfg_get_string(doc, "type");
	SX_FREE char *builder = xlcfg_get_string(doc, "builder");

	if (type && strncmp("hvm", type, strlen(type)) == 0)
		return "hvm";
	if (type && strncmp("pv", type, strlen(type)) != 0 &&
	    strncmp("pvh", type, strlen(type)) == 0)
		return "pvh";
	return !type && builder && strncmp("hvm", builder, strlen(builder)) == 0 ? "hvm" : "pv";
}

/* ---- memory and maxmem, vcpus and maxvcpus ---- */

static const struct guest_pair pairs[] = {
	{ .low_key = "memory", .high_key = "maxmem", .memory = true },
	{ .low_key = "vcpus", .high_key = "maxvcpus" },
};

/* xl's value for a missing low key. */
static long implied_low(const struct guest_pair *p, bool has_high, long high)
{
	if (!p->memory)
		return 1;
	return has_high ? high : 32;
}

/* memory < maxmem in HVM and PVH guests needs populate-on-demand, which these keys exclude. */
static const char *fixed_by(const struct xlcfg *doc)
{
	static const char *const keys[] = { "pci", "dtdev", "vnuma" };

	for (size_t i = 0; i < SX_COUNT(keys); i++)
		if (xlcfg_list_len(doc, keys[i]) && !sx_streq(memory_guest_type(doc), "pv"))
			return keys[i];
	return NULL;
}

bool guest_pair_read(const struct xlcfg *doc, const char *key, struct guest_pair *out)
{
	for (size_t i = 0; i < SX_COUNT(pairs); i++) {
		struct guest_pair p = pairs[i];

		if (!sx_streq(key, p.low_key) && !sx_streq(key, p.high_key))
			continue;
		p.has_low = xlcfg_get_long(doc, p.low_key, &p.low);
		p.has_high = xlcfg_get_long(doc, p.high_key, &p.high);
		if (!p.has_low)
			p.low = implied_low(&p, p.has_high, p.high);
		if (!p.has_high)
			p.high = p.low;
		p.vnuma = xlcfg_list_len(doc, "vnuma") > 0;
		p.fixed = p.memory ? fixed_by(doc) : NULL;
		*out = p;
		return true;
	}
	return false;
}

long guest_pair_value(const struct guest_pair *p, const char *key)
{
	return sx_streq(key, p->low_key) ? p->low : p->high;
}

int guest_refuse_vnuma(const struct xlcfg *doc, struct sx_err *err)
{
	sx_err_set(err, SX_ECONFLICT, "%s:%zu: the sizes of the vnuma nodes fix the memory",
		   xlcfg_name(doc), xlcfg_key_line(doc, "vnuma"));
	return sx_err_hint(err, "change vnuma, memory and maxmem together in the file");
}

int guest_pair_write(const struct guest_pair *was, const char *said, long low, long high,
		     struct xlcfg *doc, struct xlcfg_edits *edits, struct sx_err *err)
{
	bool apart = low != high, fixed = was->fixed && !was->vnuma, each = fixed && !apart;
	bool said_low = sx_streq(said, was->low_key), set_low, set_high;
	size_t before = edits->len;

	if (was->fixed && was->vnuma && apart)
		return guest_refuse_vnuma(doc, err);
	if (fixed)
		high = low;
	set_high = was->has_high ? high != was->high : each || high != low;
	set_low = was->has_low ? low != was->low
			       : each || low != implied_low(was, was->has_high || set_high, high) ||
					 (said_low && (was->memory || was->has_high));
	if ((set_low && xlcfg_edits_set_number(edits, doc, was->low_key, low, err)) ||
	    (set_high && xlcfg_edits_set_number(edits, doc, was->high_key, high, err)))
		return -1;
	if (fixed && (apart || edits->len > before))
		sx_words_add(&edits->notices,
			     "memory and maxmem both get this value: a guest with passed-through "
			     "devices cannot be created with memory below maxmem");
	return 0;
}
