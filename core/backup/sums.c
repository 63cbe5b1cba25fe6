/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA256SUMS, in the form of sha256sum(1): 64 digits, two blanks, the name. */
#include "backup/private.h"
#include "host/file.h"

#include <string.h>

void file_sums_dispose(struct file_sums *sums)
{
	for (size_t i = 0; i < sums->len; i++)
		free(sums->items[i].name);
	sx_vec_free(sums);
}

void file_sums_add(struct file_sums *sums, const char *name, const char *digits)
{
	struct file_sum sum = { .name = sx_strdup(name) };

	memcpy(sum.digits, digits, SUM_DIGITS);
	sx_vec_push(sums, sum);
}

const char *file_sums_find(const struct file_sums *sums, const char *name)
{
	for (size_t i = 0; i < sums->len; i++)
		if (sx_streq(sums->items[i].name, name))
			return sums->items[i].digits;
	return NULL;
}

/* Does the name stay inside the backup? */
static bool is_inside(const char *name)
{
	return *name && *name != '/' && !sx_starts_with(name, "../") && !strstr(name, "/../");
}

static int read_line(const char *line, struct file_sums *out, struct sx_err *err)
{
	size_t digits = strspn(line, "0123456789abcdef");

	if (digits != SUM_DIGITS || !sx_starts_with(line + digits, "  ") ||
	    !is_inside(line + digits + 2))
		return sx_err_set(err, SX_EFAIL,
				  "line %zu of SHA256SUMS is not in the format of sha256sum",
				  out->len + 1);
	file_sums_add(out, line + digits + 2, line);
	return 0;
}

int file_sums_read(const char *dir, struct file_sums *out, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(dir, "SHA256SUMS");
	FILE_IMAGE image = { 0 };
	char *line, *rest;

	if (file_read(path, &image, err))
		return -1;
	rest = image.text.data;
	while ((line = rest ? strsep(&rest, "\n") : NULL))
		if (*line && read_line(line, out, err))
			return -1;
	return 0;
}

int file_sums_write(const struct file_sums *sums, const char *dir, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(dir, "SHA256SUMS");
	SX_STR text = { 0 };

	for (size_t i = 0; i < sums->len; i++)
		sx_str_addf(&text, "%s  %s\n", sums->items[i].digits, sums->items[i].name);
	return file_write_durable(path, sx_str_text(&text), text.len, err);
}
