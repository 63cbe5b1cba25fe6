/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between file, running domain and last commit: see drift.h. Read-only. */
#include "view/drift.h"
#include "domain/domain.h"
#include "domain/resolve.h"
#include "domain/xlconf.h"
#include "host/file.h"

#include <inttypes.h>

void drift_dispose(struct drift *d)
{
	view_differences_dispose(&d->differences);
	for (size_t i = 0; i < VIEW_SIDES; i++)
		view_dispose(&d->views[i]);
	view_dispose(&d->earlier);
	sx_words_dispose(&d->notes);
	sx_words_dispose(&d->left_out);
	sx_words_dispose(&d->extras);
	sx_fields_dispose(&d->host);
	sx_err_clear(&d->error);
	free(d->name);
	free(d->uuid);
	free(d->path);
	*d = (struct drift){ 0 };
}

void drifts_dispose(struct drifts *d)
{
	for (size_t i = 0; i < d->len; i++)
		drift_dispose(&d->items[i]);
	sx_vec_free(d);
	free(d->no_xen);
	d->no_xen = NULL;
}

static void leave_out(struct drift *d, char *why)
{
	sx_words_give(&d->left_out, why);
	d->partial = true;
}

static void note_extras(struct drift *d, const struct created *c)
{
	SX_STR words = { 0 };

	for (size_t i = 0; i < c->extras.len; i++)
		sx_str_addf(&words, "%s%s", i ? " " : "", c->extras.items[i]);
	if (words.len)
		sx_words_give(&d->notes, sx_format("given on the command line of create, counted "
						   "as part of the file: %s",
						   sx_str_text(&words)));
	for (size_t i = 0; !c->extras.len && i < c->overrides.len; i++)
		leave_out(d, sx_format("'%s' was given on the command line of create, with what "
				       "value is not known: not compared",
				       c->overrides.items[i]));
}

/* Load what create noted, if it is about this domain. */
static int look_created(const struct flow_env *env, struct drift *d, struct created *c,
			struct sx_err *err)
{
	bool found;

	if (created_find(env, d->name, d->uuid, c, &found, err))
		return -1;
	if (!found || (*d->uuid && !sx_streq(c->uuid, d->uuid)))
		created_dispose(c);
	return 0;
}

/* View the noted start text, always with the arguments of create: they were part of that start. */
static void look_start(struct drift *d, const struct created *c)
{
	bool same = c->domid == d->domid && c->started == d->started;
	SX_STR text = { 0 };
	SX_ERR ignored = { 0 };
	bool read;

	if (!d->running || !c->start || !*c->start)
		return;
	sx_str_add(&text, c->start);
	for (size_t i = 0; !d->extras.len && i < c->extras.len; i++)
		sx_str_addf(&text, "\n%s\n", c->extras.items[i]);
	read = drift_view(d, sx_str_text(&text), text.len, "start",
			  same ? &d->views[VIEW_START] : &d->earlier, &ignored) == 0;
	d->has_start = d->have[VIEW_START] = same && read;
	d->has_earlier = !same && read;
}

void drift_repo_dispose(struct drift_repo *r)
{
	repo_close(r->repo);
	free(r->dir);
	*r = (struct drift_repo){ 0 };
}

/* The repository of a real path's directory, borrowed; NULL: there is none. */
static int repo_for(struct drift_repo *r, const char *real, struct repo **out, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(real);

	if (!r->dir || !sx_streq(dir, r->dir)) {
		drift_repo_dispose(r);
		if (repo_open(dir, &r->repo, err))
			return -1;
		r->dir = sx_steal(&dir);
	}
	*out = r->repo;
	return 0;
}

/* View the last commit's text and the start's, each with the arguments of create. */
static int look_before(struct drift *d, const struct created *c, struct sx_err *err)
{
	SX_FREE char *real = realpath(d->path, NULL);
	SX_CLEANUP(drift_repo_dispose) struct drift_repo own = { 0 };
	struct repo *repo = NULL;
	SX_STR text = { 0 };
	SX_ERR why = { 0 };
	bool found = false;
	int r = repo_for(d->kept ? d->kept : &own, real ? real : d->path, &repo, err);

	d->kept = NULL;

	if (!r && repo)
		r = repo_head_file(repo, real ? real : d->path, &found, &text, err);
	d->untracked = !r && repo && !found && !repo_ignores(repo, real ? real : d->path);
	if (r && err->code != SX_ECONFLICT)
		return -1;
	if (r) {
		leave_out(d, sx_format("not compared with the last commit: %s", err->msg));
		sx_err_clear(err);
	}
	d->in_history = r || found;
	if (found && drift_view(d, sx_str_text(&text), text.len, "last commit",
				&d->views[VIEW_COMMIT], &why))
		leave_out(d, sx_format("the last commit cannot be read: %s", why.msg));
	else
		d->have[VIEW_COMMIT] = found;
	look_start(d, c);
	return 0;
}

/* Without a noted start, take libxl's stored configuration instead; having neither is no error. */
static void look_stored(struct drift *d, struct live *live)
{
	struct view *start = &d->views[VIEW_START];
	SX_ERR ignored = { 0 };

	d->have[VIEW_START] =
		view_of_stored(live, d->domid, &d->views[VIEW_RUNNING], start, &ignored) == 0 &&
		start->known.len > 0;
}

int drift_sides(const struct flow_env *env, struct live *live, const struct live_domain *domain,
		const char *path, struct drift *out, struct sx_err *err)
{
	CREATED c = { 0 };
	bool same_file;
	int r;

	out->name = sx_strdup(domain->name);
	out->uuid = sx_strdup(domain->uuid);
	out->domid = domain->domid;
	out->path = sx_strdup(path);
	out->running = live != NULL;
	out->started = live ? live_started(live, domain->domid) : 0;
	out->state = domain->state;
	xlconf_read(env, &out->host);
	r = look_created(env, out, &c, err);
	if (!r && live) {
		r = view_of_live(live, domain->domid, &out->views[VIEW_RUNNING], err);
		out->have[VIEW_RUNNING] = !r;
	}
	same_file = sx_streq(c.path, path);
	/* Arguments of create count only while the domain runs. */
	for (size_t i = 0; out->running && same_file && i < c.extras.len; i++)
		sx_words_add(&out->extras, c.extras.items[i]);
	if (!r && out->running && same_file)
		note_extras(out, &c);
	if (!r)
		r = look_before(out, &c, err);
	if (!r && live && !out->has_start)
		look_stored(out, live);
	/* Keys overridden at create whose values were not noted cannot be compared. */
	for (size_t i = 0; !r && same_file && !c.extras.len && i < c.overrides.len; i++)
		view_forget(&out->views[VIEW_RUNNING], view_class_find(c.overrides.items[i]));
	return r;
}

static void add_left_out(const struct view *v, struct drift *out)
{
	for (size_t i = 0; i < v->notices.len; i++)
		sx_words_add(&out->left_out, v->notices.items[i]);
}

int drift_at(const struct flow_env *env, struct live *live, const struct live_domain *domain,
	     const char *path, struct drift *out, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	bool guessed;

	if (drift_sides(env, live, domain, path, out, err) || file_read(path, &image, err) ||
	    xlcfg_check(sx_str_text(&image.text), image.text.len, path, err) ||
	    drift_view(out, sx_str_text(&image.text), image.text.len, path, &out->views[VIEW_FILE],
		       err))
		return -1;
	out->have[VIEW_FILE] = true;
	if (drift_compare(out, &out->views[VIEW_FILE], &out->differences, &guessed, err))
		return -1;
	if (guessed)
		sx_words_give(
			&out->notes,
			sx_format("%s, so what it was started from is not known for certain: "
				  "what is called not recorded can also be a change of the file "
				  "that waits for a cold boot",
				  out->has_earlier ? "it was started anew since safexl created it"
						   : "it was not started through safexl"));
	add_left_out(&out->views[VIEW_FILE], out);
	add_left_out(&out->views[VIEW_RUNNING], out);
	return 0;
}

static int look_domain(const struct flow_env *env, struct live *live,
		       const struct live_domain *domain, struct drift *out, struct sx_err *err)
{
	RESOLVED resolved = { 0 };
	int r = resolve_domain(env, domain->name, domain->uuid, &resolved, err);

	if (!r)
		r = drift_at(env, live, domain, resolved.path, out, err);
	return r ? sx_err_wrap(err, "%s", domain->name) : 0;
}

int drift_look(const struct flow_env *env, const char *word, struct drifts *out, struct sx_err *err)
{
	LIVE *live = NULL;
	LIVE_DOMAIN domain = { 0 };
	struct drift d = { 0 };
	SX_ERR why = { 0 };
	bool xen = live_open(&live, &why) == 0;
	bool runs = xen && domain_find(env, live, word, &domain, &why) == 0;
	int r;

	if (!xen)
		out->no_xen = sx_strdup(why.msg);
	if (!runs)
		domain.name = sx_strdup(word);
	r = look_domain(env, runs ? live : NULL, &domain, &d, err);
	if (r)
		drift_dispose(&d);
	else
		sx_vec_push(out, d);
	return r;
}

/* A pass over all files: those shown already, and the repository of the last one's directory. */
struct edited {
	struct sx_words shown; /* real paths */
	struct drift_repo kept;
};

static void edited_dispose(struct edited *e)
{
	drift_repo_dispose(&e->kept);
	sx_words_dispose(&e->shown);
}

static bool is_shown(const struct edited *e, const char *real)
{
	for (size_t i = 0; i < e->shown.len; i++)
		if (sx_streq(real, e->shown.items[i]))
			return true;
	return false;
}

static void add_shown(struct edited *e, const char *path)
{
	char *real = path ? realpath(path, NULL) : NULL;

	if (real)
		sx_words_give(&e->shown, real);
}

/* Is the file byte for byte as committed last? Also true without a history, or if unreadable. */
static bool is_committed(struct edited *e, const char *real)
{
	struct repo *repo = NULL;
	FILE_IMAGE image = { 0 };
	SX_ERR ignored = { 0 };
	bool same = true;

	if (repo_for(&e->kept, real, &repo, &ignored) || !repo)
		return true;
	if (file_read(real, &image, &ignored) ||
	    repo_head_matches(repo, image.path, sx_str_text(&image.text), image.text.len, &same,
			      &ignored))
		return true;
	return same;
}

/* A domain that ended since it was listed is no failure. */
static bool has_ended(struct live *live, const struct live_domain *domain)
{
	SX_FREE char *word = sx_format("%" PRIu32, domain->domid);
	LIVE_DOMAIN now = { 0 };
	SX_ERR ignored = { 0 };

	return live_find(live, word, &now, &ignored) ? ignored.code == SX_ENODOMAIN
						     : now.domid != domain->domid;
}

/* Add "not compared" to the message and keep the hint. */
static void say_not_compared(struct sx_err *err)
{
	SX_FREE char *why = sx_strdup(err->msg);
	SX_FREE char *hint = err->hint ? sx_strdup(err->hint) : NULL;

	sx_err_set(err, SX_ENOCONFIG, "%s: not compared", why);
	if (hint)
		sx_err_hint(err, "%s", hint);
}

static void add_running(const struct flow_env *env, struct live *live, struct live_domains *domains,
			struct drifts *out)
{
	SX_CLEANUP(drift_repo_dispose) struct drift_repo kept = { 0 };

	for (size_t i = 0; i < domains->len; i++) {
		struct drift d = { .kept = &kept };

		if (domains->items[i].domid == 0)
			continue;
		if (look_domain(env, live, &domains->items[i], &d, &d.error)) {
			if (has_ended(live, &domains->items[i])) {
				drift_dispose(&d);
				continue;
			}
			if (!d.name)
				d.name = sx_strdup(domains->items[i].name);
			if (d.error.code == SX_ENOCONFIG)
				say_not_compared(&d.error);
		}
		sx_vec_push(out, d);
	}
}

static void add_one_edited(const struct flow_env *env, struct edited *e,
			   const struct index_entry *entry, struct drifts *out)
{
	SX_FREE char *real = realpath(entry->path, NULL);
	LIVE_DOMAIN domain = { 0 };
	struct drift d = { .kept = &e->kept };

	if (!real || is_shown(e, real) || is_committed(e, real))
		return;
	domain.name = sx_strdup(*entry->name ? entry->name : entry->path);
	if (drift_at(env, NULL, &domain, entry->path, &d, &d.error))
		sx_err_wrap(&d.error, "%s", domain.name);
	sx_vec_push(out, d);
	add_shown(e, real);
}

static int add_edited(const struct flow_env *env, struct drifts *out, struct sx_err *err)
{
	struct index_entries all = { 0 };
	struct edited e = { 0 };
	int r = index_scan(env, &all, err);

	for (size_t i = 0; !r && i < out->len; i++)
		add_shown(&e, out->items[i].path);
	for (size_t i = 0; !r && i < all.len; i++)
		add_one_edited(env, &e, &all.items[i], out);
	edited_dispose(&e);
	index_dispose(&all);
	return r;
}

int drift_all(const struct flow_env *env, struct drifts *out, struct sx_err *err)
{
	LIVE_DOMAINS domains = { 0 };
	struct live *live = NULL;
	SX_ERR why = { 0 };
	int r = 0;

	if (live_open(&live, &why))
		out->no_xen = sx_strdup(why.msg);
	else
		r = live_list(live, &domains, err);
	if (!r && live)
		add_running(env, live, &domains, out);
	live_close(live);
	if (!r)
		r = add_edited(env, out, err);
	return r ? r : drift_add_deleted(env, out, err);
}

static const char *side_text(const struct view_difference *d, enum view_side side)
{
	return d->absent[side]			     ? "nothing"
	       : d->values[side] && *d->values[side] ? d->values[side]
						     : "(empty)";
}

const char *drift_state(enum view_state state)
{
	static const char *const texts[] = {
		[VIEW_UNRECORDED] = "not recorded",
		[VIEW_UNCLEAR] = "not recorded, or waits for a cold boot",
		[VIEW_WAITING] = "waits for a cold boot",
		[VIEW_HALF] = "half attached",
		[VIEW_UNCOMMITTED] = "not committed",
	};

	return texts[state];
}

char *drift_text(const struct view_difference *d)
{
	if (d->state == VIEW_UNCOMMITTED)
		return sx_format("%s: %s in the file, %s in the last commit", d->what,
				 side_text(d, VIEW_FILE), side_text(d, VIEW_COMMIT));
	return sx_format("%s: %s: %s in the file, %s running", drift_state(d->state), d->what,
			 side_text(d, VIEW_FILE), side_text(d, VIEW_RUNNING));
}
