/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vCPUs online, their affinity, scheduling and pool as keys of a view. In `cpus` and `cpus_soft` a
 * string applies to every vCPU; a list, shown as [0-1 | all], gives each vCPU its own mask.
 */
#include "spec/cpulist.h"
#include "view/private.h"

#include <string.h>

/*
 * libxl's stored configuration lacks both counts when the file gave neither key, and for an HVM
 * guest its vcpus is what QEMU keeps plugged in: count the vCPUs themselves then.
 */
int view_vcpus_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			 struct sx_err *err)
{
	const char *value = live_fact(&l->config, c->key);
	bool most = sx_streq(c->key, "maxvcpus");
	SX_FREE char *asked = NULL;

	if (sx_streq(live_fact(&l->config, "maxvcpus"), "0") ||
	    (!most && sx_streq(live_fact(&l->config, "type"), "hvm"))) {
		LIVE_VCPUS now = { 0 };

		if (live_vcpus_get(l->live, l->domid, &now, err))
			return -1;
		asked = sx_format("%zu", most ? now.len : (size_t)now.wanted);
		value = asked;
	}
	if (value)
		view_add_field(view_add(out, c, "", ""), "", value);
	return 0;
}

static char *shown_list(char *const *items, size_t len)
{
	SX_STR s = { 0 };

	for (size_t i = 0; i < len; i++)
		sx_str_addf(&s, "%s%s", i ? " | " : "[", items[i]);
	sx_str_addc(&s, ']');
	return sx_str_take(&s);
}

/* The value is "" when the file does not decide it. */
int view_affinity_from_doc(const struct view_class *c, const struct xlcfg *doc,
			   const char *path SX_UNUSED, struct view *out,
			   struct sx_err *err SX_UNUSED)
{
	bool masked = out->host && sx_fields_get(out->host, "cpumask");
	SX_FREE char *text = xlcfg_get_string(doc, c->key);
	struct view_item *item = view_add(out, c, "", "");

	item->line = xlcfg_key_line(doc, c->key);
	if (xlcfg_key_kind(doc, c->key) == XLCFG_LIST) {
		SX_WORDS items = { 0 };

		for (size_t i = 0; i < xlcfg_list_len(doc, c->key); i++) {
			char *entry = xlcfg_list_get(doc, c->key, i);

			if (!entry)
				break; /* xl stops there as well */
			sx_words_give(&items, entry);
		}
		free(text);
		text = shown_list(sx_words_argv(&items), items.len);
	} else if (!text) {
		text = sx_strdup(masked ? "" : c->fallback);
	}
	view_add_field(item, "", text);
	if (masked && sx_streq(c->key, "cpus"))
		view_add_field(item, "masked", "1");
	return 0;
}

int view_affinity_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			    struct sx_err *err)
{
	bool soft = sx_streq(c->key, "cpus_soft");
	LIVE_VCPUS now = { 0 };
	SX_WORDS items = { 0 };
	SX_STR each = { 0 };
	SX_STR nodes = { 0 };
	SX_FREE char *list = NULL;
	struct view_item *item;
	bool uniform = true;

	if (live_vcpus_get(l->live, l->domid, &now, err))
		return -1;
	for (size_t i = 0; i < now.len; i++) {
		const char *text = soft ? now.items[i].soft : now.items[i].hard;

		sx_words_add(&items, text);
		sx_str_addf(&each, "%s%s", i ? "|" : "", text);
		uniform &= sx_streq(text, items.items[0]);
	}
	for (unsigned i = 0; i < now.host_len; i++)
		sx_str_addf(&nodes, "%s%d", i ? " " : "", now.host_nodes[i]);
	if (!items.len)
		return 0;
	list = uniform ? sx_strdup(items.items[0]) : shown_list(sx_words_argv(&items), items.len);
	item = view_add(out, c, "", "");
	view_add_field(item, "", list);
	view_add_field(item, "each", sx_str_text(&each));
	view_add_field(item, "nodes", sx_str_text(&nodes));
	return 0;
}

/* The NUMA node of each host CPU. */
struct host {
	SX_VEC_OF(int);
	bool several; /* more than one node */
};

static void read_host(const struct view_item *running, struct host *h)
{
	const char *p = view_value(running, "nodes");
	char *end;

	for (; p && *p; p = end) {
		int node = (int)strtol(p, &end, 10);

		if (end == p)
			break;
		sx_vec_push(h, node);
		h->several |= node != h->items[0];
	}
}

static bool same_affinity(const char *file, const char *running, bool masked, const struct host *h)
{
	enum cpulist_relation relation;
	SX_ERR ignored = { 0 };

	/* xl cannot have applied a mask that it cannot read. */
	if (cpulist_compare(running, file, h->items, (unsigned)h->len, &relation, &ignored))
		return true;
	return relation == CPULIST_SAME || (masked && relation == CPULIST_WITHIN);
}

/* Cut the next mask off "[a | b]" or "a|b"; NULL: no more. */
static char *next_entry(char **rest)
{
	char *entry = strsep(rest, "|");
	size_t len;

	if (!entry)
		return NULL;
	entry += strspn(entry, " [");
	len = strlen(entry);
	while (len && strchr(" ]", entry[len - 1]))
		entry[--len] = '\0';
	return entry;
}

bool view_affinity_same(const struct view_item *file, const struct view_item *running)
{
	const char *value = view_value(file, "");
	SX_FREE char *said = sx_strdup(value);
	SX_FREE char *each = sx_strdup(view_value(running, "each"));
	char *rest = each, *said_rest = said, *now;
	bool list = value[0] == '[', masked = view_value(file, "masked") != NULL;
	bool same = true;
	struct host h = { 0 };

	read_host(running, &h);
	/* NUMA placement or xl.conf's mask decides, not the file. */
	if (!*value && (h.several || *file->class->fallback)) {
		sx_vec_free(&h);
		return true;
	}
	while ((now = next_entry(&rest))) {
		const char *want = list ? next_entry(&said_rest) : *value ? value : "all";

		same &= same_affinity(want && *want ? want : "all", now, masked, &h);
	}
	sx_vec_free(&h);
	return same;
}

static int set_entry(struct xlcfg *doc, struct xlcfg_edits *edits, const char *key, size_t index,
		     const char *mask, struct sx_err *err)
{
	SX_FREE char *old = xlcfg_list_get(doc, key, index);

	if (index >= xlcfg_list_len(doc, key))
		return xlcfg_edits_append(edits, doc, key, mask ? mask : "all", err);
	if (!mask || sx_streq(old, mask))
		return 0;
	if (!old)
		return sx_err_set(err, SX_ECONFLICT,
				  "%s:%zu: a list within the list '%s': xl stops there",
				  xlcfg_name(doc), xlcfg_list_line(doc, key, index), key);
	return xlcfg_edits_replace(edits, doc, key, index, mask, err);
}

/* vCPUs that a list lacks are unpinned, so trailing NULL masks need no entry. */
static int set_entries(struct xlcfg *doc, struct xlcfg_edits *edits, const char *key,
		       const char *const *masks, size_t count, struct sx_err *err)
{
	while (count && !masks[count - 1])
		count--;
	for (size_t i = 0; i < count; i++)
		if (set_entry(doc, edits, key, i, masks[i], err))
			return -1;
	return 0;
}

int view_affinity_set(struct xlcfg *doc, struct xlcfg_edits *edits, const char *key,
		      const char *const *masks, size_t count, struct sx_err *err)
{
	SX_FREE char *old = view_value_in(doc, key);
	SX_WORDS items = { 0 };
	bool uniform = true, new = false;

	if (xlcfg_key_kind(doc, key) == XLCFG_LIST)
		return set_entries(doc, edits, key, masks, count, err);
	for (size_t i = 0; i < count; i++) {
		sx_words_add(&items, masks[i] ? masks[i] : *old ? old : "all");
		uniform &= masks[i] && sx_streq(masks[i], masks[0]);
		new |= masks[i] && !sx_streq(masks[i], old);
	}
	if (!new)
		return 0;
	if (!uniform) {
		sx_words_give(&edits->notices,
			      sx_format("'%s' is a list now: with one, xl places the domain on no "
					"NUMA node by itself when it is created",
					key));
		return xlcfg_edits_set_list(edits, doc, key, sx_words_argv(&items), err);
	}
	if (!*old && xlcfg_key_kind(doc, key) == XLCFG_ABSENT)
		sx_words_give(&edits->notices,
			      sx_format("with '%s', xl places the domain on no NUMA node by itself "
					"when it is created",
					key));
	return xlcfg_edits_set_string(edits, doc, key, items.items[0], err);
}

int view_affinity_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
			const struct view_item *from, const struct view_item *to,
			const struct view *running SX_UNUSED, struct sx_err *err)
{
	SX_FREE char *each = sx_strdup(view_value(to, "each"));
	bool list = xlcfg_key_kind(doc, c->key) == XLCFG_LIST;
	bool masked = from && view_value(from, "masked");
	char *rest = each;
	const char *mask;
	struct host h = { 0 };
	struct {
		SX_VEC_OF(const char *);
	} masks = { 0 };
	int r;

	read_host(to, &h);
	while ((mask = next_entry(&rest))) {
		SX_FREE char *old = list ? xlcfg_list_get(doc, c->key, masks.len) : NULL;

		if (list && same_affinity(old ? old : "all", mask, masked, &h))
			mask = NULL;
		sx_vec_push(&masks, mask);
	}
	r = view_affinity_set(doc, edits, c->key, masks.items, masks.len, err);
	sx_vec_free(&masks);
	sx_vec_free(&h);
	return r;
}

/* ---- scheduling: the class's fallback is what Xen gives a domain without the key ---- */

int view_number_from_doc(const struct view_class *c, const struct xlcfg *doc,
			 const char *path SX_UNUSED, struct view *out, struct sx_err *err SX_UNUSED)
{
	struct view_item *item = view_add(out, c, "", "");
	SX_FREE char *text = NULL;
	long value;

	item->line = xlcfg_key_line(doc, c->key);
	if (xlcfg_get_long(doc, c->key, &value))
		text = sx_format("%ld", value);
	view_add_field(item, "", text ? text : c->fallback);
	return 0;
}

int view_number_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		      const struct view_item *from SX_UNUSED, const struct view_item *to,
		      const struct view *running SX_UNUSED, struct sx_err *err)
{
	return xlcfg_edits_set_number(edits, doc, c->key, strtol(view_value(to, ""), NULL, 10),
				      err);
}

int view_sched_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			 struct sx_err *err)
{
	struct live_sched s;
	SX_FREE char *text = NULL;
	long value;

	if (live_sched_get(l->live, l->domid, &s, err))
		return -1;
	value = sx_streq(c->key, "cpu_weight") ? s.weight
		: sx_streq(c->key, "cap")      ? s.cap
		: sx_streq(c->key, "period")   ? s.period
					       : s.extratime;
	/* Known only if the pool's scheduler has it and all vCPUs share one value. */
	if (value < 0 || !s.uniform)
		return 0;
	text = sx_format("%ld", value);
	view_add_field(view_add(out, c, "", ""), "", text);
	return 0;
}

/* A pool given by number is not compared: another pool may have the number now. */
bool view_pool_same(const struct view_item *file, const struct view_item *running)
{
	const char *value = view_value(file, "");

	return sx_streq(value, view_value(running, "")) ||
	       (*value && strspn(value, "0123456789") == strlen(value));
}

int view_pool_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			struct sx_err *err)
{
	SX_FREE char *pool = NULL;

	if (live_pool_get(l->live, l->domid, &pool, err))
		return -1;
	view_add_field(view_add(out, c, "", ""), "", pool);
	return 0;
}
