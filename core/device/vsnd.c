/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Virtual sound cards: a list of texts "CARD,...", "PCM,...", "STREAM,...", each about what came
 * last before it (parse_vsnd_item in xl_parse.c). See device.h for the names of the fields.
 */
#include "device/private.h"

#include <libxl.h>
#include <string.h>

struct sound {
	struct device *out;
	bool strict;
	int pcms, streams; /* how many so far, of the last PCM device */
};

/* Which fields a part may have. */
static bool belongs(const char *part, const char *name)
{
	static const char *const card[] = { "backend", "short-name", "long-name" };

	for (size_t i = 0; i < SX_COUNT(card); i++)
		if (sx_streq(name, card[i]))
			return strcasecmp(part, "card") == 0;
	if (sx_streq(name, "name"))
		return strcasecmp(part, "pcm") == 0;
	if (sx_streq(name, "unique-id") || sx_streq(name, "type"))
		return strcasecmp(part, "stream") == 0;
	return true;
}

/* "44100;0xac44" or "S16_LE;u8", one by one as xl reads them. NULL: xl refuses it. */
static char *canonical_list(const char *text, bool formats)
{
	SX_FREE char *copy = sx_strdup(text);
	char *rest = copy, *one;
	SX_STR s = { 0 };

	while ((one = strsep(&rest, ";"))) {
		libxl_vsnd_pcm_format format;

		if (!*one)
			continue;
		if (s.len)
			sx_str_addc(&s, ';');
		if (!formats)
			sx_str_addf(&s, "%lu", strtoul(one, NULL, 0) & 0xffffffff);
		else if (libxl_vsnd_pcm_format_from_string(one, &format))
			return NULL;
		else
			sx_str_add(&s, libxl_vsnd_pcm_format_to_string(format));
	}
	return s.len ? sx_str_take(&s) : NULL;
}

static int refuse(const char *word, struct sx_err *err)
{
	sx_err_set(err, SX_EUSAGE, "vsnd: xl does not know '%s' there", word);
	return sx_err_hint(err, "an example: CARD,short-name=Main "
				"PCM,name=Main STREAM,unique-id=0,type=P");
}

static int take_word(struct sound *sound, const char *part, const char *word, struct sx_err *err)
{
	const char *equals = strchr(word, '=');
	SX_FREE char *name = sx_strndup(word, equals ? (size_t)(equals - word) : strlen(word));
	SX_FREE char *value = NULL;
	const struct device_field *field = device_field_find(sound->out->class, name);
	SX_STR whole = { 0 };

	if (!equals || !field || strchr(name, '.') || !belongs(part, name))
		return refuse(word, err);
	if (sx_starts_with(name, "sample-"))
		value = canonical_list(equals + 1, sx_streq(name, "sample-formats"));
	else if (device_value(sound->out->class, field, equals + 1, sound->strict, &value) !=
		 DEVICE_TAKEN)
		return refuse(word, err);
	if (!value)
		return refuse(word, err);
	if (strcasecmp(part, "card"))
		sx_str_addf(&whole, "pcm%d.", sound->pcms - 1);
	if (strcasecmp(part, "stream") == 0)
		sx_str_addf(&whole, "stream%d.", sound->streams - 1);
	sx_str_add(&whole, name);
	sx_fields_set(&sound->out->fields, sx_str_text(&whole), value);
	return 0;
}

static int take_item(struct sound *sound, const char *item, struct sx_err *err)
{
	SX_FREE char *copy = sx_strdup(item);
	char *rest = copy;
	char *part = device_next_word(&rest, ",");
	char *word;

	if (!part)
		return 0;
	if (strcasecmp(part, "pcm") == 0) {
		sound->pcms++;
		sound->streams = 0;
	} else if (strcasecmp(part, "stream") == 0) {
		sound->pcms += sound->pcms == 0;
		sound->streams++;
	} else if (strcasecmp(part, "card")) {
		return refuse(part, err);
	}
	while ((word = device_next_word(&rest, ",")))
		if (take_word(sound, part, word, err))
			return -1;
	return 0;
}

int device_sound_parse(char *const *items, bool strict, struct device *out, struct sx_err *err)
{
	struct sound sound = { .out = out, .strict = strict };

	for (; *items; items++)
		if (take_item(&sound, *items, err))
			return -1;
	return 0;
}

/* One text of all fields that begin with the prefix and have no further part. */
static bool add_part(const struct device *d, const char *part, const char *prefix,
		     struct sx_words *out)
{
	SX_STR s = { 0 };
	bool any = false;

	sx_str_add(&s, part);
	for (size_t i = 0; i < d->fields.len; i++) {
		const struct sx_field *f = &d->fields.items[i];

		if (!sx_starts_with(f->name, prefix))
			continue;
		any = true;
		if (!strchr(f->name + strlen(prefix), '.'))
			sx_str_addf(&s, ",%s=%s", f->name + strlen(prefix), f->value);
	}
	if (any)
		sx_words_give(out, sx_str_take(&s));
	return any;
}

void device_sound_text(const struct device *d, struct sx_words *out)
{
	add_part(d, "CARD", "", out);
	for (int pcm = 0;; pcm++) {
		SX_FREE char *prefix = sx_format("pcm%d.", pcm);

		if (!add_part(d, "PCM", prefix, out))
			break;
		for (int stream = 0;; stream++) {
			SX_FREE char *inner = sx_format("pcm%d.stream%d.", pcm, stream);

			if (!add_part(d, "STREAM", inner, out))
				break;
		}
	}
}
