/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sources of candidates share. */
#pragma once

#include "offer/offer.h"
#include "spec/disk.h"
#include "xen/live.h"
#include "xlcfg/xlcfg.h"

/* One question under way. */
struct offer {
	const struct flow_env *env;
	const struct offer_query *q;
	struct candidates *out;
	const char *key; /* where a "key=" before the word begins; NULL: there is none */
	bool inside; /* the word is a part of one: a shell expands no '~' there */
	struct live *live; /* NULL: not asked for yet, or no Xen */
};

/* A kind of thing: adds what begins with the word. */
struct offer_kind {
	const char *name;
	void (*find)(struct offer *o);
};

/* Add it when it begins with the word. */
void offer_add(struct offer *o, const char *text, const char *description, char after);
/* Add each of a NULL-terminated list. */
void offer_add_all(struct offer *o, const char *const *texts, char after);
/* Xen, opened at the first use; NULL: there is none. */
struct live *offer_live(struct offer *o);
/* The running domain that the words before name; false: none. */
bool offer_domain(struct offer *o, struct live_domain *out);
/* Its configuration (also of one that does not run), for xlcfg_free; NULL: none is known. */
struct xlcfg *offer_config(struct offer *o);
/* The i-th of the words before; "" when there are fewer. */
const char *offer_word(const struct offer *o, size_t i);
/* Ask again for another part of the same word: `skip` bytes of it stay as they are. */
void offer_behind(struct offer *o, size_t skip, void (*find)(struct offer *o));
/* The names in a directory, hidden ones left out; none when it cannot be read. */
void offer_entries(const char *dir, struct sx_words *out);

void offer_running(struct offer *o);
void offer_file(struct offer *o);
void offer_target(struct offer *o);
void offer_disk(struct offer *o);
void offer_keys(struct offer *o);
void offer_key_list(struct offer *o);
/* The domain's disks: as it runs, and as its configuration has them. */
void offer_live_disks(struct offer *o, struct live_disks *out);
void offer_config_disks(struct offer *o, struct live_disks *out);

/* Tables of kinds; each ends with a NULL name. */
extern const struct offer_kind offer_domain_kinds[];
extern const struct offer_kind offer_device_kinds[];
extern const struct offer_kind offer_file_kinds[];
extern const struct offer_kind offer_host_kinds[];
extern const struct offer_kind offer_history_kinds[];
extern const struct offer_kind offer_snapshot_kinds[];
