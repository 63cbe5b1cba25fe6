/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the reversing command by the key of xl.cfg that changed: see inverse.h. */
#include "undo/inverse.h"
#include "change/change.h"
#include "device/device.h"
#include "domain/disk_list.h"
#include "view/view.h"

#include <string.h>

/* What to reverse, and what was found so far. */
struct search {
	const struct xlcfg *before, *after;
	const struct xlcfg_differences *back; /* from after to before */
	const char *domain, *command;
	struct inverse *out;
};

void inverse_dispose(struct inverse *i)
{
	sx_words_dispose(&i->words);
	sx_words_dispose(&i->unknown);
	*i = (struct inverse){ 0 };
}

static void unknown(struct search *s, const char *key)
{
	for (size_t i = 0; i < s->out->unknown.len; i++)
		if (sx_streq(s->out->unknown.items[i], key))
			return;
	sx_words_add(&s->out->unknown, key);
}

/*
 * Count a command that was found. Of several, keep the kind that made the change: the other
 * differences then only follow from it in the file (maxmem from mem-set).
 */
static void found(struct search *s, const char *command, const char *key, char *const *words)
{
	bool own = sx_streq(command, s->command);

	if (!change_family_find(command)) {
		unknown(s, key);
		return;
	}
	s->out->commands++;
	s->out->chosen |= own;
	if (s->out->commands > 1 && !own)
		return;
	sx_words_dispose(&s->out->words);
	sx_words_add(&s->out->words, command);
	for (size_t i = 0; words[i]; i++)
		sx_words_add(&s->out->words, words[i]);
}

static bool key_changed(const struct search *s, const char *key)
{
	for (size_t i = 0; i < s->back->len; i++)
		if (sx_streq(s->back->items[i].intent.key, key))
			return true;
	return false;
}

/* ---- scalar keys: their values and commands are in the table of core/view/class.c ---- */

/* Writing out a value that another key implied changes nothing. */
static void find_value(struct search *s, const struct view_class *class)
{
	SX_FREE char *was = view_value_in(s->before, class->key),
		     *is = view_value_in(s->after, class->key);
	SX_FREE char *domain = sx_strdup(s->domain);

	if (sx_streq(was, is))
		return;
	if (class->command && *was)
		found(s, class->command, class->key, (char *[]){ domain, was, NULL });
	else
		unknown(s, class->key);
}

/* ---- scheduling ---- */

/* Weight and cap together, by the command of the scheduler that the change was made with. */
static void find_sched(struct search *s, const char *key)
{
	SX_FREE char *domain = sx_strdup(s->domain);
	SX_FREE char *weight = view_value_in(s->before, "cpu_weight"),
		     *cap = view_value_in(s->before, "cap");
	const char *command =
		sx_starts_with(s->command, "sched-credit") ? s->command : "sched-credit2";

	/* If both keys changed, one command is enough. */
	if (sx_streq(key, "cpu_weight") && key_changed(s, "cap"))
		return;
	found(s, command, key,
	      (char *[]){ (char[]){ "-d" }, domain, (char[]){ "-w" }, weight, (char[]){ "-c" }, cap,
			  NULL });
}

/* The mask that a key gives one vCPU; a string applies to all. Heap string. */
static char *mask_of(const struct xlcfg *doc, const char *key, size_t vcpu)
{
	char *text = xlcfg_key_kind(doc, key) == XLCFG_LIST ? xlcfg_list_get(doc, key, vcpu)
							    : xlcfg_get_string(doc, key);

	return text ? text : sx_strdup("all");
}

/*
 * How many vCPUs to look at. Beyond the entries of both lists all are alike: two of them stand for
 * the rest, however many the file gives.
 */
static size_t count_pins(const struct search *s, const char *key)
{
	SX_FREE char *vcpus = view_value_in(s->before, "maxvcpus");
	long most = strtol(vcpus, NULL, 10);
	size_t was = xlcfg_list_len(s->before, key), is = xlcfg_list_len(s->after, key);
	size_t entries = (was > is ? was : is) + 2;

	return most < 0 ? 0 : (size_t)most < entries ? (size_t)most : entries;
}

/* vcpu-pin for all vCPUs, if all get the same mask back, else for the one that differs. */
static void find_pin(struct search *s, const char *key)
{
	size_t most = count_pins(s, key);
	SX_FREE char *first = mask_of(s->before, key, 0), *vcpu = NULL, *mask = NULL;
	SX_FREE char *domain = sx_strdup(s->domain);
	bool soft = sx_streq(key, "cpus_soft"), alike = true;
	size_t differ = 0;

	for (size_t i = 0; i < most; i++) {
		SX_FREE char *was = mask_of(s->before, key, i), *is = mask_of(s->after, key, i);

		alike &= sx_streq(was, first);
		if (sx_streq(was, is))
			continue;
		free(vcpu);
		free(mask);
		vcpu = sx_format("%zu", i);
		mask = sx_strdup(was);
		differ++;
	}
	if (!differ)
		return;
	if (differ > 1 && !alike) {
		unknown(s, key);
		return;
	}
	if (differ > 1) {
		free(vcpu);
		vcpu = sx_strdup("all");
	}
	found(s, "vcpu-pin", key,
	      soft ? (char *[]){ domain, vcpu, (char[]){ "-" }, mask, NULL }
		   : (char *[]){ domain, vcpu, mask, NULL });
}

/* ---- disks ---- */

/* Find a text's disk by its device id. */
static bool find_in(const struct xlcfg *doc, long devid, struct disk_spec *out)
{
	SX_CLEANUP(xlcfg_edits_dispose) struct xlcfg_edits notes = { 0 };
	SX_ERR ignored = { 0 };
	long index;

	return disk_items_find(doc, "", devid, &notes, &index, out, &ignored) == 0 && index >= 0;
}

/* Both texts have the disk: only the medium of a CD drive can be changed back. */
static void find_medium(struct search *s, const struct disk_spec *now, const struct disk_spec *was)
{
	SX_FREE char *domain = sx_strdup(s->domain);

	if (sx_streq(now->meaning, was->meaning))
		return;
	if (!now->cdrom || !was->cdrom)
		unknown(s, "disk");
	else if (*was->target)
		found(s, "cd-insert", "disk", (char *[]){ domain, was->vdev, was->target, NULL });
	else
		found(s, "cd-eject", "disk", (char *[]){ domain, was->vdev, NULL });
}

static void find_disk(struct search *s, const struct xlcfg_difference *d)
{
	bool attach = d->intent.op == XLCFG_INSERT, kept;
	SX_FREE char *domain = sx_strdup(s->domain);
	DISK_SPEC spec = { 0 };
	DISK_SPEC other = { 0 };
	SX_ERR ignored = { 0 };

	if ((!attach && d->intent.op != XLCFG_REMOVE) ||
	    disk_parse(attach ? d->intent.text : d->old, &spec, &ignored)) {
		unknown(s, "disk");
		return;
	}
	kept = find_in(attach ? s->after : s->before, spec.devid, &other);
	if (kept && !attach)
		find_medium(s, &spec, &other); /* once, at one of the two differences */
	else if (!kept && attach)
		found(s, "block-attach", "disk", (char *[]){ domain, spec.text, NULL });
	else if (!kept)
		found(s, "block-detach", "disk", (char *[]){ domain, spec.vdev, NULL });
}

/* ---- other devices ---- */

/* Split an item into the words of the attach command. */
static void device_words(const char *text, struct sx_words *out)
{
	SX_FREE char *copy = sx_strdup(text);
	char *rest = copy, *word;

	while ((word = strsep(&rest, ","))) {
		word += strspn(word, " \t");
		if (*word)
			sx_words_add(out, word);
	}
}

/* Does the other text have the same device, perhaps with another devid=? */
static bool is_kept(const struct search *s, const struct xlcfg_difference *d,
		    const struct device *device, const struct device_class *class)
{
	sx_each(const struct xlcfg_difference, o, s->back) {
		const char *text = o->intent.op == XLCFG_INSERT ? o->intent.text : o->old;
		DEVICE other = { 0 };
		SX_ERR ignored = { 0 };

		if (o != d && sx_streq(o->intent.key, d->intent.key) &&
		    o->intent.op != d->intent.op && text &&
		    device_parse(class, text, &other, &ignored) == 0 &&
		    sx_fields_equal(&other.fields, &device->fields))
			return true;
	}
	return false;
}

/* It gets the number back that its place gave it, whatever is free now. */
static void add_number(const struct search *s, const struct device *device, const char *text,
		       struct sx_words *out)
{
	const char *key = device->class->key;

	for (size_t i = 0; i < xlcfg_list_len(s->before, key); i++) {
		SX_FREE char *item = xlcfg_list_get(s->before, key, i);

		if (!device->class->has_devid || device->devid >= 0 || !sx_streq(item, text))
			continue;
		sx_words_give(out, sx_format("devid=%zu", i));
		return;
	}
}

static void find_device(struct search *s, const struct device_class *class,
			const struct xlcfg_difference *d)
{
	bool attach = d->intent.op == XLCFG_INSERT;
	const char *text = attach ? d->intent.text : d->old;
	DEVICE device = { 0 };
	SX_WORDS words = { 0 };
	SX_ERR ignored = { 0 };
	const char *mac, *bdf;

	if ((!attach && d->intent.op != XLCFG_REMOVE) || class->is_nested ||
	    device_parse(class, text, &device, &ignored)) {
		unknown(s, class->key);
		return;
	}
	if (is_kept(s, d, &device, class))
		return;
	sx_words_add(&words, s->domain);
	mac = device_get(&device, "mac");
	bdf = device_get(&device, "bdf");
	if (attach) {
		device_words(text, &words);
		add_number(s, &device, text, &words);
	} else if (mac || bdf) {
		sx_words_add(&words, mac ? mac : bdf);
	} else if (device_number(&device, d->intent.index) >= 0) {
		sx_words_give(&words, sx_format("%ld", device_number(&device, d->intent.index)));
	}
	if (words.len < 2)
		unknown(s, class->key);
	else
		found(s, attach ? class->attach : class->detach, class->key, sx_words_argv(&words));
}

/* A list has a difference for each element: search only once, at the first. */
static void once(struct search *s, const struct xlcfg_differences *back, size_t i,
		 void (*find)(struct search *s, const char *key))
{
	const char *key = back->items[i].intent.key;

	if (!i || !sx_streq(back->items[i - 1].intent.key, key))
		find(s, key);
}

void inverse_find(const struct xlcfg *before, const struct xlcfg *after, const char *domain,
		  const char *command, struct inverse *out)
{
	XLCFG_DIFFERENCES back = { 0 };
	struct search s = { before, after, &back, domain, command, out };

	xlcfg_compare(after, before, &back);
	for (size_t i = 0; i < back.len; i++) {
		const struct xlcfg_difference *d = &back.items[i];
		const struct device_class *class = device_class_find(d->intent.key);
		const struct view_class *value = view_class_find(d->intent.key);

		if (sx_streq(d->intent.key, "disk"))
			find_disk(&s, d);
		else if (class)
			find_device(&s, class, d);
		else if (sx_streq(d->intent.key, "cpu_weight") || sx_streq(d->intent.key, "cap"))
			find_sched(&s, d->intent.key);
		else if (sx_streq(d->intent.key, "cpus") || sx_streq(d->intent.key, "cpus_soft"))
			once(&s, &back, i, find_pin);
		else if (value && value->from_doc && !value->cold)
			find_value(&s, value);
		else
			unknown(&s, d->intent.key);
	}
}
