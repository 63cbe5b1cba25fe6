/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of configurations: what is kept between runs is used, and never believed too much. */
#include "tap.h"

#include "base/path.h"
#include "domain/resolve.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <time.h>

#define FILES 40

struct world {
	struct tap t;
	char *root, *etc, *other, *cache;
	struct flow_env env;
};

static char *path_in(const char *dir, const char *name)
{
	return sx_path_join(dir, name);
}

static void put(const char *path, const char *text)
{
	SX_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		perror(path);
		exit(2);
	}
}

/* DIR/FILE with that name in it, all of the same length. */
static void config(const char *dir, const char *file, const char *name)
{
	SX_FREE char *path = path_in(dir, file);
	SX_FREE char *text = sx_format("name = \"%s\"\nuuid = \"AB-%s\"\n", name, name);

	put(path, text);
}

static int remove_one(const char *path, const struct stat *st SX_UNUSED, int type SX_UNUSED,
		      struct FTW *ftw SX_UNUSED)
{
	return remove(path);
}

static void make(struct world *w)
{
	char template[] = "/tmp/safexl-index.XXXXXX";
	SX_ERR err = { 0 };

	if (!mkdtemp(template))
		exit(2);
	w->root = sx_strdup(template);
	sx_paths_init(&w->env.paths, w->root);
	w->etc = sx_strdup(w->env.paths.etc);
	w->other = path_in(w->root, "srv/xen");
	w->cache = path_in(w->env.paths.state, "names.cache");
	sx_words_add(&w->env.settings.config_dirs, w->etc);
	sx_words_add(&w->env.settings.config_dirs, w->other);
	if (sx_path_mkdirs(w->etc, 0755, &err) || sx_path_mkdirs(w->other, 0755, &err))
		exit(2);
	for (int i = 0; i < FILES; i++) {
		SX_FREE char *file = sx_format("g%02d.cfg", i);
		SX_FREE char *name = sx_format("etc%02d", i);

		config(w->etc, file, name);
	}
	config(w->other, "g01.cfg", "srv01");
}

static void destroy(struct world *w)
{
	nftw(w->root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	sx_words_dispose(&w->env.settings.config_dirs);
	sx_paths_dispose(&w->env.paths);
	free(w->root);
	free(w->etc);
	free(w->other);
	free(w->cache);
}

/* The name in that file, as the index has it; "-" when it is not listed, "twice" when it is twice. */
static char *name_of(const struct index_entries *all, const char *path)
{
	const char *name = "-";

	for (size_t i = 0; i < all->len; i++)
		if (sx_streq(all->items[i].path, path))
			name = *name == '-' ? all->items[i].name : "twice";
	return sx_strdup(name);
}

/* One scan: the name in DIR/FILE, how many are listed, how many files were read. */
struct seen {
	char *name;
	size_t count, read;
};

static struct seen scan(struct world *w, const char *dir, const char *file)
{
	SX_FREE char *path = path_in(dir, file);
	struct index_entries all = { 0 };
	struct seen seen = { 0 };
	SX_ERR err = { 0 };

	if (index_scan(&w->env, &all, &err))
		printf("# %s\n", err.msg);
	/* Path, name and uuid of what was read are the list's own. */
	seen = (struct seen){ name_of(&all, path), all.len, all.texts.len / 3 };
	index_dispose(&all);
	return seen;
}

static void expect(struct world *w, const char *dir, const char *file, const char *name,
		   size_t count, long read, const char *what)
{
	struct seen seen = scan(w, dir, file);
	bool good = sx_streq(seen.name, name) && seen.count == count &&
		    (read < 0 || (size_t)read == seen.read);

	if (!tap_ok(&w->t, good, what))
		printf("#   got: %s, %zu listed, %zu read\n#  want: %s, %zu, %ld\n", seen.name,
		       seen.count, seen.read, name, count, read);
	free(seen.name);
}

/* Until the files are old enough to be believed unread, apart from `most` of them. */
static void settle(struct world *w, size_t most, const char *what)
{
	struct timespec pause = { .tv_nsec = 20000000 };
	size_t read = most + 1;

	for (int tries = 0; read > most && tries < 250; tries++) {
		struct seen seen = scan(w, w->etc, "g00.cfg");

		read = seen.read;
		free(seen.name);
		if (read > most)
			nanosleep(&pause, NULL);
	}
	tap_ok(&w->t, read <= most, what);
}

static void test_changes(struct world *w)
{
	SX_FREE char *old = path_in(w->etc, "g05.cfg"), *new = path_in(w->etc, "g99.cfg");
	SX_FREE char *temp = path_in(w->etc, ".g06"), *target = path_in(w->etc, "g06.cfg");
	struct timespec times[2];
	struct stat st, kept, after;

	expect(w, w->etc, "g01.cfg", "etc01", FILES + 1, 0, "of two files called alike, the one");
	expect(w, w->other, "g01.cfg", "srv01", FILES + 1, 0, "and the other");
	stat(w->cache, &kept);
	stat(old, &st);
	config(w->etc, "g05.cfg", "new05");
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	utimensat(AT_FDCWD, old, times, 0);
	expect(w, w->etc, "g05.cfg", "new05", FILES + 1, 1,
	       "written in place, same length, mtime set back: read again, alone");
	config(w->etc, ".g06", "new06");
	rename(temp, target);
	expect(w, w->etc, "g06.cfg", "new06", FILES + 1, 2, "replaced: read again");
	rename(old, new);
	expect(w, w->etc, "g99.cfg", "new05", FILES + 1, 2, "renamed: found under the new name");
	expect(w, w->etc, "g05.cfg", "-", FILES + 1, 2, "and not under the old one");
	unlink(new);
	expect(w, w->etc, "g39.cfg", "etc39", FILES, 1, "removed: the others are as before");
	stat(w->cache, &after);
	tap_ok(&w->t, kept.st_ino == after.st_ino && kept.st_mtim.tv_nsec == after.st_mtim.tv_nsec,
	       "for a few files all names are not written again");
	config(w->etc, "g05.cfg", "etc05");
}

static void test_links(struct world *w)
{
	SX_FREE char *started = path_in(w->etc, "auto");
	SX_FREE char *link_name = path_in(started, "10-g01"), *second = path_in(w->etc, "h.cfg");
	SX_FREE char *first = path_in(w->etc, "g02.cfg"), *outside = path_in(w->root, "out.cfg");
	SX_FREE char *to_outside = path_in(started, "20-out");

	mkdir(started, 0755);
	if (symlink("../g01.cfg", link_name) || link(first, second))
		exit(2);
	config(w->root, "out.cfg", "out00");
	if (symlink(outside, to_outside))
		exit(2);
	expect(w, started, "20-out", "out00", FILES + 2, -1,
	       "each file once, with links to it; one outside by its link");
	unlink(link_name);
	unlink(second);
	unlink(to_outside);
	unlink(outside);
}

static void damage(struct world *w, off_t at, const char *what)
{
	SX_CLOSE int fd = open(w->cache, O_RDWR);
	struct stat st;
	char c;

	fstat(fd, &st);
	if (at < 0) {
		if (ftruncate(fd, st.st_size + at))
			exit(2);
	} else if (pread(fd, &c, 1, at) != 1 || (c ^= 1, pwrite(fd, &c, 1, at) != 1)) {
		exit(2);
	}
	expect(w, w->etc, "g03.cfg", "etc03", FILES + 1, FILES + 1, what);
	settle(w, 8, "and kept anew");
}

static void test_ignored(struct world *w)
{
	static const char *const names[] = {
		"xl.conf",
		"README",
		"xlexample.pvlinux",
		"#g.cfg#",
		".g.cfg",
		".g.cfg.swp",
		"g.cfg~",
		"g~",
		"g.cfg.~1~",
		"g.cfg.bak",
		"g.cfg.BAK",
		"g.bak",
		"g.cfg.old",
		"g.old",
		"g.cfg.old2",
		"g.cfg.save",
		"g.cfg.save.1",
		"g.save.12",
		"g.cfg.orig",
		"g.cfg.rej",
		"g.cfg.1",
		"g.cfg.dpkg-old",
		"g.dpkg-dist",
		"g.cfg.ucf-dist",
		"g.cfg.rpmsave",
		"g.rpmnew",
		"g.cfg.tmp",
		"g.cfg.swp",
		"g.cfg-broken",
		"g.cfg_2024",
		"g.cfg.disabled",
		"g.bak-2024-05-01",
		"xend.sxp",
		"g.cfg.20240501",
		"g.cfg (copy)",
	};
	static const char *const taken[] = { "g.cfg",  "xl.conf.cfg", "g",	  "g.bak.cfg",
					     "bak",    "old",	      "g.1",	  "g.oldenburg.net",
					     "g.hvm",  "g.cfgs",      "web.news", "save",
					     "10-web", "g.cfg.cfg" };
	bool all = true, none = true;

	for (size_t i = 0; i < SX_COUNT(names); i++)
		if (!index_ignores(names[i])) {
			printf("# %s is taken\n", names[i]);
			all = false;
		}
	for (size_t i = 0; i < SX_COUNT(taken); i++)
		if (index_ignores(taken[i])) {
			printf("# %s is not taken\n", taken[i]);
			none = false;
		}
	tap_ok(&w->t, all, "backups and settings are no configurations");
	tap_ok(&w->t, none, "names that only look a little like them are");
}

/* A busy machine makes the files over a while: until the youngest is old enough to be believed. */
static void grow_old(const struct world *w)
{
	SX_FREE char *last = path_in(w->other, "g01.cfg");
	struct timespec then;
	struct stat st;

	stat(last, &st);
	then = st.st_ctim;
	then.tv_nsec += 200000000;
	then.tv_sec += then.tv_nsec / 1000000000;
	then.tv_nsec %= 1000000000;
	while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &then, NULL) == EINTR)
		;
}

int main(void)
{
	struct world w = { 0 };

	make(&w);
	expect(&w, w.etc, "g00.cfg", "etc00", FILES + 1, FILES + 1, "the first time all are read");
	expect(&w, w.etc, "g00.cfg", "etc00", FILES + 1, -1, "at once again");
	unlink(w.cache);
	grow_old(&w);
	settle(&w, 0, "after a while none is");
	test_changes(&w);
	test_links(&w);
	damage(&w, -1, "cut short: all are read");
	damage(&w, 0, "damaged head: all are read");
	damage(&w, 200, "damaged record: all are read");
	test_ignored(&w);
	destroy(&w);
	return tap_end(&w.t);
}
