/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last change of every configuration: see latest.h. */
#include "history/latest.h"
#include "domain/index_store.h"
#include "history/entry.h"
#include "host/file.h"

#include <errno.h>
#include <string.h>

static void last_dispose(struct history_last *l)
{
	free(l->path);
	free(l->id);
	free(l->author);
	free(l->subject);
}

void history_latest_dispose(struct history_latest *all)
{
	sx_vec_dispose(all, last_dispose);
}

/* ---- the cache: NUL-terminated texts, then a checksum ---- */

static const char magic[] = "safexl changes 1";
/* A repository: its .git directory, and the newest commit that counted. */
static const char repo_mark[] = "repo";
/* A file: path, commit, time, author, subject. */
static const char file_mark[] = "file";

struct kept {
	struct file_image image;
	const char *at, *end;
};

/* The next text; "" at the end. */
static const char *next_text(struct kept *k)
{
	const char *text = k->at;

	if (k->at >= k->end)
		return "";
	k->at += strlen(k->at) + 1;
	return text;
}

static char *kept_path(const struct flow_env *env)
{
	return sx_path_join(env->paths.state, "changes.cache");
}

/* False: there is no valid cache. */
static bool kept_load(const struct flow_env *env, struct kept *k)
{
	SX_FREE char *path = kept_path(env);
	SX_ERR ignored = { 0 };
	uint64_t sum;

	if (file_read(path, &k->image, &ignored) ||
	    k->image.text.len < sizeof(magic) + 1 + sizeof(sum))
		return false;
	k->at = sx_str_text(&k->image.text);
	k->end = k->at + k->image.text.len - sizeof(sum);
	memcpy(&sum, k->end, sizeof(sum));
	return k->end[-1] == '\0' && sum == index_store_checksum(k->at, (size_t)(k->end - k->at)) &&
	       strcmp(next_text(k), magic) == 0;
}

static void read_file(struct kept *k, struct history_latest *out)
{
	struct history_last l = { 0 };

	l.path = sx_strdup(next_text(k));
	l.id = sx_strdup(next_text(k));
	l.time = strtoll(next_text(k), NULL, 10);
	l.author = sx_strdup(next_text(k));
	l.subject = sx_strdup(next_text(k));
	sx_vec_push(out, l);
}

/*
 * Add a repository's cached files. Returns the newest commit they include; NULL: none. Heap string.
 */
static char *kept_take(const struct flow_env *env, const char *gitdir, struct history_latest *out)
{
	struct kept k = { 0 };
	bool ours = false;
	char *head = NULL;

	for (bool good = kept_load(env, &k); good && k.at < k.end;) {
		const char *mark = next_text(&k);

		if (strcmp(mark, repo_mark) == 0) {
			ours = sx_streq(next_text(&k), gitdir);
			if (ours && !head)
				head = sx_strdup(next_text(&k));
			else
				next_text(&k);
		} else if (strcmp(mark, file_mark) == 0 && ours) {
			read_file(&k, out);
		} else {
			for (size_t i = 0; i < 5; i++)
				next_text(&k);
		}
	}
	file_image_dispose(&k.image);
	return head;
}

static void add_text(struct sx_str *out, const char *text)
{
	sx_str_addn(out, text, strlen(text) + 1);
}

static void kept_add(struct sx_str *out, const char *gitdir, const char *head,
		     const struct history_latest *all, size_t from)
{
	add_text(out, repo_mark);
	add_text(out, gitdir);
	add_text(out, head);
	for (size_t i = from; i < all->len; i++) {
		const struct history_last *l = &all->items[i];
		SX_FREE char *time = sx_format("%lld", l->time);

		add_text(out, file_mark);
		add_text(out, l->path);
		add_text(out, l->id);
		add_text(out, time);
		add_text(out, l->author);
		add_text(out, l->subject);
	}
}

/* Save the cache. A failure costs only time. */
static void kept_save(const struct flow_env *env, struct sx_str *texts)
{
	uint64_t sum = index_store_checksum(sx_str_text(texts), texts->len);
	SX_FREE char *path = kept_path(env);
	SX_ERR ignored = { 0 };

	sx_str_addn(texts, (const char *)&sum, sizeof(sum));
	if (sx_path_mkdirs(env->paths.state, 0700, &ignored) ||
	    file_write_cache(path, texts->data, texts->len, &ignored))
		sx_err_clear(&ignored);
}

/* ---- the walk ---- */

static void add_record(const struct repo_record *r, struct history_latest *out)
{
	for (size_t i = 0; i < r->len; i++) {
		struct history_last l = { .path = sx_strdup(r->items[i].path),
					  .id = sx_strdup(r->id),
					  .author = sx_strdup(r->author),
					  .time = r->time };

		l.subject = sx_strndup(r->message, strcspn(r->message, "\n"));
		sx_vec_push(out, l);
	}
}

/*
 * Add what is newer than the commit `known`, newest first. *complete: the whole history was added,
 * as `known` was not met, or not before a merge, whose other side may be newer than the cache.
 */
static int walk_to(struct repo *repo, const struct sx_words *places, const char *known,
		   struct history_latest *out, char **newest, bool *complete, struct sx_err *err)
{
	struct repo_walk *walk = NULL;
	bool found = true;
	int r = repo_walk_open(repo, &walk, err);

	*complete = true;
	while (!r && walk && found) {
		REPO_RECORD record = { 0 };

		r = repo_walk_next(walk, places, &record, &found, err);
		if (r || !found)
			break;
		if (!*newest)
			*newest = sx_strdup(record.id);
		if (sx_streq(record.id, known) && !repo_walk_met_merge(walk)) {
			*complete = false;
			break;
		}
		add_record(&record, out);
	}
	repo_walk_close(walk);
	return r;
}

/* For sorting by path, and equal paths in the order found: qsort is not stable. */
struct ranked {
	struct history_last last;
	size_t rank;
};

static int compare(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	int r = strcmp(x->last.path, y->last.path);

	return r ? r : x->rank < y->rank ? -1 : 1;
}

/* Sort the entries from `from` on, and keep of each path the first that was found. */
static void keep_first(struct history_latest *all, size_t from)
{
	size_t count = all->len - from, kept = from;
	SX_FREE struct ranked *ranked = sx_alloc((count + 1) * sizeof(*ranked));

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ all->items[from + i], i };
	qsort(ranked, count, sizeof(*ranked), compare);
	for (size_t i = 0; i < count; i++) {
		if (kept > from && sx_streq(all->items[kept - 1].path, ranked[i].last.path))
			last_dispose(&ranked[i].last);
		else
			all->items[kept++] = ranked[i].last;
	}
	all->len = kept;
}

/* Read one repository and add its new cache to `texts`. *news: that differs from the old one. */
static int read_repo(const struct flow_env *env, struct repo *repo, const struct sx_words *places,
		     struct history_latest *out, struct sx_str *texts, bool *news,
		     struct sx_err *err)
{
	HISTORY_LATEST old = { 0 };
	SX_FREE char *known = kept_take(env, repo_gitdir(repo), &old);
	SX_FREE char *newest = NULL;
	size_t from = out->len;
	bool complete;

	if (walk_to(repo, places, known, out, &newest, &complete, err))
		return -1;
	*news |= !sx_streq(newest, known);
	for (size_t i = 0; !complete && i < old.len; i++)
		sx_vec_push(out, old.items[i]);
	if (!complete)
		sx_vec_free(&old);
	keep_first(out, from);
	kept_add(texts, repo_gitdir(repo), newest ? newest : "", out, from);
	return 0;
}

int history_latest_read(const struct flow_env *env, struct history_latest *out, struct sx_err *err)
{
	HISTORY *history = NULL;
	SX_STR texts = { 0 };
	struct repo *repo;
	bool news = false;

	if (history_open(env, NULL, &history, err)) {
		if (err->code != SX_ENOCONFIG)
			return -1;
		sx_err_clear(err);
		return 0;
	}
	add_text(&texts, magic);
	for (size_t i = 0; (repo = history_repo_at(history, i)); i++)
		if (read_repo(env, repo, history_places(history), out, &texts, &news, err))
			return -1;
	if (news)
		kept_save(env, &texts);
	keep_first(out, 0);
	return 0;
}

const struct history_last *history_latest_of(const struct history_latest *all, const char *path)
{
	size_t low = 0, high = all->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int r = strcmp(path, all->items[middle].path);

		if (r == 0)
			return &all->items[middle];
		if (r < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
