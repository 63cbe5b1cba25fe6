/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The disks in a marker and their evidence: see marker.h. */
#include "base/clock.h"
#include "guard/marker.h"
#include "host/file.h"
#include "host/json.h"
#include "spec/disk.h"

#define TELL_FROM ((uint64_t)8 << 30)

enum { TELL_EVERY_MS = 5000 };

static const struct json_field subject_fields[] = {
	{ "target", JSON_TEXT, offsetof(struct evidence_subject, target), false },
	{ "object", JSON_TEXT, offsetof(struct evidence_subject, object), false },
	{ "vdev", JSON_TEXT, offsetof(struct evidence_subject, vdev), false },
	{ "format", JSON_TEXT, offsetof(struct evidence_subject, format), false },
	{ "script", JSON_TEXT, offsetof(struct evidence_subject, script), false },
	{ "backend_domain", JSON_TEXT, offsetof(struct evidence_subject, backend_domain), false },
	{ "readwrite", JSON_BOOL, offsetof(struct evidence_subject, readwrite), false },
	{ "cdrom", JSON_BOOL, offsetof(struct evidence_subject, cdrom), false },
	{ 0 },
};

/* Progress of reading whole disks, which takes hours: large ones at once, all every few seconds. */
struct reading {
	const struct flow_env *env;
	int64_t told_ms;
	bool begun; /* a first call came for this disk */
};

static void tell_reading(const char *path, uint64_t done, uint64_t size, void *arg)
{
	struct reading *r = arg;
	bool first = !r->begun && size >= TELL_FROM;

	r->begun = true;
	if (!first && (sx_now_ms() - r->told_ms < TELL_EVERY_MS || done >= size))
		return;
	r->told_ms = sx_now_ms();
	flow_notice(r->env, "reading all of %pS (verify = \"full\"): %u %%", path,
		    (unsigned)((double)done / (double)size * 100));
}

static struct evidence_options options_of(struct reading *r, const struct flow_env *env)
{
	*r = (struct reading){ .env = env, .told_ms = sx_now_ms() };
	return (struct evidence_options){ .progress = env ? tell_reading : NULL,
					  .progress_arg = r };
}

void marker_add_disk(struct marker *m, const struct evidence_subject *s, const struct flow_env *env)
{
	struct reading reading;
	struct evidence_options options = options_of(&reading, env);
	struct json *disk = json_new(), *subject = json_new();

	json_put_fields(subject, s, subject_fields);
	json_put(disk, "subject", subject);
	options.durable = true;
	options.full = env && env->settings.verify_full;
	if (env)
		json_put(disk, "evidence", evidence_take(&options, s));
	json_append(m->disks, "disks", disk);
}

void marker_add_object(struct marker *m, const char *vdev, const char *object)
{
	struct json *j = json_new();

	json_set_string(j, "vdev", vdev);
	json_set_string(j, "object", object);
	json_append(m->disks, "objects", j);
}

const char *marker_object(const struct marker *m, const char *vdev)
{
	const struct json *j;

	for (size_t i = 0; (j = json_at(m->disks, "objects", i)); i++)
		if (disk_devid(json_get_string(j, "vdev")) == disk_devid(vdev))
			return json_get_string(j, "object");
	return "";
}

size_t marker_disk_count(const struct marker *m)
{
	return json_count(m->disks, "disks");
}

void marker_disk(const struct marker *m, size_t i, struct evidence_subject *out)
{
	const struct json *s = json_get(json_at(m->disks, "disks", i), "subject");

	*out = (struct evidence_subject){
		.target = json_get_string(s, "target"),
		.object = json_get_string(s, "object"),
		.vdev = json_get_string(s, "vdev"),
		.format = json_get_string(s, "format"),
		.script = json_get_string(s, "script"),
		.backend_domain = json_get_string(s, "backend_domain"),
		.readwrite = json_get_bool(s, "readwrite"),
		.cdrom = json_get_bool(s, "cdrom"),
	};
}

/* Kept free in the file for what is noted after xl has run. */
enum { later_bytes = 64 << 10 };

static bool fits(struct marker *m)
{
	return marker_size(m) + later_bytes <= FILE_LARGEST;
}

void marker_fit(struct marker *m)
{
	SX_CLEANUP(json_cleanup) struct json *all = m->disks;

	if (fits(m)) {
		all = NULL;
		return;
	}
	m->disks = json_new();
	sx_set(&m->uncertain, "the state of its disks does not fit into a marker");
	for (size_t i = 0; i < json_count(all, "objects"); i++)
		json_append(m->disks, "objects", json_copy(json_at(all, "objects", i)));
	for (size_t i = 0; i < json_count(all, "disks"); i++) {
		struct json *disk = json_new();

		json_put(disk, "subject", json_copy(json_get(json_at(all, "disks", i), "subject")));
		json_append(m->disks, "disks", disk);
	}
	if (!fits(m)) {
		json_free(m->disks);
		m->disks = json_new();
	}
}

static const struct json *evidence_of(const struct marker *m, size_t i)
{
	return json_get(json_at(m->disks, "disks", i), "evidence");
}

struct evidence_storage *marker_storage(const struct marker *m, size_t i)
{
	struct evidence_options options = { 0 };
	struct evidence_storage *storage;
	struct evidence_subject s;

	marker_disk(m, i, &s);
	storage = evidence_storage_take(&options, &s, false);
	evidence_storage_add(storage, evidence_of(m, i));
	return storage;
}

bool marker_is_full(const struct marker *m)
{
	bool full = false;

	for (size_t i = 0; i < marker_disk_count(m); i++)
		full = full || evidence_is_full(evidence_of(m, i));
	return full;
}

enum evidence_state marker_compare(const struct marker *m, const struct flow_env *env,
				   struct sx_words *what, struct sx_words *notes)
{
	struct reading reading;
	struct evidence_options options = options_of(&reading, env);
	enum evidence_state worst = EVIDENCE_UNCHANGED_EXACT;

	for (size_t i = 0; i < marker_disk_count(m); i++) {
		const struct json *then = evidence_of(m, i);
		EVIDENCE_VERDICT v = { 0 };
		struct evidence_subject s;
		JSON_DOC *now = NULL;

		marker_disk(m, i, &s);
		reading.begun = false;
		options.full = env && evidence_is_full(then);
		now = evidence_take(&options, &s);
		evidence_compare(then, now, &v);
		if (evidence_is_worse(v.state, worst))
			worst = v.state;
		if (v.what)
			sx_words_give(what, sx_format("disk %s: %s", s.vdev, v.what));
		if (v.note)
			sx_words_give(notes, sx_format("disk %s: %s", s.vdev, v.note));
	}
	return worst;
}

int marker_uses(const struct marker *m, struct sx_words *out, struct sx_err *err)
{
	struct evidence_options options = { 0 };
	struct evidence_uses *uses = NULL;

	if (evidence_uses_take(&options, &uses, err))
		return -1;
	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject s;
		char *how;

		marker_disk(m, i, &s);
		how = evidence_in_use(uses, &s);
		if (how)
			sx_words_give(out, sx_format("disk %s: %s", s.vdev, how));
		free(how);
	}
	evidence_uses_free(uses);
	return 0;
}

bool marker_unseen(const struct marker *m, size_t i, struct sx_words *reasons)
{
	return evidence_unseen(evidence_of(m, i), reasons);
}

bool marker_last_write(const struct marker *m, size_t i, struct timespec *when)
{
	return evidence_last_write(evidence_of(m, i), when);
}

bool marker_is_file(const struct marker *m, size_t i)
{
	const struct json *evidence = evidence_of(m, i);

	if (sx_streq(json_get_string(evidence, "kind"), "empty"))
		return true;
	for (size_t k = 0; k < json_count(evidence, "layers"); k++)
		if (!sx_streq(json_get_string(json_at(evidence, "layers", k), "kind"), "file"))
			return false;
	return json_count(evidence, "layers") > 0;
}
