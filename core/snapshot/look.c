/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds out what a snapshot would have, before anything is made: guest, configuration, disks. */
#include "domain/domain.h"
#include "domain/resolve.h"
#include "git/log.h"
#include "snapshot/take.h"

#include <string.h>

void taking_dispose(struct taking *t)
{
	live_domain_dispose(&t->domain);
	file_image_dispose(&t->config);
	snapshot_dispose(&t->s);
	markers_dispose(&t->markers);
	live_close(t->live);
}

static int check_name(const char *name, struct sx_err *err)
{
	SX_FREE char *safe = sx_path_escape(name);

	if (*name && strlen(name) <= 64 && name[0] != '-' && sx_streq(safe, name))
		return 0;
	return sx_err_set(
		err, SX_EUSAGE,
		"'%s' cannot be the name of a snapshot: up to 64 letters, digits, '.', '_' "
		"and '-', of which the first is a letter or digit",
		name);
}

/* A guest that somebody else paused is not ours to unpause; one that has ended has no state. */
static int check_state(const struct taking *t, struct sx_err *err)
{
	SX_FREE char *account = NULL;

	if (t->domain.domid == 0)
		return sx_err_set(err, SX_EUSAGE, "Domain-0 has no snapshots");
	if (t->domain.state == LIVE_RUNS)
		return 0;
	if (t->domain.state == LIVE_PAUSED) {
		sx_err_set(err, SX_EGUARD, "%s: no snapshot: it is paused", t->domain.name);
		return sx_err_hint(err, "let it run first: safexl unpause %pQ", t->domain.name);
	}
	account = domain_account(&t->domain, "");
	sx_err_set(err, SX_EGUARD, "%s: no snapshot: %s", t->domain.name, account);
	return sx_err_hint(err, "for its state: safexl where %pQ", t->domain.name);
}

static int find_guest(struct taking *t, const char *word, struct sx_err *err)
{
	SX_ERR why = { 0 };

	if (live_open(&t->live, err))
		return -1;
	t->runs = (t->named ? live_find_name(t->live, word, &t->domain, &why)
			    : domain_find(t->env, t->live, word, &t->domain, &why)) == 0;
	if (!t->runs && why.code != SX_ENODOMAIN)
		return sx_err_move(err, &why);
	if (t->runs && check_state(t, err))
		return -1;
	t->s.guest = sx_strdup(t->runs ? t->domain.name : word);
	t->s.uuid = sx_strdup(t->runs ? t->domain.uuid : "");
	t->s.paused_uuid = sx_strdup(t->s.uuid);
	t->s.domid = t->domain.domid;
	t->s.memory = t->runs && !t->options->no_memory;
	sx_set(&t->s.consistency, !t->runs ? "clean" : t->s.memory ? "exact" : "crash");
	return 0;
}

/* A saved guest: its memory and disks must belong together, unless only the disks are wanted. */
static int find_saved(struct taking *t, struct sx_err *err)
{
	const struct marker *m;

	if (!t->runs && markers_load_settled(t->env, &t->markers, err))
		return -1;
	m = t->runs ? NULL : kept_saved(&t->markers, t->s.guest);
	t->s.saved_in = sx_strdup(m ? m->image : "");
	if (!m)
		return 0;
	sx_set(&t->s.consistency, t->options->no_memory ? "crash" : "exact");
	if (t->options->no_memory)
		return 0;
	t->saved = m;
	t->s.memory = true;
	sx_set(&t->s.uuid, m->uuid);
	sx_set(&t->s.image_id, m->image_id);
	return kept_prove_saved(t->env, m, snapshot_command(t->options), err);
}

/* The last commit of the file if that has its present text, else "". Heap string. */
static char *commit_of(const struct file_image *file)
{
	SX_FREE char *dir = sx_path_dir(file->path);
	struct repo *repo = NULL;
	REPO_RECORD last = { 0 };
	SX_ERR ignored = { 0 };
	bool same = false;

	if (repo_open(dir, &repo, &ignored) == 0 && repo &&
	    repo_head_matches(repo, file->path, sx_str_text(&file->text), file->text.len, &same,
			      &ignored) == 0 &&
	    same)
		same = repo_last_commit(repo, file->path, &last);
	repo_close(repo);
	return sx_strdup(same ? last.id : "");
}

static int find_config(struct taking *t, struct sx_err *err)
{
	RESOLVED found = { 0 };
	int r = resolve_domain(t->env, t->s.guest, t->s.uuid, &found, err);

	if (!r)
		r = file_read(found.path, &t->config, err);
	if (r)
		return sx_err_wrap(err, "%s: no snapshot", t->s.guest);
	t->s.config = sx_strdup(t->config.path);
	t->s.commit = commit_of(&t->config);
	return 0;
}

char *snapshot_free_name(const char *dir, const char *wanted)
{
	char *name = sx_strdup(wanted);

	for (unsigned n = 2;; n++) {
		SX_FREE char *path = sx_path_join(dir, name);

		if (access(path, F_OK))
			return name;
		sx_put(&name, sx_format("%s-%u", wanted, n));
	}
}

/* The local time, with a number appended if it is taken: where clocks go back it comes twice. */
static char *name_now(const char *dir)
{
	char text[64] = "now";
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H%M%S", &tm);
	return snapshot_free_name(dir, text);
}

static void describe(struct taking *t)
{
	SX_FREE char *dir = snapshots_dir(t->env, t->s.guest);

	t->s.state = SNAPSHOT_TAKING;
	t->s.name = t->options->name ? sx_strdup(t->options->name) : name_now(dir);
	t->s.dir = sx_path_join(dir, t->s.name);
	t->s.taken_at = flow_time_text(time(NULL));
	t->s.by = sx_format("%s <%s>", t->env->author.name, t->env->author.email);
	t->s.command = sx_strdup(t->env->command);
	t->s.reason = sx_strdup(t->env->message ? t->env->message : "");
}

int take_look(struct taking *t, const char *word, struct sx_err *err)
{
	const struct snapshot_options *options = t->options;
	struct plan_source from = { 0 };

	if ((options->name && check_name(options->name, err)) || find_guest(t, word, err) ||
	    find_saved(t, err) || find_config(t, err))
		return -1;
	describe(t);
	from = (struct plan_source){ .live = t->live,
				     .domain = t->runs ? &t->domain : NULL,
				     .saved = t->saved,
				     .text = sx_str_text(&t->config.text) };
	return snapshot_plan(t->env, &from, options, &t->s, err);
}

int snapshot_look(const struct flow_env *env, const char *word,
		  const struct snapshot_options *options, struct snapshot *s,
		  struct file_image *config, struct sx_err *err)
{
	SX_CLEANUP(taking_dispose) struct taking t = { .env = env, .options = options };

	if (take_look(&t, word, err))
		return -1;
	*s = sx_steal(&t.s);
	*config = sx_steal(&t.config);
	return 0;
}
