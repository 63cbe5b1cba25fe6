/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a command did, or would not do, for those who were not at the prompt: a line in the system's
 * journal, with fields of its own. One that cannot be sent changes nothing.
 */
#pragma once

#include "domain/env.h"

enum flow_event_kind {
	EVENT_RECORDED, /* a commit was made */
	EVENT_REFUSED, /* the command ended with a status that says why not */
	EVENT_ADOPTED, /* a saved image was taken in at a person's word */
	EVENT_DISCARDING, /* a person goes ahead against a marker, or against what was found */
	EVENT_HOOK, /* a hook failed, or was not run */
};

/* Borrowed strings; NULL and "": there is none. */
struct flow_event {
	enum flow_event_kind kind;
	const char *domain; /* NULL: the one that the command is about, as far as that is known */
	const char *uuid; /* "": it does not run */
	const char *config; /* path of its configuration */
	const char *repository; /* path of the work tree that the commit is in */
	const char *commit;
	const char *subject; /* of the commit */
	const char *image; /* path of a saved image */
	const char *hook; /* name of the hook */
	const char *command, *author, *reason; /* NULL: of the command that runs now */
	int status; /* 0: none */
};

/* What is kept while a command runs; NULL: not known. */
struct flow_events {
	char *domain, *config, *image; /* what the command is about */
	char *commit, *subject; /* of the last one that was made of the domain's configuration */
	char *waiting; /* the keys that wait for its next cold boot, with commas between */
	struct {
		SX_VEC_OF(struct sx_words);
	} records; /* the fields of each, for hook.h */
};

void flow_events_dispose(struct flow_events *events);

/* The command is about this domain. */
void event_about(const struct flow_env *env, const char *domain);
/* And about this configuration, this image. */
void event_about_config(const struct flow_env *env, const char *path);
void event_about_image(const struct flow_env *env, const char *path);
/* Its configuration was committed. */
void event_committed(const struct flow_env *env, const char *commit, const char *subject);
/* These keys of the configuration wait for the domain's next cold boot. */
void event_waits(const struct flow_env *env, const char *keys);
/* Send the line, and keep the fields of a record; not in a dry run. */
void event_tell(const struct flow_env *env, const struct flow_event *event, const char *fmt, ...)
	SX_PRINTF(3, 4);
