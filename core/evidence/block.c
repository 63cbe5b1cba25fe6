/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Block devices as /sys shows them: their identity, in this boot and across boots, and how much was
 * written through them.
 */
#include "base/path.h"
#include "evidence/private.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/sysmacros.h>

static const char *root_of(const struct evidence_options *o)
{
	return o->sysroot ? o->sysroot : "";
}

/* A small file without blanks at its ends; NULL when it cannot be read or is empty. */
static char *small_file(const char *path)
{
	char text[4096];
	ssize_t n;
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	n = read(fd, text, sizeof(text) - 1);
	while (n > 0 && strchr(" \n", text[n - 1]))
		n--;
	if (n <= 0)
		return NULL;
	text[n] = '\0';
	return sx_strdup(text + strspn(text, " "));
}

char *evidence_sys_text(const struct evidence_options *o, const char *fmt, ...)
{
	SX_STR path = { 0 };
	va_list ap;

	sx_str_add(&path, root_of(o));
	va_start(ap, fmt);
	sx_str_addv(&path, fmt, ap);
	va_end(ap);
	return small_file(sx_str_text(&path));
}

char *evidence_sys_dir(const struct evidence_options *o, dev_t dev)
{
	return sx_format("%s/sys/dev/block/%u:%u", root_of(o), major(dev), minor(dev));
}

static char *attribute(const char *dir, const char *name)
{
	SX_FREE char *path = sx_path_join(dir, name);

	return small_file(path);
}

/* The first identifying attribute that exists, after a word for its kind. */
static char *first_attribute(const char *dir)
{
	static const char *const tries[][2] = {
		{ "dm/uuid", "dm" },	 { "dm/name", "dm-name" },  { "md/uuid", "md" },
		{ "wwid", "wwid" },	 { "device/wwid", "wwid" }, { "serial", "serial" },
		{ "device/cid", "cid" },
	};

	for (size_t i = 0; i < SX_COUNT(tries); i++) {
		SX_FREE char *value = attribute(dir, tries[i][0]);

		if (value)
			return sx_format("%s %s", tries[i][1], value);
	}
	return NULL;
}

static char *loop_identity(const char *dir)
{
	SX_FREE char *file = attribute(dir, "loop/backing_file");
	SX_FREE char *offset = attribute(dir, "loop/offset");
	SX_FREE char *limit = attribute(dir, "loop/sizelimit");

	return file ? sx_format("loop %s %s %s", file, offset ? offset : "0", limit ? limit : "0")
		    : NULL;
}

/* A partition by number, start and disk; by its UUID if /sys does not identify the disk. */
static char *part_identity(const char *dir, const char *number, const char *device)
{
	SX_FREE char *parent = sx_format("%s/..", dir);
	SX_FREE char *start = attribute(dir, "start");
	SX_FREE char *disk = loop_identity(parent);
	SX_FREE char *uuid = NULL;

	if (!disk)
		disk = first_attribute(parent);
	if (disk)
		return sx_format("part %s at %s of %s", number, start ? start : "?", disk);
	uuid = evidence_blkid_partuuid(device);
	return uuid ? sx_format("partuuid %s", uuid) : NULL;
}

/* An identity that stays when the device gets another number or name; NULL: none is known. */
static char *identity_of(const char *dir, const char *device)
{
	SX_FREE char *number = attribute(dir, "partition");
	char *loop;

	if (number)
		return part_identity(dir, number, device);
	loop = loop_identity(dir);
	return loop ? loop : first_attribute(dir);
}

struct counters {
	uint64_t read, written, discarded; /* sectors of 512 bytes */
};

/* As in Linux's Documentation/block/stat.rst; older kernels do not count discards. */
static bool read_counters(const char *dir, struct counters *out)
{
	SX_FREE char *text = attribute(dir, "stat");

	*out = (struct counters){ 0 };
	return text && sscanf(text,
			      "%*u %*u %" SCNu64 " %*u %*u %*u %" SCNu64
			      " %*u %*u %*u %*u %*u %*u %" SCNu64,
			      &out->read, &out->written, &out->discarded) >= 2;
}

/*
 * Sectors written to a partition's disk outside of all its partitions. A write through the device
 * of the whole disk moves this number, but no partition's counter.
 */
static bool read_beneath(const char *dir, uint64_t *out)
{
	SX_FREE char *parent = sx_format("%s/..", dir);
	struct counters whole, part;
	struct dirent *entry;
	DIR *d;

	if (!read_counters(parent, &whole))
		return false;
	*out = whole.written + whole.discarded;
	d = opendir(parent);
	while (d && (entry = readdir(d))) {
		SX_FREE char *child = sx_path_join(parent, entry->d_name);
		SX_FREE char *number = attribute(child, "partition");

		if (number && read_counters(child, &part))
			*out -= part.written + part.discarded;
	}
	if (d)
		closedir(d);
	return true;
}

static uint64_t number_of(const char *text)
{
	uint64_t value = 0;

	return text && sscanf(text, "%" SCNu64, &value) == 1 ? value : 0;
}

static void take_counters(const char *dir, bool partition, struct json *layer)
{
	struct counters c;
	uint64_t beneath;

	if (!read_counters(dir, &c))
		return;
	json_set_number(layer, "read", (long long)c.read);
	json_set_number(layer, "written", (long long)c.written);
	json_set_number(layer, "discarded", (long long)c.discarded);
	if (partition && read_beneath(dir, &beneath))
		json_set_number(layer, "beneath", (long long)beneath);
}

/* From /sys, else from the device itself. */
static void take_size(struct evidence_reader *r, const char *sectors, struct json *layer)
{
	off_t end = sectors ? 0 : lseek(r->fd, 0, SEEK_END);
	SX_ERR err = { 0 };

	if (end < 0) {
		sx_err_sys(&err, SX_EFAIL, "the size of %s", r->path);
		evidence_unseen_note(layer, &err);
		return;
	}
	r->size = sectors ? number_of(sectors) * 512 : (uint64_t)end;
	json_set_number(layer, "size", (long long)r->size);
}

void evidence_block_take(const struct evidence_options *o, struct evidence_reader *r,
			 struct json *layer)
{
	SX_FREE char *dir = evidence_sys_dir(o, r->st.st_rdev);
	SX_FREE char *partition = attribute(dir, "partition");
	SX_FREE char *size = attribute(dir, "size");
	SX_FREE char *sector = attribute(dir, partition ? "../queue/logical_block_size"
							: "queue/logical_block_size");
	SX_FREE char *seq = attribute(dir, partition ? "../diskseq" : "diskseq");
	SX_FREE char *identity = identity_of(dir, r->path);
	SX_FREE char *device = sx_format("%u:%u", major(r->st.st_rdev), minor(r->st.st_rdev));

	if (sector)
		r->sector = (unsigned)number_of(sector);
	json_set_string(layer, "kind", "block");
	json_set_string(layer, "device", device);
	json_set_string(layer, "diskseq", seq);
	json_set_string(layer, "identity", identity);
	take_counters(dir, partition, layer);
	take_size(r, size, layer);
}

void evidence_block_proves(const struct evidence_options *o, const struct evidence_reader *r,
			   struct json *layer)
{
	SX_FREE char *dir = evidence_sys_dir(o, r->st.st_rdev);
	struct counters c;

	json_set_bool(layer, "counts",
		      r->direct && read_counters(dir, &c) &&
			      c.read > (uint64_t)json_get_number(layer, "read"));
}

char *evidence_block_backing(const struct evidence_options *o, dev_t dev)
{
	SX_FREE char *dir = evidence_sys_dir(o, dev);

	return attribute(dir, "loop/backing_file");
}
