/*
 * Every configuration's name and uuid, without reading 10,000 files each time: what was read is
 * kept in the state directory, and a file whose inode, size, mtime and ctime are unchanged is not
 * read again. A file changed within the clock's grain of the scan is never trusted. Losing the
 * kept index costs time, nothing else.
 */
#include "index_store.h"

#include <safexl/file.h>
#include <safexl/resolve.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

static const off_t largest_config = 1 << 20;

void index_dispose(struct index_entries *e)
{
	for (size_t i = 0; i < e->len; i++) {
		free(e->items[i].path);
		free(e->items[i].name);
		free(e->items[i].uuid);
	}
	sx_vec_free(e);
}

bool index_ignores(const char *name)
{
	static const char *const names[] = { "xl.conf",	    "oxenstored.conf",
					     "safexl.conf", "xend-config.sxp",
					     "cpupool",	    "README",
					     "scripts",	    "auto" };
	static const char *const endings[] = { "~",	    ".bak",	 ".orig",      ".rej",
					       ".swp",	    ".swo",	 ".tmp",       ".new",
					       ".dpkg-old", ".dpkg-new", ".dpkg-dist", ".dpkg-bak",
					       ".ucf-old",  ".ucf-new",	 ".ucf-dist",  ".rpmsave",
					       ".rpmnew" };

	if (name[0] == '.' || name[0] == '#' || sx_starts_with(name, "xlexample."))
		return true;
	for (size_t i = 0; i < SX_COUNT(names); i++)
		if (sx_streq(name, names[i]))
			return true;
	for (size_t i = 0; i < SX_COUNT(endings); i++)
		if (sx_ends_with(name, endings[i]))
			return true;
	return false;
}

/* Fill in name and uuid by reading the file; what cannot be read is marked, not an error. */
static void entry_read(struct index_entry *entry)
{
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR why = { 0 };
	char *name = NULL, *uuid = NULL;

	if (file_read(entry->path, &image, &why) ||
	    xlcfg_parse(sx_str_text(&image.text), image.text.len, entry->path, &doc, &why)) {
		entry->unreadable = true;
	} else {
		name = xlcfg_get_string(doc, "name");
		uuid = xlcfg_get_string(doc, "uuid");
	}
	for (char *p = uuid; p && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	entry->name = name ? name : sx_strdup("");
	entry->uuid = uuid ? uuid : sx_strdup("");
}

/* Files by device and inode, so that a link to one that is listed is not listed again. */
static int compare_inode(const void *a, const void *b)
{
	const struct stat *x = a, *y = b;

	if (x->st_ino != y->st_ino)
		return x->st_ino < y->st_ino ? -1 : 1;
	return x->st_dev == y->st_dev ? 0 : x->st_dev < y->st_dev ? -1 : 1;
}

static bool is_config(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size <= largest_config;
}

/* Add one file; `path` belongs to the list afterwards. */
static void add_file(struct index_store *store, char *path, const struct stat *st,
		     struct index_entries *out)
{
	struct index_entry entry = { .path = path, .st = *st };

	if (!index_store_get(store, &entry)) {
		entry_read(&entry);
		index_store_note_read(store);
	}
	sx_vec_push(out, entry);
}

/* Regular files are added at once; what may be a second name of one is put aside in `links`. */
static int scan_dir(struct index_store *store, const char *dir, struct index_entries *out,
		    struct sx_words *links, struct sx_err *err)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	if (!d) {
		if (errno == ENOENT)
			return 0;
		return sx_err_sys(err, SX_EFAIL, "read directory %s", dir);
	}
	while ((de = readdir(d))) {
		struct stat st;

		if (index_ignores(de->d_name) ||
		    fstatat(dirfd(d), de->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (S_ISLNK(st.st_mode) || st.st_nlink > 1)
			sx_words_give(links, sx_path_join(dir, de->d_name));
		else if (is_config(&st))
			add_file(store, sx_path_join(dir, de->d_name), &st, out);
	}
	closedir(d);
	return 0;
}

/* The links to files that are not listed yet, each file once. */
static void add_links(struct index_store *store, const struct sx_words *links,
		      struct index_entries *out)
{
	size_t known = out->len, cap = known + links->len;
	SX_FREE struct stat *seen = sx_alloc(cap * sizeof(*seen));

	if (!links->len)
		return;
	for (size_t i = 0; i < known; i++)
		seen[i] = out->items[i].st;
	qsort(seen, known, sizeof(*seen), compare_inode);
	for (size_t i = 0; i < links->len; i++) {
		struct stat st;
		size_t extra = known;

		if (stat(links->items[i], &st) || !is_config(&st) ||
		    bsearch(&st, seen, known, sizeof(*seen), compare_inode))
			continue;
		while (extra < out->len && compare_inode(&out->items[extra].st, &st))
			extra++;
		if (extra == out->len)
			add_file(store, sx_strdup(links->items[i]), &st, out);
	}
}

int index_scan(const struct flow_env *env, struct index_entries *out, struct sx_err *err)
{
	SX_FREE char *kept = sx_path_join(env->paths.state, "names.cache");
	struct index_store *store = index_store_load(kept);
	SX_WORDS links = { 0 };
	int r = 0;

	for (size_t i = 0; i < env->settings.config_dirs.len && !r; i++) {
		const char *dir = env->settings.config_dirs.items[i];
		SX_FREE char *started = sx_path_join(dir, "auto");

		r = scan_dir(store, dir, out, &links, err);
		if (!r)
			r = scan_dir(store, started, out, &links, err);
	}
	if (!r) {
		add_links(store, &links, out);
		index_store_save(store, kept, out);
	}
	index_store_free(store);
	return r;
}

int resolve_list(const char *dir, struct sx_words *out, struct sx_err *err)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	if (!d)
		return sx_err_sys(err, SX_EFAIL, "read directory %s", dir);
	while ((de = readdir(d))) {
		struct stat st;

		if (index_ignores(de->d_name) ||
		    fstatat(dirfd(d), de->d_name, &st, AT_SYMLINK_NOFOLLOW) || !is_config(&st))
			continue;
		sx_words_give(out, sx_path_join(dir, de->d_name));
	}
	closedir(d);
	return 0;
}
