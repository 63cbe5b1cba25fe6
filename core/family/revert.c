/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * revert, restore: put a snapshot's or backup's configuration in place of the present one. The
 * words are "revert" or "restore", the domain, the copy of the old configuration, the file to
 * replace, and the snapshot's name or the backup's time.
 */
#include "change/change.h"
#include "host/file.h"

static int parse(struct change_said *said, struct sx_err *err)
{
	char *const *words = said->words;

	for (size_t i = 1; i < 5; i++)
		if (!words[i])
			return sx_err_set(err, SX_EUSAGE, "revert: a snapshot is needed");
	said->domain = words[1];
	said->file = words[3];
	said->by_hand = true;
	return 0;
}

static int plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		struct change_plan *out, struct sx_err *err)
{
	char *const *words = said->words;
	FILE_IMAGE then = { 0 };

	if (file_read(words[2], &then, err) ||
	    xlcfg_check(sx_str_text(&then.text), then.text.len, path, err) ||
	    xlcfg_edits_set_text(&out->edits, doc, sx_str_text(&then.text), then.text.len, err))
		return -1;
	out->subject = sx_streq(words[0], "restore")
			       ? sx_format("restored from the backup of %s", words[4])
			       : sx_format("revert to snapshot %s", words[4]);
	out->instead = sx_streq(words[0], "restore")
			       ? sx_format("its configuration is as in the backup of %s", words[4])
			       : sx_format("its configuration is as it was in the snapshot '%s'",
					   words[4]);
	return 0;
}

const struct change_family revert_family = {
	.command = "revert",
	.typed = 2,
	.parse = parse,
	.plan = plan,
};

const struct change_family restore_family = {
	.command = "restore",
	.typed = 2,
	.parse = parse,
	.plan = plan,
};
