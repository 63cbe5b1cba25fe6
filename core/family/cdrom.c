/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cd-insert and cd-eject: the target of a CD drive in the list `disk`. xl turns its words into
 * vdev=V,access=r,devtype=cdrom,target=PATH (cd_insert in xl_cdrom.c).
 */
#include "base/path.h"
#include "change/change.h"
#include "domain/disk_list.h"
#include "host/devname.h"

#include <string.h>

struct medium {
	const char *vdev; /* as typed */
	long devid;
	const char *typed; /* "" for none */
	char *path; /* absolute; "" for none */
};

static void medium_dispose(void *data)
{
	free(((struct medium *)data)->path);
}

static int medium_parse(struct change_said *said, struct sx_err *err)
{
	bool insert = sx_streq(said->command, "cd-insert");
	struct medium *m = said->data;
	size_t count = insert ? 3 : 2;

	if (change_args(said, "", NULL, count, count, err))
		return -1;
	m->vdev = said->args.items[1];
	m->devid = disk_devid(m->vdev);
	m->typed = insert ? said->args.items[2] : "";
	if (!*m->vdev || m->devid < 0) {
		sx_err_set(err, SX_EUSAGE, "'%s' is not a virtual device", m->vdev);
		return sx_err_hint(err, "as the configuration calls the drive, such as hdc");
	}
	if (*m->typed)
		return sx_path_absolute(said->cwd, m->typed, &m->path, err);
	m->path = sx_strdup("");
	return 0;
}

static int no_drive(const struct medium *m, const char *path, struct change_plan *plan,
		    struct sx_err *err)
{
	if (!*m->path) {
		plan->already = sx_format("%s has no CD drive %s", path, m->vdev);
		return 0;
	}
	return sx_err_set(err, SX_ECONFLICT, "%s has no CD drive '%s'", path, m->vdev);
}

static int medium_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	const struct medium *m = said->data;
	DISK_SPEC drive = { 0 };
	DISK_SPEC next = { 0 };
	long index;

	if (disk_items_find(doc, path, m->devid, &plan->edits, &index, &drive, err))
		return -1;
	if (index >= 0 && !drive.cdrom)
		return sx_err_set(err, SX_ECONFLICT, "%s:%zu: '%s' is not a CD drive", path,
				  xlcfg_list_line(doc, "disk", (size_t)index), drive.vdev);
	plan->subject = *m->path ? sx_format("insert %s into CD drive %s", m->path, m->vdev)
				 : sx_format("eject from CD drive %s%s%s%s", m->vdev,
					     index >= 0 && *drive.target ? " (" : "",
					     index >= 0 ? drive.target : "",
					     index >= 0 && *drive.target ? ")" : "");
	if (index < 0)
		return no_drive(m, path, plan, err);
	if (disk_retarget(&drive, m->path, &next, err))
		return sx_err_wrap(err, "%s:%zu", path,
				   xlcfg_list_line(doc, "disk", (size_t)index));
	if (sx_streq(drive.meaning, next.meaning))
		return 0;
	if (*m->path && access(m->path, F_OK))
		sx_words_give(&plan->edits.notices, sx_format("%s does not exist (yet)", m->path));
	if (*m->path)
		devname_note(m->path, &plan->edits.notices);
	return xlcfg_edits_replace(&plan->edits, doc, "disk", (size_t)index, next.text, err);
}

/* Does libxl report the path? It may have cut off what is before or after a ':'. */
static bool is_target(const char *live, const char *path)
{
	const char *colon = strchr(path, ':');

	return sx_streq(live, path) ||
	       (colon && *path &&
		(sx_streq(live, colon + 1) ||
		 (strncmp(live, path, (size_t)(colon - path)) == 0 && !live[colon - path])));
}

/* Refuse any spelling but the one the drive was created with: xl finds it by no other. */
static int medium_conflict(const struct change *c, struct live *live, struct sx_err *err)
{
	const struct medium *m = change_by(&c->said)->data;
	LIVE_DISKS disks = { 0 };
	const struct live_disk *there;
	SX_STR line = { 0 };
	int r = disk_find_live(live, c->domain.domid, m->devid, &disks, &there, err);

	if (!r && !there) {
		SX_FREE char *name = sx_quoted(c->domain.name);

		sx_err_set(err, SX_ECONFLICT, "the running domain has no CD drive '%s'", m->vdev);
		r = sx_err_hint(err, "what it has: safexl block-list %s", name);
	}
	if (there && strcmp(there->vdev, m->vdev) != 0) {
		sx_str_addf(&line, "safexl %s ", *m->typed ? "cd-insert" : "cd-eject");
		sx_str_add_quoted(&line, c->domain.name);
		sx_str_addf(&line, " %s", there->vdev);
		if (*m->typed) {
			sx_str_addc(&line, ' ');
			sx_str_add_quoted(&line, m->typed);
		}
		sx_err_set(err, SX_ECONFLICT, "xl knows the drive '%s' only as '%s'", m->vdev,
			   there->vdev);
		r = sx_err_hint(err, "%s", sx_str_text(&line));
	}
	return r;
}

static int medium_verify(const struct change_said *said, struct live *live,
			 const struct live_domain *domain, enum change_truth *truth,
			 struct sx_err *err)
{
	const struct medium *m = said->data;
	LIVE_DISKS disks = { 0 };
	const struct live_disk *there;

	if (disk_find_live(live, domain->domid, m->devid, &disks, &there, err))
		return -1;
	*truth = there && (is_target(there->target, m->path) || is_target(there->target, m->typed))
			 ? CHANGE_LIVE
			 : CHANGE_NOT_LIVE;
	return 0;
}

const struct change_family cd_insert_family = {
	.command = "cd-insert",
	.size = sizeof(struct medium),
	.parse = medium_parse,
	.dispose = medium_dispose,
	.conflict = medium_conflict,
	.plan = medium_plan,
	.verify = medium_verify,
};

const struct change_family cd_eject_family = {
	.command = "cd-eject",
	.size = sizeof(struct medium),
	.parse = medium_parse,
	.dispose = medium_dispose,
	.conflict = medium_conflict,
	.plan = medium_plan,
	.verify = medium_verify,
};
