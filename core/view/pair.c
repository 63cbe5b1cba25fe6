/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory and maxmem, vcpus and maxvcpus: either implies the other (parse_config_data in
 * xl_parse.c), so recording one of them must not move the other.
 */
#include "view/private.h"
#include "xlcfg/guest.h"

#include <string.h>

static void add_number(const struct view_class *c, struct view *out, long value, size_t line)
{
	SX_FREE char *text = sx_format("%ld", value);
	struct view_item *item = view_add(out, c, "", "");

	item->line = line;
	view_add_field(item, "", text);
}

int view_memory_from_doc(const struct view_class *c, const struct xlcfg *doc,
			 const char *path SX_UNUSED, struct view *out, struct sx_err *err SX_UNUSED)
{
	struct memory_sizes s = { 0 };

	memory_sizes_read(doc, &s);
	add_number(c, out, sx_streq(c->key, "memory") ? s.memory : s.maxmem,
		   xlcfg_key_line(doc, c->key));
	return 0;
}

/* Rounded up, as the file can have whole MiB only and mem-set was recorded so. */
static long mib_of(uint64_t kib)
{
	return (long)((kib + 1023) / 1024);
}

int view_memory_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			  struct sx_err *err SX_UNUSED)
{
	const struct live_memory *m = &l->config.memory;
	const char *type = live_fact(&l->config, "type");
	SX_FREE char *fudged = NULL;

	if (!sx_streq(c->key, "memory")) {
		add_number(c, out, mib_of(m->static_max_kib), 0);
		return 0;
	}
	add_number(c, out, mib_of(m->target_kib), 0);
	/*
	 * A guest built with memory < maxmem is given 1 MiB less (libxl__get_targetmem_fudge); one
	 * that mem-set was used on is not. What it is cannot be seen, so both count as the same.
	 */
	if (sx_streq(type, "hvm") && m->target_kib < m->static_max_kib) {
		fudged = sx_format("%ld", mib_of(m->target_kib + 1024));
		view_add_field(&out->items[out->len - 1], "also", fudged);
	}
	return 0;
}

bool view_memory_same(const struct view_item *file, const struct view_item *running)
{
	return sx_streq(view_value(file, ""), view_value(running, "")) ||
	       sx_streq(view_value(file, ""), view_value(running, "also"));
}

struct pair {
	const char *low_key, *high_key;
	bool has_low, has_high;
	long low, high; /* what they mean */
	bool fixed; /* both must be the same */
};

static void read_vcpus(const struct xlcfg *doc, struct pair *p)
{
	struct vcpus v;

	vcpus_read(doc, &v);
	*p = (struct pair){ "vcpus", "maxvcpus", v.has_vcpus, v.has_max, v.vcpus, v.max, false };
}

static void read_memory(const struct xlcfg *doc, struct pair *p)
{
	struct memory_sizes s = { 0 };

	memory_sizes_read(doc, &s);
	*p = (struct pair){ "memory", "maxmem", s.has_memory, s.has_maxmem,
			    s.memory, s.maxmem, s.fixed };
}

int view_vcpus_from_doc(const struct view_class *c, const struct xlcfg *doc,
			const char *path SX_UNUSED, struct view *out, struct sx_err *err SX_UNUSED)
{
	struct pair p = { 0 };

	read_vcpus(doc, &p);
	add_number(c, out, sx_streq(c->key, p.low_key) ? p.low : p.high,
		   xlcfg_key_line(doc, c->key));
	return 0;
}

static long running_value(const struct view *running, const char *key, long otherwise)
{
	for (size_t i = 0; i < running->len; i++)
		if (sx_streq(running->items[i].class->key, key))
			return strtol(view_value(&running->items[i], ""), NULL, 10);
	return otherwise;
}

/* What low means when the file does not have it. */
static long implied_low(bool memory, bool has_high, long high)
{
	if (!memory)
		return 1;
	return has_high ? high : memory_default_mib;
}

int view_pair_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		    const struct view_item *from SX_UNUSED, const struct view_item *to,
		    const struct view *running, struct sx_err *err)
{
	bool memory = sx_streq(c->key, "memory") || sx_streq(c->key, "maxmem");
	long value = strtol(view_value(to, ""), NULL, 10);
	struct pair p = { 0 };
	long low, high;

	(memory ? read_memory : read_vcpus)(doc, &p);
	low = p.low;
	high = p.high;
	/* One that the file only implies is nobody's word: it becomes what runs. */
	if (sx_streq(c->key, p.low_key)) {
		low = value;
		if (!p.has_high || low > high)
			high = running_value(running, p.high_key, low);
	} else {
		high = value;
		if (!p.has_low || low > high)
			low = running_value(running, p.low_key, high);
	}
	if (p.fixed && low != high) {
		high = low;
		sx_words_add(&edits->notices,
			     "memory and maxmem both get this value: a guest with passed-through "
			     "devices cannot be created with memory below maxmem");
	}
	/* The maximum first: then the other is implied by it, or not. */
	if (p.has_high ? p.high != high : high != low) {
		if (xlcfg_edits_set_number(edits, doc, p.high_key, high, err))
			return -1;
		p.has_high = true;
	}
	if (p.has_low ? p.low != low : low != implied_low(memory, p.has_high, high))
		return xlcfg_edits_set_number(edits, doc, p.low_key, low, err);
	return 0;
}
