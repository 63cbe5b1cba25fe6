/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The configuration of a snapshot is put in the place of the present one: the words are "revert", the
 * domain, the copy in the snapshot, the file, and the snapshot's name.
 */
#include "change/change.h"
#include "host/file.h"

struct reverted {
	char *const *words;
};

static int parse(char *const *words, const char *cwd SX_UNUSED, const char **domain, void **data,
		 struct sx_err *err)
{
	struct reverted *d;

	for (size_t i = 1; i < 5; i++)
		if (!words[i])
			return sx_err_set(err, SX_EUSAGE, "revert: a snapshot is needed");
	d = sx_alloc(sizeof(*d));
	d->words = words;
	*domain = words[1];
	*data = d;
	return 0;
}

static const char *file(const void *data)
{
	return ((const struct reverted *)data)->words[3];
}

static int plan(const void *data, const char *path, struct xlcfg *doc, struct change_plan *out,
		struct sx_err *err)
{
	char *const *words = ((const struct reverted *)data)->words;
	FILE_IMAGE then = { 0 };

	if (file_read(words[2], &then, err) ||
	    xlcfg_check(sx_str_text(&then.text), then.text.len, path, err) ||
	    xlcfg_edits_set_text(&out->edits, doc, sx_str_text(&then.text), then.text.len, err))
		return -1;
	out->subject = sx_format("revert to snapshot %s", words[4]);
	out->instead = sx_format("its configuration is as it was in the snapshot '%s'", words[4]);
	return 0;
}

static int verify(const void *data SX_UNUSED, struct live *live SX_UNUSED,
		  const struct live_domain *domain SX_UNUSED, enum change_truth *truth,
		  struct sx_err *err SX_UNUSED)
{
	*truth = CHANGE_NOT_LIVE;
	return 0;
}

const struct change_family revert_family = {
	.command = "revert",
	.typed = 2,
	.is_edit = true,
	.parse = parse,
	.dispose = free,
	.file = file,
	.plan = plan,
	.verify = verify,
};
