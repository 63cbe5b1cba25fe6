/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Evidence that a disk is unchanged: take it, take it again later, compare the two. This is pure
 * mechanism: the flows decide what a marker keeps of it, when to take it, and what follows from a
 * verdict. What it can show:
 *
 * - within one boot, the kernel's write counters show every write through a block device;
 * - a file's inode number, size, mtime and ctime show every write to it;
 * - what is on the disk (superblocks, partition tables, samples) is always compared as well: it
 *   shows a read-write mount of ext2/3/4, xfs and btrfs even after a reboot;
 * - after a reboot, only a digest of the whole disk shows every change.
 *
 * Nothing here writes to a disk, or asks Xen whether a running domain uses it.
 */
#pragma once

#include "base/err.h"
#include "host/json.h"

#include <stdint.h>
#include <time.h>

/* A disk of a domain, as its configuration names it. All borrowed; NULL counts as "". */
struct evidence_subject {
	const char *target; /* as typed; "" for an empty drive */
	/* The absolute path that the target stands for: what a backend has open, or a relative
	 * target resolved. "": the target itself. */
	const char *object;
	const char *vdev;
	const char *format; /* raw qcow qcow2 qed vhd empty; "" is raw. Never guessed */
	const char *script; /* hotplug script, "" for none */
	const char *backend_domain; /* name or number, "" for Domain-0 */
	bool readwrite;
	bool cdrom;
};

/* The path by which the disk is opened: `object`, or `target` where that is empty. Borrowed. */
const char *evidence_path(const struct evidence_subject *s);

struct evidence_options {
	const char *sysroot; /* directory put before /sys and /proc, "" or NULL for none */
	bool durable; /* fsync what is read, so that the evidence outlives a power cut */
	bool full; /* add a digest of all content; small files get one anyway */
	/* Called repeatedly while a whole disk is read (bytes); may be NULL. */
	void (*progress)(const char *path, uint64_t done, uint64_t size, void *arg);
	void *progress_arg;
};

/*
 * Read what can be known of a disk now, with its backing chain. Never fails: the document names
 * what could not be read and why, and holds everything else. The caller frees it.
 *
 * For callers that display it: "kind" is "disk", "empty" (a drive without a medium) or
 * "unverifiable" (then "reason"); a disk has "layers", each with "kind" ("block", "file", or
 * "unverifiable" with its "reason"), "path", "real_path", "format", "size" in bytes.
 */
struct json *evidence_take(const struct evidence_options *o, const struct evidence_subject *s);

/* The format that QEMU guesses: "raw" (also if unreadable), "qcow2", "qed", "vhd". Static. */
const char *evidence_guess_format(const char *path);

enum evidence_state {
	EVIDENCE_UNCHANGED_EXACT, /* certain: nothing was written */
	EVIDENCE_UNCHANGED_SEEN, /* no difference found; a write elsewhere is possible */
	EVIDENCE_CHANGED,
	EVIDENCE_ANOTHER, /* its path leads to another disk now */
	EVIDENCE_UNKNOWN, /* it could not be read then: nothing to compare with */
	EVIDENCE_UNSEEN, /* what was recorded then cannot be read now */
	EVIDENCE_MISSING, /* there is no disk now */
};

/* Is `a` worse than `b`? A known change is worst. */
bool evidence_is_worse(enum evidence_state a, enum evidence_state b);
/* Must the caller not go on? True for CHANGED, ANOTHER, UNSEEN and MISSING. */
bool evidence_forbids(enum evidence_state state);

struct evidence_verdict {
	enum evidence_state state;
	/* What changed, or why that is unknown: facts joined by "; ". NULL when unchanged. */
	char *what;
	/* What an unchanged verdict does not prove, and why; NULL: nothing to say. */
	char *note;
};

#define EVIDENCE_VERDICT SX_CLEANUP(evidence_verdict_dispose) struct evidence_verdict

/*
 * Compare two documents of evidence_take by what both hold, whichever versions of safexl wrote
 * them. The texts show paths safely and times in local time. The caller disposes *out.
 */
void evidence_compare(const struct json *then, const struct json *now,
		      struct evidence_verdict *out);
void evidence_verdict_dispose(struct evidence_verdict *v);

/* Does it hold a digest of all content that evidence_options.full asked for? */
bool evidence_is_full(const struct json *evidence);
/* Append the reasons why parts could not be read. False: nothing is known of the disk. */
bool evidence_unseen(const struct json *evidence, struct sx_words *reasons);

/*
 * When the disk was last written to, by a file's mtime or its file systems' own times. Those have
 * whole seconds: the end of that second is returned. False: the disk keeps no such time.
 */
bool evidence_last_write(const struct json *evidence, struct timespec *when);

/*
 * What a disk is made of: files, devices, and the devices beneath them, as far as image headers and
 * /sys show. Empty for a disk that evidence_take calls unverifiable.
 */
struct evidence_storage;

/* `own`: only what a write to the disk changes, not its backing files. Never NULL. */
struct evidence_storage *evidence_storage_take(const struct evidence_options *o,
					       const struct evidence_subject *s, bool own);
/* Add the files and devices that evidence names: a path recorded then may lead elsewhere now. */
void evidence_storage_add(struct evidence_storage *s, const struct json *evidence);
void evidence_storage_free(struct evidence_storage *s);
/* Does a write to one disk change the other? Take the written one with `own`. */
bool evidence_storage_meets(const struct evidence_storage *a, const struct evidence_storage *b);

/* Who uses which devices and files of this host now; read once, then asked about many disks. */
struct evidence_uses;

/* Fails only if the table of mounts cannot be read. evidence_uses_free the result. */
int evidence_uses_take(const struct evidence_options *o, struct evidence_uses **out,
		       struct sx_err *err) SX_MUST;
void evidence_uses_free(struct evidence_uses *uses);
/*
 * How a disk (or a file of its backing chain) is used in a way that may change it: "/srv/b.img is
 * mounted on /mnt", "/srv/b.img is held open for writing by pid 123 (qemu-img)". A heap string;
 * NULL when no use is known, as for an unverifiable disk.
 */
char *evidence_in_use(const struct evidence_uses *uses, const struct evidence_subject *s);
/* What libblkid finds on a device: "ext4", "gpt". NULL: nothing. Heap string. */
char *evidence_content(const char *device);
