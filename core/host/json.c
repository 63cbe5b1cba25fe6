/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON documents through json-c: see json.h. */
#include "host/json.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <limits.h>
#include <string.h>

/* A struct json is json-c's object under another name, so that a member is one as well. */
static struct json_object *object_of(const struct json *j)
{
	union {
		const struct json *ours;
		struct json_object *theirs;
	} u = { .ours = j };

	return u.theirs;
}

static struct json *json_of(struct json_object *object)
{
	return (struct json *)(void *)object;
}

struct json *json_new(void)
{
	return json_of(json_object_new_object());
}

void json_free(struct json *j)
{
	json_object_put(object_of(j));
}

void json_cleanup(struct json **j)
{
	json_free(*j);
}

/* A NUL byte, or its escape in a string: backslashes occur nowhere else. */
static bool holds_nul(const char *text, size_t len)
{
	static const char nul[] = "u0000";

	if (memchr(text, '\0', len))
		return true;
	for (size_t i = 0; i + sizeof(nul) <= len; i++)
		if (text[i] == '\\' && memcmp(text + ++i, nul, sizeof(nul) - 1) == 0)
			return true;
	return false;
}

static bool is_blank(const char *text, size_t len)
{
	while (len && strchr(" \t\r\n", text[len - 1]))
		len--;
	return len == 0;
}

int json_parse(const char *text, size_t len, struct json **out, struct sx_err *err)
{
	struct json_tokener *tokener;
	struct json_object *object;
	enum json_tokener_error why;
	size_t end;

	if (len > INT_MAX || holds_nul(text, len))
		return sx_err_set(err, SX_EFAIL, len > INT_MAX ? "too large" : "it holds a NUL");
	tokener = json_tokener_new();
	object = json_tokener_parse_ex(tokener, text, (int)len);
	why = json_tokener_get_error(tokener);
	end = json_tokener_get_parse_end(tokener);
	json_tokener_free(tokener);
	if (!json_object_is_type(object, json_type_object)) {
		json_object_put(object);
		return sx_err_set(err, SX_EFAIL, "not a JSON object: %s",
				  json_tokener_error_desc(why));
	}
	if (!is_blank(text + end, len - end)) {
		json_object_put(object);
		return sx_err_set(err, SX_EFAIL, "not a JSON object: something follows its end");
	}
	*out = json_of(object);
	return 0;
}

char *json_text(const struct json *j)
{
	return sx_format("%s\n",
			 json_object_to_json_string_ext(object_of(j),
							JSON_C_TO_STRING_PRETTY |
								JSON_C_TO_STRING_SPACED |
								JSON_C_TO_STRING_NOSLASHESCAPE));
}

char *json_text_utf8(const struct json *j)
{
	SX_FREE char *text = json_text(j);
	SX_STR s = { 0 };
	size_t len;

	/* Unsafe characters occur only within strings; json-c has escaped those below U+0020. */
	for (const char *p = text; *p; p += len ? len : 1) {
		uint32_t code = 0;

		len = sx_utf8_decode(p, &code);
		if (!len)
			sx_str_add(&s, "\xef\xbf\xbd");
		else if (sx_is_unsafe(code) && code != '\n')
			sx_str_addf(&s, "\\u%04" PRIx32, code);
		else
			sx_str_addn(&s, p, len);
	}
	return sx_str_take(&s);
}

void json_set_string(struct json *j, const char *key, const char *value)
{
	if (value)
		json_object_object_add(object_of(j), key, json_object_new_string(value));
	else
		json_object_object_del(object_of(j), key);
}

void json_set_null(struct json *j, const char *key)
{
	json_object_object_add(object_of(j), key, NULL);
}

void json_set_number(struct json *j, const char *key, long long value)
{
	json_object_object_add(object_of(j), key, json_object_new_int64(value));
}

void json_set_bool(struct json *j, const char *key, bool value)
{
	json_object_object_add(object_of(j), key, json_object_new_boolean(value));
}

void json_set_words(struct json *j, const char *key, char *const *words)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; words[i]; i++)
		json_object_array_add(array, json_object_new_string(words[i]));
	json_object_object_add(object_of(j), key, array);
}

/* The member when it has the kind, else NULL. */
static struct json_object *member(const struct json *j, const char *key, enum json_type type)
{
	struct json_object *value;

	if (!j || !json_object_object_get_ex(object_of(j), key, &value) ||
	    !json_object_is_type(value, type))
		return NULL;
	return value;
}

static bool are_all(struct json_object *array, enum json_type type)
{
	if (!json_object_is_type(array, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(array); i++)
		if (!json_object_is_type(json_object_array_get_idx(array, i), type))
			return false;
	return true;
}

static bool is_kind(struct json_object *value, enum json_kind kind)
{
	int64_t number;

	switch (kind) {
	case JSON_TEXT:
		return json_object_is_type(value, json_type_string);
	case JSON_NUMBER:
		return json_object_is_type(value, json_type_int);
	case JSON_PID:
		number = json_object_get_int64(value);
		return json_object_is_type(value, json_type_int) && number >= 0 &&
		       number <= INT_MAX;
	case JSON_BOOL:
		return json_object_is_type(value, json_type_boolean);
	case JSON_WORDS:
		return are_all(value, json_type_string);
	case JSON_OBJECT:
		return json_object_is_type(value, json_type_object);
	case JSON_OBJECTS:
		return are_all(value, json_type_object);
	}
	return false;
}

/* Check the object under a key, or each object of its array. */
static int check_below(const struct json *j, const struct json_member *m, struct sx_err *err)
{
	size_t count = json_count(j, m->key);

	if (m->kind == JSON_OBJECT)
		return json_check(json_get(j, m->key), m->members, err);
	for (size_t i = 0; i < count; i++)
		if (json_check(json_at(j, m->key, i), m->members, err))
			return sx_err_wrap(err, "'%s' %zu", m->key, i + 1);
	return 0;
}

int json_check(const struct json *j, const struct json_member *members, struct sx_err *err)
{
	for (const struct json_member *m = members; m->key; m++) {
		struct json_object *value;

		if (!json_object_object_get_ex(object_of(j), m->key, &value)) {
			if (!m->optional)
				return sx_err_set(err, SX_EFAIL, "'%s' is missing", m->key);
		} else if (!is_kind(value, m->kind)) {
			return sx_err_set(err, SX_EFAIL, "'%s' is not what it must be", m->key);
		} else if (m->members && check_below(j, m, err)) {
			return -1;
		}
	}
	return 0;
}

bool json_has(const struct json *j, const char *key)
{
	return j && json_object_object_get_ex(object_of(j), key, NULL);
}

void json_put(struct json *j, const char *key, struct json *value)
{
	json_object_object_add(object_of(j), key, object_of(value));
}

void json_append(struct json *j, const char *key, struct json *value)
{
	struct json_object *array = member(j, key, json_type_array);

	if (!array) {
		array = json_object_new_array();
		json_object_object_add(object_of(j), key, array);
	}
	json_object_array_add(array, object_of(value));
}

const struct json *json_get(const struct json *j, const char *key)
{
	return json_of(member(j, key, json_type_object));
}

size_t json_count(const struct json *j, const char *key)
{
	struct json_object *array = member(j, key, json_type_array);

	return array ? json_object_array_length(array) : 0;
}

const struct json *json_at(const struct json *j, const char *key, size_t index)
{
	struct json_object *array = member(j, key, json_type_array);
	struct json_object *value = array ? json_object_array_get_idx(array, index) : NULL;

	return json_object_is_type(value, json_type_object) ? json_of(value) : NULL;
}

const char *json_get_string(const struct json *j, const char *key)
{
	struct json_object *value = member(j, key, json_type_string);

	return value ? json_object_get_string(value) : NULL;
}

long long json_get_number(const struct json *j, const char *key)
{
	struct json_object *value = member(j, key, json_type_int);

	return value ? json_object_get_int64(value) : 0;
}

bool json_get_bool(const struct json *j, const char *key)
{
	struct json_object *value = member(j, key, json_type_boolean);

	return value && json_object_get_boolean(value);
}

void json_get_words(const struct json *j, const char *key, struct sx_words *out)
{
	struct json_object *array = member(j, key, json_type_array);
	size_t count = array ? json_object_array_length(array) : 0;

	for (size_t i = 0; i < count; i++) {
		const char *text = json_object_get_string(json_object_array_get_idx(array, i));

		sx_words_add(out, text ? text : "");
	}
}

/* ---- the parts of a struct ---- */

static void *part(const void *of, const struct json_field *f)
{
	return (char *)(uintptr_t)of + f->offset;
}

/* The value of a number or a pid, whichever C type it has. */
static int64_t number_of(const struct json_field *f, const void *p)
{
	int64_t number;
	int pid;

	if (f->kind == JSON_PID) {
		memcpy(&pid, p, sizeof(pid));
		return pid;
	}
	memcpy(&number, p, sizeof(number));
	return number;
}

static bool is_nothing(const struct json_field *f, const void *p)
{
	const char *text = f->kind == JSON_TEXT ? *(char *const *)p : NULL;

	return f->kind == JSON_TEXT    ? !text || !*text
	       : f->kind == JSON_BOOL  ? !*(const bool *)p
	       : f->kind == JSON_WORDS ? !((const struct sx_words *)p)->len
				       : !number_of(f, p);
}

static void put_field(struct json *j, const struct json_field *f, const void *p)
{
	struct sx_words words;

	if (f->kind == JSON_TEXT) {
		json_set_string(j, f->key, *(char *const *)p ? *(char *const *)p : "");
	} else if (f->kind == JSON_BOOL) {
		json_set_bool(j, f->key, *(const bool *)p);
	} else if (f->kind == JSON_WORDS) {
		words = *(const struct sx_words *)p;
		json_set_words(j, f->key, words.len ? words.items : (char *[]){ NULL });
	} else {
		json_set_number(j, f->key, number_of(f, p));
	}
}

void json_put_fields(struct json *j, const void *of, const struct json_field *fields)
{
	for (const struct json_field *f = fields; f->key; f++)
		if (!f->optional || !is_nothing(f, part(of, f)))
			put_field(j, f, part(of, f));
}

static void get_field(const struct json *j, const struct json_field *f, void *p)
{
	const char *text = json_get_string(j, f->key);
	int64_t number = json_get_number(j, f->key);
	int pid = (int)number;

	if (f->kind == JSON_TEXT)
		*(char **)p = sx_strdup(text ? text : "");
	else if (f->kind == JSON_BOOL)
		*(bool *)p = json_get_bool(j, f->key);
	else if (f->kind == JSON_WORDS)
		json_get_words(j, f->key, p);
	else if (f->kind == JSON_PID)
		memcpy(p, &pid, sizeof(pid));
	else
		memcpy(p, &number, sizeof(number));
}

int json_get_fields(const struct json *j, void *of, const struct json_field *fields,
		    struct sx_err *err)
{
	int r = 0;

	for (const struct json_field *f = fields; f->key; f++) {
		const struct json_member one[] = { { f->key, f->kind, f->optional, NULL }, { 0 } };

		get_field(j, f, part(of, f));
		if (!r)
			r = json_check(j, one, err);
	}
	return r;
}

void json_fill_fields(void *of, const struct json_field *fields)
{
	for (const struct json_field *f = fields; f->key; f++)
		if (f->kind == JSON_TEXT && !*(char **)part(of, f))
			*(char **)part(of, f) = sx_strdup("");
}

void json_free_fields(void *of, const struct json_field *fields)
{
	for (const struct json_field *f = fields; f->key; f++)
		if (f->kind == JSON_TEXT)
			sx_put(part(of, f), NULL);
		else if (f->kind == JSON_WORDS)
			sx_words_dispose(part(of, f));
}

struct json *json_copy(const struct json *j)
{
	struct json_object *copy = NULL;

	if (json_object_deep_copy(object_of(j), &copy, NULL))
		return NULL;
	return json_of(copy);
}
