/* JSON documents through json-c: see json.h. */
#include <safexl/json.h>

#include <inttypes.h>
#include <json-c/json.h>

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

int json_parse(const char *text, size_t len, struct json **out, struct sx_err *err)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object = json_tokener_parse_ex(tokener, text, (int)len);
	enum json_tokener_error why = json_tokener_get_error(tokener);

	json_tokener_free(tokener);
	if (!object || !json_object_is_type(object, json_type_object)) {
		json_object_put(object);
		return sx_err_set(err, SX_EFAIL, "not a JSON object: %s",
				  json_tokener_error_desc(why));
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

	/* Such characters stand within strings only; json-c has escaped the others below U+0020. */
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

struct json *json_copy(const struct json *j)
{
	struct json_object *copy = NULL;

	if (json_object_deep_copy(object_of(j), &copy, NULL))
		return NULL;
	return json_of(copy);
}
