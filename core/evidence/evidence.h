/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Evidence that a disk is unchanged: taken at one time, taken again later, compared. It is pure
 * mechanism: what a marker keeps of it, when it is taken and what a verdict leads to is decided by
 * the flows. What it can tell and what not:
 *
 * - within one boot the kernel's write counters tell of every write through a block device;
 * - a file's inode number, size, mtime and ctime tell of every write to it;
 * - what is on the disk (superblocks, partition tables, samples) is always looked at as well: it
 *   tells of a mount for writing of ext2/3/4, xfs and btrfs even after a reboot;
 * - only a digest of the whole disk tells of every change after a reboot.
 *
 * Nothing is ever written to a disk. What Xen itself knows (is the disk used by a running domain?)
 * is not asked here.
 */
#pragma once

#include "base/err.h"
#include "host/json.h"

#include <stdint.h>
#include <time.h>

/* A disk of a domain, as its configuration names it. All borrowed; NULL counts as "". */
struct evidence_subject {
	const char *target; /* as typed; "" for an empty drive */
	/* What the target stands for, an absolute path: what a backend has open, or where a relative
	 * one leads. "": the target says it itself. */
	const char *object;
	const char *vdev;
	const char
		*format; /* raw qcow qcow2 qed vhd empty; "" is raw. Never guessed from content */
	const char *script; /* hotplug script, "" for none */
	const char *backend_domain; /* name or number, "" for Domain-0 */
	bool readwrite;
	bool cdrom;
};

/* The path that the disk is looked at by. */
const char *evidence_path(const struct evidence_subject *s);

struct evidence_options {
	const char *sysroot; /* directory put before /sys and /proc, "" or NULL for none */
	bool durable; /* the evidence shall outlive a power cut: fsync what is looked at */
	bool full; /* with a digest of everything; small files have one in any case */
	/* Told now and then while a whole disk is read; may be NULL. */
	void (*progress)(const char *path, uint64_t done, uint64_t size, void *arg);
	void *progress_arg;
};

/*
 * What can be known of a disk now, backing chain and all. Never fails: what cannot be looked at is
 * in the document, with the reason, and all else of that disk is there nevertheless. The caller
 * frees it.
 *
 * For those who show it: "kind" is "disk", "empty" (a drive without a medium) or "unverifiable"
 * (then "reason"); a disk has "layers", each with "kind" ("block", "file", or "unverifiable" with
 * its "reason"), "path", "real_path", "format", "size" in bytes.
 */
struct json *evidence_take(const struct evidence_options *o, const struct evidence_subject *s);

/* What QEMU takes a file for when nobody says: "raw", "qcow2", "qed", "vhd". A constant. */
const char *evidence_guess_format(const char *path);

enum evidence_state {
	EVIDENCE_UNCHANGED_EXACT, /* nothing was written, and that is certain */
	EVIDENCE_UNCHANGED_SEEN, /* nothing of what was looked at has changed */
	EVIDENCE_CHANGED,
	EVIDENCE_ANOTHER, /* another disk is there under its path */
	EVIDENCE_UNKNOWN, /* it could not be looked at then, so that nothing is known */
	EVIDENCE_UNSEEN, /* what was known then cannot be looked at now */
	EVIDENCE_MISSING, /* nothing is there now that could be a disk */
};

/* Is the one worse than the other? What is known to have changed is worst. */
bool evidence_is_worse(enum evidence_state a, enum evidence_state b);
/* Does it speak against going on? Changed, another one, or hidden now. */
bool evidence_forbids(enum evidence_state state);

struct evidence_verdict {
	enum evidence_state state;
	/* What changed, or why it cannot be known: facts with "; " between. NULL when unchanged. */
	char *what;
	/* What an unchanged look does not prove, and why; NULL when there is nothing to say. */
	char *note;
};

#define EVIDENCE_VERDICT SX_CLEANUP(evidence_verdict_dispose) struct evidence_verdict

/*
 * Compare two documents of evidence_take, as far as both know the same, whichever version of the
 * program noted them. Sentences have paths shown safely, times are local.
 */
void evidence_compare(const struct json *then, const struct json *now,
		      struct evidence_verdict *out);
void evidence_verdict_dispose(struct evidence_verdict *v);

/* Was all of it read because that was asked for (evidence_options)? */
bool evidence_is_full(const struct json *evidence);
/* Why something of it could not be looked at: appended. False: nothing of it is known by that. */
bool evidence_unseen(const struct json *evidence, struct sx_words *reasons);

/*
 * When the disk was written to last, as a file's mtime or its file systems' own times tell (these
 * have whole seconds: the end of that second); false: it keeps no such time.
 */
bool evidence_last_write(const struct json *evidence, struct timespec *when);

/*
 * What a disk is made of: files, devices, and the devices that those lie on, as far as image
 * headers and /sys tell. A disk that cannot be looked at is made of nothing.
 */
struct evidence_storage;

/* `own`: only what is written to when the disk is, without the files it is based on. Never NULL. */
struct evidence_storage *evidence_storage_take(const struct evidence_options *o,
					       const struct evidence_subject *s, bool own);
/* What it was made of when evidence of it was taken, too: a path of then may lead elsewhere now. */
void evidence_storage_add(struct evidence_storage *s, const struct json *evidence);
void evidence_storage_free(struct evidence_storage *s);
/* Does a write to the one change the other? The one written to is taken with `own`. */
bool evidence_storage_meets(const struct evidence_storage *a, const struct evidence_storage *b);

/* Who uses which devices and files of this host right now; looked up once for many disks. */
struct evidence_uses;

int evidence_uses_take(const struct evidence_options *o, struct evidence_uses **out,
		       struct sx_err *err) SX_MUST;
void evidence_uses_free(struct evidence_uses *uses);
/*
 * NULL, or how a disk (or a file of its backing chain) is used in a way that may change it:
 * "/srv/b.img is mounted on /mnt", "/srv/b.img is held open for writing by pid 123 (qemu-img)". A
 * heap string. A disk that cannot be looked at is not known to be used.
 */
char *evidence_in_use(const struct evidence_uses *uses, const struct evidence_subject *s);
/* What libblkid knows of what is on a device: "ext4", "gpt". NULL: nothing. Heap string. */
char *evidence_content(const char *device);
