/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Removes a domain's configuration from the host: see define.h. */
#include "domain/config.h"
#include "domain/disk_list.h"
#include "domain/domain.h"
#include "domain/resolve.h"
#include "guard/saved.h"
#include "managed/autostart.h"
#include "managed/define.h"
#include "managed/private.h"
#include "snapshot/snapshot.h"

#include <string.h>

void defining_dispose(struct defining *d)
{
	lock_release(&d->lock);
	free(d->name);
	free(d->path);
	deed_dispose(&d->deed);
	sx_words_dispose(&d->notices);
}

static int refuse_present(const char *name, const struct live_domain *d, const char *done,
			  struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD, "%s: %s: it is %s, its number is %u", name, done,
		   domain_state(d->state), d->domid);
	if (domain_has_ended(d->state))
		return sx_err_hint(err, "to have Xen forget it: safexl destroy %pQ", name);
	return sx_err_hint(err, "to end it first: safexl shutdown -w %pQ", name);
}

static int check_absent(const struct flow_env *env, const char *name, const char *done,
			struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	SX_FREE char *way = define_offline(env);
	bool present;

	if (domain_look_present(name, &d, &present, err))
		return sx_err_hint(err, "without asking Xen: %s", way);
	return present ? refuse_present(name, &d, done, err) : 0;
}

static int refuse_marker(const struct marker *m, const char *done, struct sx_err *err)
{
	SX_FREE char *how =
		m->state == MARKER_MIGRATED
			? sx_format("it was migrated to %s", m->to_host)
			: sx_format("it is %s in %s", marker_state_name(m->state), m->image);

	sx_err_set(err, SX_EGUARD, "%s: %s: %s", m->name, done, how);
	return sx_err_hint(err, "what can be done with it: safexl where %pQ", m->name);
}

/* Refuse a guest that is saved or migrated, or is just being saved, restored or the like. */
static int check_not_saved(const struct flow_env *env, const char *name, const char *done,
			   struct sx_err *err)
{
	MARKERS all = { 0 };
	const struct marker_bad *bad;

	if (markers_load_settled(env, &all, err))
		return -1;
	bad = markers_bad_of(&all, name, "");
	if (bad)
		return marker_bad_refuse(bad, name, err);
	sx_each_of(const struct marker, m, &all) {
		if (!marker_is_open(m) || !sx_streq(m->name, name))
			continue;
		return refuse_marker(m, done, err);
	}
	return 0;
}

/* Refuse a guest with snapshots: without the configuration they could not be put back. */
static int check_no_snapshot(const struct flow_env *env, const char *name, const char *done,
			     struct sx_err *err)
{
	SX_FREE char *all = NULL;
	SX_WORDS names = { 0 };

	if (snapshots_names(env, name, &names, err))
		return -1;
	if (!names.len)
		return 0;
	all = sx_words_join(&names, ", ");
	sx_err_set(err, SX_EGUARD, "%s: %s: it has snapshots: %s", name, done, all);
	return sx_err_hint(err, "to drop one that is not wanted: safexl snapshots --drop %s %pQ",
			   names.items[0], name);
}

int undefine_check(const struct flow_env *env, const char *name, bool offline, const char *done,
		   struct sx_err *err)
{
	if ((!offline && check_absent(env, name, done, err)) ||
	    check_not_saved(env, name, done, err))
		return -1;
	return check_no_snapshot(env, name, done, err);
}

/* Say which disks stay, for a person who wants their space. */
static void note_disks(const struct xlcfg *doc, struct defining *d)
{
	DISK_ITEMS disks = { 0 };
	SX_STR list = { 0 };

	disk_items_read(doc, d->path, &disks);
	for (size_t i = 0; i < disks.len; i++) {
		const char *target = disks.items[i].spec.target;

		if (target && *target && !disks.items[i].spec.cdrom)
			sx_str_addf(&list, "%s%s", list.len ? ", " : "", target);
	}
	if (list.len)
		sx_words_give(&d->notices,
			      sx_format("its disks are left as they are: %s", sx_str_text(&list)));
}

/* The message notes its mode for an undo: git keeps only whether a file is executable. */
static int add_file(struct defining *d, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };

	if (file_read(d->path, &image, err) || config_admit(d->path, &image.text, err))
		return -1;
	deed_add(&d->deed, sx_strdup(d->path), sx_strdup(sx_str_text(&image.text)), NULL,
		 image.st.st_mode);
	d->deed.trailers = sx_format("Mode: %04o\n", image.st.st_mode & 0777);
	if (xlcfg_parse(sx_str_text(&image.text), image.text.len, d->path, &doc, &ignored) == 0)
		note_disks(doc, d);
	return 0;
}

/* Find the real path of its file, which behind a link may be another guest's as well. */
static int find_file(const struct flow_env *env, struct defining *d, struct sx_err *err)
{
	RESOLVED found = { 0 };
	int r = resolve_domain(env, d->name, "", &found, err);
	SX_FREE char *shown = NULL;

	if (!r) {
		d->path = realpath(found.path, NULL);
		shown = sx_strdup(found.path);
	}
	if (r)
		return sx_err_wrap(err, "%s: not undefined", d->name);
	if (!d->path)
		return sx_err_sys(err, SX_EFAIL, "%s", shown);
	return 0;
}

int undefine_plan(const struct flow_env *env, const char *name, bool offline, struct defining *out,
		  struct sx_err *err)
{
	out->name = sx_strdup(name);
	if (flow_lock(env, "domain", name, &out->lock, err) ||
	    undefine_check(env, name, offline, "not undefined", err) || find_file(env, out, err) ||
	    add_file(out, err))
		return -1;
	out->deed.domain = out->name;
	out->deed.subject = sx_strdup("undefine");
	autostart_drop(env, out->path, &out->deed);
	return 0;
}

int undefine_forget(const struct flow_env *env, const char *name, struct sx_err *err)
{
	return created_forget(env, name, err);
}
