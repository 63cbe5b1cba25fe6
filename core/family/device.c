/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Attach and detach of all devices that are elements of a list, except disks: one family each for
 * all classes of core/device. Parsing, conflicts and the check of the running domain are here; see
 * device_change.h for the other files.
 */
#include "family/device_change.h"

#include <string.h>

static void change_data_dispose(void *data)
{
	struct device_change *c = data;

	device_dispose(&c->spec);
	sx_fields_dispose(&c->facts);
	sx_words_dispose(&c->notes);
}

/* xl reads this word with atoi, which makes 0 of a word that is no number: refuse such a word. */
static int parse_number(const struct device_change *c, const char *word, const char *other,
			long *out, struct sx_err *err)
{
	const struct device_class *class = c->class;
	SX_FREE char *domain = sx_quoted(c->args.items[0]);
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	if (*word < '0' || *word > '9' || *end || value > INT32_MAX) {
		sx_err_set(err, SX_EUSAGE, "'%s' is not a %s of a domain: %s number%s%s is needed",
			   word, class->noun, class->target[0] ? "a controller's or port's" : "its",
			   *other ? " or its " : "", other);
		return sx_err_hint(err, "see: safexl %s %s", class->list, domain);
	}
	*out = (long)value;
	return 0;
}

static int parse_numbers(struct device_change *c, struct sx_err *err)
{
	for (size_t i = 0; i < SX_COUNT(c->class->target); i++) {
		long number;

		if (parse_number(c, c->args.items[i + 1], "", &number, err))
			return -1;
		sx_fields_setf(&c->spec.fields, c->class->target[i], "%ld", number);
	}
	return 0;
}

static int parse_mac(struct device_change *c, const char *word, struct sx_err *err)
{
	SX_FREE char *mac = device_mac(word);

	if (!mac || !*mac || strlen(word) != strlen(mac))
		return sx_err_set(err, SX_EUSAGE, "'%s' is not a MAC address", word);
	sx_fields_set(&c->spec.fields, "mac", mac);
	return 0;
}

static int parse_uuid(struct device_change *c, const char *word, struct sx_err *err)
{
	SX_FREE char *said = sx_format("uuid=%s", word);

	return device_parse_words(c->class, (char *[]){ said, NULL }, &c->spec, err);
}

/* Parse what the detach command names the device by: ports, identity or number. */
static int parse_target(struct device_change *c, struct sx_err *err)
{
	const char *id = c->class->id[0];
	char *word = c->args.items[1];
	bool mac = sx_streq(id, "mac"), uuid = sx_streq(id, "uuid");

	c->spec.class = c->class;
	c->spec.devid = -1;
	if (c->class->target[0])
		return parse_numbers(c, err);
	if (!c->class->is_numbered)
		return device_parse(c->class, word, &c->spec, err);
	if (mac && strchr(word, ':'))
		return parse_mac(c, word, err);
	if (uuid && strlen(word) == 36)
		return parse_uuid(c, word, err);
	return parse_number(c, word, mac ? "MAC address" : uuid ? "uuid" : "", &c->devid, err);
}

static int parse(struct change_said *said, struct sx_err *err)
{
	const struct device_class *class = device_class_of_command(said->command);
	struct device_change *c = said->data;
	bool attach = sx_streq(said->command, class->attach);
	size_t least = attach ? class->attach_words : class->detach_words;
	size_t most = attach ? class->attach_most : class->detach_words;
	const char *letters = attach ? NULL : class->detach_letters;

	c->class = class;
	c->attach = attach;
	c->devid = -1;
	if (change_args(said, letters ? letters : "", NULL, least, most, err))
		return -1;
	c->args = said->args;
	return attach ? device_parse_words(class, c->args.items + 1, &c->spec, err)
		      : parse_target(c, err);
}

/* Pass on to xl what safexl chose, so that the device gets just that. */
static void add_chosen(const struct device_change *c, struct sx_words *extra_args)
{
	for (size_t i = 0; i < SX_COUNT(c->class->chosen) && c->class->chosen[i]; i++) {
		const char *name = c->class->chosen[i], *value = sx_fields_get(&c->facts, name);
		bool typed = sx_fields_get(&c->spec.fields, name) ||
			     (sx_streq(name, "devid") && c->spec.devid >= 0);

		/* A controller that libxl is about to create has no number yet. */
		if (value && !typed && !sx_fields_get(&c->facts, "newctrl"))
			sx_words_give(extra_args, sx_format("%s=%s", name, value));
	}
}

static void apply(void *data, char *const *facts, struct sx_words *extra_args)
{
	struct device_change *c = data;

	for (; *facts; facts++) {
		const char *equals = strchr(*facts, '=');
		SX_FREE char *name =
			sx_strndup(*facts, equals ? (size_t)(equals - *facts) : strlen(*facts));

		if (sx_streq(name, "note"))
			sx_words_add(&c->notes, equals ? equals + 1 : "");
		else if (equals)
			sx_fields_set(&c->facts, name, equals + 1);
	}
	if (c->attach)
		add_chosen(c, extra_args);
}

static int verify(const struct change_said *said, struct live *live,
		  const struct live_domain *domain, enum change_truth *truth, struct sx_err *err)
{
	const struct device_change *c = said->data;
	LIVE_DEVICES devices = { 0 };
	const struct live_device *there;

	if (device_running(live, domain->domid, c->class, &devices, err))
		return -1;
	there = device_live_find(c, &devices);
	if (there && !there->connected)
		*truth = CHANGE_HALF;
	else
		*truth = (there != NULL) == c->attach ? CHANGE_LIVE : CHANGE_NOT_LIVE;
	return 0;
}

/* "safexl network-detach g1 00:16:3e:00:00:01" */
static char *cleanup_hint(const struct change *change)
{
	const struct device_change *c = change_by(&change->said)->data;
	SX_STR s = { 0 };
	const char *naming[] = {
		sx_fields_get(&c->spec.fields, "mac"),	sx_fields_get(&c->facts, "mac"),
		sx_fields_get(&c->spec.fields, "uuid"), sx_fields_get(&c->facts, "uuid"),
		sx_fields_get(&c->spec.fields, "bdf"),	sx_fields_get(&c->facts, "devid")
	};

	sx_str_addf(&s, "safexl %s ", c->class->detach);
	if (c->class->detach_letters)
		sx_str_addf(&s, "-%s ", c->class->detach_letters);
	sx_str_add_quoted(&s, change->domain.name);
	if (!c->attach || c->class->target[0]) {
		sx_str_add(&s, c->attach ? " <controller> <port>" : " ");
		if (!c->attach)
			sx_str_add_words(&s, c->args.items + 1);
		return sx_str_take(&s);
	}
	for (size_t i = 0; i < SX_COUNT(naming); i++)
		if (naming[i]) {
			sx_str_addf(&s, " %s", naming[i]);
			break;
		}
	return sx_str_take(&s);
}

static int attach_conflict(const struct change *change, struct live *live, struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;
	LIVE_DEVICES devices = { 0 };

	if (device_running(live, change->domain.domid, c->class, &devices, err))
		return -1;
	sx_each(const struct live_device, d, &devices) {
		bool same = device_same(c->class, &c->spec.fields, &d->fields) > 0;
		SX_FREE char *name = NULL;
		SX_STR quoted = { 0 };

		if (!same && (c->spec.devid < 0 || d->devid != c->spec.devid))
			continue;
		name = same ? device_label(&c->spec) : sx_format("number %ld", d->devid);
		sx_err_set(err, SX_ECONFLICT, "the running domain has %s %s already",
			   c->class->noun, name);
		sx_str_add_quoted(&quoted, change->domain.name);
		return sx_err_hint(err, "see: safexl %s %s", c->class->list, sx_str_text(&quoted));
	}
	return 0;
}

static int detach_conflict(const struct change *change, struct live *live, struct sx_err *err)
{
	const struct device_change *c = change_by(&change->said)->data;
	LIVE_DEVICES devices = { 0 };
	SX_STR shown = { 0 };

	if (device_running(live, change->domain.domid, c->class, &devices, err))
		return -1;
	if (device_live_find(c, &devices))
		return 0;
	for (size_t i = 1; i < c->args.len; i++)
		sx_str_addf(&shown, "%s%s", i > 1 ? " " : "", c->args.items[i]);
	sx_err_set(err, SX_ECONFLICT, "the running domain has no %s '%s'", c->class->noun,
		   sx_str_text(&shown));
	sx_str_clear(&shown);
	sx_str_add_quoted(&shown, change->domain.name);
	sx_str_addc(&shown, ' ');
	sx_str_add_words(&shown, c->args.items + 1);
	return sx_err_hint(err, "if only the file still has it: safexl --config %s %s",
			   c->class->detach, sx_str_text(&shown));
}

const struct change_family device_attach_family = {
	.attaches = true,
	.size = sizeof(struct device_change),
	.parse = parse,
	.dispose = change_data_dispose,
	.discover = device_discover,
	.apply = apply,
	.conflict = attach_conflict,
	.plan = device_attach_plan,
	.verify = verify,
	.cleanup_hint = cleanup_hint,
};

const struct change_family device_detach_family = {
	.size = sizeof(struct device_change),
	.parse = parse,
	.dispose = change_data_dispose,
	.discover = device_discover,
	.apply = apply,
	.conflict = detach_conflict,
	.plan = device_detach_plan,
	.verify = verify,
	.cleanup_hint = cleanup_hint,
};
