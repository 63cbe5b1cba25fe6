/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Evidence from the command line, for tests with real disks:
 *   evidence take [-f] [-d] [-F FORMAT] PATH   the document (-f whole digest, -d durable)
 *   evidence compare THEN NOW                  the verdict of two documents in files
 *   evidence use [-F FORMAT] PATH...           how each is used
 *   evidence meets [-F FORMAT] WRITTEN GUARDED does a write to the one change the other?
 *   evidence image N                           microseconds of N looks at a saved image of 16 GiB
 *   evidence time N PATH...                    microseconds of N looks at all of them, by part
 */
#include "../unit/image_make.h"

#include "base/str.h"
#include "evidence/evidence.h"

#include <getopt.h>
#include <string.h>
#include <time.h>

static int fail(struct sx_err *err)
{
	fprintf(stderr, "evidence: %s\n", err->msg);
	return 1;
}

static struct json *read_document(const char *path, struct sx_err *err)
{
	SX_FCLOSE FILE *f = fopen(path, "re");
	SX_STR text = { 0 };
	struct json *doc = NULL;
	char part[4096];
	size_t n;

	while (f && (n = fread(part, 1, sizeof(part), f)) > 0)
		sx_str_addn(&text, part, n);
	return json_parse(sx_str_text(&text), text.len, &doc, err) ? NULL : doc;
}

static int take(const struct evidence_options *o, const struct evidence_subject *s)
{
	JSON_DOC *doc = evidence_take(o, s);
	SX_FREE char *text = json_text(doc);

	return fputs(text, stdout) < 0;
}

static int compare(const char *then_path, const char *now_path)
{
	static const char *const names[] = {
		[EVIDENCE_UNCHANGED_EXACT] = "exact", [EVIDENCE_UNCHANGED_SEEN] = "seen",
		[EVIDENCE_CHANGED] = "changed",	      [EVIDENCE_UNKNOWN] = "unknown",
		[EVIDENCE_MISSING] = "missing",	      [EVIDENCE_UNSEEN] = "unseen",
		[EVIDENCE_ANOTHER] = "another",
	};
	EVIDENCE_VERDICT v = { 0 };
	SX_ERR err = { 0 };
	JSON_DOC *then = read_document(then_path, &err);
	JSON_DOC *now = then ? read_document(now_path, &err) : NULL;

	if (!now)
		return fail(&err);
	evidence_compare(then, now, &v);
	printf("%s\n%s\n%s\n", names[v.state], v.what ? v.what : "", v.note ? v.note : "");
	return 0;
}

static int use(const struct evidence_options *o, struct evidence_subject *s, char **paths)
{
	struct evidence_uses *uses;
	SX_ERR err = { 0 };

	if (evidence_uses_take(o, &uses, &err))
		return fail(&err);
	for (; *paths; paths++) {
		SX_FREE char *how = NULL;

		s->target = *paths;
		how = evidence_in_use(uses, s);
		printf("%s\n", how ? how : "not used");
	}
	evidence_uses_free(uses);
	return 0;
}

static int meets(const struct evidence_options *o, struct evidence_subject *s, char **paths)
{
	struct evidence_storage *written, *guarded;

	s->target = paths[0];
	written = evidence_storage_take(o, s, true);
	s->target = paths[1];
	guarded = evidence_storage_take(o, s, false);
	puts(evidence_storage_meets(written, guarded) ? "yes" : "no");
	evidence_storage_free(written);
	evidence_storage_free(guarded);
	return 0;
}

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static int measure(const struct evidence_options *o, struct evidence_subject *s, int times,
		   char **paths)
{
	for (int i = 0; i < times; i++) {
		long long start = now_us(), taken;
		struct evidence_uses *uses;
		SX_ERR err = { 0 };

		for (char **p = paths; *p; p++) {
			JSON_DOC *doc = NULL;

			s->target = *p;
			doc = evidence_take(o, s);
		}
		taken = now_us();
		if (evidence_uses_take(o, &uses, &err))
			return fail(&err);
		for (char **p = paths; *p; p++) {
			s->target = *p;
			free(evidence_in_use(uses, s));
		}
		evidence_uses_free(uses);
		printf("look %lld use %lld\n", taken - start, now_us() - taken);
	}
	return 0;
}

/* All that restore reads of an image: header, the stream to its end, identity. */
static int measure_image(int times)
{
	SX_CLOSE int fd = made_sparse(4096, 8, 24);

	for (int i = 0; i < times; i++) {
		IMAGE_HEADER header = { 0 };
		struct image_stream stream;
		SX_ERR err = { 0 };
		char id[33];
		long long start = now_us();

		if (image_header_read(fd, &header, &err) ||
		    image_verify(fd, &header, &stream, &err) ||
		    image_identify(fd, &header, id, &err))
			return fail(&err);
		printf("image %lld rest 0\n", now_us() - start);
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct evidence_options o = { 0 };
	struct evidence_subject s = { .readwrite = true };
	int c;

	while ((c = getopt(argc, argv, "fdF:")) != -1) {
		o.full = o.full || c == 'f';
		o.durable = o.durable || c == 'd';
		if (c == 'F')
			s.format = optarg;
	}
	argv += optind;
	argc -= optind;
	if (argc > 1 && strcmp(argv[0], "use") == 0)
		return use(&o, &s, argv + 1);
	if (argc == 3 && strcmp(argv[0], "meets") == 0)
		return meets(&o, &s, argv + 1);
	if (argc == 2 && strcmp(argv[0], "image") == 0)
		return measure_image((int)strtol(argv[1], NULL, 10));
	if (argc > 2 && strcmp(argv[0], "time") == 0)
		return measure(&o, &s, (int)strtol(argv[1], NULL, 10), argv + 2);
	if (argc == 3 && strcmp(argv[0], "compare") == 0)
		return compare(argv[1], argv[2]);
	s.target = argc == 2 && strcmp(argv[0], "take") == 0 ? argv[1] : NULL;
	return s.target ? take(&o, &s) : 2;
}
