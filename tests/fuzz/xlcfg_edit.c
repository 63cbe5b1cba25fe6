/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: every kind of edit on every kind of file. What an edit writes is proven by
 * libxlutil, an append taken back gives the same bytes, a list edit loses no comment that stands
 * on a line of its own, an edit that is refused leaves the text alone.
 */
#include "xlcfg/doc.h"

#define MAX_KEYS 6
#define MAX_ELEMENTS 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *const texts[] = {
	"phy:/dev/vg/a,xvdb,w", "7", "", "it's", "say \"it's\"\\ \t\n", "\xc3\xa4 # [,];=",
};

struct bench {
	struct sx_str old;
	const char *key;
	size_t index;
	const char *text;
};

static SX_NORETURN void fail(const struct bench *b, const char *what, const char *detail)
{
	fprintf(stderr, "xlcfg_edit: key '%s', element %zu, text '%s': %s: %s\n", b->key, b->index,
		b->text ? b->text : "", what, detail ? detail : "");
	abort();
}

static struct xlcfg *open_old(const struct bench *b)
{
	struct xlcfg *doc = NULL;
	SX_ERR err = { 0 };

	if (xlcfg_parse(b->old.data, b->old.len, "fuzz", &doc, &err))
		abort();
	return doc;
}

static bool same_bytes(const struct bench *b, const struct xlcfg *doc)
{
	size_t len;
	const char *text = xlcfg_text(doc, &len);

	return len == b->old.len && memcmp(text, b->old.data, len) == 0;
}

/* A lone '#' at the end of the text counts: xl overlooks it there, with a newline it is one. */
static size_t count_own_line_comments(const struct xlcfg *doc)
{
	size_t count = 0;
	bool fresh = true;

	for (size_t i = 0; i < doc->tokens.len; i++) {
		enum xlcfg_token_kind kind = doc->tokens.items[i].kind;

		count += fresh && (kind == TOK_COMMENT || kind == TOK_STRAY);
		fresh = kind == TOK_COMMENT || kind == TOK_NEWLINE || (fresh && kind == TOK_BLANK);
	}
	return count;
}

static void keep_comments(const struct bench *b, const struct xlcfg *doc)
{
	XLCFG_DOC *old = open_old(b);

	if (count_own_line_comments(doc) < count_own_line_comments(old))
		fail(b, "comment lost", xlcfg_text(doc, &(size_t){ 0 }));
}

/* Judge one edit that was tried. Returns whether it was made. */
static bool judge(const struct bench *b, const struct xlcfg *doc, int result,
		  const struct xlcfg_intent *intent, struct sx_err *err)
{
	SX_ERR why = { 0 };
	size_t len;
	const char *text = xlcfg_text(doc, &len);

	if (result) {
		if (err->code != SX_ECONFLICT || !err->msg)
			fail(b, "refused without a reason", err->msg);
		if (!same_bytes(b, doc))
			fail(b, "refused but changed", text);
		return false;
	}
	if (xlcfg_prove(b->old.data, b->old.len, text, len, "fuzz", intent, 1, &why)) {
		fprintf(stderr, "%.*s\n----\n", (int)len, text);
		fail(b, "not proven", why.msg);
	}
	return true;
}

static void try_append(struct bench *b)
{
	struct xlcfg_intent intent = { .op = XLCFG_APPEND, .key = b->key, .text = b->text };
	XLCFG_DOC *doc = open_old(b);
	SX_ERR err = { 0 };
	size_t len;

	if (!judge(b, doc, xlcfg_list_append(doc, b->key, b->text, &err), &intent, &err))
		return;
	keep_comments(b, doc);
	if (xlcfg_list_remove(doc, b->key, xlcfg_list_len(doc, b->key) - 1, &err))
		fail(b, "cannot be taken back", err.msg);
	if (!same_bytes(b, doc))
		fail(b, "taken back, but left", xlcfg_text(doc, &len));
}

static void try_element(struct bench *b)
{
	struct xlcfg_intent intent = {
		.op = XLCFG_REPLACE, .key = b->key, .index = b->index, .text = b->text
	};
	XLCFG_DOC *replaced = open_old(b);
	XLCFG_DOC *removed = open_old(b);
	/* A nested list takes the comments inside it away. */
	SX_FREE char *scalar = xlcfg_list_get(removed, b->key, b->index);
	SX_ERR err = { 0 };

	if (judge(b, replaced, xlcfg_list_replace(replaced, b->key, b->index, b->text, &err),
		  &intent, &err) &&
	    scalar)
		keep_comments(b, replaced);
	intent.op = XLCFG_REMOVE;
	if (judge(b, removed, xlcfg_list_remove(removed, b->key, b->index, &err), &intent, &err) &&
	    scalar)
		keep_comments(b, removed);
}

static void try_scalar(struct bench *b)
{
	struct xlcfg_intent set = { .op = XLCFG_SET, .key = b->key, .text = b->text };
	struct xlcfg_intent number = { .op = XLCFG_SET, .key = b->key, .text = "-512" };
	struct xlcfg_intent unset = { .op = XLCFG_UNSET, .key = b->key };
	XLCFG_DOC *set_doc = open_old(b);
	XLCFG_DOC *number_doc = open_old(b);
	XLCFG_DOC *unset_doc = open_old(b);
	SX_ERR err = { 0 };

	judge(b, set_doc, xlcfg_set_string(set_doc, b->key, b->text, &err), &set, &err);
	judge(b, number_doc, xlcfg_set_number(number_doc, b->key, -512, &err), &number, &err);
	judge(b, unset_doc, xlcfg_unset(unset_doc, b->key, &err), &unset, &err);
}

static void try_key(struct bench *b)
{
	XLCFG_DOC *doc = open_old(b);
	size_t count = xlcfg_list_len(doc, b->key);

	try_scalar(b);
	try_append(b);
	for (b->index = 0; b->index < count && b->index < MAX_ELEMENTS; b->index++)
		try_element(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bench b = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	unsigned sum = 0;

	if (xlcfg_parse((const char *)data, len, "fuzz", &doc, &err))
		return 0;
	sx_str_addn(&b.old, (const char *)data, len);
	for (size_t i = 0; i < len; i++)
		sum = sum * 31 + data[i];
	b.text = texts[sum % SX_COUNT(texts)];
	for (size_t i = 0; i < MAX_KEYS && (b.key = xlcfg_key_at(doc, i)); i++)
		try_key(&b);
	b.key = "zz.absent";
	try_key(&b);
	sx_str_dispose(&b.old);
	return 0;
}
