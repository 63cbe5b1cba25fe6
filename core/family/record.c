/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * record: writes what the running domain has into its configuration, as one commit. The guest is
 * not touched: this is a change of the file alone, planned from the running domain.
 */
#include "change/change.h"
#include "domain/resolve.h"
#include "spec/disk.h"
#include "view/drift.h"

#include <string.h>

/* A longer list of what was recorded does not go into the subject. */
static const size_t most_subject = 50;

struct taking {
	const char *domain; /* as typed */
	const char *only; /* the key or device to record; NULL: all that was changed only live */
	struct drift drift; /* every side but the file's */
	struct sx_words overrides;
};

static void record_dispose(void *data)
{
	struct taking *t = data;

	drift_dispose(&t->drift);
	sx_words_dispose(&t->overrides);
}

static int record_parse(struct change_said *said, struct sx_err *err)
{
	struct taking *t = said->data;

	said->takes = true;
	/* items[1] is the terminating NULL if only the domain is given. */
	if (change_args(said, "", NULL, 1, 0, err) == 0 && said->args.len <= 2 &&
	    (said->args.len < 2 || *said->args.items[1])) {
		t->domain = said->domain;
		t->only = said->args.items[1];
		return 0;
	}
	if (!err->code) {
		sx_err_set(err, SX_EUSAGE, "record: a domain, and at most one key or device");
		sx_err_hint(err, "safexl record DOMAIN [KEY|DEVICE]");
	}
	return -1;
}

static int record_look(const struct change *c, struct live *live, struct sx_err *err)
{
	struct taking *t = change_by(&c->said)->data;

	for (size_t i = 0; i < c->overrides.len; i++)
		sx_words_add(&t->overrides, c->overrides.items[i]);
	return drift_sides(c->env, live, &c->domain, c->path, &t->drift, err);
}

static bool is_overridden(const struct taking *t, const struct view_class *class)
{
	for (size_t i = 0; i < t->overrides.len; i++)
		if (sx_streq(t->overrides.items[i], class->key))
			return true;
	return false;
}

/* Did the person name this key, or this device by any of its names? */
static bool is_named(const struct taking *t, const struct view_class *class,
		     const struct view_item *file, const struct view_item *running)
{
	const struct view_item *items[] = { file, running };

	if (sx_streq(t->only, class->key) && *class->key)
		return true;
	for (size_t i = 0; class->list && i < SX_COUNT(items); i++) {
		if (!items[i])
			continue;
		if (strcasecmp(t->only, items[i]->id) == 0 ||
		    (items[i]->key && strcasecmp(t->only, items[i]->key) == 0) ||
		    (class == view_class_find("disk") && disk_devid(t->only) == items[i]->devid))
			return true;
	}
	return false;
}

/* One key or device to record: the differences of its fields count as one. */
struct want {
	const struct view_difference *first;
	enum view_state state; /* the one of its fields that speaks most for the running domain */
};

struct wants {
	SX_VEC_OF(struct want);
};

/* Does state `a` speak more for the running domain's side than `b`? */
static bool speaks_more(enum view_state a, enum view_state b)
{
	static const int weight[] = {
		[VIEW_UNRECORDED] = 4, [VIEW_UNCLEAR] = 3,     [VIEW_WAITING] = 2,
		[VIEW_HALF] = 1,       [VIEW_UNCOMMITTED] = 0,
	};

	return weight[a] > weight[b];
}

static void collect(const struct view_differences *all, struct wants *out)
{
	sx_each(const struct view_difference, d, all) {
		struct want first = { 0 };
		struct want *last = out->len ? &out->items[out->len - 1] : &first;
		struct want want = { d, d->state };

		if (d->state == VIEW_UNCOMMITTED)
			continue;
		if (out->len && last->first->class == d->class && last->first->file == d->file &&
		    last->first->running == d->running)
			last->state =
				speaks_more(want.state, last->state) ? want.state : last->state;
		else
			sx_vec_push(out, want);
	}
}

/*
 * Scalars first, then changed elements, then removed, then new ones. Elements are removed from the
 * last to the first, so that no place moves, and plugged devices before their controllers.
 */
static int order_of(const struct want *w)
{
	return !w->first->class->list ? 0 : !w->first->file ? 3 : !w->first->running ? 2 : 1;
}

static int by_order(const void *a, const void *b)
{
	const struct want *x = a, *y = b;
	int order = order_of(x) - order_of(y);

	if (order || order_of(x) != 2)
		return order ? order : (x->first < y->first ? -1 : 1);
	if (x->first->class != y->first->class)
		return x->first->class > y->first->class ? -1 : 1;
	return x->first->file->index > y->first->file->index ? -1 : 1;
}

/* Should it be recorded? Adds a notice when it leaves something out. */
static bool is_wanted(const struct taking *t, const struct want *w, const char *domain,
		      struct change_plan *plan)
{
	const struct view_difference *d = w->first;
	const char *how;

	if (t->only)
		return is_named(t, d->class, d->file, d->running);
	if (is_overridden(t, d->class)) {
		sx_words_give(&plan->edits.notices, sx_format("%s was given on the command line of "
							      "create: left out",
							      d->what));
		return false;
	}
	if (w->state == VIEW_UNRECORDED || w->state == VIEW_HALF)
		return true;
	how = w->state == VIEW_WAITING ? "was changed in the file and waits for a cold boot"
	      : d->running	       ? "was perhaps changed in the file and waits for a cold boot"
				       : "is in the file alone, and perhaps waits for a cold boot";
	sx_words_give(&plan->edits.notices,
		      d->class->write ? sx_format("%s %s: left as it is (to take the running one: "
						  "safexl record %s %s)",
						  d->what, how, domain, d->name)
				      : sx_format("%s %s: left as it is", d->what, how));
	return false;
}

/* "memory 512 MiB (was 256 MiB)", "disk xvdb (/srv/b.img,raw,xvdb,w)", "no disk xvdb". */
static char *taken_text(const struct want *w)
{
	const struct view_difference *d = w->first;
	const char *now = d->values[VIEW_RUNNING], *was = d->values[VIEW_FILE];
	const char *key = d->class->key;

	if (!d->class->list)
		return sx_format("%s %s (was %s)", key, now && *now ? now : "(empty)",
				 was && *was ? was : "(empty)");
	if (!d->running)
		return sx_format("no %s %s", key, d->file->id);
	return sx_format("%s %s (%s)", key, d->running->id,
			 d->running->text ? d->running->text : "");
}

static char *short_text(const struct want *w)
{
	const struct view_difference *d = w->first;

	if (!d->class->list)
		return sx_strdup(d->class->key);
	return sx_format("%s%s %s", d->running ? "" : "no ", d->class->key, d->name);
}

static int write_one(const struct want *w, const char *domain, struct xlcfg *doc,
		     struct change_plan *plan, const struct view *running, struct sx_err *err)
{
	const struct view_class *class = w->first->class;

	if (w->state == VIEW_HALF) {
		SX_FREE char *command = drift_clearing(w->first, domain);

		sx_err_set(err, SX_ECONFLICT,
			   "%s is half attached, the guest does not use it: nothing to record",
			   w->first->what);
		return sx_err_hint(err, "to clear it: %s", command);
	}
	if (!class->write)
		return sx_err_set(err, SX_ECONFLICT,
				  "%s cannot be recorded: it was changed in the "
				  "file, the running domain keeps its own",
				  w->first->what);
	return class->write(class, doc, &plan->edits, w->first->file, w->first->running, running,
			    err);
}

/* The subject gives one change in full, a few by name, many by count; the message lists all. */
static void describe(const struct sx_words *taken, const struct sx_words *names,
		     struct change_plan *plan)
{
	SX_STR all = { 0 };
	SX_STR lines = { 0 };

	for (size_t i = 0; i < taken->len; i++) {
		sx_str_addf(&all, "%s%s", i ? ", " : "", names->items[i]);
		sx_str_add(&lines, "  ");
		sx_str_add_shown(&lines, taken->items[i]);
		sx_str_addc(&lines, '\n');
	}
	if (taken->len == 1)
		plan->subject = sx_format("record %s", taken->items[0]);
	else if (all.len <= most_subject)
		plan->subject = sx_format("record %s", sx_str_text(&all));
	else
		plan->subject = sx_format("record %zu changes of the running domain", taken->len);
	if (taken->len)
		plan->trailers =
			sx_format("Taken from the running domain:\n%s\n", sx_str_text(&lines));
}

/* Nothing was recorded: refuse an argument that names nothing known. */
static int nothing_taken(const struct taking *t, const struct view *file, struct change_plan *plan,
			 struct sx_err *err)
{
	const struct view *running = &t->drift.views[VIEW_RUNNING];
	bool known = !t->only || (view_class_find(t->only) && *t->only);
	SX_FREE char *domain = sx_quoted(t->domain);

	for (size_t i = 0; !known && i < file->len; i++)
		known = is_named(t, file->items[i].class, &file->items[i], NULL);
	for (size_t i = 0; !known && i < running->len; i++)
		known = is_named(t, running->items[i].class, NULL, &running->items[i]);
	if (!known) {
		sx_err_set(err, SX_EUSAGE,
			   "record: '%s' is neither a key that can be recorded nor a device here",
			   t->only);
		return sx_err_hint(err, "what differs: safexl diff %s", domain);
	}
	plan->already =
		sx_format("%s%s%s", t->only ? t->only : "", t->only ? ": " : "",
			  plan->edits.notices.len ? "nothing else differs"
						  : "the file has what the running domain has");
	return 0;
}

static int write_all(const struct taking *t, const struct wants *wants, struct xlcfg *doc,
		     struct change_plan *plan, struct sx_words *taken, struct sx_words *names,
		     struct sx_err *err)
{
	SX_FREE char *domain = sx_quoted(t->domain);

	for (size_t i = 0; i < wants->len; i++) {
		if (!is_wanted(t, &wants->items[i], domain, plan))
			continue;
		if (write_one(&wants->items[i], t->drift.name, doc, plan,
			      &t->drift.views[VIEW_RUNNING], err)) {
			/* One that cannot be written does not stop the others. */
			if (t->only || err->code != SX_ECONFLICT)
				return -1;
			sx_words_give(&plan->edits.notices,
				      sx_format("not recorded: %s%s%s", err->msg,
						err->hint ? "; " : "", err->hint ? err->hint : ""));
			sx_err_clear(err);
			continue;
		}
		sx_words_give(taken, taken_text(&wants->items[i]));
		sx_words_give(names, short_text(&wants->items[i]));
	}
	return 0;
}

static int record_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	const struct taking *t = said->data;
	struct view_differences differences = { 0 };
	struct wants wants = { 0 };
	VIEW file = { 0 };
	SX_WORDS taken = { 0 };
	SX_WORDS names = { 0 };
	size_t len;
	const char *text = xlcfg_text(doc, &len);
	bool guessed;
	int r = drift_view(&t->drift, text, len, path, &file, err);

	if (!r)
		r = drift_compare(&t->drift, &file, &differences, &guessed, err);
	for (size_t i = 0; i < file.notices.len; i++)
		sx_words_add(&plan->edits.notices, file.notices.items[i]);
	collect(&differences, &wants);
	if (wants.len)
		qsort(wants.items, wants.len, sizeof(wants.items[0]), by_order);
	if (!r)
		r = write_all(t, &wants, doc, plan, &taken, &names, err);
	if (!r && !plan->edits.len)
		r = nothing_taken(t, &file, plan, err);
	if (!r)
		describe(&taken, &names, plan);
	sx_vec_free(&wants);
	view_differences_dispose(&differences);
	return r;
}

const struct change_family record_family = {
	.command = "record",
	.size = sizeof(struct taking),
	.parse = record_parse,
	.dispose = record_dispose,
	.look = record_look,
	.plan = record_plan,
};
