/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a domain's state is, in one view: memory, configuration, disks; and the saved images. */
#pragma once

#include "guard/guard.h"
#include "history/latest.h"
#include "xen/live.h"

struct where_disk {
	char *vdev;
	char *target;
	unsigned long long size; /* bytes, 0: unknown */
	char *use; /* how it is used right now besides by the domain, "" */
	char *since; /* what changed since the save; "" when nothing, or when not saved */
	char *unread; /* where and why xl cannot read the item, which is `target` then; NULL: it can */
	bool readwrite;
};

struct where_view {
	char *name, *uuid;
	bool xen; /* whether Xen could be asked */
	bool running;
	uint32_t domid;
	enum live_state state; /* when it is running: there, at least */
	uint64_t memory_kib;
	char *image, *saved_at; /* "" when not saved */
	char *to_host; /* where it was migrated to, "" else */
	char *config; /* "" when none is found: then config_why says why */
	char *config_why;
	char *config_history; /* then: the command that shows what is recorded of it, or "" */
	char *commit; /* "ID SUBJECT (AUTHOR, TIME)" of the file's last commit, "" when there is none */
	struct history_last *last; /* the same commit; NULL: none */
	bool config_edited; /* it differs from HEAD */
	char *config_waiting; /* keys changed since the save, "" */
	struct sx_words drift; /* what the running domain has otherwise, a line each */
	SX_VEC_OF(struct where_disk);
	const char *word; /* how things stand with it, in the one word that list --all has for it */
	bool restorable; /* it is saved, and its image can be restored now */
	bool startable; /* neither saved nor running, and nothing is missing */
	struct sx_words verdict; /* what can be done now, a sentence each */
};

void where_dispose(struct where_view *v);
int where_look(const struct flow_env *env, const char *domain, struct where_view *out,
	       struct sx_err *err) SX_MUST;
