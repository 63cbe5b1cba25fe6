/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Differential fuzz target: core/xlcfg accepts what libxlutil accepts, reads the same values,
 * covers every byte with tokens, and never crashes.
 */
#include "../unit/xlcfg_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "xlcfg_read: %s: %s\n", what, detail);
	abort();
}

/* Tokens that leave no byte out: each starts where the one before ends, the last at the end. */
static void check_cover(const struct xlcfg *doc)
{
	const struct xlcfg_tokens *tokens = &doc->tokens;

	if (tokens->items[0].start != 0 || tokens->items[tokens->len - 1].start != doc->text.len)
		fail("tokens", "the ends are not covered");
	for (size_t i = 0; i + 1 < tokens->len; i++)
		if (tokens->items[i].start >= tokens->items[i + 1].start)
			fail("tokens", "one is empty");
}

/* libxlutil tells the end of a line by the line before, and what += joins by its last line. */
static bool is_same_line(const char *ours, const char *theirs)
{
	unsigned long line = oracle_line(ours), their_line = oracle_line(theirs);

	return line == their_line || strstr(ours, "'+=' joins") ||
	       (line == their_line + 1 && strstr(theirs, "unexpected NEWLINE"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	SX_ERR err = { 0 };
	XLCFG_DOC *doc = NULL;
	bool ours = xlcfg_parse(text, len, "fuzz", &doc, &err) == 0;
	struct oracle oracle;
	const char *key;
	size_t out_len;

	if (!ours && !sx_starts_with(err.msg, "fuzz:"))
		fail("message without file", err.msg);
	/* Refused by us and with a NUL: libxlutil may abort, there is nothing to compare. */
	if (!ours && memchr(text, '\0', len))
		return 0;
	if (oracle_read(&oracle, text, len) != ours)
		fail(ours ? "only we accept it" : "only libxlutil accepts it",
		     ours ? oracle.words : err.msg);
	if (!ours && !is_same_line(err.msg, oracle.words))
		fail(oracle.words, err.msg);
	if (ours) {
		check_cover(doc);
		if (memcmp(xlcfg_text(doc, &out_len), text, len) != 0 || out_len != len)
			fail("text", "not printed back");
		key = oracle_differing_key(doc, oracle.cfg);
		if (key)
			fail("another value", key);
	}
	oracle_dispose(&oracle);
	return 0;
}
