/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: whatever stands in a file of the state directory, reading it never crashes nor changes
 * a file, what is believed of it names files where they must lie, and what is not believed is told.
 * The first byte chooses which file: 'm' a marker, 'j' an entry of the journal, 'd' what is remembered
 * of a domain, 'i' the index of configurations. "@R" in it stands for the directory of this world.
 */
#include "change/journal.h"
#include "domain/index_store.h"
#include "domain/resolve.h"
#include "evidence/evidence.h"
#include "guard/guard.h"
#include "guard/lifecycle.h"
#include "guard/marker_private.h"
#include "host/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum {
	CONFIGS = 10,
};

struct world {
	char *root;
	struct flow_env env;
	struct file_image index; /* a good one */
};

static const char kinds[] = "mjdi";
static const char config[] = "name = 'g1'\nmemory = 64\ndisk = [ '/srv/a.img,raw,xvda,w' ]\n";

static void fail(const char *what, const char *detail)
{
	fprintf(stderr, "state_read: %s: %s\n", what, detail ? detail : "");
	abort();
}

static void put(const char *path, const char *text, size_t len)
{
	SX_FREE char *dir = sx_path_dir(path);
	SX_ERR err = { 0 };
	SX_CLOSE int fd = -1;

	if (sx_path_mkdirs(dir, 0700, &err))
		fail("cannot make", path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		fail("cannot write", path);
}

static void make_index(struct world *w)
{
	SX_FREE char *path = sx_path_join(w->env.paths.state, "names.cache");
	/* The times of a file that was just made do not show whether it changes again. */
	struct timespec a_moment = { .tv_nsec = 300000000 };
	struct index_entries all = { 0 };
	SX_ERR err = { 0 };

	nanosleep(&a_moment, NULL);
	if (index_scan(&w->env, &all, &err) || file_read(path, &w->index, &err))
		fail("no index", err.msg);
	index_dispose(&all);
	unlink(path);
}

/* One world for all inputs; whoever runs this removes the directory that TMPDIR names. */
static struct world *world_of(void)
{
	static struct world w;
	const char *tmp = getenv("TMPDIR");

	if (w.root)
		return &w;
	w.root = sx_format("%s/state_read.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(w.root))
		fail("cannot make", w.root);
	sx_paths_init(&w.env.paths, w.root);
	sx_words_add(&w.env.settings.config_dirs, w.env.paths.etc);
	w.env.command = "";
	w.env.cwd = sx_strdup("/");
	for (int i = 0; i < CONFIGS; i++) {
		SX_FREE char *path = sx_format("%s/g%d.cfg", w.env.paths.etc, i);

		put(path, config, strlen(config));
	}
	make_index(&w);
	return &w;
}

/* The input with the names of this world. */
static void fill_in(const struct world *w, const char *data, size_t len, struct sx_str *out)
{
	for (size_t i = 0; i < len; i++) {
		if (data[i] == '@' && i + 1 < len && data[i + 1] == 'R') {
			sx_str_add(out, w->root);
			i++;
		} else {
			sx_str_addc(out, data[i]);
		}
	}
}

/* ---- markers ---- */

static void look_at_marker(struct marker *m)
{
	SX_FREE char *image_dir = sx_path_dir(m->image);
	SX_FREE char *temp_dir = sx_path_dir(m->temp);
	SX_FREE char *temp_base = sx_path_base(m->temp);
	SX_FREE char *verdict = NULL;
	SX_WORDS what = { 0 };
	SX_WORDS notes = { 0 };
	enum guard_way way;
	struct timespec when;

	if (*m->temp && (!sx_streq(image_dir, temp_dir) || !marker_is_temp_name(temp_base)))
		fail("a temporary name that is none", m->temp);
	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject subject;

		marker_disk(m, i, &subject);
		evidence_storage_free(marker_storage(m, i));
		marker_unseen(m, i, &notes);
		marker_last_write(m, i, &when);
		marker_is_file(m, i);
	}
	marker_is_full(m);
	marker_compare(m, NULL, &what, &notes);
	verdict = guard_judge_image(m, &notes, &way);
}

/* What is written of it is read as the same. */
static void write_again(const struct world *w, const char *path, struct marker *m)
{
	SX_FREE char *text = marker_to_text(m);
	SX_FREE char *again = NULL;
	MARKERS all = { 0 };
	SX_ERR err = { 0 };

	put(path, text, strlen(text));
	if (markers_load(&w->env, &all, &err) || all.len != 1)
		fail("what was written is refused", all.bad.len ? all.bad.items[0].reason : text);
	again = marker_to_text(all.items[0]);
	if (!sx_streq(text, again))
		fail("what was written is another marker", text);
}

static void read_markers(const struct world *w, const char *path)
{
	MARKERS all = { 0 };
	SX_ERR err = { 0 };

	if (markers_load(&w->env, &all, &err) || all.len + all.bad.len != 1)
		fail("a marker is passed over", err.msg);
	if (all.bad.len && !*all.bad.items[0].reason)
		fail("a marker is not believed, without words", path);
	markers_bad_of(&all, "g1", "");
	if (all.len) {
		look_at_marker(all.items[0]);
		write_again(w, path, all.items[0]);
	}
}

/* ---- the others ---- */

static void read_journal(const struct world *w)
{
	struct journal_entries all = { 0 };
	SX_ERR err = { 0 };

	if (journal_orphans(&w->env, &all, &err))
		fail("a journal cannot be read", err.msg);
	for (size_t i = 0; i < all.len; i++) {
		struct journal_entry *e = &all.items[i];

		if (e->damage && (!*e->damage || !journal_is_about(e, "g1")))
			fail("a damaged entry does not tell whose it is", e->damage);
		if (e->damage)
			continue;
		if (e->path[0] != '/' || (*e->staged && !file_is_staged_of(e->path, e->staged)))
			fail("an entry names a file elsewhere", e->staged);
		journal_is_about(e, "g1");
	}
	journal_entries_dispose(&all);
}

static void read_domain(const struct world *w)
{
	struct created c = { 0 };
	struct resolved r = { 0 };
	SX_ERR err = { 0 };
	SX_ERR why = { 0 };
	bool found;

	if (!created_load(&w->env, "g1", &c, &found, &err) && found && *c.path && *c.path != '/')
		fail("a relative path is believed", c.path);
	created_dispose(&c);
	if (resolve_domain(&w->env, "g1", "", &r, &why) && !why.msg)
		fail("refused without words", "g1");
	resolved_dispose(&r);
}

/* The input is patches of a good index, each an offset and a byte: lengths and places stay believable. */
static void patch(const struct sx_str *patches, struct sx_str *index)
{
	uint16_t at;

	for (size_t i = 0; i + sizeof(at) < patches->len; i += sizeof(at) + 1) {
		memcpy(&at, patches->data + i, sizeof(at));
		index->data[at % index->len] = patches->data[i + sizeof(at)];
	}
}

static void read_index(struct world *w, const char *path, const struct sx_str *text)
{
	struct index_entries all = { 0 };
	SX_STR index = { 0 };
	uint64_t sum;
	SX_ERR err = { 0 };

	sx_str_addn(&index, w->index.text.data, w->index.text.len - sizeof(sum));
	patch(text, &index);
	sum = index_store_checksum(index.data, index.len);
	sx_str_addn(&index, (const char *)&sum, sizeof(sum));
	put(path, index.data, index.len);
	if (index_scan(&w->env, &all, &err) || all.len != CONFIGS)
		fail("the configurations are not found", err.msg);
	for (size_t i = 0; i < all.len; i++)
		if (!sx_starts_with(all.items[i].path, w->env.paths.etc) ||
		    strlen(all.items[i].name) + strlen(all.items[i].uuid) > index.len)
			fail("an entry that is none", all.items[i].path);
	index_dispose(&all);
}

/* Nothing of an input stays for the next. */
static void read_one(struct world *w, char kind, const struct sx_str *text)
{
	static const char *const names[] = { "markers/1-g1.json", "journal/1-1-g1.json",
					     "domains/g1.json", "names.cache" };
	const char *found = strchr(kinds, kind);
	SX_FREE char *path = NULL;

	if (!kind || !found)
		return;
	path = sx_path_join(w->env.paths.state, names[found - kinds]);
	if (kind == 'i')
		read_index(w, path, text);
	else
		put(path, sx_str_text(text), text->len);
	if (kind == 'm')
		read_markers(w, path);
	else if (kind == 'j')
		read_journal(w);
	else if (kind == 'd')
		read_domain(w);
	unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct world *w = world_of();
	SX_STR text = { 0 };

	if (!len)
		return 0;
	fill_in(w, (const char *)data + 1, len - 1, &text);
	read_one(w, (char)data[0], &text);
	return 0;
}
