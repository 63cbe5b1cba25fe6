/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether somebody wrote to a disk through this host: by the kernel's counters of a block device,
 * or the times of a file.
 */
#include "evidence/private.h"

#include <inttypes.h>
#include <string.h>

/* "1,234 sectors were" */
static void add_sectors(struct sx_str *s, uint64_t sectors)
{
	char digits[32];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, sectors);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			sx_str_addc(s, ',');
		sx_str_addc(s, digits[i]);
	}
	sx_str_add(s, sectors == 1 ? " sector was" : " sectors were");
}

static bool same_text(const struct json *then, const struct json *now, const char *key)
{
	return sx_streq(json_get_string(then, key), json_get_string(now, key));
}

static uint64_t moved_by(const struct json *then, const struct json *now, const char *key)
{
	return (uint64_t)(json_get_number(now, key) - json_get_number(then, key));
}

static bool started_anew(const struct json *then, const struct json *now)
{
	return !same_text(then, now, "diskseq") || !same_text(then, now, "device") ||
	       json_get_number(now, "written") < json_get_number(then, "written") ||
	       json_get_number(now, "discarded") < json_get_number(then, "discarded");
}

/* Append how much was written or discarded. False: nothing. */
static bool tell_moved(const char *path, const struct json *then, const struct json *now,
		       struct sx_words *facts)
{
	uint64_t written = moved_by(then, now, "written"),
		 discarded = moved_by(then, now, "discarded");
	SX_STR s = { 0 };

	if (written) {
		add_sectors(&s, written);
		sx_str_addf(&s, " written to %s since the save", path);
		sx_words_give(facts, sx_str_take(&s));
	}
	if (discarded) {
		add_sectors(&s, discarded);
		sx_str_addf(&s, " discarded on %s since the save", path);
		sx_words_give(facts, sx_str_take(&s));
	}
	return written || discarded;
}

/* Report a counter that was recorded at the save and is missing now. False: none is. */
static bool is_lost(struct evidence_judge *j, const char *path, const struct json *then,
		    const struct json *now)
{
	static const char *const keys[] = { "written", "discarded", "diskseq", "beneath" };

	for (size_t i = 0; i < SX_COUNT(keys); i++) {
		if (!json_has(then, keys[i]) || json_has(now, keys[i]))
			continue;
		evidence_judge_add(j, EVIDENCE_UNSEEN,
				   sx_format("the kernel's counters of %s cannot be read", path));
		return true;
	}
	return false;
}

static void tell_not_counting(struct evidence_judge *j, const char *path, bool did)
{
	char *text = sx_format("the kernel does not count what is written to %s (is its "
			       "queue/iostats 0?)",
			       path);

	if (did)
		evidence_judge_add(j, EVIDENCE_UNSEEN, text);
	else
		sx_words_give(&j->notes, text);
}

/* True: no write. Counters that moved prove one; standing still proves none if they count. */
static bool compare_counters(struct evidence_judge *j, const char *path, const struct json *then,
			     const struct json *now, struct sx_words *facts)
{
	if (!json_has(then, "written") || is_lost(j, path, then, now))
		return false;
	if (started_anew(then, now)) {
		sx_words_give(&j->notes,
			      sx_format("%s was removed and added again, which reset the kernel's "
					"counters of writes",
					path));
		return false;
	}
	if (tell_moved(path, then, now, facts))
		return false;
	if (!json_get_bool(then, "counts") || !json_get_bool(now, "counts")) {
		tell_not_counting(j, path, json_get_bool(then, "counts"));
		return false;
	}
	if (json_get_number(then, "beneath") == json_get_number(now, "beneath"))
		return true;
	sx_words_give(&j->notes,
		      sx_format("something was written to the disk of which %s is a partition",
				path));
	return false;
}

/* The seconds of "SECONDS.NANOSECONDS". */
static long long seconds_of(const char *text)
{
	long long value = 0;

	return text && sscanf(text, "%lld", &value) == 1 ? value : 0;
}

static bool compare_times(struct evidence_judge *j, const char *path, const struct json *then,
			  const struct json *now, struct sx_words *facts)
{
	bool modified = !same_text(then, now, "mtime");
	SX_STR s = { 0 };

	if (!json_has(then, "mtime"))
		return false;
	if (!json_has(now, "mtime")) {
		evidence_judge_add(j, EVIDENCE_UNSEEN,
				   sx_format("the times of %s cannot be read", path));
		return false;
	}
	if (!modified && same_text(then, now, "ctime"))
		return true;
	sx_str_addf(&s, "%s was %s ", path, modified ? "modified" : "changed");
	evidence_add_time(&s, seconds_of(json_get_string(now, modified ? "mtime" : "ctime")));
	if (!modified)
		sx_str_add(&s, " (its owner, mode or name, or its content with the old date)");
	sx_words_give(facts, sx_str_take(&s));
	return false;
}

bool evidence_trace_still(struct evidence_judge *j, const char *path, const struct json *then,
			  const struct json *now, struct sx_words *facts)
{
	if (!sx_streq(json_get_string(now, "kind"), "block"))
		return compare_times(j, path, then, now, facts);
	return j->same_boot && compare_counters(j, path, then, now, facts);
}
