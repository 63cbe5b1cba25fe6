/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: whatever a disk specification holds, reading it never crashes, nor makes libxlutil end
 * the process; what is accepted is one item that reads as the same disk, and so is what is composed
 * of it, or made of it with another medium. The first byte chooses whether it comes from a file or a
 * command line.
 */
#include "base/str.h"
#include "base/vec.h"
#include "spec/disk.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fail(const char *what, const char *text)
{
	fprintf(stderr, "disk_read: %s: %s\n", what, text);
	abort();
}

/* As the file has it, or the words of the command line, a line each. */
static int read_one(bool words, const char *text, struct disk_spec *out, struct sx_err *err)
{
	SX_WORDS parts = { 0 };
	SX_FREE char *copy = sx_strdup(text);
	char *rest = copy, *word;

	if (!words)
		return disk_parse(text, out, err);
	while ((word = strsep(&rest, "\n")))
		sx_words_add(&parts, word);
	return disk_parse_words(sx_words_argv(&parts), "/srv", out, err);
}

/* The text of one disk is read as a disk of this meaning. */
static void read_again(const char *text, const char *meaning)
{
	DISK_SPEC again = { 0 };
	SX_ERR err = { 0 };

	if (disk_parse(text, &again, &err))
		fail("what was written is refused", text);
	if (meaning && !sx_streq(meaning, again.meaning))
		fail("what was written is another disk", text);
}

static void try_medium(const struct disk_spec *drive, const char *target)
{
	DISK_SPEC changed = { 0 };
	SX_ERR err = { 0 };

	if (disk_retarget(drive, target, &changed, &err))
		return;
	read_again(changed.text, changed.meaning);
	if (!sx_streq(changed.target, target) || changed.devid != drive->devid)
		fail("another medium is in another drive", drive->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	SX_FREE char *text = NULL;
	DISK_SPEC disk = { 0 };
	DISK_SPEC composed = { 0 };
	SX_ERR err = { 0 };

	if (!len)
		return 0;
	text = sx_strndup((const char *)data + 1, len - 1);
	if (read_one(data[0] & 1, text, &disk, &err)) {
		if (!err.msg || disk.text)
			fail("a refusal without words, or with a result", text);
		return 0;
	}
	read_again(disk.text, disk.meaning);
	if (!disk_compose(&disk, &composed, &err))
		read_again(composed.text, composed.meaning);
	try_medium(&disk, "/srv/cd.iso");
	try_medium(&disk, "");
	disk_is_local(&disk);
	return 0;
}
