/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rename: the key `name`, and what safexl remembers under the old name. The file itself, links to
 * it in auto/ and saved images keep their names.
 */
#include "change/change.h"
#include "domain/resolve.h"
#include "guard/marker.h"
#include "view/view.h"

#include <string.h>

static const char *new_name(const struct change_said *said)
{
	return said->args.items[1];
}

static int check_name(const char *name, struct sx_err *err)
{
	if (!*name)
		return sx_err_set(err, SX_EUSAGE, "rename: the new name is empty");
	if (strspn(name, "0123456789") == strlen(name)) {
		sx_err_set(err, SX_EUSAGE, "rename: '%s' would be taken for the number of a domain",
			   name);
		return sx_err_hint(err, "a name with something else than digits in it");
	}
	return 0;
}

static int rename_parse(struct change_said *said, struct sx_err *err)
{
	if (change_args(said, "", NULL, 2, 2, err) || check_name(new_name(said), err))
		return -1;
	said->second_name = new_name(said);
	return 0;
}

/* ---- names that others have ---- */

static int taken_by_file(const char *path, const char *name, struct sx_err *err)
{

	sx_err_set(err, SX_ECONFLICT, "%s has the name '%s' already", path, name);
	return sx_err_hint(
		err, "take another name, or give that file another one first: safexl edit %pQ",
		path);
}

/* Refuse the name of another configuration. */
static int check_files(const struct change *c, const char *name, struct sx_err *err)
{
	struct index_entries all = { 0 };
	SX_FREE char *own = realpath(c->path, NULL);
	int r = index_scan(c->env, &all, err);

	for (size_t i = 0; !r && i < all.len; i++) {
		SX_FREE char *path = NULL;

		if (!sx_streq(all.items[i].name, name))
			continue;
		path = realpath(all.items[i].path, NULL);
		if (!sx_streq(path, own))
			r = taken_by_file(all.items[i].path, name, err);
	}
	index_dispose(&all);
	return r;
}

/* Refuse the name of a guest that is saved, or runs on another host. */
static int check_markers(const struct change *c, const char *name, struct sx_err *err)
{
	MARKERS all = { 0 };

	if (markers_load_settled(c->env, &all, err))
		return -1;
	if (markers_bad_of(&all, name, ""))
		return marker_bad_refuse(markers_bad_of(&all, name, ""), name, err);
	for (size_t i = 0; i < all.len; i++) {
		const struct marker *m = all.items[i];

		if (!marker_is_open(m) || !sx_streq(m->name, name) ||
		    (*c->domain.uuid && sx_streq(m->uuid, c->domain.uuid)))
			continue;
		sx_err_set(err, SX_EGUARD, "'%s' is the name of a guest that is %s (%s)", name,
			   *m->to_host ? "on another host" : "saved",
			   *m->to_host ? m->to_host : m->image);
		return sx_err_hint(err, "take another name; for its state: safexl where %pQ", name);
	}
	return 0;
}

static int rename_look(const struct change *c, struct live *live SX_UNUSED, struct sx_err *err)
{
	const char *name = new_name(change_by(&c->said));

	/* --config may give the file of a running domain the name that it runs under. */
	if (sx_streq(name, c->domain.name) && (c->scope == FLOW_BOTH || !*c->domain.uuid))
		return sx_err_set(err, SX_ECONFLICT, "it is called that already");
	return check_files(c, name, err) || check_markers(c, name, err) ? -1 : 0;
}

static int rename_conflict(const struct change *c, struct live *live, struct sx_err *err)
{
	const char *name = new_name(change_by(&c->said));
	LIVE_DOMAIN other = { 0 };
	SX_ERR none = { 0 };

	if (live_find_name(live, name, &other, &none))
		return 0;
	sx_err_set(err, SX_ECONFLICT, "another running domain is called '%s' (domid %u)", name,
		   other.domid);
	return sx_err_hint(err, "take another name");
}

/* ---- the change ---- */

static int rename_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	const char *name = new_name(said);

	plan->subject = sx_format("rename to %s", name);
	if (view_set(doc, &plan->edits, "name", name, err))
		return -1;
	if (plan->edits.len)
		sx_words_give(&plan->edits.notices, sx_format("the file keeps its name, %s", path));
	return 0;
}

static int rename_verify(const struct change_said *said, struct live *live SX_UNUSED,
			 const struct live_domain *domain, enum change_truth *truth,
			 struct sx_err *err SX_UNUSED)
{
	*truth = sx_streq(domain->name, new_name(said)) ? CHANGE_LIVE : CHANGE_NOT_LIVE;
	return 0;
}

/* Move what is remembered under the old name to the new one. */
static int rename_after(const struct change *c, struct sx_err *err)
{
	const char *name = new_name(change_by(&c->said)), *uuid = c->domain.uuid;
	CREATED was = { 0 };
	bool found;
	int r;

	/* The running domain keeps its old name. */
	if (c->scope == FLOW_CONFIG && *uuid)
		return 0;
	r = created_load(c->env, c->domain.name, &was, &found, err);
	if (!r && found && (!*was.uuid || !*uuid || sx_streq(was.uuid, uuid))) {
		free(was.name);
		free(was.own_name);
		was.name = sx_strdup(name);
		was.own_name = sx_strdup(name);
		r = created_save(c->env, &was, err) || created_forget(c->env, c->domain.name, err)
			    ? -1
			    : 0;
	}
	return r;
}

const struct change_family rename_family = {
	.command = "rename",
	.parse = rename_parse,
	.look = rename_look,
	.conflict = rename_conflict,
	.plan = rename_plan,
	.verify = rename_verify,
	.after = rename_after,
};
