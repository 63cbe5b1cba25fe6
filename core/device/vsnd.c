/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Virtual sound cards: a list of texts "CARD,...", "PCM,...", "STREAM,...". A STREAM belongs to the
 * PCM before it (parse_vsnd_item in xl_parse.c). See device.h for the names of the fields.
 */
#include "device/private.h"

#include <libxl.h>
#include <string.h>

static char *rate(const char *text)
{
	return sx_format("%lu", strtoul(text, NULL, 0) & UINT32_MAX);
}

static char *format(const char *text)
{
	libxl_vsnd_pcm_format format;

	if (libxl_vsnd_pcm_format_from_string(text, &format))
		return NULL;
	return sx_strdup(libxl_vsnd_pcm_format_to_string(format));
}

/* A list such as "44100;0xac44" or "S16_LE;u8", each element read as xl does. NULL: refused. */
static char *canonical_list(const char *text, char *(*read)(const char *one))
{
	SX_FREE char *copy = sx_strdup(text);
	char *rest = copy, *one;
	SX_STR s = { 0 };

	while ((one = strsep(&rest, ";"))) {
		SX_FREE char *value = *one ? read(one) : NULL;

		if (*one && !value)
			return NULL;
		if (value)
			sx_str_addf(&s, "%s%s", s.len ? ";" : "", value);
	}
	return s.len ? sx_str_take(&s) : NULL;
}

static char *canonical_rates(const char *text)
{
	return canonical_list(text, rate);
}

static char *canonical_formats(const char *text)
{
	return canonical_list(text, format);
}

/* The fields of cards, PCM devices and streams; belongs() says which part has which. */
static const struct device_field fields[] = {
	TOLD("short-name", DEVICE_TEXT, NULL),
	TOLD("long-name", DEVICE_TEXT, NULL),
	BACKEND,
	TOLD("name", DEVICE_TEXT, NULL),
	TOLD("unique-id", DEVICE_TEXT, NULL),
	FIELD("type", DEVICE_CHOICE, .choices = "p c", .is_live = true),
	FIELD("sample-rates", DEVICE_TEXT, .is_live = true, .canonical = canonical_rates),
	FIELD("sample-formats", DEVICE_TEXT, .is_live = true, .canonical = canonical_formats),
	TOLD("channels-min", DEVICE_NUMBER, "0"),
	TOLD("channels-max", DEVICE_NUMBER, "0"),
	TOLD("buffer-size", DEVICE_NUMBER, "0"),
	END,
};

struct sound {
	struct device *out;
	bool strict;
	int pcms, streams; /* PCM devices so far, streams of the last one */
};

/* May this part (CARD, PCM, STREAM) have the field? */
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
	if (device_value(sound->out->class, field, equals + 1, sound->strict, &value) !=
		    DEVICE_TAKEN ||
	    !value)
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

static int parse(char *const *items, bool strict, struct device *out, struct sx_err *err)
{
	struct sound sound = { .out = out, .strict = strict };

	for (; *items; items++)
		if (take_item(&sound, *items, err))
			return -1;
	return 0;
}

/*
 * Append the text of one part: the fields directly under the prefix. False: nothing has the
 * prefix, so there is no such part.
 */
static bool add_part(const struct device *d, const char *part, const char *prefix,
		     struct sx_words *out)
{
	SX_STR s = { 0 };
	bool any = false;

	sx_str_add(&s, part);
	sx_each(const struct sx_field, f, &d->fields) {
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

static void write_items(const struct device *d, struct sx_words *out)
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

static void set_part(struct sx_fields *f, const char *prefix, const char *name, const char *value)
{
	SX_FREE char *whole = sx_format("%s%s", prefix, name);

	device_tell(f, whole, value);
}

static void set_params(struct sx_fields *f, const char *prefix, const libxl_vsnd_params *p)
{
	SX_STR rates = { 0 };
	SX_STR formats = { 0 };
	SX_FREE char *least = p->channels_min ? sx_format("%u", p->channels_min) : NULL;
	SX_FREE char *most = p->channels_max ? sx_format("%u", p->channels_max) : NULL;
	SX_FREE char *buffer = p->buffer_size ? sx_format("%u", p->buffer_size) : NULL;

	for (int i = 0; i < p->num_sample_rates; i++)
		sx_str_addf(&rates, "%s%u", i ? ";" : "", p->sample_rates[i]);
	for (int i = 0; i < p->num_sample_formats; i++)
		sx_str_addf(&formats, "%s%s", i ? ";" : "",
			    libxl_vsnd_pcm_format_to_string(p->sample_formats[i]));
	set_part(f, prefix, "sample-rates", sx_str_text(&rates));
	set_part(f, prefix, "sample-formats", sx_str_text(&formats));
	set_part(f, prefix, "channels-min", least);
	set_part(f, prefix, "channels-max", most);
	set_part(f, prefix, "buffer-size", buffer);
}

static void set_pcm(struct sx_fields *f, int number, const libxl_vsnd_pcm *pcm)
{
	SX_FREE char *prefix = sx_format("pcm%d.", number);

	set_part(f, prefix, "name", pcm->name);
	set_params(f, prefix, &pcm->params);
	for (int i = 0; i < pcm->num_vsnd_streams; i++) {
		const libxl_vsnd_stream *stream = &pcm->streams[i];
		SX_FREE char *inner = sx_format("%sstream%d.", prefix, i);

		set_part(f, inner, "unique-id", stream->unique_id);
		set_part(f, inner, "type", libxl_vsnd_stream_type_to_string(stream->type));
		set_params(f, inner, &stream->params);
	}
}

static bool list_vsnd(libxl_ctx *ctx, uint32_t domid, struct live_devices *out)
{
	int count = 0;
	libxl_device_vsnd *all = libxl_device_vsnd_list(ctx, domid, &count);

	for (int i = 0; all && i < count; i++) {
		struct live_device d = { .devid = all[i].devid };
		libxl_vsndinfo info;

		libxl_vsndinfo_init(&info);
		if (libxl_device_vsnd_getinfo(ctx, domid, &all[i], &info) == 0)
			d.connected = live_is_connected(info.state, info.backend);
		libxl_vsndinfo_dispose(&info);
		device_tell(&d.fields, "short-name", all[i].short_name);
		device_tell(&d.fields, "long-name", all[i].long_name);
		device_tell_backend(ctx, &d.fields, all[i].backend_domid);
		set_params(&d.fields, "", &all[i].params);
		for (int k = 0; k < all[i].num_vsnd_pcms; k++)
			set_pcm(&d.fields, k, &all[i].pcms[k]);
		sx_vec_push(out, d);
	}
	libxl_device_vsnd_list_free(all, count);
	return count > 0;
}

const struct device_class device_vsnd = {
	.key = "vsnd",
	.noun = "virtual sound card",
	.attach = "vsnd-attach",
	.detach = "vsnd-detach",
	.list = "vsnd-list",
	.attach_words = 2,
	.detach_words = 2,
	.fields = fields,
	.is_numbered = true,
	.is_nested = true,
	.c_notation = true,
	.running = list_vsnd,
	.parse = parse,
	.write = write_items,
};
