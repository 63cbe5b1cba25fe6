/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The header of a saved-domain image: see image.h. */
#include "xen/image_private.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* struct save_file_header of xl.h: magic, then four words in the byte order of the host. */
static const char magic[32] = "Xen saved domain, xl format\n \0 \r";
static const uint32_t byteorder_here = 0x01020304;
static const uint32_t flag_json = 1, flag_stream_v2 = 2;
/*
 * xl allocates whatever length the header claims. We set a limit that no configuration comes near:
 * parsing the JSON takes up to a hundred times as much memory.
 */
static const uint32_t largest_optional = 4 << 20;

void image_header_dispose(struct image_header *h)
{
	sx_str_dispose(&h->config);
	*h = (struct image_header){ 0 };
}

bool image_read_at(int fd, off_t at, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)buf + done, len - done, at + (off_t)done);

		if (n <= 0) {
			if (n < 0 && errno == EINTR)
				continue;
			if (n == 0)
				errno = 0;
			return false;
		}
		done += (size_t)n;
	}
	return true;
}

int image_cut_short(const char *what, struct sx_err *err)
{
	if (errno)
		return sx_err_sys(err, SX_EFAIL, "read %s", what);
	return sx_err_set(err, SX_EFAIL, "the image is cut short in %s", what);
}

static int read_config(int fd, uint32_t optional_len, struct image_header *out, struct sx_err *err)
{
	uint32_t len;
	SX_FREE char *text = NULL;

	if (!image_read_at(fd, 48, &len, sizeof(len)))
		return image_cut_short("its header", err);
	if (optional_len < sizeof(len) || len > optional_len - sizeof(len))
		return sx_err_set(
			err, SX_EFAIL,
			"not a saved domain: the length of its configuration makes no sense");
	text = sx_alloc((size_t)len + 1);
	if (!image_read_at(fd, 48 + (off_t)sizeof(len), text, len))
		return image_cut_short("its configuration", err);
	sx_str_addn(&out->config, text, strnlen(text, len));
	return 0;
}

bool image_begins(int fd)
{
	char head[sizeof(magic)];

	return image_read_at(fd, 0, head, sizeof(head)) && memcmp(head, magic, sizeof(magic)) == 0;
}

static int check_head(const char *head, const uint32_t words[4], struct sx_err *err)
{
	if (memcmp(head, magic, sizeof(magic)))
		return sx_err_set(err, SX_EFAIL, "not a saved domain: it does not begin like one");
	if (words[0] != byteorder_here)
		return sx_err_set(err, SX_EFAIL, "saved on a machine of another byte order");
	if (words[1] & ~(flag_json | flag_stream_v2))
		return sx_err_set(err, SX_EFAIL, "saved by a newer xl (flags 0x%" PRIx32 ")",
				  words[1]);
	if (words[3] > largest_optional)
		return sx_err_set(err, SX_EFAIL,
				  "not a saved domain: its header claims to be too large");
	return 0;
}

int image_header_read(int fd, struct image_header *out, struct sx_err *err)
{
	IMAGE_HEADER h = { 0 };
	char head[48];
	uint32_t words[4];
	struct stat st;

	if (fstat(fd, &st))
		return sx_err_sys(err, SX_EFAIL, "look at the image");
	if (!S_ISREG(st.st_mode)) {
		sx_err_set(err, SX_EFAIL,
			   "not a regular file: safexl cannot check it before it is restored");
		return sx_err_hint(err, "copy it to a file, and restore that");
	}
	if (!image_read_at(fd, 0, head, sizeof(head)))
		return errno ? image_cut_short("its header", err)
			     : sx_err_set(err, SX_EFAIL, "not a saved domain: too short");
	memcpy(words, head + sizeof(magic), sizeof(words));
	if (check_head(head, words, err))
		return -1;
	h.mandatory_flags = words[1];
	h.json = words[1] & flag_json;
	h.size = st.st_size;
	h.stream = (off_t)sizeof(head) + words[3];
	if (read_config(fd, words[3], &h, err))
		return -1;
	if (h.stream > h.size)
		return sx_err_set(err, SX_EFAIL, "the image is cut short in its header");
	*out = sx_steal(&h);
	return 0;
}
