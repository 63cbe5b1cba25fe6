/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Small JSON documents for the state directory and for --json, through json-c (core/host/json.c
 * alone includes it). A value that is not there, or of another kind, reads as NULL, 0 or false.
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
 * Parse an object and nothing after it; SX_EFAIL when the text is none. A NUL within a string,
 * which a C string would end at, is refused.
 */
int json_parse(const char *text, size_t len, struct json **out, struct sx_err *err) SX_MUST;
/* The document as text with a final newline, byte for byte what was put in, as a heap string. */
char *json_text(const struct json *j);
/*
 * The same for readers that are not safexl: always UTF-8, whatever the names and texts are. Each byte
 * that is none becomes U+FFFD, as there is no way to write it in JSON; what could paint a terminal is
 * escaped, which a reader of JSON undoes.
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
	const struct json_member *members; /* of the object, or of each object; NULL: whatever */
};

/* Has the document these members? Others do not matter. SX_EFAIL names the first that is wrong. */
int json_check(const struct json *j, const struct json_member *members, struct sx_err *err) SX_MUST;

/* An object within the object: it takes the value over. The value may not be used by the caller. */
void json_put(struct json *j, const char *key, struct json *value);
/* The same at the end of an array of objects. */
void json_append(struct json *j, const char *key, struct json *value);

/* NULL removes the key. */
void json_set_string(struct json *j, const char *key, const char *value);
void json_set_null(struct json *j, const char *key);
void json_set_number(struct json *j, const char *key, long long value);
void json_set_bool(struct json *j, const char *key, bool value);
/* A NULL-terminated array of strings. */
void json_set_words(struct json *j, const char *key, char *const *words);

/* Borrowed until the key is set again; NULL when absent. */
const struct json *json_get(const struct json *j, const char *key);
/* How many objects an array holds, and one of them (borrowed; NULL when there is none). */
size_t json_count(const struct json *j, const char *key);
const struct json *json_at(const struct json *j, const char *key, size_t index);
const char *json_get_string(const struct json *j, const char *key);
long long json_get_number(const struct json *j, const char *key);
bool json_get_bool(const struct json *j, const char *key);
/* Appends copies of the strings. */
void json_get_words(const struct json *j, const char *key, struct sx_words *out);

/* A part of a struct under the name that it has in a document. Ends with a NULL key. */
struct json_field {
	const char *key;
	/* A char * (JSON_TEXT), a number of 64 bits, an int (JSON_PID), a bool, or a struct sx_words. */
	enum json_kind kind;
	size_t offset;
	bool optional; /* it may be absent, and is not written where it is "", 0, false or empty */
};

/* All of the struct's; a text that is NULL counts as "". */
void json_put_fields(struct json *j, const void *of, const struct json_field *fields);
/* Copies of all, as far as it goes: SX_EFAIL names the first that is missing, or of another kind. */
int json_get_fields(const struct json *j, void *of, const struct json_field *fields,
		    struct sx_err *err) SX_MUST;
/* Texts that are NULL become "". */
void json_fill_fields(void *of, const struct json_field *fields);
void json_free_fields(void *of, const struct json_field *fields);

/* A deep copy that is the caller's. */
struct json *json_copy(const struct json *j);
