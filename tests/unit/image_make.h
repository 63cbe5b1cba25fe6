/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saved-domain images made by hand, small or sparse: what `xl save` writes, by the layout of xl.h
 * and docs/specs/libxl- and libxc-migration-stream.pandoc.
 */
#pragma once

#include "xen/image.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define MADE_UUID "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"

static const char made_config[] =
	"{\"c_info\":{\"type\":\"pv\",\"name\":\"web1\",\"uuid\":\"" MADE_UUID "\"},"
	"\"disks\":[{\"pdev_path\":\"/dev/vg0/web1\",\"vdev\":\"xvda\",\"format\":\"raw\","
	"\"readwrite\":1}]}";

struct making {
	bool hvm;
	uint32_t version; /* of the libxc stream, 2 or 3 */
	bool optional; /* with optional records in both streams */
	bool names; /* with xenstore names of the emulator */
	unsigned char salt; /* in the last vcpu's registers */
	uint32_t extra, extra_length; /* one more libxc record of this type and length */
	const char *config; /* NULL: made_config */
};

/* The image, and where its parts begin. */
struct made {
	struct sx_str bytes;
	size_t stream, libxc, pages;
	size_t records[32]; /* each record's header */
	size_t count;
};

static inline void made_word(struct made *m, uint32_t word)
{
	word = htole32(word);
	sx_str_addn(&m->bytes, (const char *)&word, sizeof(word));
}

static inline void made_big(struct made *m, uint32_t word)
{
	word = htobe32(word);
	sx_str_addn(&m->bytes, (const char *)&word, sizeof(word));
}

static inline void made_fill(struct made *m, char byte, size_t len)
{
	while (len--)
		sx_str_addc(&m->bytes, byte);
}

/* A record's header; the caller adds the body. */
static inline void made_head(struct made *m, uint32_t type, uint32_t length)
{
	m->records[m->count++] = m->bytes.len;
	made_word(m, type);
	made_word(m, length);
}

/* A record whose body begins with two words and goes on with one byte, many times. */
static inline void made_record(struct made *m, uint32_t type, uint32_t length, uint32_t first,
			       char byte)
{
	made_head(m, type, length);
	if (length >= 8) {
		made_word(m, first);
		made_word(m, 0);
		made_fill(m, byte, length - 8);
	} else {
		made_fill(m, byte, length);
	}
	made_fill(m, 0, -(size_t)length & 7);
}

/* One page with contents, one that has none (type 0xf: not there). */
static inline void made_pages(struct made *m)
{
	m->pages = m->bytes.len;
	made_head(m, 1, 8 + 2 * 8 + 4096);
	made_word(m, 2);
	made_word(m, 0);
	made_word(m, 7);
	made_word(m, 0);
	made_word(m, 8);
	made_word(m, 0xf0000000);
	made_fill(m, 'p', 4096);
}

static inline void made_libxc(struct made *m, const struct making *how)
{
	m->libxc = m->bytes.len;
	made_fill(m, (char)0xff, 8);
	sx_str_addn(&m->bytes, "XENF", 4);
	made_big(m, how->version);
	made_fill(m, 0, 8);
	made_word(m, how->hvm ? 2 : 1);
	made_word(m, 12);
	made_word(m, 4);
	made_word(m, 17);
	if (how->version == 3) {
		made_record(m, 0x11, 48, 1, 'c');
		made_record(m, 0x12, 32, 1, 'm');
		made_head(m, 0x10, 0);
	}
	if (!how->hvm) {
		made_record(m, 2, 8, 0x0408, 0);
		made_record(m, 3, 16, 0, 1);
	}
	made_pages(m);
	if (how->optional)
		made_record(m, 0x80000007, 13, 1, 'o');
	if (how->hvm) {
		made_record(m, 0xa, 8 + 16, 1, 'h');
		made_record(m, 9, 45, how->salt, 'x');
	} else {
		made_record(m, 7, 4096, 0, 's');
		made_record(m, 4, 21, 0, (char)how->salt);
	}
	if (how->extra)
		made_record(m, how->extra, how->extra_length, 0, 'e');
	made_record(m, 8, 24, 0, 0);
	made_head(m, 0, 0);
}

static inline void made_header(struct made *m, const char *config)
{
	static const uint32_t byteorder = 0x01020304;
	uint32_t len = (uint32_t)strlen(config) + 1;

	sx_str_addn(&m->bytes, "Xen saved domain, xl format\n \0 \r", 32);
	sx_str_addn(&m->bytes, (const char *)&byteorder, sizeof(byteorder));
	made_word(m, 3);
	made_word(m, 0);
	made_word(m, len + 4);
	made_word(m, len);
	sx_str_addn(&m->bytes, config, len);
	m->stream = m->bytes.len;
}

/* Into a zeroed struct; the caller disposes of its bytes. */
static inline void made_image(struct made *m, const struct making *how)
{
	made_header(m, how->config ? how->config : made_config);
	sx_str_addn(&m->bytes, "LibxlFmt", 8);
	made_big(m, 2);
	made_big(m, 0);
	made_head(m, 1, 0);
	made_libxc(m, how);
	if (how->hvm && how->names) {
		made_head(m, 2, 8 + 12);
		made_word(m, 2);
		made_word(m, 0);
		sx_str_addn(&m->bytes, "physmap\0on\0\0", 12);
		made_fill(m, 0, 4);
	} else if (how->hvm) {
		made_record(m, 2, 8, 2, 0);
	}
	if (how->optional)
		made_record(m, 0x80000001, 5, 0, 'o');
	if (how->hvm)
		made_record(m, 3, 8 + 99, 2, 'q');
	made_head(m, 0, 0);
}

/* A file with these bytes; ends the program when there can be none. */
static inline int made_file(const char *bytes, size_t len)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || pwrite(fd, bytes, len, 0) != (ssize_t)len) {
		perror("a file in memory");
		abort();
	}
	return fd;
}

/* Batches of 1024 pages, as libxc writes them, with holes for the contents; `last` ends them. */
static inline int made_sparse(int batches, uint32_t last_type, uint32_t last_length)
{
	static const uint32_t length = 8 + 1024 * 8 + 1024 * 4096;
	const uint32_t batch[] = { 1, length, 1024, 0 }, last[] = { last_type, last_length, 0, 0 };
	struct made m = { 0 };
	size_t rest;
	bool good;
	int fd;
	off_t at;

	made_image(&m, &(struct making){ .version = 3 });
	rest = m.records[m.count - 4];
	fd = made_file(m.bytes.data, m.pages);
	at = (off_t)m.pages;
	good = true;
	for (int i = 0; i < batches; i++, at += 8 + (off_t)length)
		good &= pwrite(fd, batch, sizeof(batch), at) == (ssize_t)sizeof(batch);
	good &= pwrite(fd, last, sizeof(last), at) == (ssize_t)sizeof(last);
	at += 8 + (off_t)last_length;
	m.bytes.len -= rest;
	good &= pwrite(fd, m.bytes.data + rest, m.bytes.len, at) == (ssize_t)m.bytes.len;
	if (!good)
		abort();
	sx_str_dispose(&m.bytes);
	return fd;
}

/* 0 when the image is read, walked to its end and accepted. */
static inline int made_check(int fd, struct sx_err *err)
{
	IMAGE_HEADER header = { 0 };
	struct image_stream stream;

	if (image_header_read(fd, &header, err))
		return -1;
	return image_verify(fd, &header, &stream, err);
}
