/* From a domain to its one configuration file: see resolve.h. */
#include <safexl/file.h>
#include <safexl/resolve.h>

#include <string.h>

void resolved_dispose(struct resolved *r)
{
	free(r->path);
	sx_words_dispose(&r->overrides);
	*r = (struct resolved){ 0 };
}

static int take_path(struct resolved *out, const char *path)
{
	out->path = sx_strdup(path);
	return 0;
}

/*
 * What create or adopt recorded, when it is about this domain: a record of another uuid is about
 * an earlier domain of that name. *done is left false when the directories must be searched.
 */
static int from_record(const struct flow_env *env, const char *name, const char *uuid,
		       struct resolved *out, bool *done, struct sx_err *err)
{
	struct created c = { 0 };
	SX_FREE char *quoted = sx_quoted(name);
	bool found;
	int r = 0;

	*done = false;
	if (created_find(env, name, uuid, &c, &found, err))
		return -1;
	if (found && (!*uuid || !*c.uuid || sx_streq(c.uuid, uuid))) {
		if (*c.path && access(c.path, F_OK) == 0) {
			*done = true;
			out->overrides = sx_steal(&c.overrides);
			r = take_path(out, c.path);
		} else if (!*c.path && *uuid) {
			sx_err_set(err, SX_ENOCONFIG,
				   "the domain was created without a configuration file");
			r = sx_err_hint(err, "write one, then: safexl adopt %s FILE", quoted);
		}
	}
	created_dispose(&c);
	return r;
}

struct candidates {
	SX_VEC_OF(const struct index_entry *);
};

static int refuse_several(const struct candidates *c, const char *name, const char *what,
			  struct sx_err *err)
{
	SX_STR list = { 0 };
	SX_STR quoted = { 0 };
	SX_FREE char *first = sx_quoted(c->items[0]->path);

	for (size_t i = 0; i < c->len; i++)
		sx_str_addf(&list, "%s%s", i ? ", " : "", c->items[i]->path);
	sx_str_add_quoted(&quoted, name);
	sx_err_set(err, SX_EAMBIGUOUS, "%zu configurations have this domain's %s: %s", c->len, what,
		   sx_str_text(&list));
	return sx_err_hint(err, "say which it is, as in: safexl adopt %s %s", sx_str_text(&quoted),
			   first);
}

/* A file that xl cannot read may be the one that was looked for: say so, with its line. */
static int refuse_none(const struct flow_env *env, const struct index_entries *all,
		       const char *name, const char *uuid, struct sx_err *err)
{
	SX_STR quoted = { 0 };

	for (size_t i = 0; i < all->len; i++) {
		const struct index_entry *e = &all->items[i];
		FILE_IMAGE image = { 0 };
		SX_ERR why = { 0 };

		if (e->unreadable && file_read(e->path, &image, &why) == 0 &&
		    (strstr(sx_str_text(&image.text), name) ||
		     (*uuid && strstr(sx_str_text(&image.text), uuid))) &&
		    xlcfg_check(sx_str_text(&image.text), image.text.len, e->path, &why)) {
			sx_err_move(err, &why);
			err->code = SX_ESYNTAX;
			sx_str_add_quoted(&quoted, e->path);
			return sx_err_hint(err,
					   "correct that line, xl cannot read the file either: "
					   "safexl edit %s",
					   sx_str_text(&quoted));
		}
	}
	sx_str_add_quoted(&quoted, name);
	sx_err_set(err, SX_ENOCONFIG, "no configuration in %s has this domain's name",
		   env->settings.config_dirs.items[0]);
	return sx_err_hint(err, "name its file: safexl adopt %s FILE", sx_str_text(&quoted));
}

static int from_entries(const struct flow_env *env, const struct index_entries *all,
			const char *name, const char *uuid, struct candidates *c,
			struct resolved *out, struct sx_err *err)
{
	const struct index_entry *other = NULL;
	SX_FREE char *quoted = sx_quoted(name);

	for (size_t i = 0; *uuid && i < all->len; i++)
		if (sx_streq(all->items[i].uuid, uuid))
			sx_vec_push(c, &all->items[i]);
	if (c->len)
		return c->len == 1 ? take_path(out, c->items[0]->path)
				   : refuse_several(c, name, "uuid", err);
	for (size_t i = 0; i < all->len; i++) {
		const struct index_entry *e = &all->items[i];

		if (!*e->name || !sx_streq(e->name, name))
			continue;
		/* With a uuid of its own it makes another domain than the one that runs. */
		if (*uuid && *e->uuid)
			other = e;
		else
			sx_vec_push(c, e);
	}
	if (c->len)
		return c->len == 1 ? take_path(out, c->items[0]->path)
				   : refuse_several(c, name, "name", err);
	if (other) {
		SX_FREE char *path = sx_quoted(other->path);

		sx_err_set(err, SX_ENOCONFIG, "%s has this domain's name but another uuid (%s)",
			   other->path, other->uuid);
		return sx_err_hint(
			err,
			"the running domain has uuid %s; to correct the file: safexl edit %s\n"
			"if another file is its own: safexl adopt %s FILE",
			uuid, path, quoted);
	}
	return refuse_none(env, all, name, uuid, err);
}

int resolve_domain(const struct flow_env *env, const char *name, const char *uuid,
		   struct resolved *out, struct sx_err *err)
{
	struct index_entries all = { 0 };
	struct candidates c = { 0 };
	bool done;
	int r = from_record(env, name, uuid, out, &done, err);

	if (r || done)
		return r;
	r = index_scan(env, &all, err);
	if (!r)
		r = from_entries(env, &all, name, uuid, &c, out, err);
	sx_vec_free(&c);
	index_dispose(&all);
	return r;
}
