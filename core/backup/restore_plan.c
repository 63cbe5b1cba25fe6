/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds what forbids a restore, before anything is changed: see restore.h. */
#include "backup/restore.h"
#include "change/change.h"
#include "domain/domain.h"
#include "domain/event.h"
#include "domain/places.h"
#include "domain/resolve.h"
#include "guard/guard.h"
#include "snapshot/kind.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* ---- the backup ---- */

static int refuse_damaged(const struct restoring *r, const char *dir, struct sx_err *err)
{
	bool damaged = r->look.faults.len > r->look.unread;

	sx_err_set(err, SX_EGUARD, "not restored: %s %s: %s", dir,
		   damaged ? "is damaged" : "cannot be read", r->look.faults.items[0]);
	return sx_err_hint(err, "to list everything that is wrong with it: safexl verify %pQ", dir);
}

static void fill_record(struct restoring *r, char *dir)
{
	const struct restore_options *o = r->options;

	r->u.restores = true;
	r->u.dir = dir;
	r->u.guest = sx_strdup(o->as ? o->as : r->look.s.guest);
	r->u.place = sx_strdup("");
	r->u.snapshot = sx_strdup("");
	r->u.as = sx_strdup(o->as ? o->as : "");
	r->u.no_memory = o->no_memory;
	sx_words_add_all(&r->u.disks, o->disks.items);
	event_about(r->env, r->u.guest);
}

/* Nobody may change the backup between its verification and the restore. */
static int check_trust(const char *dir, struct sx_err *err)
{
	SX_FREE char *disks = sx_path_join(dir, "disks");

	if (backup_trust(dir, "not restored", err))
		return -1;
	return access(disks, F_OK) ? 0 : backup_trust(disks, "not restored", err);
}

/* As in rename: digits alone would be the number of a domain. */
static int check_as(const char *as, struct sx_err *err)
{
	if (!as || (strspn(as, "0123456789") != strlen(as) && !strpbrk(as, "/\n")))
		return 0;
	return sx_err_set(err, SX_EUSAGE, "restore: --as: '%s' cannot be the name of a guest", as);
}

int restore_look(struct restoring *r, const char *word, struct sx_err *err)
{
	SX_FREE char *dir = NULL, *real = NULL;

	if (check_as(r->options->as, err) || sx_path_absolute(r->env->cwd, word, &dir, err))
		return -1;
	real = realpath(dir, NULL);
	if (backup_verify(real ? real : dir, &r->env->progress, &r->look, err))
		return sx_err_wrap(err, "restore");
	if (r->look.faults.len)
		return refuse_damaged(r, dir, err);
	if (check_trust(real ? real : dir, err))
		return -1;
	fill_record(r, sx_strdup(real ? real : dir));
	return file_sums_read(r->u.dir, &r->sums, err);
}

/* ---- what is there ---- */

/* safexl creates no volume: in which group, and how, is for the person to decide. */
static int check_missing(const struct restoring *r, const struct snapshot_disk *d,
			 struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(d->object);
	SX_FREE char *base = sx_path_base(d->object), *group = sx_path_base(dir);

	if (sx_starts_with(d->object, "/dev/")) {
		restore_refuse_place(r, d, "is not there", err);
		return sx_err_hint(err,
				   "if it is a volume of LVM: lvcreate -L %" PRIi64 "b -n %s %s",
				   d->size, base, group);
	}
	if (access(dir, F_OK) == 0)
		return 0;
	sx_err_set(err, SX_ECANTWRITE, "%s: not restored: disk %s: %s: %s", r->u.guest, d->vdev,
		   dir, strerror(errno));
	return sx_err_hint(err, "mount what it is on, or: mkdir -p %pQ", dir);
}

static int check_there(const struct restoring *r, const struct snapshot_disk *d, bool device,
		       struct sx_err *err)
{
	SX_FREE char *over = restore_command(r, " --overwrite", NULL);
	SX_FREE char *elsewhere = restore_command(r, "", d->vdev);
	int64_t size;

	if (!r->options->overwrite && !r->again) {
		restore_refuse_place(r, d, "is there already", err);
		return sx_err_hint(err,
				   "to write over all of its disks: %s\n"
				   "to put this one elsewhere, with a path in place of PATH: %s",
				   over, elsewhere);
	}
	if (!device)
		return 0;
	size = bytes_size_of(d->object, err);
	if (size < 0)
		return -1;
	if (size >= d->size)
		return 0;
	restore_refuse_place(r, d, "is too small", err);
	return sx_err_hint(err, "give it %" PRIi64 " bytes: lvextend -L %" PRIi64 "b %s", d->size,
			   d->size, d->object);
}

/* Refuse a disk that is somebody else's, whatever options are given. */
static int check_owner(const struct restoring *r, const struct snapshot_disk *d, struct sx_err *err)
{
	SX_FREE char *owner = NULL, *why = NULL;

	/* The guest's own markers are checked by hold(). */
	if (guard_disk_owner(r->env, d->object, r->u.guest, &owner, err))
		return -1;
	if (!owner)
		return 0;
	why = sx_format("is %s", owner);
	return restore_refuse_place(r, d, why, err);
}

static int check_target(const struct restoring *r, const struct snapshot_disk *d,
			struct sx_err *err)
{
	struct stat st;

	if (stat(d->object, &st)) {
		if (errno != ENOENT)
			return sx_err_sys(err, SX_EFAIL, "%s", d->object);
		if (restore_check_place(r, d, NULL, err))
			return -1;
		return lstat(d->object, &st)
			       ? check_missing(r, d, err)
			       : restore_refuse_place(r, d,
						      "is a symlink whose target does not exist",
						      err);
	}
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return restore_refuse_place(r, d, "is neither a file nor a device", err);
	return restore_check_place(r, d, &st, err) || check_owner(r, d, err) ||
			       check_there(r, d, S_ISBLK(st.st_mode), err)
		       ? -1
		       : 0;
}

static int check_targets(const struct restoring *r, struct sx_err *err)
{
	sx_each(const struct snapshot_disk, d, &r->look.s.disks) {
		if (backup_has_disk(d) ? check_target(r, d, err) : 0)
			return -1;
		if (!backup_has_disk(d) && access(d->object, F_OK))
			flow_notice(r->env,
				    "%s: disk %s (%s), read-only, does not exist on this host",
				    r->u.guest, d->vdev, d->object);
	}
	return 0;
}

/* ---- the guest, its memory and its configuration ---- */

static int refuse_present(const struct restoring *r, const struct live_domain *d,
			  struct sx_err *err)
{
	SX_FREE char *account = domain_account(d, "");

	sx_err_set(err, SX_EGUARD, "%s: not restored: %s", r->u.guest, account);
	if (d->state == LIVE_RUNS)
		return sx_err_hint(err, "shut it down first: safexl stop %pQ", r->u.guest);
	if (domain_has_ended(d->state))
		return sx_err_hint(err, "to have Xen forget it: safexl destroy %pQ", r->u.guest);
	return sx_err_hint(err, "for its state: safexl where %pQ", r->u.guest);
}

static int check_guest(const struct restoring *r, struct sx_err *err)
{
	LIVE_DOMAIN d = { 0 };
	bool present;

	if (domain_look_present(r->u.guest, &d, &present, err))
		return -1;
	return present ? refuse_present(r, &d, err) : 0;
}

/* The image contains the guest's name and disk paths, and cannot be used with others. */
static int choose_memory(struct restoring *r, struct sx_err *err)
{
	SX_FREE char *safe = sx_path_escape(r->u.guest);
	SX_FREE char *command = restore_command(r, " --no-memory", NULL);
	const struct restore_options *o = r->options;

	if (!r->look.s.memory || o->no_memory)
		return 0;
	if (o->as || r->moved) {
		sx_err_set(
			err, SX_EGUARD,
			"%s: not restored: its memory contains its name and the paths of its disks, "
			"and works only with these",
			r->u.guest);
		return sx_err_hint(err, "to restore it without its memory: %s", command);
	}
	r->image = sx_path_join(r->env->settings.image_dir, safe);
	if (r->again || access(r->image, F_OK))
		return 0;
	sx_err_set(err, SX_EGUARD, "%s: not restored: %s is there already", r->u.guest, r->image);
	return sx_err_hint(err, "if it is not wanted: mv -n %pQ %pQ.old", r->image, r->image);
}

/* Its old path if that is in a configuration directory here, else in the first one. Heap string. */
static char *config_path(const struct restoring *r)
{
	SX_FREE char *safe = sx_path_escape(r->u.guest), *base = sx_format("%s.cfg", safe);
	SX_FREE char *dir = sx_path_dir(r->look.s.config), *there = realpath(dir, NULL);
	SX_FREE char *own = r->options->as ? sx_strdup(base) : sx_path_base(r->look.s.config);
	SX_FREE char *path = there ? sx_path_join(there, own) : NULL;
	/* Of its real path: that in the manifest may lead anywhere. */
	SX_FREE char *home = path ? place_home(r->env, path) : NULL;

	return home && !index_ignores(own)
		       ? sx_steal(&path)
		       : sx_path_join(r->env->settings.config_dirs.items[0], base);
}

/* Plan a new file with the text of the backup, whatever `check` finds in it on this host. */
static int define(struct restoring *r, struct sx_err *err)
{
	struct defining *d = &r->defining;

	if (flow_lock(r->env, "domain", r->u.guest, &d->lock, err))
		return -1;
	d->name = sx_strdup(r->u.guest);
	d->path = config_path(r);
	if (access(d->path, F_OK) == 0) {
		sx_err_set(err, SX_EGUARD,
			   "%s: not restored: %s exists, but is not its configuration", r->u.guest,
			   d->path);
		return sx_err_hint(err, "if it is not wanted: mv -n %pQ %pQ.old", d->path, d->path);
	}
	d->deed.domain = d->name;
	d->deed.subject = sx_format("restored from the backup of %s", r->look.s.taken_at);
	deed_add(&d->deed, sx_strdup(d->path), NULL, sx_strdup(sx_str_text(&r->text)),
		 S_IFREG | 0644);
	return 0;
}

/* --as makes a new guest, and must not replace one that exists. */
static int refuse_as(const struct restoring *r, const char *path, struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD, "%s: not restored: a guest of this name exists, in %s",
		   r->u.guest, path);
	return sx_err_hint(
		err, "take another name for --as; for the state of that one: safexl where %pQ",
		r->u.guest);
}

static int choose_config(struct restoring *r, struct sx_err *err)
{
	RESOLVED found = { 0 };
	int result;

	if (restore_text(r, err) || xlcfg_check(sx_str_text(&r->text), r->text.len, "config", err))
		return -1;
	result = resolve_domain(r->env, r->u.guest, "", &found, err);
	if (!result && r->options->as && !r->again)
		result = refuse_as(r, found.path, err);
	else if (!result)
		r->config = sx_strdup(found.path);
	if (!result || err->code != SX_ENOCONFIG)
		return result;
	sx_err_clear(err);
	return define(r, err);
}

int restore_plan(struct restoring *r, struct sx_err *err)
{
	size_t settled = 0, pending = 0;

	if (check_guest(r, err) || recover_all(r->env, r->u.guest, &settled, &pending, err) ||
	    restore_places(r, err) || choose_memory(r, err) || check_targets(r, err))
		return -1;
	return choose_config(r, err);
}
