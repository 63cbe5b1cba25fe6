/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: whatever a saved-domain image holds, reading it never crashes; what is accepted
 * breaks when it is cut or goes on, and its configuration has what the guard asks for. The input is
 * taken three ways: as an image, as a list of changes to a good image, as a configuration.
 */
#include "../unit/image_make.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fail(const char *what)
{
	fprintf(stderr, "image_read: %s\n", what);
	abort();
}

static void check_config(const struct image_header *header)
{
	IMAGE_CONFIG c = { 0 };
	SX_ERR err = { 0 };

	if (image_config_read(header, &c, &err)) {
		if (!err.msg || c.name || c.disks.items)
			fail("a refusal without words, or with a result");
		return;
	}
	if (!c.name || !*c.name || !c.uuid || strlen(c.uuid) != 36)
		fail("a configuration without an identity");
	for (size_t i = 0; i < c.disks.len; i++)
		if (!c.disks.items[i].format)
			fail("a disk without a format");
}

/* Is the image still accepted at this length? */
static bool accepted_at(int fd, off_t len)
{
	SX_ERR err = { 0 };

	if (ftruncate(fd, len))
		fail("ftruncate");
	return !made_check(fd, &err);
}

static void check_image(const char *bytes, size_t len)
{
	SX_CLOSE int fd = made_file(bytes, len);
	IMAGE_HEADER header = { 0 };
	struct image_stream stream = { 0 };
	SX_ERR err = { 0 };

	if (image_header_read(fd, &header, &err)) {
		if (!err.msg || header.config.data)
			fail("a refusal without words, or with a result");
		return;
	}
	check_config(&header);
	if (image_verify(fd, &header, &stream, &err)) {
		if (!err.msg || stream.records)
			fail("a refusal without words, or with a result");
		return;
	}
	if (accepted_at(fd, (off_t)len + 1) || accepted_at(fd, (off_t)len - 1) ||
	    accepted_at(fd, (off_t)len - 8))
		fail("accepted at another length");
}

/* Changes of four bytes each: where (two), what, and how. */
static void change(struct sx_str *image, const uint8_t *data, size_t len)
{
	for (; len >= 4 && image->len; data += 4, len -= 4) {
		size_t at = (size_t)(data[0] << 8 | data[1]) % image->len;
		char byte = (char)data[2];

		switch (data[3] % 5) {
		case 0:
			image->data[at] = byte;
			break;
		case 1:
			image->data[at] = (char)(image->data[at] + byte);
			break;
		case 2:
			sx_str_splice(image, at, 0, &byte, 1);
			break;
		case 3:
			sx_str_splice(image, at, 1, NULL, 0);
			break;
		case 4:
			for (size_t i = at; i < at + 4 && i < image->len; i++)
				image->data[i] = byte;
			break;
		}
	}
}

static void check_changed(const uint8_t *data, size_t len)
{
	struct making how = { .version = 3 };
	struct made m = { 0 };

	if (!len)
		return;
	how.hvm = data[0] & 1;
	how.version = data[0] & 2 ? 2 : 3;
	how.optional = data[0] & 4;
	how.names = data[0] & 8;
	made_image(&m, &how);
	change(&m.bytes, data + 1, len - 1);
	check_image(m.bytes.data ? m.bytes.data : "", m.bytes.len);
	sx_str_dispose(&m.bytes);
}

static void check_as_config(const uint8_t *data, size_t len)
{
	struct making how = { .version = 3 };
	struct made m = { 0 };
	SX_FREE char *text = sx_strndup((const char *)data, len);

	how.config = text;
	made_image(&m, &how);
	check_image(m.bytes.data, m.bytes.len);
	sx_str_dispose(&m.bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	check_image((const char *)data, len);
	check_changed(data, len);
	check_as_config(data, len);
	return 0;
}
