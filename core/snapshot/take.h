/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A snapshot that is being taken. */
#pragma once

#include "guard/kept.h"
#include "host/file.h"
#include "host/sync.h"
#include "snapshot/private.h"

struct taking {
	const struct flow_env *env;
	const struct snapshot_options *options;
	bool stays; /* the guest is left paused */
	bool named; /* the word is a name, even if it is all digits */
	bool runs;
	bool made; /* something of it may be on disk */
	struct live *live;
	struct live_domain domain;
	struct markers markers;
	const struct marker *saved; /* the one of these whose saved memory is kept; NULL: none */
	char number[16]; /* its domid, for xl */
	struct file_image config;
	int64_t since_ms; /* when xl was told to pause it */
	struct snapshot s;
};

/* Sync all of it, note the evidence, and write that the snapshot is complete. */
int take_seal(struct taking *t, struct sx_err *err) SX_MUST;
void taking_dispose(struct taking *t);
/* Find out everything that is needed before anything is made. */
int take_look(struct taking *t, const char *word, struct sx_err *err);
