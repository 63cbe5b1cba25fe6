/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a command did or refused, for administrators who did not see it: a line in the system's
 * journal, with fields of its own. A failure to send it changes nothing.
 */
#pragma once

#include "domain/env.h"

enum flow_event_kind {
	EVENT_RECORDED, /* a commit was made */
	EVENT_REFUSED, /* the command refused, its status says why */
	EVENT_ADOPTED, /* a person adopted a saved image of plain xl */
	EVENT_DISCARDING, /* a person overrides a marker or another refusal */
	EVENT_HOOK, /* a hook failed, or was not run */
};

/* Borrowed strings; NULL and "": none. */
struct flow_event {
	enum flow_event_kind kind;
	const char *domain; /* NULL: the command's domain, if known */
	const char *uuid; /* "": it does not run */
	const char *config; /* path of its configuration */
	const char *repository; /* path of the work tree that the commit is in */
	const char *commit;
	const char *subject; /* of the commit */
	const char *image; /* path of a saved image */
	const char *hook; /* name of the hook */
	const char *command, *author, *reason; /* NULL: the running command's */
	int status; /* 0: none */
};

/* Kept while a command runs; NULL: not known. */
struct flow_events {
	char *domain, *config, *image; /* what the command is about */
	char *commit, *subject; /* the last commit of the domain's configuration */
	char *waiting; /* keys that take effect at its next cold boot, comma-separated */
	struct {
		SX_VEC_OF(struct sx_words);
	} records; /* the fields of each, for the hooks */
};

void flow_events_dispose(struct flow_events *events);

/* The command is about this domain. */
void event_about(const struct flow_env *env, const char *domain);
/* It is also about this configuration, this image. */
void event_about_config(const struct flow_env *env, const char *path);
void event_about_image(const struct flow_env *env, const char *path);
/* Its configuration was committed. */
void event_committed(const struct flow_env *env, const char *commit, const char *subject);
/* These keys of the configuration take effect at the domain's next cold boot. */
void event_waits(const struct flow_env *env, const char *keys);
/* Send a line, and keep a record's fields for the hooks; does nothing in a dry run. */
void event_tell(const struct flow_env *env, const struct flow_event *event, const char *fmt, ...)
	SX_PRINTF(3, 4);
