/* Comparing what was found on a disk: file systems, partitions, volumes, digests of places. */
#include "evidence_private.h"

#include <inttypes.h>
#include <string.h>

static const char *text_or(const struct json *j, const char *key, const char *otherwise)
{
	const char *text = json_get_string(j, key);

	return text ? text : otherwise;
}

static bool differs(const struct json *then, const struct json *now, const char *key)
{
	return !sx_streq(json_get_string(then, key), json_get_string(now, key)) ||
	       json_get_number(then, key) != json_get_number(now, key);
}

/* "/dev/vg0/x", "partition 2 of /dev/vg0/x" */
static char *place_name(const char *path, const struct json *found)
{
	const char *name = text_or(found, "name", "");
	SX_FREE char *shown = sx_shown(name);

	return *name ? sx_format("%s of %s", shown, path) : sx_strdup(path);
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

static void compare_ext(const char *place, const struct json *then, const struct json *now,
			struct sx_words *facts)
{
	long long mounted = json_get_number(now, "mounted");
	SX_FREE char *source = sx_format("%s mount time", text_or(now, "type", ""));

	if (differs(then, now, "mounted") || differs(then, now, "mounts")) {
		if (mounted < json_get_number(then, "mounted"))
			add_fact_at(facts, "went back to when it was mounted on", place, mounted,
				    source);
		else
			add_fact_at(facts, "was mounted read-write on", place, mounted, source);
	} else if (differs(then, now, "written")) {
		add_fact_at(facts, "was written to on", place, json_get_number(now, "written"),
			    "time in its superblock");
	}
}

/* Two looks at one place. Types and uuids were made safe to show when they were read. */
static void compare_place(const char *path, const struct json *then, const struct json *now,
			  struct sx_words *facts)
{
	SX_FREE char *place = place_name(path, now);

	if (differs(then, now, "type")) {
		sx_words_give(facts, sx_format("%s holds %s now, it held %s", place,
					       text_or(now, "type", "nothing that is known"),
					       text_or(then, "type", "nothing that is known")));
	} else if (differs(then, now, "uuid")) {
		sx_words_give(facts,
			      sx_format("%s holds another %s now (UUID %s, it was %s)", place,
					text_or(now, "type", ""), text_or(now, "uuid", "none"),
					text_or(then, "uuid", "none")));
	} else if (differs(then, now, "generation")) {
		sx_words_give(facts, sx_format("%s was written to (%s generation %s, it was %s)",
					       place, text_or(now, "type", ""),
					       text_or(now, "generation", "none"),
					       text_or(then, "generation", "none")));
	} else if (differs(then, now, "log_head")) {
		sx_words_give(facts, sx_format("%s was mounted read-write or repaired (the log of "
					       "its xfs moved on)",
					       place));
	} else if (differs(then, now, "seqno")) {
		sx_words_give(facts, sx_format("the volume group in %s was changed (its metadata "
					       "has number %lld, it was %lld)",
					       place, json_get_number(now, "seqno"),
					       json_get_number(then, "seqno")));
	} else {
		compare_ext(place, then, now, facts);
	}
}

static void compare_places(const char *path, const struct json *then, const struct json *now,
			   struct sx_words *facts)
{
	const struct json *was, *is;

	for (size_t i = 0; (was = json_at(then, "found", i)); i++) {
		is = find_place(now, text_or(was, "name", ""));
		if (is) {
			compare_place(path, was, is, facts);
		} else {
			SX_FREE char *place = place_name(path, was);

			sx_words_give(facts, sx_format("%s is gone", place));
		}
	}
	for (size_t i = 0; (is = json_at(now, "found", i)); i++) {
		if (!find_place(then, text_or(is, "name", ""))) {
			SX_FREE char *place = place_name(path, is);

			sx_words_give(facts, sx_format("%s is new", place));
		}
	}
}

/* Equal, or the offset of the first place that differs: lists of "OFFSET+LENGTH:DIGEST". */
static bool compare_regions(const char *then, const char *now, uint64_t *at)
{
	size_t was, is;

	for (; *then || *now; then += was + (then[was] == ' '), now += is + (now[is] == ' ')) {
		was = strcspn(then, " ");
		is = strcspn(now, " ");
		if (was == is && memcmp(then, now, was) == 0)
			continue;
		if (sscanf(now, "%" SCNu64, at) != 1)
			*at = 0;
		return false;
	}
	return true;
}

static bool compare_samples(const char *then, const char *now, uint64_t size, uint64_t *at)
{
	const size_t digits = 16;
	size_t i = 0;

	while (then[i] && then[i] == now[i])
		i++;
	*at = evidence_sample_offset(size, i / digits);
	return !then[i] && !now[i];
}

void evidence_content_compare(const char *path, const struct json *then, const struct json *now,
			      uint64_t size, struct sx_words *facts)
{
	size_t before = facts->len;
	uint64_t at = 0;

	if (!then || !now)
		return;
	if (differs(then, now, "table"))
		sx_words_give(facts, sx_format("%s has another partition table now", path));
	else
		compare_places(path, then, now, facts);
	if (facts->len > before)
		return;
	if (!compare_regions(text_or(then, "regions", ""), text_or(now, "regions", ""), &at) ||
	    !compare_samples(text_or(then, "samples", ""), text_or(now, "samples", ""), size, &at))
		sx_words_give(facts, sx_format("what is on %s differs at byte %" PRIu64, path, at));
	else if (json_has(then, "full") && json_has(now, "full") && differs(then, now, "full"))
		sx_words_give(facts, sx_format("what is on %s differs", path));
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
