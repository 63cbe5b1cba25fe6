/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a disk was last written to, as far as the disk itself records it: see evidence.h. */
#include "evidence/evidence.h"

#include <stdio.h>

static void later(struct timespec *when, long long sec, long nsec)
{
	if (sec > when->tv_sec || (sec == when->tv_sec && nsec > when->tv_nsec))
		*when = (struct timespec){ .tv_sec = (time_t)sec, .tv_nsec = nsec };
}

/* A time kept in whole seconds may be as late as the end of its second. */
static void later_second(struct timespec *when, long long sec)
{
	later(when, sec, 999999999);
}

/* The mtime of a file; of a device, the latest time of its file systems if all of them keep one. */
static bool layer_time(const struct json *layer, struct timespec *when)
{
	const struct json *content = json_get(layer, "content");
	const char *mtime = json_get_string(layer, "mtime");
	size_t found = json_count(content, "found");
	long long sec;
	long nsec;

	if (sx_streq(json_get_string(layer, "kind"), "file") && mtime &&
	    sscanf(mtime, "%lld.%9ld", &sec, &nsec) == 2) {
		later(when, sec, nsec);
		return true;
	}
	for (size_t i = 0; i < found; i++) {
		const struct json *fs = json_at(content, "found", i);

		if (!json_has(fs, "written") || !json_has(fs, "mounted"))
			return false;
		later_second(when, json_get_number(fs, "written"));
		later_second(when, json_get_number(fs, "mounted"));
	}
	return found > 0;
}

bool evidence_last_write(const struct json *evidence, struct timespec *when)
{
	*when = (struct timespec){ 0 };
	if (sx_streq(json_get_string(evidence, "kind"), "empty"))
		return true;
	if (!sx_streq(json_get_string(evidence, "kind"), "disk") || !json_count(evidence, "layers"))
		return false;
	for (size_t i = 0; i < json_count(evidence, "layers"); i++)
		if (!layer_time(json_at(evidence, "layers", i), when))
			return false;
	return true;
}
