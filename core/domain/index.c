/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The name, uuid and sizes of every configuration without reading 10,000 files each time: they are
 * kept in the state directory, and a file with unchanged inode, size, mtime and ctime is not read
 * again, unless it changed within the clock's resolution of the scan. Losing the index only costs
 * time.
 */
#include "domain/index_store.h"
#include "domain/resolve.h"
#include "host/file.h"
#include "xlcfg/guest.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

static const off_t largest_config = 1 << 20;
static const size_t glance_reads = 256;

void index_dispose(struct index_entries *e)
{
	index_store_free(e->store);
	sx_words_dispose(&e->texts);
	sx_words_dispose(&e->passed_over);
	sx_vec_free(e);
	*e = (struct index_entries){ 0 };
}

const struct index_entry *index_called(const struct index_entries *e, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < e->len; i++) {
		const char *slash = strrchr(e->items[i].path, '/');
		const char *base = slash ? slash + 1 : e->items[i].path;

		if (sx_streq(e->items[i].path, word) ||
		    (strncmp(base, word, len) == 0 && (!base[len] || sx_streq(base + len, ".cfg"))))
			return &e->items[i];
	}
	return NULL;
}

/* The entries own the text from now on. */
static const char *give_text(struct index_entries *e, char *text)
{
	sx_words_give(&e->texts, text ? text : sx_strdup(""));
	return e->texts.items[e->texts.len - 1];
}

/* Most files have their domain's name: a good guess when there is no time to read them. */
static void entry_guess(struct index_entry *entry, struct index_entries *out)
{
	char *name = sx_path_base(entry->path);

	if (sx_ends_with(name, ".cfg"))
		name[strlen(name) - 4] = '\0';
	entry->name = give_text(out, name);
	entry->uuid = "";
}

static void read_sizes(const struct xlcfg *doc, struct index_entry *entry)
{
	struct guest_pair memory, vcpus;

	guest_pair_read(doc, "memory", &memory);
	guest_pair_read(doc, "vcpus", &vcpus);
	entry->memory_mib = memory.low;
	entry->vcpus = vcpus.low;
}

/* Read the file into its entry; an unreadable file is marked, not an error. */
static void entry_read(struct index_entry *entry, struct index_entries *out)
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
		read_sizes(doc, entry);
	}
	for (char *p = uuid; p && *p; p++)
		*p = (char)tolower((unsigned char)*p);
	entry->name = give_text(out, name);
	entry->uuid = give_text(out, uuid);
}

static struct index_id id_of(const struct stat *st)
{
	return (struct index_id){ .dev = st->st_dev,
				  .ino = st->st_ino,
				  .size = (uint64_t)st->st_size,
				  .mtime_s = st->st_mtim.tv_sec,
				  .ctime_s = st->st_ctim.tv_sec,
				  .mtime_ns = (uint32_t)st->st_mtim.tv_nsec,
				  .ctime_ns = (uint32_t)st->st_ctim.tv_nsec };
}

/* Compares files by device and inode, so that links to listed files are skipped. */
static int compare_inode(const void *a, const void *b)
{
	const struct index_id *x = a, *y = b;

	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->dev == y->dev ? 0 : x->dev < y->dev ? -1 : 1;
}

static bool is_config(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size <= largest_config;
}

/*
 * List a text that is too large for a configuration, so that `check` can report it. Disk images and
 * kernels have NULs at their beginning and are skipped.
 */
static void pass_over(const char *path, const struct stat *st, struct index_entries *out)
{
	SX_CLOSE int fd = S_ISREG(st->st_mode) && out->may_read
				  ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
				  : -1;
	SX_FREE char *real = fd < 0 ? NULL : realpath(path, NULL);
	char head[4096];
	ssize_t n = real ? read(fd, head, sizeof(head)) : 0;

	for (size_t i = 0; real && i < out->passed_over.len; i++)
		if (sx_streq(out->passed_over.items[i], real))
			return;
	if (n > 0 && !memchr(head, '\0', (size_t)n))
		sx_words_add(&out->passed_over, real);
}

static void add_file(const char *dir, size_t dir_len, const char *name, const struct index_id *id,
		     struct index_entries *out)
{
	struct index_entry entry = { .id = *id };

	if (!index_store_get(out->store, dir, dir_len, name, &entry)) {
		entry.path = give_text(out, sx_path_join(dir, name));
		if (out->may_read) {
			out->may_read--;
			entry_read(&entry, out);
		} else {
			entry_guess(&entry, out);
		}
	}
	sx_vec_push(out, entry);
}

void index_add(struct index_entries *out, const char *path)
{
	struct index_entry entry = { 0 };
	struct stat st;

	if (stat(path, &st) || !is_config(&st))
		return;
	entry.id = id_of(&st);
	entry.path = give_text(out, sx_strdup(path));
	entry_read(&entry, out);
	sx_vec_push(out, entry);
}

/* What the scan has found so far. */
struct scan {
	struct sx_words links; /* possible second names of listed files */
	struct {
		SX_VEC_OF(struct index_id);
	} dirs;
};

static void scan_dispose(struct scan *s)
{
	sx_words_dispose(&s->links);
	sx_vec_free(&s->dirs);
}

/* auto/ may link to its own directory, and config_dirs may name a directory twice. */
static bool is_new_dir(struct scan *s, DIR *d)
{
	struct stat st;
	struct index_id id;

	if (fstat(dirfd(d), &st))
		return false;
	id = id_of(&st);
	for (size_t i = 0; i < s->dirs.len; i++)
		if (compare_inode(&s->dirs.items[i], &id) == 0)
			return false;
	sx_vec_push(&s->dirs, id);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Add regular files at once; put possible second names aside. */
static int scan_dir(const char *dir, struct index_entries *out, struct scan *s, struct sx_err *err)
{
	DIR *d = opendir(dir);
	size_t dir_len = strlen(dir), before = s->links.len;
	struct dirent *de;

	if (!d) {
		if (errno == ENOENT)
			return 0;
		return sx_err_sys(err, SX_EFAIL, "read directory %s", dir);
	}
	if (!is_new_dir(s, d)) {
		closedir(d);
		return 0;
	}
	while ((de = readdir(d))) {
		SX_FREE char *path = NULL;
		struct index_id id;
		struct stat st;

		if (index_ignores(de->d_name) ||
		    fstatat(dirfd(d), de->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		id = id_of(&st);
		if (is_config(&st) && st.st_nlink == 1) {
			add_file(dir, dir_len, de->d_name, &id, out);
			continue;
		}
		path = sx_path_join(dir, de->d_name);
		if (S_ISLNK(st.st_mode) || is_config(&st))
			sx_words_add(&s->links, path);
		else
			pass_over(path, &st, out);
	}
	closedir(d);
	/* Sorted, so that every scan lists the same one of several names. */
	if (s->links.len > before)
		qsort(s->links.items + before, s->links.len - before, sizeof(*s->links.items),
		      by_name);
	return 0;
}

/* Add the links to files that are not listed yet, each file once. */
static void add_links(const struct sx_words *links, struct index_entries *out)
{
	size_t known = out->len;
	SX_FREE struct index_id *seen = NULL;

	if (!links->len)
		return;
	seen = sx_alloc((known + 1) * sizeof(*seen));
	for (size_t i = 0; i < known; i++)
		seen[i] = out->items[i].id;
	qsort(seen, known, sizeof(*seen), compare_inode);
	for (size_t i = 0; i < links->len; i++) {
		SX_FREE char *dir = sx_path_dir(links->items[i]);
		SX_FREE char *name = sx_path_base(links->items[i]);
		size_t extra = known;
		struct index_id id;
		struct stat st;

		if (stat(links->items[i], &st))
			continue;
		if (!is_config(&st)) {
			pass_over(links->items[i], &st, out);
			continue;
		}
		id = id_of(&st);
		if (bsearch(&id, seen, known, sizeof(*seen), compare_inode))
			continue;
		while (extra < out->len && compare_inode(&out->items[extra].id, &id))
			extra++;
		if (extra == out->len)
			add_file(dir, strlen(dir), name, &id, out);
	}
}

int index_scan(const struct flow_env *env, struct index_entries *out, struct sx_err *err)
{
	SX_FREE char *kept = sx_path_join(env->paths.state, "names.cache");
	SX_CLEANUP(scan_dispose) struct scan s = { 0 };

	out->may_read = env->glance ? glance_reads : SIZE_MAX;
	out->store = index_store_load(kept);
	for (size_t i = 0; i < env->settings.config_dirs.len; i++) {
		const char *dir = env->settings.config_dirs.items[i];
		SX_FREE char *started = sx_path_join(dir, "auto");

		if (scan_dir(dir, out, &s, err) || scan_dir(started, out, &s, err))
			return -1;
	}
	add_links(&s.links, out);
	if (!env->glance)
		index_store_save(out->store, kept, out);
	return 0;
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
