/*
 * Comparing evidence: what a person is told about a disk that changed, and how sure it is that one
 * did not. evidence_facts.c compares what was found on the disks.
 */
#include "evidence_private.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* A verdict in the making. */
struct judge {
	enum evidence_state state; /* the worst so far */
	struct sx_words changed, unknown, notes;
	bool same_boot;
};

/* How bad: a change outweighs what is unknown, that outweighs what looks unchanged. */
static void lower(struct judge *j, enum evidence_state state)
{
	static const int weight[] = {
		[EVIDENCE_UNCHANGED_EXACT] = 0,
		[EVIDENCE_UNCHANGED_SEEN] = 1,
		[EVIDENCE_UNKNOWN] = 2,
		[EVIDENCE_CHANGED] = 3,
	};

	if (weight[state] > weight[j->state])
		j->state = state;
}

static void changed(struct judge *j, char *fact)
{
	sx_words_give(&j->changed, fact);
	lower(j, EVIDENCE_CHANGED);
}

static void unknown(struct judge *j, const char *reason)
{
	sx_words_add(&j->unknown, reason ? reason : "it cannot be told");
	lower(j, EVIDENCE_UNKNOWN);
}

void evidence_add_time(struct sx_str *s, long long seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[64];

	if (localtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		sx_str_add(s, text);
	else
		sx_str_addf(s, "%lld s after 1970", seconds);
}

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

static bool same_number(const struct json *then, const struct json *now, const char *key)
{
	return json_get_number(then, key) == json_get_number(now, key) &&
	       json_has(then, key) == json_has(now, key);
}

/* What the counters of a block device or the times of a file say. */
enum trace {
	TRACE_NONE, /* nothing: another boot, or they do not count */
	TRACE_STILL, /* nothing was written */
	TRACE_MOVED,
};

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

/* The counters of this boot; `path` shown. Facts are appended; notes when they do not count. */
static enum trace compare_counters(struct judge *j, const char *path, const struct json *then,
				   const struct json *now, struct sx_words *facts)
{
	uint64_t written, discarded;
	SX_STR s = { 0 };

	if (!json_get_bool(then, "counts") || !json_get_bool(now, "counts")) {
		sx_words_give(&j->notes, sx_format("the kernel does not count what is written to "
						   "%s (is its queue/iostats 0?)",
						   path));
		return TRACE_NONE;
	}
	if (started_anew(then, now)) {
		sx_words_give(&j->notes, sx_format("%s was taken away and came back, so that the "
						   "kernel's counters of writes began anew",
						   path));
		return TRACE_NONE;
	}
	written = moved_by(then, now, "written");
	discarded = moved_by(then, now, "discarded");
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
	if (written || discarded)
		return TRACE_MOVED;
	if (same_number(then, now, "beneath"))
		return TRACE_STILL;
	sx_words_give(&j->notes,
		      sx_format("something was written to the disk of which %s is a partition",
				path));
	return TRACE_NONE;
}

/* The seconds of "SECONDS.NANOSECONDS". */
static long long seconds_of(const char *text)
{
	long long value = 0;

	return text && sscanf(text, "%lld", &value) == 1 ? value : 0;
}

static enum trace compare_times(const char *path, const struct json *then, const struct json *now,
				struct sx_words *facts)
{
	bool modified = !same_text(then, now, "mtime");
	SX_STR s = { 0 };

	if (!modified && same_text(then, now, "ctime"))
		return TRACE_STILL;
	sx_str_addf(&s, "%s was %s ", path, modified ? "modified" : "changed");
	evidence_add_time(&s, seconds_of(json_get_string(now, modified ? "mtime" : "ctime")));
	if (!modified)
		sx_str_add(&s, " (its owner, mode or name, or its content with the old date)");
	sx_words_give(facts, sx_str_take(&s));
	return TRACE_MOVED;
}

/* Are these ways to tell a file system ("uuid X", "nfs X") of one kind? */
static bool same_kind(const char *was, const char *is)
{
	size_t len = strcspn(was, " ");

	return len == strcspn(is, " ") && memcmp(was, is, len) == 0;
}

/* Is it another device or file under the same path? Only what both documents know counts. */
static bool is_another(struct judge *j, const char *path, const struct json *then,
		       const struct json *now)
{
	static const char *const keys[][2] = { { "identity", "device" },
					       { "filesystem", "file system" },
					       { "inode", "inode" } };

	for (size_t i = 0; i < SX_COUNT(keys); i++) {
		const char *was = json_get_string(then, keys[i][0]);
		const char *is = json_get_string(now, keys[i][0]);

		if (was && is && strcmp(was, is) != 0 && (i != 1 || same_kind(was, is))) {
			SX_FREE char *old = sx_shown(was);
			SX_FREE char *new = sx_shown(is);

			changed(j, sx_format("%s is another %s now (%s %s, it was %s)", path,
					     i ? "file" : "device", keys[i][1], new, old));
			return true;
		}
	}
	if (same_number(then, now, "size"))
		return false;
	changed(j, sx_format("the size of %s went from %lld to %lld bytes", path,
			     json_get_number(then, "size"), json_get_number(now, "size")));
	return true;
}

/* Can the two be compared at all? */
static bool is_comparable(struct judge *j, const char *path, const struct json *then,
			  const struct json *now)
{
	const char *was = json_get_string(then, "kind"), *is = json_get_string(now, "kind");

	if (sx_streq(was, "unverifiable")) {
		unknown(j, json_get_string(then, "reason"));
		return false;
	}
	if (json_get_bool(now, "missing")) {
		changed(j, sx_format("%s is no longer there", path));
		return false;
	}
	if (!is || sx_streq(is, "unverifiable")) {
		unknown(j, json_get_string(now, "reason"));
		return false;
	}
	if (sx_streq(was, is))
		return !is_another(j, path, then, now);
	changed(j,
		sx_format("%s is a %s now", path, sx_streq(is, "block") ? "block device" : "file"));
	return false;
}

/* The digest of everything has the last word. */
static bool decide_full(struct judge *j, const struct json *then, const struct json *now)
{
	const char *was = json_get_string(json_get(then, "content"), "full");
	const char *is = json_get_string(json_get(now, "content"), "full");

	if (!was || !is)
		return false;
	if (strcmp(was, is) == 0)
		lower(j, EVIDENCE_UNCHANGED_SEEN);
	return strcmp(was, is) == 0;
}

/* What keeps an unchanged look from being proof. */
static void add_doubts(struct judge *j, const char *path, const struct json *now)
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

static void compare_layer(struct judge *j, const struct json *then, const struct json *now)
{
	SX_FREE char *path = sx_shown(json_get_string(now, "path"));
	SX_WORDS facts = { 0 };
	bool block = sx_streq(json_get_string(now, "kind"), "block"), full;
	enum trace trace = TRACE_NONE;

	if (!is_comparable(j, path, then, now))
		return;
	full = decide_full(j, then, now);
	if (!block)
		trace = compare_times(path, then, now, &facts);
	else if (j->same_boot)
		trace = compare_counters(j, path, then, now, &facts);
	evidence_content_compare(path, json_get(then, "content"), json_get(now, "content"),
				 (uint64_t)json_get_number(now, "size"), &facts);
	if (facts.len && full) {
		sx_words_give(&j->notes, sx_format("%s, but the content is the same to the last "
						   "byte",
						   facts.items[0]));
		return;
	}
	for (size_t i = 0; i < facts.len; i++)
		changed(j, sx_strdup(facts.items[i]));
	if (facts.len || (trace == TRACE_STILL && j->same_boot))
		return;
	lower(j, EVIDENCE_UNCHANGED_SEEN);
	if (!full)
		add_doubts(j, path, now);
}

static void compare_layers(struct judge *j, const struct json *then, const struct json *now)
{
	size_t were = json_count(then, "layers"), are = json_count(now, "layers");

	for (size_t i = 0; i < were && i < are; i++) {
		const struct json *was = json_at(then, "layers", i);
		const struct json *is = json_at(now, "layers", i);
		SX_FREE char *old = sx_shown(json_get_string(was, "path"));
		SX_FREE char *new = sx_shown(json_get_string(is, "path"));

		if (strcmp(old, new) != 0)
			changed(j, sx_format("it needs %s now, it needed %s", new, old));
		else if (!same_text(was, is, "format"))
			changed(j, sx_format("%s is taken for %s now, it was %s", new,
					     json_get_string(is, "format"),
					     json_get_string(was, "format")));
		else
			compare_layer(j, was, is);
	}
	if (were != are && j->state != EVIDENCE_CHANGED)
		changed(j, sx_format("it is made of %zu files or devices now, it was of %zu", are,
				     were));
}

static void compare_docs(struct judge *j, const struct json *then, const struct json *now)
{
	const char *was = json_get_string(then, "kind"), *is = json_get_string(now, "kind");
	const char *boot = json_get_string(then, "boot_id");

	j->same_boot = boot && sx_streq(boot, json_get_string(now, "boot_id"));
	if (!same_number(then, now, "version")) {
		unknown(j, "its evidence is of another version of safexl");
	} else if (sx_streq(was, "unverifiable") || sx_streq(is, "unverifiable")) {
		unknown(j, json_get_string(sx_streq(was, "unverifiable") ? then : now, "reason"));
	} else if (!sx_streq(was, is)) {
		changed(j, sx_strdup(sx_streq(is, "empty") ? "the drive is empty now"
							   : "the drive was empty"));
	} else {
		compare_layers(j, then, now);
	}
}

/* The words with "; " between, NULL when there are none. */
static char *joined(const struct sx_words *words)
{
	SX_STR s = { 0 };

	for (size_t i = 0; i < words->len; i++)
		sx_str_addf(&s, "%s%s", i ? "; " : "", words->items[i]);
	return words->len ? sx_str_take(&s) : NULL;
}

void evidence_compare(const struct json *then, const struct json *now, struct evidence_verdict *out)
{
	struct judge j = { .state = EVIDENCE_UNCHANGED_EXACT };

	compare_docs(&j, then, now);
	*out = (struct evidence_verdict){ .state = j.state };
	if (j.state == EVIDENCE_CHANGED)
		out->what = joined(&j.changed);
	else if (j.state == EVIDENCE_UNKNOWN)
		out->what = joined(&j.unknown);
	else
		out->note = joined(&j.notes);
	sx_words_dispose(&j.changed);
	sx_words_dispose(&j.unknown);
	sx_words_dispose(&j.notes);
}

void evidence_verdict_dispose(struct evidence_verdict *v)
{
	free(v->what);
	free(v->note);
	*v = (struct evidence_verdict){ 0 };
}
