/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memory and maxmem, vcpus and maxvcpus: each can imply the other (parse_config_data in
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

int view_pair_from_doc(const struct view_class *c, const struct xlcfg *doc,
		       const char *path SX_UNUSED, struct view *out, struct sx_err *err SX_UNUSED)
{
	struct guest_pair p;

	guest_pair_read(doc, c->key, &p);
	/* The nodes say it, as libxl adds them up. */
	if (p.vnuma && xlcfg_key_kind(doc, c->key) == XLCFG_ABSENT)
		view_forget(out, c);
	else
		add_number(c, out, guest_pair_value(&p, c->key), xlcfg_key_line(doc, c->key));
	return 0;
}

/* Round up: the file holds whole MiB, and mem-set is recorded rounded up. */
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
	 * libxl gives a guest built with memory < maxmem 1 MiB less (libxl__get_targetmem_fudge),
	 * but not one that mem-set changed. Which happened is not visible: accept both.
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

static long running_value(const struct view *running, const char *key, long otherwise)
{
	const struct view_item *item = view_find(running, key);

	return item ? strtol(view_value(item, ""), NULL, 10) : otherwise;
}

int view_pair_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		    const struct view_item *from SX_UNUSED, const struct view_item *to,
		    const struct view *running, struct sx_err *err)
{
	long low, high;
	struct guest_pair p;

	guest_pair_read(doc, c->key, &p);
	low = high = strtol(view_value(to, ""), NULL, 10);
	/* A value that the file only implies is nobody's choice: it becomes what runs. */
	if (sx_streq(c->key, p.low_key))
		high = p.has_high && low <= p.high ? p.high
						   : running_value(running, p.high_key, low);
	else
		low = p.has_low && p.low <= high ? p.low : running_value(running, p.low_key, high);
	return guest_pair_write(&p, c->key, low, high, doc, edits, err);
}
