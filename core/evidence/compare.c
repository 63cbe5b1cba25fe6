/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparing evidence: what a person reads about a disk that changed, and how sure it is that one
 * did not. Each piece counts by itself: one that was recorded at the save and cannot be read now is
 * as bad as a change; one that could not be recorded is reported. trace.c compares counters and
 * times, facts.c what was found on the disks.
 */
#include "evidence/private.h"

#include <string.h>
#include <time.h>

/* Nothing comparable was recorded, nor why: another version may use keys unknown here. */
static void unnoted(struct evidence_judge *j, const char *path)
{
	evidence_judge_add(j, EVIDENCE_UNSEEN,
			   sx_format("nothing was recorded about %s that can be compared", path));
}

static bool same_text(const struct json *then, const struct json *now, const char *key)
{
	return sx_streq(json_get_string(then, key), json_get_string(now, key));
}

/* Are two identities of file systems ("uuid X", "nfs X") of the same kind? */
static bool same_kind(const char *was, const char *is)
{
	size_t len = strcspn(was, " ");

	return len == strcspn(is, " ") && memcmp(was, is, len) == 0;
}

/* "file", "block"; NULL: unverifiable. Version 1 also wrote that where only the content failed. */
static const char *kind_of(const struct json *layer)
{
	const char *kind = json_get_string(layer, "kind");

	if (kind && !sx_streq(kind, "unverifiable"))
		return kind;
	return json_has(layer, "inode") ? "file" : json_has(layer, "device") ? "block" : NULL;
}

/*
 * Does a digest of all content prove that nothing changed? One that was asked for has the last
 * word; one that a small file gets anyway excuses a new ctime, but no new mtime.
 */
static bool is_proven(const struct json *then, const struct json *now)
{
	const struct json *was = json_get(then, "content"), *is = json_get(now, "content");
	const char *digest = json_get_string(was, "full");

	return digest && sx_streq(digest, json_get_string(is, "full")) &&
	       (!json_get_bool(was, "small") || same_text(then, now, "mtime"));
}

/* Make a note of a fact that suggests a change: the digest proves every byte unchanged. */
static void excuse(struct evidence_judge *j, const char *fact)
{
	sx_words_give(&j->notes,
		      sx_format("%s, but the content is the same to the last byte", fact));
	evidence_judge_lower(j, EVIDENCE_UNCHANGED_SEEN);
}

static bool is_empty_device(const struct json *layer)
{
	return sx_streq(kind_of(layer), "block") && json_has(layer, "size") &&
	       json_get_number(layer, "size") == 0;
}

/* A key that identifies a device or file. */
struct mark {
	const char *key, *name, *kind;
};

/* False: it is another device or file. */
static bool compare_mark(struct evidence_judge *j, const char *path, const struct mark *mark,
			 const struct json *then, const struct json *now)
{
	const char *was = json_get_string(then, mark->key), *is = json_get_string(now, mark->key);
	SX_FREE char *fact = NULL;

	if (!was || sx_streq(was, is))
		return true;
	if (!is) {
		evidence_judge_add(j, EVIDENCE_UNSEEN,
				   sx_format("safexl can no longer tell which %s %s is", mark->name,
					     path));
		return true;
	}
	if (sx_streq(mark->key, "filesystem") && !same_kind(was, is)) {
		evidence_judge_add(j, EVIDENCE_UNSEEN,
				   sx_format("the file system of %s cannot be compared (%pS, "
					     "it was %pS)",
					     path, is ? is : "", was ? was : ""));
		return true;
	}
	fact = sx_format("%s is another %s now (%s %pS, it was %pS)", path, mark->kind, mark->name,
			 is ? is : "", was ? was : "");
	/* The file may have been moved to another file system and back. */
	if (sx_streq(mark->kind, "file") && is_proven(then, now) &&
	    same_text(then, now, "real_path")) {
		excuse(j, fact);
		return true;
	}
	evidence_judge_add(j, EVIDENCE_ANOTHER, sx_steal(&fact));
	return false;
}

/* Is it another device or file under the same path, missing, or of another size? */
static bool is_another(struct evidence_judge *j, const char *path, const struct json *then,
		       const struct json *now)
{
	static const struct mark marks[] = { { "identity", "device", "device" },
					     { "filesystem", "file system", "file" },
					     { "inode", "inode", "file" } };

	/* An array, a loop or network device that nobody has set up yet. */
	if (is_empty_device(now) && !is_empty_device(then)) {
		evidence_judge_add(j, EVIDENCE_MISSING,
				   sx_format("%s is not set up: its size is 0", path));
		return true;
	}
	for (size_t i = 0; i < SX_COUNT(marks); i++)
		if (!compare_mark(j, path, &marks[i], then, now))
			return true;
	if (!json_has(then, "size") ||
	    json_get_number(then, "size") == json_get_number(now, "size"))
		return false;
	if (!json_has(now, "size")) {
		evidence_judge_add(j, EVIDENCE_UNSEEN,
				   sx_format("safexl can no longer tell the size of %s", path));
		return false;
	}
	evidence_judge_add(j, EVIDENCE_CHANGED,
			   sx_format("the size of %s went from %lld to %lld bytes", path,
				     json_get_number(then, "size"), json_get_number(now, "size")));
	return true;
}

/* Can they be compared: both known, of one kind, the same device or file? Reports why not. */
static bool is_comparable(struct evidence_judge *j, const char *path, const struct json *then,
			  const struct json *now)
{
	const char *was = kind_of(then), *is = kind_of(now);

	if (!was) {
		evidence_judge_add(j, EVIDENCE_UNKNOWN, sx_strdup(json_get_string(then, "reason")));
		return false;
	}
	if (json_get_bool(now, "missing")) {
		evidence_judge_add(j, EVIDENCE_MISSING, sx_format("%s is no longer there", path));
		return false;
	}
	if (!is) {
		const char *reason = json_get_string(now, "reason");

		evidence_judge_add(j, EVIDENCE_MISSING,
				   sx_format("%s cannot be looked at now: %s", path,
					     reason ? reason : "for an unknown reason"));
		return false;
	}
	if (sx_streq(was, is))
		return !is_another(j, path, then, now);
	evidence_judge_add(j, EVIDENCE_ANOTHER,
			   sx_format("%s is a %s now", path,
				     sx_streq(is, "block") ? "block device" : "file"));
	return false;
}

/* Note why finding no difference is no proof. */
static void add_doubts(struct evidence_judge *j, const char *path, const struct json *now)
{
	const struct json *content = json_get(now, "content");
	SX_WORDS blind = { 0 };

	if (content && !json_get_bool(content, "direct"))
		sx_words_give(&j->notes,
			      sx_format("%s had to be read through the page cache", path));
	if (!sx_streq(json_get_string(now, "kind"), "block"))
		return;
	evidence_content_blind(path, content, &blind);
	for (size_t i = 0; i < blind.len; i++)
		sx_words_give(&j->notes, sx_format("a write to %s would show in a digest of the "
						   "whole disk only",
						   blind.items[i]));
}

/* Report what could not be read at the save. False: nothing was recorded, and no reason either. */
static bool tell_unnoted(struct evidence_judge *j, const char *path, const struct json *then)
{
	const char *reason = json_get_string(then, "reason");
	SX_WORDS unseen = { 0 };

	json_get_words(then, "unseen", &unseen);
	if (reason)
		sx_words_add(&unseen, reason);
	for (size_t i = 0; i < unseen.len; i++)
		evidence_judge_add(j, EVIDENCE_UNCHANGED_SEEN,
				   sx_format("at the save, %s could not be looked at in full (%s)",
					     path, unseen.items[i]));
	return unseen.len || json_has(then, "mtime") || json_has(then, "written") ||
	       json_has(then, "content");
}

/* Report what was recorded of the content and cannot be read now. */
static void tell_unseen(struct evidence_judge *j, const char *path, const struct json *now)
{
	SX_WORDS unseen = { 0 };

	json_get_words(now, "unseen", &unseen);
	for (size_t i = 0; i < unseen.len; i++)
		evidence_judge_add(j, EVIDENCE_UNSEEN,
				   sx_format("%s cannot be looked at in full now: %s", path,
					     unseen.items[i]));
	if (!unseen.len)
		evidence_judge_add(j, EVIDENCE_UNSEEN,
				   sx_format("what is on %s cannot be looked at now", path));
}

static void compare_layer(struct evidence_judge *j, const char *path, const struct json *then,
			  const struct json *now)
{
	SX_WORDS facts = { 0 };
	bool proven, still, whole;

	if (!is_comparable(j, path, then, now))
		return;
	if (!tell_unnoted(j, path, then))
		unnoted(j, path);
	still = evidence_trace_still(j, path, then, now, &facts);
	whole = evidence_content_compare(path, json_get(then, "content"), json_get(now, "content"),
					 (uint64_t)json_get_number(now, "size"), &facts);
	if (!whole || (json_get_bool(now, "unflushed") && !json_get_bool(then, "unflushed")))
		tell_unseen(j, path, now);
	proven = is_proven(then, now);
	if (facts.len && proven) {
		excuse(j, facts.items[0]);
		return;
	}
	for (size_t i = 0; i < facts.len; i++)
		evidence_judge_add(j, EVIDENCE_CHANGED, sx_strdup(facts.items[i]));
	if (facts.len || (still && j->same_boot))
		return;
	evidence_judge_lower(j, EVIDENCE_UNCHANGED_SEEN);
	if (!proven)
		add_doubts(j, path, now);
}

/* Was it read, or does it have a reason why not? */
static bool is_noted(const struct json *layer)
{
	return kind_of(layer) || json_get_string(layer, "reason");
}

/*
 * The next layer from the i-th on that is a file or device itself. A layer with only a reason
 * stands for those that the one before it would name: it is skipped, and *gap is set to its reason.
 */
static const struct json *next_layer(const struct json *doc, size_t *i, const char **gap)
{
	const struct json *layer;

	for (; (layer = json_at(doc, "layers", *i)); ++*i) {
		if (kind_of(layer) || json_has(layer, "format") || !is_noted(layer))
			return layer;
		*gap = json_get_string(layer, "reason");
	}
	return NULL;
}

/* Is the chain complete? A missing file, a device not set up, or a gap hides the files beneath. */
static bool is_whole(const struct json *doc)
{
	const struct json *layer;

	for (size_t i = 0; (layer = json_at(doc, "layers", i)); i++)
		if (!kind_of(layer) || is_empty_device(layer))
			return false;
	return true;
}

/* Compare two layers with the same path. */
static void compare_same(struct evidence_judge *j, const struct json *was, const struct json *is)
{
	SX_FREE char *path = sx_shown(json_get_string(is, "path"));

	if (!is_noted(was))
		unnoted(j, path);
	else if (same_text(was, is, "format"))
		compare_layer(j, path, was, is);
	else
		evidence_judge_add(j, EVIDENCE_CHANGED,
				   sx_format("%s is taken for %s now, it was %s", path,
					     json_get_string(is, "format"),
					     json_get_string(was, "format")));
}

static void compare_layers(struct evidence_judge *j, const struct json *then,
			   const struct json *now)
{
	const char *gap_then = NULL, *gap_now = NULL;
	const struct json *was, *is;

	for (size_t i = 0, k = 0;; i++, k++) {
		was = next_layer(then, &i, &gap_then);
		is = next_layer(now, &k, &gap_now);
		if (!was || !is || !same_text(was, is, "path"))
			break;
		compare_same(j, was, is);
	}
	if (gap_then)
		evidence_judge_add(j, EVIDENCE_UNKNOWN, sx_strdup(gap_then));
	else if (gap_now)
		evidence_judge_add(j, EVIDENCE_UNSEEN, sx_strdup(gap_now));
	else if (j->state == EVIDENCE_ANOTHER)
		return; /* another image names other files */
	else if (was && is) {
		evidence_judge_add(j, EVIDENCE_CHANGED,
				   sx_format("it needs %pS now, it needed %pS",
					     json_get_string(is, "path"),
					     json_get_string(was, "path")));
	} else if ((was || is) && is_whole(then) && is_whole(now)) {
		evidence_judge_add(
			j, EVIDENCE_CHANGED,
			sx_format("it is made of %zu files or devices now, it was of %zu",
				  json_count(now, "layers"), json_count(then, "layers")));
	}
}

static void compare_docs(struct evidence_judge *j, const struct json *then, const struct json *now)
{
	const char *was = json_get_string(then, "kind"), *is = json_get_string(now, "kind");
	const char *boot = json_get_string(then, "boot_id");

	j->same_boot = boot && sx_streq(boot, json_get_string(now, "boot_id"));
	if (json_get_number(then, "version") != json_get_number(now, "version"))
		sx_words_add(&j->notes, "it was recorded by another version of safexl");
	if (boot && !json_has(now, "boot_id"))
		evidence_judge_add(
			j, EVIDENCE_UNSEEN,
			sx_strdup("safexl cannot tell whether this host has booted since"));
	if (sx_streq(was, "unverifiable") && json_get_string(then, "reason"))
		evidence_judge_add(j, EVIDENCE_UNKNOWN, sx_strdup(json_get_string(then, "reason")));
	else if (!sx_streq(was, "empty") && !json_count(then, "layers"))
		unnoted(j, "it");
	else if (sx_streq(is, "unverifiable"))
		evidence_judge_add(j, EVIDENCE_UNSEEN, sx_strdup(json_get_string(now, "reason")));
	else if (!sx_streq(was, is))
		evidence_judge_add(j, EVIDENCE_CHANGED,
				   sx_strdup(sx_streq(is, "empty") ? "the drive is empty now"
								   : "the drive was empty"));
	else
		compare_layers(j, then, now);
}

void evidence_compare(const struct json *then, const struct json *now, struct evidence_verdict *out)
{
	struct evidence_judge j = { .state = EVIDENCE_UNCHANGED_EXACT };
	const struct sx_words *what, *notes;

	compare_docs(&j, then, now);
	*out = (struct evidence_verdict){ .state = j.state };
	what = evidence_judge_list(&j, j.state);
	notes = evidence_judge_list(&j, EVIDENCE_UNCHANGED_EXACT);
	if (what != notes && what->len)
		out->what = sx_words_join(what, "; ");
	if (!evidence_forbids(j.state) && notes->len)
		out->note = sx_words_join(notes, "; ");
	sx_words_dispose(&j.changed);
	sx_words_dispose(&j.unseen);
	sx_words_dispose(&j.unknown);
	sx_words_dispose(&j.notes);
}

void evidence_verdict_dispose(struct evidence_verdict *v)
{
	free(v->what);
	free(v->note);
	*v = (struct evidence_verdict){ 0 };
}
