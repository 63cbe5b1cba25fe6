/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of core/evidence share; evidence.h says what evidence is. */
#pragma once

#include "base/vec.h"
#include "evidence/evidence.h"
#include "host/digest.h"

#include <sys/stat.h>
#include <sys/types.h>

/*
 * Says who wrote a document, not whether it can be compared: a key keeps its meaning for ever, and
 * a new meaning gets a new key. Version 2 records separately each piece that could not be read.
 */
#define EVIDENCE_VERSION 2

#define EVIDENCE_KIB ((uint64_t)1024)
#define EVIDENCE_MIB (1024 * EVIDENCE_KIB)

/* ---- read.c: reads a disk, past this host's page cache where possible ---- */

struct evidence_reader {
	int fd; /* O_PATH until evidence_ready */
	const char *path; /* borrowed, for messages */
	struct stat st;
	uint64_t size; /* bytes */
	unsigned sector; /* logical block size in bytes */
	bool direct; /* O_DIRECT: reads return what is on the disk, not the page cache */
};

#define EVIDENCE_READER SX_CLEANUP(evidence_close) struct evidence_reader

/* Identify a regular file or block device, without reading it yet; anything else is an error. */
int evidence_find(const char *path, struct evidence_reader *out, struct sx_err *err) SX_MUST;
/* Reopen a found one for reading and set st again; an error if the path was replaced meanwhile. */
int evidence_ready(struct evidence_reader *r, struct sx_err *err) SX_MUST;
/* evidence_find and evidence_ready in one. */
int evidence_open(const char *path, struct evidence_reader *out, struct sx_err *err) SX_MUST;
void evidence_close(struct evidence_reader *r);
/* Write back what this host has cached; `durable`: fsync, so that it survives a power cut. */
int evidence_flush(const struct evidence_reader *r, bool durable, struct sx_err *err) SX_MUST;

/* Bytes of a disk; fewer than asked for at its end. */
struct evidence_bytes {
	unsigned char *raw; /* aligned memory, to be freed */
	const unsigned char *data;
	size_t len;
};

#define EVIDENCE_BYTES SX_CLEANUP(evidence_bytes_dispose) struct evidence_bytes

int evidence_read(const struct evidence_reader *r, uint64_t offset, size_t len,
		  struct evidence_bytes *out, struct sx_err *err) SX_MUST;
void evidence_bytes_dispose(struct evidence_bytes *b);
/*
 * Read `each` bytes at many offsets at once, which a disk answers much faster than one after the
 * other. Offsets must be multiples of 4096. buf (aligned to 4096) receives the pieces in order,
 * zeros beyond the end of the disk. failed[i]: 0, or the errno of piece i.
 */
void evidence_read_many(const struct evidence_reader *r, const uint64_t *offsets, size_t count,
			size_t each, unsigned char *buf, int *failed);
/* Memory aligned for evidence_read_many; never NULL. The caller frees it. */
unsigned char *evidence_aligned(size_t len);

/* ---- blkid.c: libblkid ---- */

struct evidence_part {
	uint64_t offset; /* bytes */
	uint64_t size; /* bytes; 0: to the end */
	int number; /* 0: not a partition */
	char *name; /* "partition 2", "volume vg/root"; "" for the disk itself */
};

struct evidence_parts {
	SX_VEC_OF(struct evidence_part);
	char *table; /* "gpt UUID", "dos ID"; NULL: none */
};

void evidence_parts_dispose(struct evidence_parts *parts);

struct evidence_fs {
	char *type; /* NULL: nothing recognised; "ambivalent": several types */
	char *uuid; /* may be NULL */
	char *label; /* may be NULL */
};

void evidence_fs_dispose(struct evidence_fs *fs);

/* Probe the descriptor at [offset, +size) (size 0: to its end). False: libblkid failed. */
bool evidence_blkid_fs(int fd, unsigned sector, uint64_t offset, uint64_t size,
		       struct evidence_fs *out);
/* Append the partitions of the disk behind the descriptor, and set the table. */
void evidence_blkid_parts(int fd, unsigned sector, struct evidence_parts *out);
/* The UUID of a device's file system, or of its partition entry; NULL: unknown. Heap strings. */
char *evidence_blkid_uuid(const char *device);
char *evidence_blkid_partuuid(const char *device);

/* ---- content.c, look.c: what is on a disk ---- */

/*
 * A look at what is on one disk. A piece that cannot be read is recorded as such, and the look goes
 * on.
 */
struct evidence_look {
	const struct evidence_reader *r;
	int image; /* image.c; -1: none */
	struct sx_str regions; /* "OFFSET+LENGTH:DIGEST ..."; digest "-": could not be read */
	struct json *layer, *content;
};

/* Read what is on the disk and add it to the layer as "content". */
void evidence_content_take(const struct evidence_options *o, const struct evidence_reader *r,
			   struct json *layer);
/* A piece of this layer could not be read: add the reason to "unseen" once, and clear it. */
void evidence_unseen_note(struct json *layer, struct sx_err *why);
/*
 * The same for the content. `part` is marked as partial: the content as a whole, or what was found
 * in one place; NULL where the gap shows by itself.
 */
void evidence_look_failed(struct evidence_look *look, struct json *part, struct sx_err *why);
/* Append a region and its digest; b NULL: it could not be read. */
void evidence_region_add(struct evidence_look *look, uint64_t offset, size_t len,
			 const struct evidence_bytes *b);

/*
 * image.c: the parts of the disk that libblkid reads, as a sparse file in memory. A part that
 * cannot be read stays zeros. -1: the file cannot be made.
 */
int evidence_image_make(struct evidence_look *look);
/* Copy one more part into it; -1 with the reason when that fails. */
int evidence_image_copy(struct evidence_look *look, uint64_t offset, size_t len,
			struct sx_err *err) SX_MUST;

/* fs.c: add facts, and the region of an xfs log, that a read-write mount changes. */
int evidence_fs_facts(struct evidence_look *look, uint64_t at, const char *type, struct json *found,
		      struct sx_err *err) SX_MUST;
/* Does a read-write mount of this type show in evidence, even after a reboot? */
bool evidence_fs_known(const char *type);

/* lvm.c: append the volumes of the LVM2 physical volume at an offset; `found` gets its metadata. */
int evidence_lvm_parts(const struct evidence_reader *r, uint64_t at, const char *name,
		       struct evidence_parts *out, struct json *found, struct sx_err *err) SX_MUST;

/* ---- block.c, file.c: identity, counters, times ---- */

/* A small file below /sys or /proc, without blanks at its ends; NULL: unreadable. Heap string. */
char *evidence_sys_text(const struct evidence_options *o, const char *fmt, ...) SX_PRINTF(2, 3);
/* The directory of a block device, "/sys/dev/block/M:m" below sysroot. A heap string. */
char *evidence_sys_dir(const struct evidence_options *o, dev_t dev);
/* Add identity, size and counters to the layer; sets r->size and r->sector. */
void evidence_block_take(const struct evidence_options *o, struct evidence_reader *r,
			 struct json *layer);
/*
 * Record whether the kernel counts I/O: did it count our reads since evidence_block_take?
 * queue/iostats is 0 for device mapper on kernels that do count, and 1 for drivers that never do.
 */
void evidence_block_proves(const struct evidence_options *o, const struct evidence_reader *r,
			   struct json *layer);
/* The file behind a loop device; NULL for any other device. A heap string. */
char *evidence_block_backing(const struct evidence_options *o, dev_t dev);
/* Undo in place the octal escapes that files of /proc use for blanks and the like. */
void evidence_unescape(char *text);
/* The same for a file: identity, file system, size and times. */
void evidence_file_take(const struct evidence_options *o, const struct evidence_reader *r,
			struct json *layer);

/* ---- chain.c, vhd.c: backing files ---- */

enum { EVIDENCE_CHAIN_LONGEST = 64 };

/* One file of a disk. */
struct evidence_link {
	char *path;
	char *format;
	char *reason; /* why it cannot be read; NULL: it can */
	bool is_data; /* external data of the image that names it: a write changes both */
};

struct evidence_chain {
	SX_VEC_OF(struct evidence_link);
};

#define EVIDENCE_CHAIN SX_CLEANUP(evidence_chain_dispose) struct evidence_chain

void evidence_chain_dispose(struct evidence_chain *c);
/* Add the first link: the disk itself. */
void evidence_chain_start(struct evidence_chain *c, const char *path, const char *format);
/*
 * Append the files, with absolute paths, that an image in this format needs besides itself. An
 * error if the image cannot be read as that format.
 */
int evidence_chain_next(const struct evidence_reader *r, const char *format,
			struct evidence_chain *out, struct sx_err *err) SX_MUST;
int evidence_vhd_parent(const struct evidence_reader *r, struct evidence_link *out,
			struct sx_err *err) SX_MUST;

/* ---- name.c: how an image names the files it needs ---- */

/* A link to a file by its plain name, relative to the image's directory. */
struct evidence_link evidence_name_link(const char *image, const char *name, const char *format);
/* Append the files that QEMU opens for a name; format NULL: guessed as QEMU does. */
void evidence_name_links(const char *image, const char *name, const char *format, bool is_data,
			 struct evidence_chain *out);

/* ---- evidence.c, and comparing ---- */

/* Why this host cannot look at a disk at all; NULL: it can. Heap string. */
char *evidence_unverifiable(const struct evidence_subject *s);
/* Its format, raw when none is given. */
const char *evidence_format(const struct evidence_subject *s);

/* A verdict in the making: judge.c. */
struct evidence_judge {
	enum evidence_state state; /* the worst so far */
	struct sx_words changed, unseen, unknown, notes;
	bool same_boot;
};

/* Take over the state if it is worse than the one so far. */
void evidence_judge_lower(struct evidence_judge *j, enum evidence_state state);
/* The texts about a state. Those of both unchanged states are notes, which report no fault. */
struct sx_words *evidence_judge_list(struct evidence_judge *j, enum evidence_state state);
/* Add a text (taken over) about a state; the state counts if it is the worst. */
void evidence_judge_add(struct evidence_judge *j, enum evidence_state state, char *text);
/*
 * trace.c: do counters or times prove that nobody wrote to a layer through this host? `path` is
 * printed as it is; facts that prove a write are appended.
 */
bool evidence_trace_still(struct evidence_judge *j, const char *path, const struct json *then,
			  const struct json *now, struct sx_words *facts);
/*
 * facts.c: append what differs between two contents. False: something that was recorded then could
 * not be read now.
 */
bool evidence_content_compare(const char *path, const struct json *then, const struct json *now,
			      uint64_t size, struct sx_words *facts);
/* Append where a write would not show after a reboot: "the crypto_LUKS on /dev/vg0/x". */
void evidence_content_blind(const char *path, const struct json *content, struct sx_words *out);
enum { EVIDENCE_SAMPLE_LEN = 4096 };

/* The offset of sample `index` on a disk of this size, in bytes. */
uint64_t evidence_sample_offset(uint64_t size, size_t index);
/* Append "2026-11-22 10:00:03", local time. */
void evidence_add_time(struct sx_str *s, long long seconds);
