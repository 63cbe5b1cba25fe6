/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walks all repositories and picks the commits about one domain: see history.h. */
#include "domain/domain.h"
#include "domain/places.h"
#include "domain/resolve.h"
#include "history/entry.h"
#include "host/file.h"

#include <errno.h>
#include <string.h>

/* The default of git's gc.auto. Only git's own commands pack, and safexl is none of them. */
static const size_t most_loose = 6700;

/* One repository, and how far it has been read. */
struct source {
	struct repo *repo;
	struct repo_walk *walk;
	struct history_entry next; /* short_id NULL: not read yet */
	struct timespec written; /* when its branch moved last */
	bool ended;
};

struct history {
	SX_VEC_OF(struct source);
	struct sx_words places; /* the configuration directories, and files recorded elsewhere */
	char *domain; /* as commits show it; "": given by its file; NULL: all domains */
	struct sx_err no_file; /* why the running domain has no file; code 0: it has one */
	struct sx_words paths; /* files that are, or were, that domain's */
};

void history_close(struct history *h)
{
	for (size_t i = 0; h && i < h->len; i++) {
		history_entry_dispose(&h->items[i].next);
		repo_walk_close(h->items[i].walk);
		repo_close(h->items[i].repo);
	}
	if (h) {
		sx_vec_free(h);
		sx_words_dispose(&h->places);
		sx_words_dispose(&h->paths);
		free(h->domain);
		sx_err_clear(&h->no_file);
	}
	free(h);
}

void history_cleanup(struct history **h)
{
	history_close(*h);
}

static struct timespec last_written(const struct repo *repo)
{
	SX_FREE char *reflog = sx_path_join(repo_gitdir(repo), "logs/HEAD");
	struct stat st;

	return stat(reflog, &st) ? (struct timespec){ 0 } : st.st_mtim;
}

/* Add the repository of a directory (real path), but once: it may be mounted in two places. */
static int add_source(struct history *h, const char *dir, struct sx_err *err)
{
	struct source s = { 0 };

	if (repo_open(dir, &s.repo, err))
		return -1;
	for (size_t i = 0; s.repo && i < h->len; i++) {
		if (file_same_storage(repo_gitdir(s.repo), repo_gitdir(h->items[i].repo))) {
			repo_close(s.repo);
			return 0;
		}
	}
	if (s.repo && repo_walk_open(s.repo, &s.walk, err)) {
		repo_close(s.repo);
		return -1;
	}
	if (!s.walk) {
		repo_close(s.repo);
		return 0;
	}
	s.written = last_written(s.repo);
	sx_vec_push(h, s);
	return 0;
}

/* Add a directory and its repository. */
static int add_place(struct history *h, const char *dir, struct sx_err *err)
{
	SX_FREE char *real = realpath(dir, NULL);

	if (!real || sx_words_have(&h->places, real))
		return 0;
	sx_words_add(&h->places, real);
	return add_source(h, real, err);
}

/* The file's real path; if it is gone, the directory's with the file's name. Heap string. */
static char *real_name(const char *path)
{
	SX_FREE char *real = realpath(path, NULL);
	SX_FREE char *dir = sx_path_dir(path), *base = sx_path_base(path);
	SX_FREE char *real_dir = realpath(dir, NULL);

	if (real)
		return sx_steal(&real);
	return real_dir ? sx_path_join(real_dir, base) : sx_strdup(path);
}

/* Name and uuid of the running domain that the word means; if none runs, the word is the name. */
static bool find_running(const struct flow_env *env, const char *word, struct live_domain *out)
{
	SX_ERR ignored = { 0 };
	bool runs = domain_look(env, word, out, &ignored) == 0;

	if (!runs)
		out->name = sx_strdup(word);
	return runs;
}

static int add_file(struct history *h, const char *path, struct sx_err *err)
{
	SX_FREE char *real = real_name(path);
	SX_FREE char *dir = sx_path_dir(real);

	sx_words_add(&h->paths, real);
	return add_place(h, dir, err);
}

/* Add the files that may be the domain's: the one it has, else those it may have had. */
static int find_files(struct history *h, const struct flow_env *env, const char *word,
		      struct sx_err *err)
{
	RESOLVED resolved = { 0 };
	LIVE_DOMAIN domain = { 0 };
	SX_ERR why = { 0 };
	bool runs;
	int r = 0;

	if (strchr(word, '/')) {
		SX_FREE char *path = NULL;

		h->domain = sx_strdup("");
		return sx_path_absolute(env->cwd, word, &path, err) ? -1 : add_file(h, path, err);
	}
	runs = find_running(env, word, &domain);
	h->domain = sx_shown(domain.name);
	if (resolve_domain(env, domain.name, domain.uuid, &resolved, &why) == 0)
		r = add_file(h, resolved.path, err);
	else if (runs)
		sx_err_move(&h->no_file, &why);
	/* By the name: the file that is called as the number of a domain is another one's. */
	for (size_t i = 0; !r && !resolved.path && i < env->settings.config_dirs.len; i++) {
		SX_FREE char *plain = sx_path_join(env->settings.config_dirs.items[i], domain.name);
		SX_FREE char *with_end = sx_format("%s.cfg", plain);

		r = add_file(h, plain, err) ? -1 : add_file(h, with_end, err);
	}
	return r;
}

/* Add files that are recorded elsewhere. One that cannot be read does not hide the others. */
static void add_elsewhere(struct history *h, const struct flow_env *env)
{
	SX_WORDS files = { 0 };

	places_elsewhere(env, &files);
	for (size_t i = 0; i < files.len; i++) {
		SX_FREE char *dir = sx_path_dir(files.items[i]);
		SX_ERR why = { 0 };

		if (access(dir, F_OK))
			continue;
		sx_words_add(&h->places, files.items[i]);
		if (add_source(h, dir, &why))
			flow_notice(env, "the history of %s cannot be read: %s", files.items[i],
				    why.msg);
	}
}

static int refuse_none(const struct flow_env *env, struct sx_err *err)
{
	sx_err_set(err, SX_ENOCONFIG, "%s has no history yet", env->settings.config_dirs.items[0]);
	return sx_err_hint(err, "the first recorded change starts one, as in: "
				"safexl block-attach DOMAIN DISK");
}

int history_open(const struct flow_env *env, const char *domain, struct history **out,
		 struct sx_err *err)
{
	HISTORY *h = sx_alloc(sizeof(*h));

	for (size_t i = 0; i < env->settings.config_dirs.len; i++)
		if (add_place(h, env->settings.config_dirs.items[i], err))
			return -1;
	add_elsewhere(h, env);
	if (domain && find_files(h, env, domain, err))
		return -1;
	if (!h->len)
		return refuse_none(env, err);
	*out = sx_steal(&h);
	return 0;
}

const char *history_about(const struct history *h, const char *word)
{
	return h->domain && *h->domain ? h->domain : word;
}

int history_refuse_empty(const struct history *h, const char *word, struct sx_err *err)
{
	sx_err_set(err, SX_ENOCONFIG, "nothing in the history is about '%s'%s%s",
		   history_about(h, word), h->no_file.code ? ": " : "",
		   h->no_file.code ? h->no_file.msg : "");
	return sx_err_hint(err, "%s",
			   h->no_file.hint ? h->no_file.hint : "the whole history: safexl log");
}

struct repo *history_repo_at(const struct history *h, size_t i)
{
	return i < h->len ? h->items[i].repo : NULL;
}

const struct sx_words *history_places(const struct history *h)
{
	return &h->places;
}

static int source_fill(struct history *h, struct source *s, struct sx_err *err)
{
	bool found;

	if (s->ended || s->next.short_id)
		return 0;
	if (repo_walk_next(s->walk, &h->places, &s->next.record, &found, err))
		return -1;
	s->ended = !found;
	if (found)
		history_entry_fill(&s->next, s->repo);
	return 0;
}

/* Follow a rename: the file that the commit removed with the content that it added as `t`. */
static void follow_rename(struct history *h, const struct repo_record *r,
			  const struct repo_touched *t)
{
	for (size_t i = 0; !*t->before && i < r->len; i++) {
		const struct repo_touched *from = &r->items[i];

		if (!*from->after && strcmp(from->before, t->after) == 0)
			sx_words_add(&h->paths, from->path);
	}
}

/* Did the commit remove the file, or is it missing now? */
static bool is_gone(const struct repo_touched *t)
{
	return !*t->after || (access(t->path, F_OK) && errno == ENOENT);
}

static bool touches_file(struct history *h, const struct history_entry *e)
{
	bool touches = false;

	sx_each(const struct repo_touched, t, &e->record) {
		bool known = sx_words_have(&h->paths, t->path);

		/* A file that is gone may have been the domain's under any file name. */
		if (!known && *h->domain && is_gone(t)) {
			SX_FREE char *name = history_name_in(e->repo, t);
			SX_FREE char *shown = sx_shown(name);

			known = strcmp(shown, h->domain) == 0;
			if (known)
				sx_words_add(&h->paths, t->path);
		}
		if (known)
			follow_rename(h, &e->record, t);
		touches |= known;
	}
	return touches;
}

/* Of a commit of many files, keep only those of the domain that was asked for. */
static void keep_own(struct history *h, struct history_entry *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < e->record.len; i++) {
		if (sx_words_have(&h->paths, e->record.items[i].path))
			e->record.items[kept++] = e->record.items[i];
		else
			free(e->record.items[i].path);
	}
	e->record.len = kept;
	if (!*e->domain && *h->domain) {
		sx_set(&e->domain, h->domain);
	}
	history_entry_guess(e);
}

/* Is it about the domain that was asked for? */
static bool is_wanted(struct history *h, struct history_entry *e)
{
	bool named;

	if (!h->domain)
		return true;
	named = *h->domain && strcmp(e->domain, h->domain) == 0;
	if (named && e->record.len == 1 && !sx_words_have(&h->paths, e->record.items[0].path))
		sx_words_add(&h->paths, e->record.items[0].path);
	if (!touches_file(h, e) && !named)
		return false;
	if (e->record.len > 1)
		keep_own(h, e);
	return true;
}

/* Commit times are whole seconds: if equal, the repository whose branch moved last is newer. */
static bool is_newer(const struct source *a, const struct source *b)
{
	if (a->next.record.time != b->next.record.time)
		return a->next.record.time > b->next.record.time;
	if (a->written.tv_sec != b->written.tv_sec)
		return a->written.tv_sec > b->written.tv_sec;
	return a->written.tv_nsec > b->written.tv_nsec;
}

int history_next(struct history *h, struct history_entry *out, bool *found, struct sx_err *err)
{
	for (;;) {
		struct source *newest = NULL;

		sx_each(struct source, s, h) {
			if (source_fill(h, s, err))
				return -1;
			if (!s->ended && (!newest || is_newer(s, newest)))
				newest = s;
		}
		history_entry_dispose(out);
		*found = newest != NULL;
		if (!newest)
			return 0;
		*out = newest->next;
		newest->next = (struct history_entry){ 0 };
		if (is_wanted(h, out))
			return 0;
	}
}

void history_tell_loose(const struct flow_env *env, const struct history *h)
{
	for (size_t i = 0; i < h->len; i++) {
		size_t count = repo_loose(h->items[i].repo);

		if (count <= most_loose)
			continue;
		flow_notice(env,
			    "about %zu objects of the history are not packed, which makes it "
			    "slow to read; to pack them: git -C %pQ gc",
			    count, repo_workdir(h->items[i].repo));
	}
}

int history_find(struct history *h, const char *word, struct history_entry *out, struct sx_err *err)
{
	SX_ERR why = { 0 };

	for (size_t i = 0; i < h->len; i++) {
		HISTORY_ENTRY e = { 0 };

		if (repo_record_find(h->items[i].repo, word, &h->places, &e.record, err)) {
			/* Keep the first repository's error, unless another one has the commit. */
			if (!why.code)
				sx_err_move(&why, err);
			continue;
		}
		if (!e.record.len) {
			sx_err_set(&why, SX_EFAIL, "commit '%pS' touched no configuration", word);
			sx_err_hint(&why, "the commits that did: safexl log");
			continue;
		}
		history_entry_fill(&e, h->items[i].repo);
		sx_err_clear(err);
		*out = sx_steal(&e);
		return 0;
	}
	return sx_err_move(err, &why);
}
