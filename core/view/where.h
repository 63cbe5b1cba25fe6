/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a domain's state is: memory, configuration, disks and saved image. */
#pragma once

#include "guard/guard.h"
#include "history/latest.h"
#include "xen/live.h"

struct where_disk {
	char *vdev;
	char *target;
	unsigned long long size; /* bytes, 0: unknown */
	char *use; /* how something else uses it now; "": it does not, or the domain runs */
	char *since; /* what changed since the save; "": nothing, or not saved */
	char *unread; /* where and why xl cannot read the item, then in `target`; NULL: it can */
	bool readwrite;
};

struct where_view {
	char *name, *uuid;
	bool xen; /* whether Xen answered */
	bool running;
	uint32_t domid;
	enum live_state state; /* valid if running, which only means that Xen has the domain */
	uint64_t memory_kib;
	char *image, *saved_at; /* "" when not saved */
	char *to_host; /* the host it was migrated to, else "" */
	char *config; /* "" when none is found; config_why says why */
	char *config_why;
	char *config_history; /* then a hint with the command that shows its history, or "" */
	char *commit; /* "ID SUBJECT (AUTHOR, TIME)" of the file's last commit, "" when there is none */
	struct history_last *last; /* the same commit; NULL: none */
	bool config_edited; /* the file differs from HEAD */
	char *config_waiting; /* keys of the file changed since the save, or "" */
	struct sx_words drift; /* where file and running domain differ, a line each */
	SX_VEC_OF(struct where_disk);
	const char *word; /* its state in one word, as in list --all */
	bool restorable; /* saved, and the image can be restored now */
	bool startable; /* neither saved nor running, and nothing prevents its start */
	struct sx_words verdict; /* what can be done now, a line each */
};

void where_dispose(struct where_view *v);
/* Changes nothing. SX_ENOCONFIG: nothing is known of the domain. */
int where_look(const struct flow_env *env, const char *domain, struct where_view *out,
	       struct sx_err *err) SX_MUST;
