/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recording what a look at a disk found, and what it could not read. See private.h. */
#include "evidence/private.h"

#include <inttypes.h>
#include <string.h>

void evidence_unseen_note(struct json *layer, struct sx_err *why)
{
	SX_FREE char *shown = sx_shown(why->msg);
	SX_WORDS all = { 0 };
	bool known = false;

	json_get_words(layer, "unseen", &all);
	for (size_t i = 0; i < all.len; i++)
		known = known || strcmp(all.items[i], shown) == 0;
	if (!known) {
		sx_words_add(&all, shown);
		json_set_words(layer, "unseen", sx_words_argv(&all));
	}
	sx_err_clear(why);
}

void evidence_look_failed(struct evidence_look *look, struct json *part, struct sx_err *why)
{
	if (part)
		json_set_bool(part, "partial", true);
	evidence_unseen_note(look->layer, why);
}

void evidence_region_add(struct evidence_look *look, uint64_t offset, size_t len,
			 const struct evidence_bytes *b)
{
	struct sx_str *s = &look->regions;

	sx_str_addf(s, "%s%" PRIu64 "+%zu:", s->len ? " " : "", offset, len);
	if (b)
		digest_add(s, b->data, b->len);
	else
		sx_str_addc(s, '-');
}
