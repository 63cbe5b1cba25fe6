/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the disks of a guest and how each will be kept, and refuses a disk that cannot be. */
#include "domain/disk_list.h"
#include "guard/guard.h"
#include "host/file.h"
#include "snapshot/lvm.h"
#include "snapshot/private.h"

#include <string.h>
#include <sys/stat.h>

struct planning {
	const struct flow_env *env;
	const struct snapshot_options *options;
	struct snapshot *s;
	bool runs;
	int64_t copied; /* bytes that will be copied */
};

const char *snapshot_command(const struct snapshot_options *options)
{
	return options->command ? options->command : "snapshot";
}

/* Refuse a disk that safexl cannot keep in any way. */
static int refuse(const struct planning *p, const struct evidence_subject *f, const char *why,
		  struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD, "%s: no snapshot: disk %s (%s) %s", p->s->guest, f->vdev,
		   f->target, why);
	return sx_err_hint(err,
			   "whoever stores it can keep it, while the guest is off: safexl %s %pQ",
			   p->runs ? "stop" : "where", p->s->guest);
}

/* The command again, with another option or name; "" or NULL: none. Heap string. */
static char *command(const struct planning *p, const char *option, const char *name)
{
	const struct snapshot_options *o = p->options;
	SX_FREE char *to = o->to ? sx_quoted(o->to) : NULL;
	const char *last = to ? to : name;

	return sx_format("safexl %s%s%s%s %pQ%s%s", snapshot_command(o),
			 o->no_memory ? " --no-memory" : "", o->copy ? " --copy" : "", option,
			 p->s->guest, last ? " " : "", last ? last : "");
}

/* Why none of the quick ways fits. Heap string. */
static char *why_slow(const struct evidence_subject *f, const struct lvm_volume *lvm)
{
	if (!lvm->uuid)
		return sx_strdup(
			"is neither a file on btrfs or XFS nor a volume of LVM, which can be "
			"kept at once");
	if (strchr("sSO", lvm->attr[0]))
		return sx_strdup("is a snapshot of LVM itself, or one is being merged into it");
	if (strstr(f->target, "dm-uuid-"))
		return sx_strdup("is named by its uuid in LVM, which a revert would change");
	return sx_format(
		"is a volume of LVM, of the layout '%s', of which safexl takes no snapshot",
		lvm->layout);
}

static int refuse_slow(const struct planning *p, const struct evidence_subject *f,
		       const struct lvm_volume *lvm, struct sx_err *err)
{
	SX_FREE char *why = why_slow(f, lvm);
	SX_FREE char *copy = command(p, " --copy", p->options->name);

	sx_err_set(err, SX_EGUARD, "%s: no snapshot: disk %s (%s) %s", p->s->guest, f->vdev,
		   f->target, why);
	return sx_err_hint(err, "to copy what is on it%s: %s",
			   p->runs ? ", while the guest stands still" : "", copy);
}

/* The volume's name contains those of the disk and of the snapshot, and became too long. */
static int refuse_name(const struct planning *p, const struct snapshot_disk *d, size_t excess,
		       struct sx_err *err)
{
	SX_FREE char *retry = NULL, *shorter = NULL;
	size_t len = strlen(p->s->name);

	sx_err_set(err, SX_ECANTWRITE,
		   "%s: no snapshot: disk %s: the name of what keeps it would be too long: %s",
		   p->s->guest, d->vdev, d->volume);
	if (p->options->command || excess >= len)
		return sx_err_hint(
			err,
			"while the guest is off, give the disk a shorter name, and then in "
			"its configuration: safexl edit %pQ",
			p->s->guest);
	shorter = sx_strndup(p->s->name, len - excess);
	retry = command(p, "", shorter);
	return sx_err_hint(err, "under a shorter name: %s", retry);
}

/* QEMU's 'stop' writes out what it holds of a qcow2 in memory; other formats were not tested. */
static int refuse_format(const struct planning *p, const struct evidence_subject *f,
			 struct sx_err *err)
{
	SX_FREE char *retry = command(p, "", p->options->name);

	sx_err_set(
		err, SX_EGUARD,
		"%s: no snapshot while it runs: what its QEMU keeps in memory of disk %s (%s, %s) "
		"may be missing",
		p->s->guest, f->vdev, f->target, f->format);
	return sx_err_hint(err, "when it is off, that can be done: safexl shutdown -w %pQ && %s",
			   p->s->guest, retry);
}

/* The disk's path: of a file the real one, of a device the one given, as it outlives a reboot. */
static char *object_of(const struct evidence_subject *f)
{
	const char *path = f->object && *f->object ? f->object : f->target;
	struct stat st;

	if (path[0] != '/')
		return NULL;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? realpath(path, NULL) : sx_strdup(path);
}

static void add(struct planning *p, const struct evidence_subject *f, const char *kind,
		char *object, int64_t size)
{
	struct snapshot_disk d = { .vdev = sx_strdup(f->vdev),
				   .format = sx_strdup(f->format),
				   .target = sx_strdup(f->target),
				   .object = object,
				   .kind = sx_strdup(kind),
				   .volume = sx_strdup(""),
				   .size = size };

	sx_vec_push(&p->s->disks, d);
}

/* Set where the kind will keep the last disk, and check room and name. */
static int add_place(struct planning *p, const struct snapshot_kind *kind,
		     const struct lvm_volume *lvm, struct sx_err *err)
{
	struct snapshot_disk *d = &p->s->disks.items[--p->s->disks.len];
	struct kind_request r = { .env = p->env,
				  .s = p->s,
				  .d = d,
				  .lvm = lvm,
				  .command = snapshot_command(p->options),
				  .cow = p->options->cow };
	size_t excess;
	int result = kind->check_room ? kind->check_room(&r, err) : 0;

	/* Taken out above: check_room sees only the disks before this one. */
	p->s->disks.len++;
	sx_put(&d->volume, kind->place(d, p->s->dir, p->s->name));
	if (result)
		return sx_err_wrap(err, "%s: no snapshot", p->s->guest);
	excess = kind_excess(d);
	return excess ? refuse_name(p, d, excess, err) : 0;
}

/* Find the volume of LVM that the disk is, and use its path there, which outlives a reboot. */
static int find_volume(const struct planning *p, char **object, struct lvm_volume *out,
		       struct sx_err *err)
{
	if (lvm_find(p->env, *object, out, err)) {
		/* Without LVM's tools it is a device like any other. */
		if (err->code != SX_EGUARD || !p->options->copy)
			return sx_err_wrap(err, "%s: no snapshot", p->s->guest);
		sx_err_clear(err);
	}
	if (out->uuid) {
		sx_put(object, lvm_path(p->env, out->group, out->name));
	}
	return 0;
}

/* Add a disk that the guest may write to. */
static int add_written(struct planning *p, const struct evidence_subject *f, bool lost,
		       struct sx_err *err)
{
	SX_FREE char *object = object_of(f), *target = sx_strdup(f->target);
	LVM_VOLUME lvm = { 0 };
	const struct snapshot_kind *kind;
	struct snapshot_disk probe = { .target = target };
	int64_t size;

	if (lost || !object || f->target[0] != '/')
		return refuse(p, f, "is not known by an absolute path", err);
	if (p->runs && !sx_streq(f->format, "raw") && !sx_streq(f->format, "qcow2"))
		return refuse_format(p, f, err);
	p->s->stops_qemu |= p->runs && !sx_streq(f->format, "raw");
	size = bytes_size_of(object, err);
	if (size < 0)
		return sx_err_wrap(err, "%s: no snapshot: disk %s", p->s->guest, f->vdev);
	if (find_volume(p, &object, &lvm, err))
		return -1;
	probe.object = object;
	if (p->options->reads)
		kind = kind_copy.fits(&probe, &lvm) ? &kind_copy : NULL;
	else
		kind = kind_choose(&probe, &lvm, p->options->copy);
	if (!kind)
		return refuse_slow(p, f, &lvm, err);
	if (kind->needs_leave)
		p->copied += size;
	add(p, f, kind->name, sx_steal(&object), size);
	return add_place(p, kind, &lvm, err);
}

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

/* `lost`: the path leads to another file or device now than the one that Xen has open. */
static int add_found(struct planning *p, const struct evidence_subject *of, bool lost,
		     struct sx_err *err)
{
	SX_FREE char *object = NULL;
	struct evidence_subject copy = *of, *f = &copy;

	copy.format = or_nothing(of->format);
	copy.target = or_nothing(of->target);
	if (!*f->target || sx_streq(f->format, "empty"))
		return 0;
	if (*or_nothing(f->script) || *or_nothing(f->backend_domain))
		return refuse(p, f,
			      "is opened by a script or in another domain, so that safexl "
			      "cannot keep it",
			      err);
	if (f->readwrite && !f->cdrom)
		return add_written(p, f, lost, err);
	object = object_of(f);
	if (object)
		add(p, f, "reference", sx_steal(&object), 0);
	return 0;
}

static int plan_live(struct planning *p, struct live *live, uint32_t domid, struct sx_err *err)
{
	LIVE_CONFIG config = { 0 };

	if (live_config_get(live, domid, &config, err))
		return -1;
	live_disks_locate(live, domid, &config.disks);
	sx_each(const struct live_disk, d, &config.disks) {
		struct evidence_subject f = { .vdev = d->vdev,
					      .format = d->format,
					      .target = d->target,
					      .object = d->object,
					      .script = d->script,
					      .backend_domain = d->backend_domain,
					      .readwrite = d->readwrite,
					      .cdrom = d->cdrom };

		if (add_found(p, &f, d->lost, err))
			return -1;
	}
	return 0;
}

bool snapshot_stops_qemu(struct live *live, uint32_t domid)
{
	LIVE_CONFIG config = { 0 };
	SX_ERR ignored = { 0 };
	bool stops = false;

	if (live_config_get(live, domid, &config, &ignored))
		sx_err_clear(&ignored);
	for (size_t i = 0; i < config.disks.len; i++)
		stops |= config.disks.items[i].readwrite && !config.disks.items[i].cdrom &&
			 !sx_streq(config.disks.items[i].format, "raw");
	return stops;
}

/* The memory belongs to the disks that the guest had when it was saved. */
static int plan_saved(struct planning *p, const struct marker *m, struct sx_err *err)
{
	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject f;

		marker_disk(m, i, &f);
		f.object = evidence_path(&f);
		if (f.target[0] != '/')
			f.target = f.object;
		if (add_found(p, &f, false, err))
			return -1;
	}
	return 0;
}

static int plan_text(struct planning *p, const char *text, struct sx_err *err)
{
	SX_CLEANUP(guard_disks_dispose) struct guard_disks disks = { 0 };
	XLCFG_DOC *doc = NULL;

	if (xlcfg_parse(text, strlen(text), p->s->config, &doc, err) ||
	    guard_disks_read(doc, p->s->config, &disks, err))
		return -1;
	for (size_t i = 0; i < disks.len; i++) {
		struct evidence_subject f;

		disk_subject(&disks.items[i], &f);
		if (add_found(p, &f, false, err))
			return -1;
	}
	return 0;
}

static void say_copied(const struct flow_env *env, const struct planning *p)
{
	if (p->copied)
		flow_notice(env, "%s: %lld MiB of disks are copied%s", p->s->guest,
			    (long long)(p->copied >> 20) + ((p->copied & 0xfffff) != 0),
			    p->runs ? ", and it stands still meanwhile" : "");
}

int snapshot_plan(const struct flow_env *env, const struct plan_source *from,
		  const struct snapshot_options *options, struct snapshot *s, struct sx_err *err)
{
	struct planning p = {
		.env = env, .options = options, .s = s, .runs = from->domain != NULL
	};
	int r = from->domain  ? plan_live(&p, from->live, from->domain->domid, err)
		: from->saved ? plan_saved(&p, from->saved, err)
			      : plan_text(&p, from->text, err);

	if (!r)
		say_copied(env, &p);
	return r;
}
