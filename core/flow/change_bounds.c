/* A change that gives a key a value which no guest can have is refused before anything is touched. */
#include "bounds.h"
#include "change_private.h"

/* Does the change give the key another value than the file has, or implies? */
static bool is_new(const struct xlcfg *before, const struct xlcfg *after, const char *key)
{
	long was, is;

	return bounds_value(after, key, &is) && !(bounds_value(before, key, &was) && was == is);
}

int change_check_bounds(const struct change *c, const struct recording *r, struct live *live,
			struct sx_err *err)
{
	SX_FREE char *path = sx_quoted(r->image.path);
	struct bounds_host host;
	XLCFG_DOC *before = NULL;
	bool asked = false;

	/* What runs is proof of itself; what a person wrote is looked at by `edit`. */
	if (c->family->take || c->family->is_edit || change_plan_empty(&r->plan))
		return 0;
	if (xlcfg_parse(sx_str_text(&r->image.text), r->image.text.len, r->image.path, &before,
			err))
		return -1;
	for (const char *const *key = bounds_keys; *key; key++) {
		SX_FREE char *why = NULL;
		bool certain;

		if (!is_new(before, r->doc, *key))
			continue;
		if (!asked)
			bounds_host_read(live, &host);
		asked = true;
		why = bounds_why(r->doc, *key, &host, &certain);
		if (!why)
			continue;
		sx_err_set(err, SX_ECONFLICT, "%s", why);
		sx_err_hint(err, "to write it into the file all the same: safexl edit %s", path);
		change_hint_live(c, err);
		return -1;
	}
	return 0;
}
