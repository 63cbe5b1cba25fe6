/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* xenstore-quota-set: the list `xenstore_quota` of "name=value" (xl of Xen 4.22). */
#include "change/change.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* As parse_xsquota_item in xl_parse.c. */
static int check_item(const char *item, struct sx_err *err)
{
	const char *value = strchr(item, '=');
	unsigned long number;
	char *end;

	errno = 0;
	number = value ? strtoul(value + 1, &end, 0) : 0;
	if (!value || value == item || errno || !value[1] || *end || value[1] == '-' ||
	    number > UINT_MAX) {
		sx_err_set(err, SX_EUSAGE, "xenstore-quota-set: '%s' is not a quota", item);
		return sx_err_hint(err, "name=number, as in: nodes=2000");
	}
	return 0;
}

static int quota_parse(struct change_said *said, struct sx_err *err)
{
	char *const *words = said->words;

	/* -g sets the host's quota, and xl itself refuses too few words: leave both to xl. */
	if (words[1] && !*words[1])
		return sx_err_set(err, SX_EUSAGE,
				  "xenstore-quota-set: the domain is empty (xl would take "
				  "Domain-0)");
	if (words[1] && words[2] && strcmp(words[1], "-g") != 0) {
		for (size_t i = 2; words[i]; i++)
			if (check_item(words[i], err))
				return -1;
		said->domain = words[1];
	}
	return 0;
}

/* Replace the element of this name, or add one. */
static int put_item(struct change_plan *plan, struct xlcfg *doc, const char *item,
		    struct sx_err *err)
{
	size_t name_len = strcspn(item, "=") + 1;
	size_t count = xlcfg_list_len(doc, "xenstore_quota");

	/* If two have the name, the later one counts. */
	for (size_t i = count; i-- > 0;) {
		SX_FREE char *old = xlcfg_list_get(doc, "xenstore_quota", i);

		if (!old || strncmp(old, item, name_len) != 0)
			continue;
		return sx_streq(old, item) ? 0
					   : xlcfg_edits_replace(&plan->edits, doc,
								 "xenstore_quota", i, item, err);
	}
	return xlcfg_edits_append(&plan->edits, doc, "xenstore_quota", item, err);
}

static int quota_plan(const struct change_said *said, const char *path SX_UNUSED, struct xlcfg *doc,
		      struct change_plan *plan, struct sx_err *err)
{
	char *const *items = said->words + 2;
	SX_STR subject = { 0 };

	sx_str_add(&subject, "set Xenstore quota");
	for (size_t i = 0; items[i]; i++)
		sx_str_addf(&subject, "%s %s", i ? "," : "", items[i]);
	plan->subject = sx_str_take(&subject);
	for (size_t i = 0; items[i]; i++)
		if (put_item(plan, doc, items[i], err))
			return -1;
	return 0;
}

/* libxl of Xen 4.17 to 4.21 cannot report quotas: half live, so xl's exit status decides. */
static int quota_verify(const struct change_said *said SX_UNUSED, struct live *live SX_UNUSED,
			const struct live_domain *domain SX_UNUSED, enum change_truth *truth,
			struct sx_err *err SX_UNUSED)
{
	*truth = CHANGE_HALF;
	return 0;
}

const struct change_family quota_family = {
	.command = "xenstore-quota-set",
	.parse = quota_parse,
	.plan = quota_plan,
	.verify = quota_verify,
};
