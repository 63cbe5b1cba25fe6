/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the evidence share; see <safexl/evidence.h> for what it is about. */
#pragma once

#include "base/vec.h"
#include "evidence/evidence.h"
#include "host/digest.h"

#include <sys/stat.h>
#include <sys/types.h>

/*
 * Tells who wrote a document, not whether it can be compared: a key keeps its meaning for ever, what
 * means something else gets another key. 2: what could not be looked at is noted piece by piece.
 */
#define EVIDENCE_VERSION 2

#define EVIDENCE_KIB ((uint64_t)1024)
#define EVIDENCE_MIB (1024 * EVIDENCE_KIB)

/* ---- read.c: bytes of a disk, past the page cache of this host where possible ---- */

struct evidence_reader {
	int fd; /* of O_PATH until it is ready */
	const char *path; /* borrowed, for messages */
	struct stat st;
	uint64_t size; /* bytes */
	unsigned sector; /* logical block size in bytes */
	bool direct; /* O_DIRECT: what is read is what is on the disk */
};

#define EVIDENCE_READER SX_CLEANUP(evidence_close) struct evidence_reader

/* Find a regular file or block device, nothing else: what it is, before anything is read of it. */
int evidence_find(const char *path, struct evidence_reader *out, struct sx_err *err) SX_MUST;
/* Make one that was found ready to be read. The st is of what was opened. */
int evidence_ready(struct evidence_reader *r, struct sx_err *err) SX_MUST;
/* Both. */
int evidence_open(const char *path, struct evidence_reader *out, struct sx_err *err) SX_MUST;
void evidence_close(struct evidence_reader *r);
/* What this host has not written yet is written; `durable`: and will be there after a power cut. */
int evidence_flush(const struct evidence_reader *r, bool durable, struct sx_err *err) SX_MUST;

/* Some bytes of a disk; fewer than asked for at its end. */
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
 * The same for many places at once, which a disk answers much faster than one after the other.
 * Offsets must be multiples of 4096, `each` bytes are read at each; buf (aligned to 4096) takes
 * them one after the other, zeros where the disk ends. failed[i]: 0, or the errno of that place.
 */
void evidence_read_many(const struct evidence_reader *r, const uint64_t *offsets, size_t count,
			size_t each, unsigned char *buf, int *failed);
/* Aligned memory for that; never NULL. */
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
	char *type; /* NULL: nothing that is known, "ambivalent": several */
	char *uuid; /* may be NULL */
	char *label; /* may be NULL */
};

void evidence_fs_dispose(struct evidence_fs *fs);

/* Probe what the descriptor shows at [offset, +size) (size 0: to its end). False: that failed. */
bool evidence_blkid_fs(int fd, unsigned sector, uint64_t offset, uint64_t size,
		       struct evidence_fs *out);
/* Append the partitions of the disk that the descriptor shows. */
void evidence_blkid_parts(int fd, unsigned sector, struct evidence_parts *out);
/* The uuid of the file system on a device, the entry uuid of a partition; NULL when unknown. */
char *evidence_blkid_uuid(const char *device);
char *evidence_blkid_partuuid(const char *device);

/* ---- content.c: what is on a disk ---- */

/*
 * A look at what is on one disk. Each piece stands by itself: one that cannot be read is noted as
 * such, and the look goes on.
 */
struct evidence_look {
	const struct evidence_reader *r;
	int image; /* image.c; -1: none */
	struct sx_str regions; /* places by offset, length and digest; "-": could not be read */
	struct json *layer, *content;
};

/* Add "content" to a layer. */
void evidence_content_take(const struct evidence_options *o, const struct evidence_reader *r,
			   struct json *layer);
/* Something of this layer could not be looked at; the reason is kept once, and cleared. */
void evidence_unseen_note(struct json *layer, struct sx_err *why);
/*
 * The same for what is on the disk. `part` lacks something by that: the content as a whole, what was
 * found in one place, or NULL where the lack shows by itself.
 */
void evidence_look_failed(struct evidence_look *look, struct json *part, struct sx_err *why);
/* One more region; NULL: it could not be read. */
void evidence_region_add(struct evidence_look *look, uint64_t offset, size_t len,
			 const struct evidence_bytes *b);

/*
 * image.c: the parts of the disk that libblkid looks at, as a sparse file in memory. -1: it
 * cannot be made; the ends of the disk that could not be read are zeros in it.
 */
int evidence_image_make(struct evidence_look *look);
/* Copy one more part to it; -1 with the reason when it cannot be read. */
int evidence_image_copy(struct evidence_look *look, uint64_t offset, size_t len,
			struct sx_err *err) SX_MUST;

/* fs.c: facts of file systems that change at each mount for writing, and the places on
 * the disk that do. */
int evidence_fs_facts(struct evidence_look *look, uint64_t at, const char *type, struct json *found,
		      struct sx_err *err) SX_MUST;
/* Does a mount for writing show in these facts? */
bool evidence_fs_known(const char *type);

/* lvm.c: the volumes of an LVM2 physical volume at an offset, and its metadata. */
int evidence_lvm_parts(const struct evidence_reader *r, uint64_t at, const char *name,
		       struct evidence_parts *out, struct json *found, struct sx_err *err) SX_MUST;

/* ---- block.c, file.c: identity, counters, times ---- */

/* A small file below /sys or /proc, without the final newline; NULL when it cannot be read. */
char *evidence_sys_text(const struct evidence_options *o, const char *fmt, ...) SX_PRINTF(2, 3);
/* The directory of a block device, "/sys/dev/block/M:m" below the root. A heap string. */
char *evidence_sys_dir(const struct evidence_options *o, dev_t dev);
/* Identity, size and counters; sets r->size and r->sector. */
void evidence_block_take(const struct evidence_options *o, struct evidence_reader *r,
			 struct json *layer);
/*
 * Whether the kernel counts, seen by its having counted what was read since: queue/iostats is 0 for
 * device mapper on kernels that count all the same, and 1 for drivers that never do.
 */
void evidence_block_proves(const struct evidence_options *o, const struct evidence_reader *r,
			   struct json *layer);
/* The file behind a loop device, NULL when it is none. A heap string. */
char *evidence_block_backing(const struct evidence_options *o, dev_t dev);
/* Blanks and the like in files of /proc are octal escapes; undone in place. */
void evidence_unescape(char *text);
void evidence_file_take(const struct evidence_options *o, const struct evidence_reader *r,
			struct json *layer);

/* ---- chain.c, vhd.c: backing files ---- */

enum { EVIDENCE_CHAIN_LONGEST = 64 };

/* One file of a disk. */
struct evidence_link {
	char *path;
	char *format;
	char *reason; /* why it cannot be looked at, NULL: it can */
	bool is_data; /* holds the data of the image that names it: both are written to */
};

struct evidence_chain {
	SX_VEC_OF(struct evidence_link);
};

#define EVIDENCE_CHAIN SX_CLEANUP(evidence_chain_dispose) struct evidence_chain

void evidence_chain_dispose(struct evidence_chain *c);
/* The first link: the disk itself. */
void evidence_chain_start(struct evidence_chain *c, const char *path, const char *format);
/*
 * The files that an image in this format needs besides itself: appended with absolute paths. An
 * image that cannot be read as that format is an error.
 */
int evidence_chain_next(const struct evidence_reader *r, const char *format,
			struct evidence_chain *out, struct sx_err *err) SX_MUST;
int evidence_vhd_parent(const struct evidence_reader *r, struct evidence_link *out,
			struct sx_err *err) SX_MUST;

/* ---- name.c: what an image calls the files it needs ---- */

/* A link to a file by a plain name, relative to the image's directory. */
struct evidence_link evidence_name_link(const char *image, const char *name, const char *format);
/* Those that QEMU opens for a name; format NULL: as QEMU finds it out. Appended. */
void evidence_name_links(const char *image, const char *name, const char *format, bool is_data,
			 struct evidence_chain *out);

/* ---- evidence.c, and comparing ---- */

/* Why a disk cannot be looked at at all; NULL: it can. Heap string. */
char *evidence_unverifiable(const struct evidence_subject *s);
/* Its format, raw when none is given. */
const char *evidence_format(const struct evidence_subject *s);

/* A verdict in the making: judge.c. */
struct evidence_judge {
	enum evidence_state state; /* the worst so far */
	struct sx_words changed, unseen, unknown, notes;
	bool same_boot;
};

/* A state that is worse than the one so far takes its place. */
void evidence_judge_lower(struct evidence_judge *j, enum evidence_state state);
/* What is told of that state; of the unchanged ones they are notes, which do not say what is wrong. */
struct sx_words *evidence_judge_list(struct evidence_judge *j, enum evidence_state state);
/* The text, taken over, is told of the state, which counts if it is the worst. */
void evidence_judge_add(struct evidence_judge *j, enum evidence_state state, char *text);
/*
 * trace.c: is it certain that nothing was written to a layer through this host, by its
 * counters or times? `path` is shown as it is; facts that say otherwise are appended.
 */
bool evidence_trace_still(struct evidence_judge *j, const char *path, const struct json *then,
			  const struct json *now, struct sx_words *facts);
/*
 * facts.c: what differs between two contents, facts to be appended. False: something that
 * was known then is not now.
 */
bool evidence_content_compare(const char *path, const struct json *then, const struct json *now,
			      uint64_t size, struct sx_words *facts);
/* Where a write would not show after a reboot: "the crypto_LUKS on /dev/vg0/x"; appended. */
void evidence_content_blind(const char *path, const struct json *content, struct sx_words *out);
/* The place of sample `index`, in bytes. */
uint64_t evidence_sample_offset(uint64_t size, size_t index);
/* "2026-11-22 10:00:03", local time. */
void evidence_add_time(struct sx_str *s, long long seconds);
