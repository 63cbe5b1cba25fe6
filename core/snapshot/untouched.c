/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks that disks have not changed since safexl began to copy them: a marker keeps safexl from
 * starting their guest meanwhile, but nobody else.
 */
#include "domain/domain.h"
#include "guard/kept.h"
#include "snapshot/private.h"

static struct json *look_at(const struct snapshot_disk *d)
{
	struct evidence_options options = { 0 };
	struct evidence_subject subject;

	snapshot_subject(d, false, &subject);
	return evidence_take(&options, &subject);
}

void snapshot_note_disk(struct snapshot_disk *d)
{
	json_free(d->evidence);
	d->evidence = look_at(d);
}

void snapshot_note_disks(struct snapshot *s)
{
	for (size_t i = 0; i < s->disks.len; i++)
		snapshot_note_disk(&s->disks.items[i]);
}

void snapshot_follow(const struct snapshot *s, struct snapshot *out)
{
	*out = (struct snapshot){ .guest = s->guest };
	for (size_t i = 0; i < s->disks.len; i++) {
		struct snapshot_disk d = s->disks.items[i];

		d.evidence = NULL;
		sx_vec_push(&out->disks, d);
	}
}

void snapshot_follow_end(struct snapshot *followed)
{
	for (size_t i = 0; i < followed->disks.len; i++)
		json_free(followed->disks.items[i].evidence);
	sx_vec_free(&followed->disks);
}

bool snapshot_is_written(const struct snapshot *s, struct sx_words *what)
{
	bool written = false;

	sx_each(const struct snapshot_disk, d, &s->disks) {
		JSON_DOC *now = NULL;
		EVIDENCE_VERDICT verdict = { 0 };

		if (!d->evidence)
			continue;
		now = look_at(d);
		evidence_compare(d->evidence, now, &verdict);
		/* A disk that is only read may be missing. */
		written |= evidence_forbids(verdict.state) ||
			   (verdict.state == EVIDENCE_MISSING && kind_find(d->kind));
		if (verdict.what)
			sx_words_give(what, sx_format("disk %s: %s", d->vdev, verdict.what));
	}
	return written;
}

/* Refuse a guest that runs, even if it has not written to its disks yet. */
static int check_off(const struct snapshot *s, struct sx_err *err)
{
	SX_FREE char *account = NULL;
	LIVE_DOMAIN d = { 0 };
	bool present;

	if (domain_look_present(s->guest, &d, &present, err))
		return -1;
	if (!present)
		return 0;
	account = domain_account(&d, "");
	sx_err_set(err, SX_EGUARD, "%s: it was started while its disks were copied: %s", s->guest,
		   account);
	return sx_err_hint(err, "for its state: safexl where %pQ", s->guest);
}

int snapshot_check_unused(const struct snapshot *s, struct sx_err *err)
{
	SX_FREE struct evidence_subject *subjects = snapshot_subjects(s);
	struct kept_guest guest = {
		.name = s->guest, .uuid = "", .disks = subjects, .count = s->disks.len
	};

	return kept_check_unused(&guest, err);
}

int snapshot_check_disks(const struct snapshot *s, struct sx_err *err)
{
	SX_WORDS what = { 0 };
	SX_FREE char *text = NULL;

	if (check_off(s, err) || snapshot_check_unused(s, err))
		return -1;
	if (!snapshot_is_written(s, &what))
		return 0;
	text = sx_words_join(&what, "; ");
	sx_err_set(err, SX_EGUARD, "%s: somebody wrote to a disk while safexl copied: %s", s->guest,
		   text);
	return sx_err_hint(err, "who else uses its disks: safexl check");
}
