/* What the files of the evidence share; see <safexl/evidence.h> for what it is about. */
#ifndef SAFEXL_EVIDENCE_PRIVATE_H
#define SAFEXL_EVIDENCE_PRIVATE_H

#include <safexl/evidence.h>
#include <safexl/vec.h>

#include <sys/stat.h>
#include <sys/types.h>

/* Raised when a document of an older program cannot be compared with a new one. */
#define EVIDENCE_VERSION 1

#define EVIDENCE_KIB ((uint64_t)1024)
#define EVIDENCE_MIB (1024 * EVIDENCE_KIB)

/* ---- evidence_read.c: bytes of a disk, past the page cache of this host where possible ---- */

struct evidence_reader {
	int fd;
	const char *path; /* borrowed, for messages */
	struct stat st;
	uint64_t size; /* bytes */
	unsigned sector; /* logical block size in bytes */
	bool direct; /* O_DIRECT: what is read is what is on the disk */
};

#define EVIDENCE_READER SX_CLEANUP(evidence_close) struct evidence_reader

/* Open a regular file or block device for reading, nothing else. The st is of what was opened. */
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
 * them one after the other, zeros where the disk ends.
 */
int evidence_read_many(const struct evidence_reader *r, const uint64_t *offsets, size_t count,
		       size_t each, unsigned char *buf, struct sx_err *err) SX_MUST;
/* Aligned memory for that; never NULL. */
unsigned char *evidence_aligned(size_t len);

/* ---- evidence_digest.c: xxHash ---- */

/* Append 16 hexadecimal digits. */
void evidence_digest_add(struct sx_str *s, const void *bytes, size_t len);

/*
 * A digest over everything: of numbered chunks, where one of zeros alone counts as absent, so that
 * a hole and written zeros are the same.
 */
struct evidence_whole;

struct evidence_whole *evidence_whole_new(void);
void evidence_whole_add(struct evidence_whole *w, uint64_t index, const void *chunk, size_t len);
/* 32 hexadecimal digits; frees it. */
char *evidence_whole_end(struct evidence_whole *w, uint64_t size);

/* ---- evidence_blkid.c: libblkid ---- */

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

/* Probe what the descriptor shows at [offset, +size) (size 0: to its end). */
void evidence_blkid_fs(int fd, unsigned sector, uint64_t offset, uint64_t size,
		       struct evidence_fs *out);
/* Append the partitions of the disk that the descriptor shows. */
void evidence_blkid_parts(int fd, unsigned sector, struct evidence_parts *out);
/* The uuid of the file system on a device, the entry uuid of a partition; NULL when unknown. */
char *evidence_blkid_uuid(const char *device);
char *evidence_blkid_partuuid(const char *device);

/* ---- evidence_content.c: what is on a disk ---- */

/* Add "content" to a layer. An error of reading is an error. */
int evidence_content_take(const struct evidence_options *o, const struct evidence_reader *r,
			  struct json *layer, struct sx_err *err) SX_MUST;

/*
 * evidence_image.c: the parts of the disk that libblkid looks at, as a sparse file in memory; the
 * ends of the disk are told in `regions`.
 */
int evidence_image_make(const struct evidence_reader *r, struct sx_str *regions,
			struct sx_err *err) SX_MUST;
/* Copy one more part to it, and tell of it. */
int evidence_image_copy(const struct evidence_reader *r, int image, uint64_t offset, size_t len,
			struct sx_str *regions, struct sx_err *err) SX_MUST;

/* evidence_fs.c: facts of file systems that change at each mount for writing, and the places on
 * the disk that do. */
int evidence_fs_facts(const struct evidence_reader *r, uint64_t at, const char *type,
		      struct json *found, struct sx_str *regions, struct sx_err *err) SX_MUST;
/* One more place: its offset, length and digest at the end of `regions`. */
void evidence_region_add(struct sx_str *regions, uint64_t offset, const struct evidence_bytes *b);
/* Does a mount for writing show in these facts? */
bool evidence_fs_known(const char *type);

/* evidence_lvm.c: the volumes of an LVM2 physical volume at an offset, and its metadata. */
int evidence_lvm_parts(const struct evidence_reader *r, uint64_t at, const char *name,
		       struct evidence_parts *out, struct json *found, struct sx_err *err) SX_MUST;

/* ---- evidence_block.c, evidence_file.c: identity, counters, times ---- */

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

/* ---- evidence_chain.c, evidence_vhd.c: backing files ---- */

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
/* A link to a file that an image names, relative to the image's directory. */
struct evidence_link evidence_link_to(const char *image, const char *name, const char *format);

/* ---- evidence.c, evidence_compare.c, evidence_facts.c ---- */

/* Why a disk cannot be looked at at all; NULL: it can. Heap string. */
char *evidence_unverifiable(const struct evidence_subject *s);
/* Its format, raw when none is given. */
const char *evidence_format(const struct evidence_subject *s);

/* What differs between two contents, as far as it can be told: facts to be appended. */
void evidence_content_compare(const char *path, const struct json *then, const struct json *now,
			      uint64_t size, struct sx_words *facts);
/* Where a write would not show after a reboot: "the crypto_LUKS on /dev/vg0/x"; appended. */
void evidence_content_blind(const char *path, const struct json *content, struct sx_words *out);
/* The place of sample `index`, in bytes. */
uint64_t evidence_sample_offset(uint64_t size, size_t index);
/* "2026-11-22 10:00:03", local time. */
void evidence_add_time(struct sx_str *s, long long seconds);

#endif
