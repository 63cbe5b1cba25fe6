/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Change the medium in a drive's item: see disk.h. Takes the first candidate that reads back so. */
#include "base/str.h"
#include "base/vec.h"
#include "spec/disk.h"

#include <string.h>

/* Are these `len` bytes of the text a whole field, or the whole value of one? */
static bool is_field(const char *text, const char *at, size_t len)
{
	bool starts = at == text || strchr(",:= ", at[-1]);

	return starts && (at[len] == '\0' || at[len] == ',');
}

/* Add a candidate for each occurrence of the old target, replaced by the new one. */
static void add_replaced(const struct disk_spec *drive, const char *target, struct sx_words *out)
{
	size_t len = strlen(drive->target);

	for (const char *at = drive->text; (at = strstr(at, drive->target)); at++)
		if (is_field(drive->text, at, len))
			sx_words_give(out, sx_format("%.*s%s%s", (int)(at - drive->text),
						     drive->text, target, at + len));
}

/* Add a candidate for each place of an empty drive's item where a target can go. */
static void add_inserted(const char *text, const char *target, struct sx_words *out)
{
	const char *comma = strchr(text, ',');
	size_t len = strlen(text);
	bool open = len && text[len - 1] == ',';

	if (comma && (comma == text || comma[-1] == ':')) {
		sx_words_give(out, sx_format("%.*s%s%s", (int)(comma - text), text, target, comma));
		sx_words_give(out,
			      sx_format("file:%.*s%s%s", (int)(comma - text), text, target, comma));
	}
	if (sx_ends_with(text, "target="))
		sx_words_give(out, sx_format("%s%s", text, target));
	sx_words_give(out, sx_format("%s%starget=%s", text, open ? "" : ",", target));
}

/* Add each candidate again with "raw" for "empty": the format of a drive with a medium. */
static void add_formats(struct sx_words *out)
{
	static const char empty[] = "empty";

	for (size_t i = 0, count = out->len; i < count; i++) {
		const char *text = out->items[i];
		const char *at = strstr(text, empty);

		if (at && is_field(text, at, strlen(empty)))
			sx_words_give(out, sx_format("%.*sraw%s", (int)(at - text), text,
						     at + strlen(empty)));
	}
}

/* Add the item without its "target=...", which is always its last part. */
static void add_shortened(const char *text, struct sx_words *out)
{
	const char *at = strstr(text, "target=");

	while (at > text && (at[-1] == ' ' || at[-1] == ','))
		at--;
	if (at)
		sx_words_give(out, sx_strndup(text, (size_t)(at - text)));
}

static bool is_wanted(const struct disk_spec *got, const struct disk_spec *drive,
		      const char *target)
{
	return sx_streq(got->vdev, drive->vdev) && sx_streq(got->target, target) &&
	       sx_streq(got->format, *target ? "raw" : "empty") && got->cdrom == drive->cdrom &&
	       sx_streq(got->script, drive->script) &&
	       sx_streq(got->backend_domain, drive->backend_domain) &&
	       got->readwrite == drive->readwrite && got->direct_io_safe == drive->direct_io_safe;
}

int disk_retarget(const struct disk_spec *drive, const char *target, struct disk_spec *out,
		  struct sx_err *err)
{
	struct disk_spec plain = *drive; /* borrows */
	SX_FREE char *wanted = sx_strdup(target);
	SX_FREE char *format = sx_strdup(*target ? "raw" : "empty");
	SX_WORDS texts = { 0 };

	if (*drive->target)
		add_replaced(drive, target, &texts);
	else
		add_inserted(drive->text, target, &texts);
	if (!*target)
		add_shortened(drive->text, &texts);
	add_formats(&texts);
	for (size_t i = 0; i < texts.len; i++) {
		struct disk_spec got = { 0 };
		SX_ERR ignored = { 0 };

		if (disk_parse(texts.items[i], &got, &ignored) == 0 &&
		    is_wanted(&got, drive, target)) {
			*out = got;
			return 0;
		}
		disk_dispose(&got);
	}
	plain.target = wanted;
	plain.format = format;
	return disk_compose(&plain, out, err);
}
