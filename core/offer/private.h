/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sources of candidates share. Private to core/offer/. */
#pragma once

#include "offer/offer.h"
#include "spec/disk.h"
#include "xen/live.h"
#include "xlcfg/xlcfg.h"

/* One query in progress. */
struct offer {
	const struct flow_env *env;
	const struct offer_query *q;
	struct candidates *out;
	const char *key; /* start of the "key=" before the word; NULL: none */
	bool inside; /* the word is a part of a shell's word: '~' is not expanded there */
	struct live *live; /* NULL: not opened yet, or no Xen */
};

/* A kind of thing; `find` adds those that begin with the word. */
struct offer_kind {
	const char *name;
	void (*find)(struct offer *o);
};

/* Add a candidate if it begins with the word. */
void offer_add(struct offer *o, const char *text, const char *description, char after);
/* offer_add for each of a NULL-terminated list. */
void offer_add_all(struct offer *o, const char *const *texts, char after);
/* libxl, opened at first use; NULL: no Xen. */
struct live *offer_live(struct offer *o);
/* The running domain named by the first argument; false: none. */
bool offer_domain(struct offer *o, struct live_domain *out);
/* The configuration of that domain, running or not; free with xlcfg_free. NULL: none found. */
struct xlcfg *offer_config(struct offer *o);
/* The i-th argument before the word; "" if there are fewer. */
const char *offer_word(const struct offer *o, size_t i);
/* Complete the rest of the word after its first `skip` bytes, which stay before each candidate. */
void offer_behind(struct offer *o, size_t skip, void (*find)(struct offer *o));
/* Names in a directory, without hidden ones; none if it cannot be read. */
void offer_entries(const char *dir, struct sx_words *out);

void offer_running(struct offer *o);
void offer_file(struct offer *o);
void offer_target(struct offer *o);
void offer_disk(struct offer *o);
void offer_keys(struct offer *o);
void offer_key_list(struct offer *o);
/* Disks of the running domain, and of its configuration. */
void offer_live_disks(struct offer *o, struct live_disks *out);
void offer_config_disks(struct offer *o, struct live_disks *out);

/* Tables of kinds; each ends with a NULL name. */
extern const struct offer_kind offer_domain_kinds[];
extern const struct offer_kind offer_device_kinds[];
extern const struct offer_kind offer_file_kinds[];
extern const struct offer_kind offer_host_kinds[];
extern const struct offer_kind offer_history_kinds[];
extern const struct offer_kind offer_snapshot_kinds[];
