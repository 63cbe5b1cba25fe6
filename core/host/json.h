/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small JSON documents for the state directory and for --json, through json-c (only json.c includes
 * it). A value that is absent, or of another kind, reads as NULL, 0 or false.
 */
#pragma once

#include "base/err.h"
#include "base/vec.h"

struct json;

#define JSON_DOC SX_CLEANUP(json_cleanup) struct json

/* An empty object; free with json_free, which accepts NULL. */
struct json *json_new(void);
void json_free(struct json *j);
void json_cleanup(struct json **j);
/*
 * Parse a text that is one object; SX_EFAIL when it is not. A NUL within a string is refused, as a
 * C string would end there.
 */
int json_parse(const char *text, size_t len, struct json **out, struct sx_err *err) SX_MUST;
/* The document as text with a final newline, strings byte for byte as set; a heap string. */
char *json_text(const struct json *j);
/*
 * The same for readers other than safexl: always UTF-8. A byte that is not becomes U+FFFD, as JSON
 * cannot express it; a character that could paint a terminal becomes an escape, which a JSON reader
 * undoes.
 */
char *json_text_utf8(const struct json *j);

/* Is there a value under the key, of whatever kind? */
bool json_has(const struct json *j, const char *key);

enum json_kind {
	JSON_TEXT,
	JSON_NUMBER,
	JSON_PID, /* a number from 0 to INT_MAX */
	JSON_BOOL,
	JSON_WORDS, /* an array of strings */
	JSON_OBJECT,
	JSON_OBJECTS, /* an array of objects */
};

/* A member that a document must have. An array of them ends with a NULL key. */
struct json_member {
	const char *key;
	enum json_kind kind;
	bool optional; /* it may be absent, but not of another kind */
	const struct json_member *members; /* of the object, or of each object; NULL: any */
};

/* Check for these members; others are ignored. SX_EFAIL names the first missing or wrong one. */
int json_check(const struct json *j, const struct json_member *members, struct sx_err *err) SX_MUST;

/* Put an object into the object, which owns it from then on. The caller may go on using it. */
void json_put(struct json *j, const char *key, struct json *value);
/* The same, at the end of the array of objects under the key. */
void json_append(struct json *j, const char *key, struct json *value);

/* NULL removes the key. */
void json_set_string(struct json *j, const char *key, const char *value);
void json_set_null(struct json *j, const char *key);
void json_set_number(struct json *j, const char *key, long long value);
void json_set_bool(struct json *j, const char *key, bool value);
/* A NULL-terminated array of strings. */
void json_set_words(struct json *j, const char *key, char *const *words);

/* An object, borrowed until the key is set again; NULL when absent. */
const struct json *json_get(const struct json *j, const char *key);
/* How many objects an array holds, and one of them (borrowed; NULL when there is none). */
size_t json_count(const struct json *j, const char *key);
const struct json *json_at(const struct json *j, const char *key, size_t index);
const char *json_get_string(const struct json *j, const char *key);
long long json_get_number(const struct json *j, const char *key);
bool json_get_bool(const struct json *j, const char *key);
/* Appends copies of the strings. */
void json_get_words(const struct json *j, const char *key, struct sx_words *out);

/* A member of a struct, and its key in a document. An array of them ends with a NULL key. */
struct json_field {
	const char *key;
	/* A char * (JSON_TEXT), a number of 64 bits, an int (JSON_PID), a bool, or a struct sx_words. */
	enum json_kind kind;
	size_t offset;
	bool optional; /* it may be absent, and is not written where it is "", 0, false or empty */
};

/* Write these fields of the struct `of`; a text that is NULL counts as "". */
void json_put_fields(struct json *j, const void *of, const struct json_field *fields);
/* Copy all fields into `of`, in any case. SX_EFAIL names the first that is missing or wrong. */
int json_get_fields(const struct json *j, void *of, const struct json_field *fields,
		    struct sx_err *err) SX_MUST;
/* Set texts that are NULL to "". */
void json_fill_fields(void *of, const struct json_field *fields);
void json_free_fields(void *of, const struct json_field *fields);

/* A deep copy, which the caller frees; NULL when that fails. */
struct json *json_copy(const struct json *j);
