/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a disk is made of, down to the devices of this host: whether a write to one disk changes
 * another. Sources are image headers and /sys: partitions and their disks, loop devices and their
 * files, the members of device mapper and md devices, file systems and the device they are on. /sys
 * does not show which part of a device a device-mapper device uses: two of them on the same device
 * are assumed not to overlap, as LVM volumes do not.
 */
#include "base/path.h"
#include "evidence/use.h"

#include <dirent.h>
#include <inttypes.h>
#include <sys/sysmacros.h>

enum { PIECES_MOST = 512 };

/* A part of a file or device that holds content of the disk. */
struct piece {
	struct evidence_id id;
	uint64_t start, end; /* bytes */
	bool all; /* the disk uses all of it; false: an unknown part of it */
};

struct evidence_storage {
	SX_VEC_OF(struct piece);
	struct evidence_options o; /* sysroot alone */
	char *root; /* the string behind o.sysroot */
};

void evidence_storage_free(struct evidence_storage *s)
{
	if (!s)
		return;
	sx_vec_free(s);
	free(s->root);
	free(s);
}

static void add_piece(struct evidence_storage *s, struct piece piece)
{
	sx_each(const struct piece, p, s) {
		if (evidence_same(&p->id, &piece.id) && p->start == piece.start &&
		    p->end == piece.end && p->all == piece.all)
			return;
	}
	if (s->len < PIECES_MOST)
		sx_vec_push(s, piece);
}

static uint64_t number_in(const struct evidence_options *dir, const char *name)
{
	SX_FREE char *text = evidence_sys_text(dir, "%s", name);
	uint64_t value = 0;

	return text && sscanf(text, "%" SCNu64, &value) == 1 ? value : 0;
}

static bool device_in(const struct evidence_options *dir, const char *name, struct evidence_id *out)
{
	SX_FREE char *text = evidence_sys_text(dir, "%s", name);
	unsigned maj, min;

	*out = (struct evidence_id){ 0 };
	if (!text || sscanf(text, "%u:%u", &maj, &min) != 2)
		return false;
	out->rdev = makedev(maj, min);
	return true;
}

/* p as a part of the device beneath, in which p's device starts at `offset` (size 0: unknown). */
static struct piece shifted(const struct piece *p, struct evidence_id id, uint64_t offset,
			    uint64_t size)
{
	uint64_t end = size && size < p->end ? size : p->end;

	return (struct piece){
		.id = id,
		.start = p->start + offset,
		.end = end > UINT64_MAX - offset ? UINT64_MAX : end + offset,
		.all = p->all,
	};
}

/* Add an unknown part of a device. */
static void add_somewhere(struct evidence_storage *s, struct evidence_id id)
{
	add_piece(s, (struct piece){ .id = id, .end = UINT64_MAX });
}

static void add_slaves(struct evidence_storage *s, const char *dir)
{
	SX_FREE char *path = sx_path_join(dir, "slaves");
	DIR *d = opendir(path);
	struct dirent *entry;
	struct evidence_id id;

	while (d && (entry = readdir(d))) {
		SX_FREE char *below = sx_path_join(path, entry->d_name);
		struct evidence_options slave = { .sysroot = below };

		if (entry->d_name[0] != '.' && device_in(&slave, "/dev", &id))
			add_somewhere(s, id);
	}
	if (d)
		closedir(d);
}

static void add_beneath_device(struct evidence_storage *s, const struct piece *p)
{
	SX_FREE char *path = evidence_sys_dir(&s->o, p->id.rdev);
	struct evidence_options dir = { .sysroot = path };
	SX_FREE char *partition = evidence_sys_text(&dir, "/partition");
	SX_FREE char *backing = evidence_sys_text(&dir, "/loop/backing_file");
	uint64_t size = number_in(&dir, "/size") * 512;
	struct evidence_id id;

	if (partition && device_in(&dir, "/../dev", &id))
		add_piece(s, shifted(p, id, number_in(&dir, "/start") * 512, size));
	else if (backing && evidence_identify(backing, &id))
		add_piece(s, shifted(p, id, number_in(&dir, "/loop/offset"), size));
	else
		add_slaves(s, path);
}

static void add_beneath(struct evidence_storage *s, const struct piece *p)
{
	struct evidence_id id = { .rdev = p->id.dev };

	if (p->id.rdev)
		add_beneath_device(s, p);
	else if (major(p->id.dev))
		add_somewhere(s, id); /* the device of its file system */
}

static void add_path(struct evidence_storage *s, const char *path)
{
	struct piece piece = { .end = UINT64_MAX, .all = true };

	if (evidence_identify(path, &piece.id))
		add_piece(s, piece);
}

/* Add the files of an image; `own`: only those that a write to it changes. */
static void add_chain(struct evidence_storage *s, const struct evidence_subject *subject, bool own)
{
	EVIDENCE_CHAIN chain = { 0 };

	evidence_chain_start(&chain, evidence_path(subject), evidence_format(subject));
	for (size_t i = 0; i < chain.len && i < EVIDENCE_CHAIN_LONGEST; i++) {
		struct evidence_link link = chain.items[i];
		EVIDENCE_READER r = { .fd = -1 };
		SX_ERR ignored = { 0 };

		if (link.reason || (own && i && !link.is_data))
			continue;
		add_path(s, link.path);
		/* If its header cannot be read, only the file itself counts. */
		if (evidence_open(link.path, &r, &ignored) == 0 &&
		    evidence_chain_next(&r, link.format, &chain, &ignored))
			continue;
	}
}

/* The list grows during the loop, by what lies beneath each piece. */
static void add_all_beneath(struct evidence_storage *s)
{
	for (size_t i = 0; i < s->len; i++) {
		struct piece piece = s->items[i];

		add_beneath(s, &piece);
	}
}

struct evidence_storage *evidence_storage_take(const struct evidence_options *o,
					       const struct evidence_subject *subject, bool own)
{
	struct evidence_storage *s = sx_alloc(sizeof(*s));
	SX_FREE char *reason = evidence_unverifiable(subject);

	s->root = sx_strdup(o->sysroot ? o->sysroot : "");
	s->o.sysroot = s->root;
	if (!reason && !sx_streq(subject->format, "empty"))
		add_chain(s, subject, own);
	add_all_beneath(s);
	return s;
}

void evidence_storage_add(struct evidence_storage *s, const struct json *evidence)
{
	SX_FREE char *boot = evidence_sys_text(&s->o, "/proc/sys/kernel/random/boot_id");
	bool same_boot = boot && sx_streq(boot, json_get_string(evidence, "boot_id"));
	const struct json *layer;

	for (size_t i = 0; (layer = json_at(evidence, "layers", i)); i++) {
		const char *path = json_get_string(layer, "real_path");

		/* A device's name can mean another device after a reboot. */
		if (path && (same_boot || !sx_streq(json_get_string(layer, "kind"), "block")))
			add_path(s, path);
	}
	add_all_beneath(s);
}

static bool meets(const struct piece *a, const struct piece *b)
{
	return evidence_same(&a->id, &b->id) && a->start < b->end && b->start < a->end &&
	       (a->all || b->all);
}

bool evidence_storage_meets(const struct evidence_storage *a, const struct evidence_storage *b)
{
	for (size_t i = 0; i < a->len; i++)
		for (size_t k = 0; k < b->len; k++)
			if (meets(&a->items[i], &b->items[k]))
				return true;
	return false;
}
