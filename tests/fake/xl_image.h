/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Saved images of the stand-in for xl: of the real layout (xl.h, libxl and libxc streams), with a
 * page of nothing for memory. Included by prog_xl.c alone.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void put_u32(FILE *f, uint32_t value)
{
	fwrite(&value, sizeof(value), 1, f);
}

static void put_record(FILE *f, uint32_t type, const char *body, uint32_t len)
{
	static const char padding[8];

	put_u32(f, type);
	put_u32(f, len);
	fwrite(body, 1, len, f);
	fwrite(padding, 1, (8 - len % 8) % 8, f);
}

/* A memory image: header, PV domain of Xen 4.17, one page, END. No two are alike: clocks go on. */
static void put_memory(FILE *f)
{
	static char page[8 + 8 + 4096] = { 1 };
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	memcpy(page + 64, &now, sizeof(now));
	fwrite("\xff\xff\xff\xff\xff\xff\xff\xffXENF\0\0\0\3\0\0\0\0\0\0\0\0", 1, 24, f);
	put_u32(f, 1);
	put_u32(f, 12);
	put_u32(f, 4);
	put_u32(f, 17);
	put_record(f, 1, page, sizeof(page));
	put_record(f, 0, "", 0);
}

static int image_write(const char *path, const char *json)
{
	FILE *f = fopen(path, "w");
	uint32_t len = (uint32_t)strlen(json) + 1;

	if (!f)
		return -1;
	fwrite("Xen saved domain, xl format\n \0 \r", 1, 32, f);
	put_u32(f, 0x01020304);
	put_u32(f, 3);
	put_u32(f, 0);
	put_u32(f, len + 4);
	put_u32(f, len);
	fwrite(json, 1, len, f);
	fwrite("LibxlFmt\0\0\0\2\0\0\0\0", 1, 16, f);
	put_record(f, 1, "", 0);
	put_memory(f);
	put_record(f, 0, "", 0);
	return fclose(f);
}

/* The configuration in an image, for restore; "" when it is none. The caller frees it. */
static char *image_config(const char *path)
{
	FILE *f = fopen(path, "r");
	char *json = NULL;
	size_t len, size = 0;

	if (f && fseek(f, 52, SEEK_SET) == 0 && getdelim(&json, &size, '\0', f) > 0)
		len = strlen(json);
	else
		len = 0;
	if (f)
		fclose(f);
	return len ? json : strdup("");
}

/* "key": "value" of the JSON that image_write got. */
static const char *image_value(const char *json, const char *key, char *out, size_t size)
{
	char quoted[64];
	const char *p;

	snprintf(quoted, sizeof(quoted), "\"%s\": \"", key);
	p = strstr(json, quoted);
	snprintf(out, size, "%.*s", p ? (int)strcspn(p + strlen(quoted), "\"") : 0,
		 p ? p + strlen(quoted) : "");
	return out;
}
