/* Which keys two texts disagree on, for people. The proof of an edit is check.c's. */
#include <safexl/xlcfg.h>

/* Lists within lists count as equal when they stand at the same place. */
static bool same_list(const struct xlcfg *a, const struct xlcfg *b, const char *key)
{
	size_t count = xlcfg_list_len(a, key);

	if (count != xlcfg_list_len(b, key))
		return false;
	for (size_t i = 0; i < count; i++) {
		SX_FREE char *x = xlcfg_list_get(a, key, i);
		SX_FREE char *y = xlcfg_list_get(b, key, i);

		if (!sx_streq(x, y))
			return false;
	}
	return true;
}

static bool same_key(const struct xlcfg *a, const struct xlcfg *b, const char *key)
{
	SX_FREE char *x = xlcfg_get_string(a, key);
	SX_FREE char *y = xlcfg_get_string(b, key);

	return xlcfg_key_kind(a, key) == xlcfg_key_kind(b, key) && sx_streq(x, y) &&
	       same_list(a, b, key);
}

/* `only_missing`: only the keys that the second text does not have. */
static void add_keys(const struct xlcfg *a, const struct xlcfg *b, bool only_missing,
		     struct sx_str *keys)
{
	const char *key;

	for (size_t i = 0; (key = xlcfg_key_at(a, i)); i++) {
		bool missing = xlcfg_key_kind(b, key) == XLCFG_ABSENT;

		if (only_missing ? missing : !same_key(a, b, key))
			sx_str_addf(keys, "%s%s", keys->len ? ", " : "", key);
	}
}

int xlcfg_differences(const char *old, const char *new, struct sx_str *keys, struct sx_err *err)
{
	XLCFG_DOC *a = NULL;
	XLCFG_DOC *b = NULL;

	if (xlcfg_parse(old, strlen(old), "before", &a, err) ||
	    xlcfg_parse(new, strlen(new), "now", &b, err))
		return -1;
	add_keys(b, a, false, keys);
	add_keys(a, b, true, keys);
	return 0;
}
