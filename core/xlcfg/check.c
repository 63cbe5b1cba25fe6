/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libxlutil as the oracle: would xl read this text, and does a new text mean the old one plus what
 * was intended? Our own parser does what libxlutil cannot: it lists the keys, and it keeps from
 * libxlutil what would end the process: a NUL in a string, endless +=. The only file here that uses
 * libxlutil.
 */
#include "xlcfg/doc.h"

#include <errno.h>
#include <libxlutil.h>
#include <string.h>

enum {
	WORDS_MOST = 300
}; /* bytes kept of a message: it quotes what libxlutil cannot read, at any length */

/* A text as libxlutil read it. */
struct reading {
	XLU_Config *cfg; /* NULL: refused */
	FILE *report;
	char *words; /* its messages */
	size_t len;
};

#define READING SX_CLEANUP(reading_dispose) struct reading

static void reading_dispose(struct reading *r)
{
	xlu_cfg_destroy(r->cfg);
	if (r->report)
		fclose(r->report);
	free(r->words);
	*r = (struct reading){ 0 };
}

/* Read a text. SX_ESYNTAX: refused; the first line of libxlutil's message names file and line. */
static int reading_open(struct reading *r, const char *text, size_t len, const char *name,
			struct sx_err *err)
{
	size_t said, most;

	r->report = open_memstream(&r->words, &r->len);
	r->cfg = r->report ? xlu_cfg_init(r->report, name) : NULL;
	if (!r->cfg)
		return sx_err_sys(err, SX_EFAIL, "%s: read as xl does", name);
	if (!xlu_cfg_readdata(r->cfg, text, (int)len))
		return 0;
	xlu_cfg_destroy(sx_steal(&r->cfg));
	fflush(r->report);
	if (!r->words || !r->words[0])
		return sx_err_set(err, SX_ESYNTAX, "%s: xl cannot read it", name);
	said = strcspn(r->words, "\n");
	most = strlen(name) + WORDS_MOST;
	return sx_err_set(err, SX_ESYNTAX, "%.*s%s", (int)(said < most ? said : most), r->words,
			  said < most ? "" : "...");
}

/* The part of a message after "NAME:LINE: ", and the line; NULL: it does not begin like that. */
static const char *behind_line(const char *message, const char *name, unsigned long *line)
{
	size_t len = strlen(name);
	char *end;

	if (!sx_starts_with(message, name) || message[len] != ':')
		return NULL;
	*line = strtoul(message + len + 1, &end, 10);
	return sx_starts_with(end, ": ") ? end + 2 : NULL;
}

/* Put our line in libxlutil's message: it reports an error at a line's end one line too early. */
static int correct_line(const struct sx_err *ours, const char *name, struct sx_err *theirs)
{
	SX_FREE char *message = sx_strdup(theirs->msg);
	unsigned long line, their_line;
	const char *words = behind_line(message, name, &their_line);

	if (words && behind_line(ours->msg, name, &line))
		return sx_err_set(theirs, SX_ESYNTAX, "%s:%lu: %s", name, line, words);
	return -1;
}

int xlcfg_check(const char *text, size_t len, const char *name, struct sx_err *err)
{
	XLCFG_DOC *doc = NULL;
	READING reading = { 0 };
	SX_ERR ours = { 0 };
	bool deadly;
	int r = xlcfg_parse_judged(text, len, name, &doc, &deadly, &ours);

	if (deadly)
		return sx_err_move(err, &ours);
	if (!reading_open(&reading, text, len, name, err))
		return 0;
	return r ? correct_line(&ours, name, err) : -1;
}

/* ---- proof ---- */

struct element {
	const char *text; /* NULL: a list */
	XLU_ConfigValue *value; /* libxlutil's; NULL if the element comes from an intent */
};

/* The value of a key. Borrows everything from a reading or an intent. */
struct worth {
	enum xlcfg_kind kind;
	bool anything; /* any value is right */
	bool may_vanish; /* an element was removed: if none is left, the statement may be gone */
	const char *text;
	bool is_number;
	long number;
	SX_VEC_OF(struct element);
};

#define WORTH SX_CLEANUP(worth_dispose) struct worth

static void worth_dispose(struct worth *w)
{
	sx_vec_free(w);
}

static void worth_read(const XLU_Config *cfg, const char *key, struct worth *out)
{
	XLU_ConfigList *list;
	int count;

	if (!xlu_cfg_get_list(cfg, key, &list, &count, 1)) {
		out->kind = XLCFG_LIST;
		for (int i = 0; i < count; i++) {
			struct element e = { .text = xlu_cfg_get_listitem(list, i),
					     .value = xlu_cfg_get_listitem2(list, i) };

			sx_vec_push(out, e);
		}
	} else if (!xlu_cfg_get_string(cfg, key, &out->text, 1)) {
		out->kind = XLCFG_SCALAR;
		out->is_number = !xlu_cfg_get_long(cfg, key, &out->number, 1);
	}
}

static void worth_set(struct worth *w, const char *text)
{
	char *end;

	w->kind = XLCFG_SCALAR;
	w->len = 0;
	w->text = text;
	errno = 0;
	w->number = strtol(text, &end, 0);
	w->is_number = !errno && !*end && end != text;
}

static bool worth_insert(struct worth *w, const struct xlcfg_intent *intent)
{
	struct element e = { .text = intent->text };

	if (w->kind == XLCFG_SCALAR || intent->index > w->len)
		return false;
	w->kind = XLCFG_LIST;
	sx_vec_push(w, e);
	memmove(&w->items[intent->index + 1], &w->items[intent->index],
		(w->len - 1 - intent->index) * sizeof(w->items[0]));
	w->items[intent->index] = e;
	return true;
}

/* Apply an intent to the old value; false if it does not fit. */
static bool worth_apply(struct worth *w, const struct xlcfg_intent *intent)
{
	struct element e = { .text = intent->text };

	switch (intent->op) {
	case XLCFG_SET:
		worth_set(w, intent->text);
		return true;
	case XLCFG_UNSET:
		w->kind = XLCFG_ABSENT;
		w->len = 0;
		return true;
	case XLCFG_APPEND:
		if (w->kind == XLCFG_SCALAR)
			return false;
		w->kind = XLCFG_LIST;
		sx_vec_push(w, e);
		return true;
	case XLCFG_ANYTHING:
		w->anything = true;
		return true;
	case XLCFG_INSERT:
		return worth_insert(w, intent);
	case XLCFG_REPLACE:
	case XLCFG_REMOVE:
		break;
	}
	if (w->kind != XLCFG_LIST || intent->index >= w->len)
		return false;
	if (intent->op == XLCFG_REPLACE) {
		w->items[intent->index] = e;
		return true;
	}
	memmove(&w->items[intent->index], &w->items[intent->index + 1],
		(w->len - intent->index - 1) * sizeof(w->items[0]));
	w->len--;
	w->may_vanish = true;
	return true;
}

static bool same_value(XLU_ConfigValue *a, const XLU_Config *cfg_a, XLU_ConfigValue *b,
		       const XLU_Config *cfg_b)
{
	XLU_ConfigList *list_a, *list_b;
	char *text_a, *text_b;

	if (!xlu_cfg_value_get_string(cfg_a, a, &text_a, 1))
		return !xlu_cfg_value_get_string(cfg_b, b, &text_b, 1) &&
		       strcmp(text_a, text_b) == 0;
	if (xlu_cfg_value_get_list(cfg_a, a, &list_a, 1) ||
	    xlu_cfg_value_get_list(cfg_b, b, &list_b, 1))
		return false;
	for (int i = 0;; i++) {
		XLU_ConfigValue *item_a = xlu_cfg_get_listitem2(list_a, i);
		XLU_ConfigValue *item_b = xlu_cfg_get_listitem2(list_b, i);

		if (!item_a || !item_b)
			return item_a == item_b;
		if (!same_value(item_a, cfg_a, item_b, cfg_b))
			return false;
	}
}

static bool worth_same(const struct worth *want, const XLU_Config *old_cfg, const struct worth *is,
		       const XLU_Config *new_cfg)
{
	if (want->anything)
		return true;
	if (want->kind == XLCFG_LIST && !want->len && want->may_vanish && is->kind == XLCFG_ABSENT)
		return true;
	if (want->kind != is->kind || want->len != is->len)
		return false;
	if (want->kind == XLCFG_SCALAR)
		return strcmp(want->text, is->text) == 0 && want->is_number == is->is_number &&
		       (!is->is_number || want->number == is->number);
	for (size_t i = 0; i < want->len; i++) {
		const struct element *a = &want->items[i], *b = &is->items[i];

		if (!sx_streq(a->text, b->text) ||
		    (!a->text && !same_value(a->value, old_cfg, b->value, new_cfg)))
			return false;
	}
	return true;
}

struct proof {
	const char *name;
	const struct xlcfg *old_doc, *new_doc;
	const XLU_Config *old_cfg, *new_cfg;
	const struct xlcfg_intent *intents;
	size_t count;
};

static int prove_key(const struct proof *p, const char *key, struct sx_err *err)
{
	WORTH want = { 0 };
	WORTH is = { 0 };

	worth_read(p->old_cfg, key, &want);
	worth_read(p->new_cfg, key, &is);
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->intents[i].key, key) == 0 && !worth_apply(&want, &p->intents[i]))
			return sx_err_set(err, SX_EFAIL, "%s: '%s' cannot be changed like that",
					  p->name, key);
	if (!worth_same(&want, p->old_cfg, &is, p->new_cfg))
		return sx_err_set(err, SX_EFAIL, "%s: the edit would not give '%s' the right value",
				  p->name, key);
	return 0;
}

static int prove_all(const struct proof *p, struct sx_err *err)
{
	const char *key;

	for (size_t i = 0; i < p->count; i++)
		if (prove_key(p, p->intents[i].key, err))
			return -1;
	for (size_t i = 0; (key = xlcfg_key_at(p->old_doc, i)); i++)
		if (prove_key(p, key, err))
			return -1;
	for (size_t i = 0; (key = xlcfg_key_at(p->new_doc, i)); i++)
		if (xlcfg_key_kind(p->old_doc, key) == XLCFG_ABSENT && prove_key(p, key, err))
			return -1;
	return 0;
}

int xlcfg_prove(const char *old, size_t old_len, const char *new, size_t new_len, const char *name,
		const struct xlcfg_intent *intents, size_t count, struct sx_err *err)
{
	XLCFG_DOC *old_doc = NULL;
	XLCFG_DOC *new_doc = NULL;
	READING old_reading = { 0 };
	READING new_reading = { 0 };
	struct proof proof = { .name = name, .intents = intents, .count = count };

	if (xlcfg_parse(old, old_len, name, &old_doc, err) ||
	    xlcfg_parse(new, new_len, name, &new_doc, err) ||
	    reading_open(&old_reading, old, old_len, name, err) ||
	    reading_open(&new_reading, new, new_len, name, err))
		return -1;
	proof.old_doc = old_doc;
	proof.new_doc = new_doc;
	proof.old_cfg = old_reading.cfg;
	proof.new_cfg = new_reading.cfg;
	return prove_all(&proof, err);
}
