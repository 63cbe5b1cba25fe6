/* When a disk was written to last, as far as it keeps that itself: see evidence.h. */
#include <safexl/evidence.h>

#include <stdlib.h>

static void later(time_t *when, long long t)
{
	if ((time_t)t > *when)
		*when = (time_t)t;
}

/* A file's mtime; a device: only file systems that keep the time of their last write, all of them. */
static bool layer_time(const struct json *layer, time_t *when)
{
	const struct json *content = json_get(layer, "content");
	const char *mtime = json_get_string(layer, "mtime");
	size_t found = json_count(content, "found");

	if (sx_streq(json_get_string(layer, "kind"), "file") && mtime) {
		later(when, strtoll(mtime, NULL, 10));
		return true;
	}
	for (size_t i = 0; i < found; i++) {
		const struct json *fs = json_at(content, "found", i);

		if (!json_has(fs, "written") || !json_has(fs, "mounted"))
			return false;
		later(when, json_get_number(fs, "written"));
		later(when, json_get_number(fs, "mounted"));
	}
	return found > 0;
}

bool evidence_last_write(const struct json *evidence, time_t *when)
{
	*when = 0;
	if (sx_streq(json_get_string(evidence, "kind"), "empty"))
		return true;
	if (!sx_streq(json_get_string(evidence, "kind"), "disk") || !json_count(evidence, "layers"))
		return false;
	for (size_t i = 0; i < json_count(evidence, "layers"); i++)
		if (!layer_time(json_at(evidence, "layers", i), when))
			return false;
	return true;
}
