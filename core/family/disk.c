/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * block-attach and block-detach: the `disk` list. The device id identifies a disk; a detach fills
 * in only that and the vdev of its disk_spec.
 */
#include "change/change.h"
#include "domain/disk_list.h"
#include "host/devname.h"

static void dispose(void *data)
{
	disk_dispose(data);
}

static bool is_attach(const struct change_said *said)
{
	return sx_streq(said->command, "block-attach");
}

static int attach_parse(struct change_said *said, struct sx_err *err)
{
	if (change_args(said, "", NULL, 2, 0, err) ||
	    disk_parse_words(said->args.items + 1, said->cwd, said->data, err))
		return -1;
	said->disk_written = said->data;
	return 0;
}

static int attach_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	const struct disk_spec *spec = said->data;
	SX_FREE char *domain = NULL;
	DISK_SPEC there = { 0 };
	long index;

	if (disk_items_find(doc, path, spec->devid, &plan->edits, &index, &there, err))
		return -1;
	plan->subject = sx_format("attach disk %s (%s)", spec->vdev,
				  *spec->target ? spec->target : "empty");
	if (index < 0) {
		if (disk_is_local(spec))
			devname_note(spec->target, &plan->edits.notices);
		return xlcfg_edits_append(&plan->edits, doc, "disk", spec->text, err);
	}
	if (sx_streq(there.meaning, spec->meaning)) {
		plan->already = sx_format("%s:%zu has '%s' already as '%s'", path,
					  xlcfg_list_line(doc, "disk", (size_t)index), there.vdev,
					  there.text);
		return 0;
	}
	sx_err_set(err, SX_ECONFLICT, "'%s' is already in %s:%zu as '%s'", spec->vdev, path,
		   xlcfg_list_line(doc, "disk", (size_t)index), there.text);
	domain = sx_quoted(said->domain);
	return sx_err_hint(err,
			   "use another virtual device, or remove that one: "
			   "safexl --config block-detach %s %s",
			   domain, there.vdev);
}

static int attach_conflict(const struct change *c, struct live *live, struct sx_err *err)
{
	const struct disk_spec *spec = change_by(&c->said)->data;
	LIVE_DISKS disks = { 0 };
	const struct live_disk *there;
	int r = disk_find_live(live, c->domain.domid, spec->devid, &disks, &there, err);

	if (there) {

		r = sx_err_set(err, SX_ECONFLICT, "the running domain has '%s' already%s%s%s",
			       there->vdev, *there->target ? " (" : "", there->target,
			       *there->target ? ")" : "");
		sx_err_hint(err, "use another virtual device, or first: safexl block-detach %pQ %s",
			    c->domain.name, there->vdev);
	}
	return r;
}

static int detach_parse(struct change_said *said, struct sx_err *err)
{
	static const struct option longs[] = { { "force", no_argument, NULL, 'f' },
					       { NULL, 0, NULL, 0 } };
	struct disk_spec *spec = said->data;

	if (change_args(said, "f", longs, 2, 2, err))
		return -1;
	spec->vdev = sx_strdup(said->args.items[1]);
	spec->devid = disk_devid(spec->vdev);
	if (spec->devid < 0) {
		sx_err_set(err, SX_EUSAGE, "'%s' is not a virtual device", spec->vdev);
		return sx_err_hint(err,
				   "as in 'xl block-list': a number, or xvda, hda, sda, d0p0 ...");
	}
	return 0;
}

static int detach_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	const struct disk_spec *spec = said->data;
	DISK_SPEC there = { 0 };
	long index;

	if (disk_items_find(doc, path, spec->devid, &plan->edits, &index, &there, err))
		return -1;
	if (index < 0) {
		plan->subject = sx_format("detach disk %s", spec->vdev);
		plan->already = sx_format("%s has no disk %s", path, spec->vdev);
		return 0;
	}
	plan->subject = sx_format("detach disk %s (%s)", there.vdev,
				  *there.target ? there.target : "empty");
	return xlcfg_edits_remove(&plan->edits, doc, "disk", (size_t)index, err);
}

static int detach_conflict(const struct change *c, struct live *live, struct sx_err *err)
{
	const struct disk_spec *spec = change_by(&c->said)->data;
	const struct live_disk *there;
	LIVE_DISKS disks = { 0 };
	int r = disk_find_live(live, c->domain.domid, spec->devid, &disks, &there, err);

	if (!r && !there) {

		r = sx_err_set(err, SX_ECONFLICT, "the running domain has no disk '%s'",
			       spec->vdev);
		sx_err_hint(err,
			    "if only the file still has it: safexl --config block-detach %pQ %s",
			    c->domain.name, spec->vdev);
	}
	return r;
}

/* ---- attach and detach ---- */

static int verify(const struct change_said *said, struct live *live,
		  const struct live_domain *domain, enum change_truth *truth, struct sx_err *err)
{
	const struct disk_spec *spec = said->data;
	const struct live_disk *there;
	LIVE_DISKS disks = { 0 };

	if (disk_find_live(live, domain->domid, spec->devid, &disks, &there, err))
		return -1;
	if (there && !there->connected)
		*truth = CHANGE_HALF;
	else
		*truth = (there != NULL) == is_attach(said) ? CHANGE_LIVE : CHANGE_NOT_LIVE;
	return 0;
}

static char *cleanup_hint(const struct change *c)
{
	const struct change_said *by = change_by(&c->said);

	return sx_format("safexl block-detach %s%pQ %s", is_attach(by) ? "" : "-f ", c->domain.name,
			 ((const struct disk_spec *)by->data)->vdev);
}

const struct change_family disk_attach_family = {
	.command = "block-attach",
	.size = sizeof(struct disk_spec),
	.parse = attach_parse,
	.dispose = dispose,
	.conflict = attach_conflict,
	.plan = attach_plan,
	.verify = verify,
	.cleanup_hint = cleanup_hint,
};

const struct change_family disk_detach_family = {
	.command = "block-detach",
	.size = sizeof(struct disk_spec),
	.parse = detach_parse,
	.dispose = dispose,
	.conflict = detach_conflict,
	.plan = detach_plan,
	.verify = verify,
	.cleanup_hint = cleanup_hint,
};
