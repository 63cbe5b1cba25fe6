/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparing what was found on a disk: file systems, partitions, volumes, digests of places. */
#include "evidence/private.h"

#include <inttypes.h>
#include <string.h>

static const char *text_or(const struct json *j, const char *key, const char *otherwise)
{
	const char *text = json_get_string(j, key);

	return text ? text : otherwise;
}

/* Two looks at one thing. A partial one may lack what it could not read. */
struct looks {
	const struct json *then, *now;
	bool then_partial, now_partial;
	bool unseen; /* now lacks something that then had */
};

static bool differs(struct looks *l, const char *key)
{
	if (l->now_partial && json_has(l->then, key) && !json_has(l->now, key)) {
		l->unseen = true;
		return false;
	}
	if (l->then_partial && !json_has(l->then, key))
		return false;
	return !sx_streq(json_get_string(l->then, key), json_get_string(l->now, key)) ||
	       json_get_number(l->then, key) != json_get_number(l->now, key);
}

/* "/dev/vg0/x", "partition 2 of /dev/vg0/x" */
static char *place_name(const char *path, const struct json *found)
{
	const char *name = text_or(found, "name", "");

	return *name ? sx_format("%pS of %s", name, path) : sx_strdup(path);
}

static const struct json *find_place(const struct json *content, const char *name)
{
	const struct json *found;

	for (size_t i = 0; (found = json_at(content, "found", i)); i++) {
		if (strcmp(text_or(found, "name", ""), name) == 0)
			return found;
	}
	return NULL;
}

static void add_fact_at(struct sx_words *facts, const char *what, const char *place,
			long long seconds, const char *source)
{
	SX_STR s = { 0 };

	sx_str_addf(&s, "%s %s ", place, what);
	evidence_add_time(&s, seconds);
	sx_str_addf(&s, " (%s)", source);
	sx_words_give(facts, sx_str_take(&s));
}

static void compare_ext(const char *place, struct looks *l, struct sx_words *facts)
{
	const struct json *then = l->then, *now = l->now;
	long long mounted = json_get_number(now, "mounted");
	SX_FREE char *source = sx_format("%s mount time", text_or(now, "type", ""));

	if (differs(l, "mounted") || differs(l, "mounts")) {
		if (mounted < json_get_number(then, "mounted"))
			add_fact_at(facts, "went back to when it was mounted on", place, mounted,
				    source);
		else
			add_fact_at(facts, "was mounted read-write on", place, mounted, source);
	} else if (differs(l, "written")) {
		add_fact_at(facts, "was written to on", place, json_get_number(now, "written"),
			    "time in its superblock");
	}
}

/* Report the first difference of one place. Types and UUIDs were made safe to print when read. */
static void compare_place(const char *path, struct looks *l, struct sx_words *facts)
{
	const struct json *then = l->then, *now = l->now;
	SX_FREE char *place = place_name(path, now);

	if (differs(l, "type")) {
		sx_words_give(facts, sx_format("%s holds %s now, it held %s", place,
					       text_or(now, "type", "nothing that is known"),
					       text_or(then, "type", "nothing that is known")));
	} else if (differs(l, "uuid")) {
		sx_words_give(facts,
			      sx_format("%s holds another %s now (UUID %s, it was %s)", place,
					text_or(now, "type", ""), text_or(now, "uuid", "none"),
					text_or(then, "uuid", "none")));
	} else if (differs(l, "generation")) {
		sx_words_give(facts, sx_format("%s was written to (%s generation %s, it was %s)",
					       place, text_or(now, "type", ""),
					       text_or(now, "generation", "none"),
					       text_or(then, "generation", "none")));
	} else if (differs(l, "log_head")) {
		sx_words_give(facts, sx_format("%s was mounted read-write or repaired (the log of "
					       "its xfs moved on)",
					       place));
	} else if (differs(l, "seqno")) {
		sx_words_give(facts, sx_format("the volume group in %s was changed (its metadata "
					       "has number %lld, it was %lld)",
					       place, json_get_number(now, "seqno"),
					       json_get_number(then, "seqno")));
	} else {
		compare_ext(place, l, facts);
	}
}

/* Could part of this place not be read, or of the list of places? */
static bool is_partial(const struct json *content, const struct json *found)
{
	return json_get_bool(content, "partial") || json_get_bool(found, "partial");
}

static bool has_partial_place(const struct json *content)
{
	const struct json *found;

	for (size_t i = 0; (found = json_at(content, "found", i)); i++)
		if (is_partial(content, found))
			return true;
	return json_get_bool(content, "partial");
}

static void compare_places(const char *path, struct looks *l, struct sx_words *facts)
{
	const struct json *was, *is;

	for (size_t i = 0; (was = json_at(l->then, "found", i)); i++) {
		is = find_place(l->now, text_or(was, "name", ""));
		if (is) {
			struct looks place = { was, is, is_partial(l->then, was),
					       is_partial(l->now, is), false };

			compare_place(path, &place, facts);
			l->unseen = l->unseen || place.unseen;
		} else if (l->now_partial) {
			l->unseen = true;
		} else {
			SX_FREE char *place = place_name(path, was);

			sx_words_give(facts, sx_format("%s is gone", place));
		}
	}
	for (size_t i = 0; (is = json_at(l->now, "found", i)); i++) {
		if (!l->then_partial && !find_place(l->then, text_or(is, "name", ""))) {
			SX_FREE char *place = place_name(path, is);

			sx_words_give(facts, sx_format("%s is new", place));
		}
	}
}

/* A region from a list, "OFFSET+LENGTH:DIGEST"; the digest is "-" when it could not be read. */
struct region {
	const char *text;
	size_t len, place; /* of all of it, and of OFFSET+LENGTH */
};

/* Take the next region off the list. False: the list is at its end. */
static bool next_region(const char **list, struct region *out)
{
	*list += strspn(*list, " ");
	out->text = *list;
	out->len = strcspn(*list, " ");
	out->place = strcspn(*list, ": ");
	*list += out->len;
	return out->len > 0;
}

static bool is_unread(const struct region *r)
{
	return r->len == r->place + 2 && r->text[r->place + 1] == '-';
}

static bool find_region(const char *list, const struct region *wanted, struct region *out)
{
	while (next_region(&list, out))
		if (out->place == wanted->place && memcmp(out->text, wanted->text, out->place) == 0)
			return true;
	return false;
}

/* Where two contents differ, in bytes; `len` 0: it is not known where. */
struct span {
	uint64_t at, len;
};

/* False: a region changed, and *where is set; or one is gone or new, as what is where has changed. */
static bool compare_regions(struct looks *l, const char *then, const char *now, struct span *where)
{
	struct region was, is;

	for (const char *list = then; next_region(&list, &was);) {
		bool there = find_region(now, &was, &is);

		if (is_unread(&was) ||
		    (there && was.len == is.len && memcmp(was.text, is.text, was.len) == 0))
			continue;
		if (there ? is_unread(&is) : l->now_partial) {
			l->unseen = true;
			continue;
		}
		if (there)
			sscanf(was.text, "%" SCNu64 "+%" SCNu64, &where->at, &where->len);
		return false;
	}
	for (const char *list = now; !l->then_partial && next_region(&list, &is);)
		if (!find_region(then, &is, &was))
			return false;
	return true;
}

static bool compare_samples(struct looks *l, const char *then, const char *now, uint64_t size,
			    struct span *where)
{
	const size_t digits = 16;
	size_t i = 0;

	for (; strlen(then + i) >= digits && strlen(now + i) >= digits; i += digits) {
		if (then[i] == '-' || memcmp(then + i, now + i, digits) == 0)
			continue;
		if (now[i] != '-')
			break;
		l->unseen = true;
	}
	if (strcmp(then + i, now + i) == 0)
		return true;
	*where = (struct span){ evidence_sample_offset(size, i / digits), EVIDENCE_SAMPLE_LEN };
	return false;
}

/* Compare the digests of bytes whose meaning is unknown. */
static void compare_bytes(const char *path, struct looks *l, uint64_t size, struct sx_words *facts)
{
	const struct json *then = l->then, *now = l->now;
	struct span where = { 0 };
	bool same = compare_regions(l, text_or(then, "regions", ""), text_or(now, "regions", ""),
				    &where) &&
		    compare_samples(l, text_or(then, "samples", ""), text_or(now, "samples", ""),
				    size, &where);

	if (where.len)
		sx_words_give(facts, sx_format("what is on %s differs (in bytes %" PRIu64
					       " to %" PRIu64 ")",
					       path, where.at, where.at + where.len - 1));
	else if (!same || (json_has(then, "full") && json_has(now, "full") && differs(l, "full")))
		sx_words_give(facts, sx_format("what is on %s differs", path));
	/* "small" is set only if this look was to read all content; without "full", that failed. */
	if (json_has(then, "full") && !json_has(now, "full") && json_has(now, "small"))
		l->unseen = true;
}

bool evidence_content_compare(const char *path, const struct json *then, const struct json *now,
			      uint64_t size, struct sx_words *facts)
{
	struct looks l = { then, now, json_get_bool(then, "partial"), json_get_bool(now, "partial"),
			   false };
	size_t before = facts->len;

	if (!then || !now)
		return !then;
	if (differs(&l, "table"))
		sx_words_give(facts, sx_format("%s has another partition table now", path));
	else
		compare_places(path, &l, facts);
	l.then_partial = has_partial_place(then);
	l.now_partial = has_partial_place(now);
	if (facts->len == before)
		compare_bytes(path, &l, size, facts);
	return !l.unseen;
}

void evidence_content_blind(const char *path, const struct json *content, struct sx_words *out)
{
	const long long worth_a_word = 64 * (long long)EVIDENCE_MIB;
	size_t places = json_count(content, "found");

	for (size_t i = 0; i < places; i++) {
		const struct json *found = json_at(content, "found", i);
		const char *type = json_get_string(found, "type");
		SX_FREE char *place = place_name(path, found);

		if (type && (!evidence_fs_known(type) || json_get_bool(found, "external_log")))
			sx_words_give(out, sx_format("the %s on %s", type, place));
		else if (!type && (places == 1 || json_get_number(found, "size") >= worth_a_word))
			sx_words_add(out, place);
	}
}
