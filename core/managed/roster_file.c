/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The guests that have a configuration, each name once: see roster.h. */
#include "host/file.h"
#include "managed/private.h"
#include "xlcfg/xlcfg.h"

#include <ctype.h>
#include <string.h>

/* Where xl stops reading: "FILE:LINE", or the file when no line is to blame. Heap string. */
static char *broken_place(const char *path, const struct file_image *image)
{
	size_t len = strlen(path), digits;
	SX_ERR why = { 0 };

	if (xlcfg_check(sx_str_text(&image->text), image->text.len, path, &why) == 0 ||
	    strncmp(why.msg, path, len) != 0 || why.msg[len] != ':')
		return sx_strdup(path);
	digits = strspn(why.msg + len + 1, "0123456789");
	return digits ? sx_strndup(why.msg, len + 1 + digits) : sx_strdup(path);
}

/* Its name comes from a line of the file, if that can be read, else from the file's name. */
static void add_broken(const struct index_entry *e, struct roster *out)
{
	FILE_IMAGE image = { 0 };
	SX_ERR why = { 0 };
	SX_FREE char *name = NULL, *base = sx_path_base(e->path);
	bool readable = file_read(e->path, &image, &why) == 0;
	struct guest *g;

	if (readable)
		name = xlcfg_glance(sx_str_text(&image.text), image.text.len, "name");
	if (!name && sx_ends_with(base, ".cfg"))
		base[strlen(base) - 4] = '\0';
	g = guest_add(out, name ? name : base, "");
	g->state = GUEST_BROKEN;
	sx_set(&g->path, e->path);
	sx_put(&g->detail, readable ? broken_place(e->path, &image) : sx_strdup(e->path));
}

static void add_readable(const struct index_entry *e, struct roster *out)
{
	struct guest *g = guest_add(out, e->name, e->uuid);

	sx_set(&g->path, e->path);
	g->memory_mib = e->memory_mib;
	g->vcpus = e->vcpus;
}

static int by_name(const void *a, const void *b)
{
	const struct index_entry *const *x = a, *const *y = b;
	int r = strcmp((*x)->name, (*y)->name);

	return r ? r : strcmp((*x)->path, (*y)->path);
}

struct entries {
	SX_VEC_OF(const struct index_entry *);
};

static void add_twice(const struct entries *sorted, size_t from, size_t to, struct roster *out)
{
	struct guest *g = guest_add(out, sorted->items[from]->name, "");
	SX_STR paths = { 0 };

	for (size_t i = from; i < to; i++)
		sx_str_addf(&paths, "%s%s", i > from ? ", " : "", sorted->items[i]->path);
	g->state = GUEST_TWICE;
	sx_put(&g->detail, sx_str_take(&paths));
}

/* Several files have the name: what create or adopt noted may tell which is the guest's. */
static void add_group(const struct flow_env *env, const struct index_entries *all,
		      const struct entries *sorted, size_t from, size_t to, struct roster *out)
{
	RESOLVED found = { 0 };
	SX_ERR why = { 0 };
	bool one = resolve_among(env, all, sorted->items[from]->name, "", &found, &why) == 0;

	for (size_t i = from; one && i < to; i++) {
		if (!sx_streq(sorted->items[i]->path, found.path))
			continue;
		add_readable(sorted->items[i], out);
		return;
	}
	add_twice(sorted, from, to, out);
}

static void sort_in(const struct index_entries *all, struct entries *sorted, struct roster *out)
{
	sx_each(const struct index_entry, e, all) {
		if (e->unreadable)
			add_broken(e, out);
		else if (*e->name)
			sx_vec_push(sorted, e);
	}
}

/* Find files outside the configuration directories that guests were created from or adopted to. */
static void find_elsewhere(const struct flow_env *env, struct index_entries *out)
{
	SX_WORDS paths = { 0 };

	created_files(env, &paths);
	for (size_t i = 0; i < paths.len; i++) {
		SX_FREE char *real = realpath(paths.items[i], NULL);
		SX_FREE char *dir = real ? sx_path_dir(real) : NULL;
		bool scanned = !real;

		for (size_t k = 0; !scanned && k < env->settings.config_dirs.len; k++) {
			SX_FREE char *one = realpath(env->settings.config_dirs.items[k], NULL);

			scanned = sx_streq(one, dir);
		}
		if (!scanned)
			index_add(out, paths.items[i]);
	}
}

void roster_add_configured(const struct flow_env *env, const struct index_entries *all,
			   struct roster *out)
{
	SX_CLEANUP(index_dispose) struct index_entries elsewhere = { 0 };
	struct entries sorted = { 0 };
	size_t to;

	find_elsewhere(env, &elsewhere);
	sort_in(all, &sorted, out);
	sort_in(&elsewhere, &sorted, out);
	if (sorted.len)
		qsort(sorted.items, sorted.len, sizeof(*sorted.items), by_name);
	for (size_t from = 0; from < sorted.len; from = to) {
		for (to = from + 1; to < sorted.len; to++)
			if (strcmp(sorted.items[from]->name, sorted.items[to]->name) != 0)
				break;
		if (to - from > 1)
			add_group(env, all, &sorted, from, to, out);
		else
			add_readable(sorted.items[from], out);
	}
	sx_vec_free(&sorted);
}
