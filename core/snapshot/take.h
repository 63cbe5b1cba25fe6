/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One snapshot on its way. */
#pragma once

#include "guard/kept.h"
#include "host/file.h"
#include "host/sync.h"
#include "snapshot/private.h"

struct taking {
	const struct flow_env *env;
	const struct snapshot_options *options;
	bool stays; /* the guest is left standing still */
	bool runs;
	bool made; /* something of it may be on disk */
	struct live *live;
	struct live_domain domain;
	struct markers markers;
	const struct marker
		*saved; /* of these: of a guest that is saved, with its memory; NULL: it is not */
	char number[16]; /* its domid, for xl */
	struct file_image config;
	int64_t since_ms; /* when it was told to stand still */
	struct snapshot s;
};

/* All of it is on disk and noted: it is complete. */
int take_seal(struct taking *t, struct sx_err *err) SX_MUST;
void taking_dispose(struct taking *t);
/* All that is found out before anything is made. */
int take_look(struct taking *t, const char *word, struct sx_err *err);
