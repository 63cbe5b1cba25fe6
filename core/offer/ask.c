/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Helpers for the sources of candidates: see private.h. */
#include "domain/resolve.h"
#include "host/file.h"
#include "offer/private.h"

#include <dirent.h>

void offer_add(struct offer *o, const char *text, const char *description, char after)
{
	if (sx_starts_with(text, o->q->word))
		candidates_add(o->out, text, description, after);
}

void offer_add_all(struct offer *o, const char *const *texts, char after)
{
	for (; *texts; texts++)
		offer_add(o, *texts, NULL, after);
}

const char *offer_word(const struct offer *o, size_t i)
{
	return i < o->q->count ? o->q->words[i] : "";
}

struct live *offer_live(struct offer *o)
{
	SX_ERR none = { 0 };

	if (!o->live && live_open(&o->live, &none))
		o->live = NULL;
	return o->live;
}

bool offer_domain(struct offer *o, struct live_domain *out)
{
	SX_ERR none = { 0 };

	return *offer_word(o, 0) && offer_live(o) &&
	       live_find(o->live, offer_word(o, 0), out, &none) == 0;
}

struct xlcfg *offer_config(struct offer *o)
{
	LIVE_DOMAIN d = { 0 };
	RESOLVED r = { 0 };
	FILE_IMAGE image = { 0 };
	struct xlcfg *doc = NULL;
	SX_ERR none = { 0 };
	bool runs = offer_domain(o, &d);

	if (resolve_domain(o->env, runs ? d.name : offer_word(o, 0), d.uuid, &r, &none) ||
	    file_read(r.path, &image, &none) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, r.path, &doc, &none))
		return NULL;
	return doc;
}

void offer_behind(struct offer *o, size_t skip, void (*find)(struct offer *o))
{
	struct offer_query q = *o->q;
	struct offer part = *o;
	size_t first = o->out->len;

	q.word += skip;
	part.q = &q;
	part.inside = true;
	find(&part);
	o->live = part.live;
	for (size_t i = first; i < o->out->len; i++) {
		struct candidate *c = &o->out->items[i];
		SX_FREE char *tail = c->text;

		c->text = sx_format("%.*s%s", (int)skip, o->q->word, tail);
	}
}

void offer_entries(const char *dir, struct sx_words *out)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d && (de = readdir(d)))
		if (de->d_name[0] != '.')
			sx_words_add(out, de->d_name);
	if (d)
		closedir(d);
}
