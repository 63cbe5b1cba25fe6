/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every flow is given: places, settings, the person's words, and how to say something. */
#pragma once

#include "base/err.h"
#include "base/path.h"
#include "base/vec.h"
#include "git/repo.h"
#include "host/lock.h"

#include <time.h>

struct live;
struct flow_events;

/* safexl.conf(5). */
struct flow_settings {
	struct sx_words config_dirs; /* absolute, below SAFEXL_ROOT */
	unsigned lock_wait_ms;
	char *image_dir; /* where save puts an image when no file is given */
	char *backup_dir; /* where backup puts one when no directory is given */
	unsigned hook_wait_ms; /* how long a program in safexl.d may take */
	bool verify_full; /* evidence of disks holds a digest of all of them */
	bool shutdown_saves; /* as the host goes down, guests are saved; else they shut down */
	unsigned shutdown_timeout_s; /* how long guests may take to shut down */
	bool faulty; /* the file has mistakes, and these settings are not all it says: for check */
};

/* Which of the two are changed. */
enum flow_scope {
	FLOW_BOTH, /* the running domain and its configuration, both or neither */
	FLOW_CONFIG, /* the configuration only */
};

/* Told while much is copied or read: of `what`, so many bytes. done 0: it begins; `tell` may be NULL. */
struct flow_progress {
	void (*tell)(const char *what, int64_t done, int64_t size, void *arg);
	void *arg;
};

struct flow_env {
	struct sx_paths paths;
	struct flow_settings settings;
	const char *xl; /* absolute path */
	char *const *xl_options; /* xl's own options before the command, NULL-terminated */
	const char *command; /* the command line as typed, shown and quoted, without -m */
	const char *message; /* -m, or NULL */
	bool discard_marker; /* go ahead against a marker, and end it */
	bool with_host; /* the host goes down: what is saved is to be restored as it comes up */
	bool was_paused; /* what is saved stood still until now: it is to be restored so */
	bool dry_run; /* nothing may change; the guard only says what it would do */
	bool glance; /* for completion: no cache is written, and few files are read */
	char *cwd; /* "" when that directory was removed */
	struct repo_home home; /* of the person who is the author */
	struct repo_person author;
	void (*notice)(const char *text, void *arg); /* one line for the person, at once */
	void *notice_arg;
	struct flow_progress progress;
	struct flow_events *events; /* event.h; NULL: nothing is told to anybody else */
};

/*
 * Fill in settings from safexl.conf; a missing file gives the defaults. SX_ESYNTAX names the line of
 * the first mistake: then what could be read is filled in, too.
 */
int flow_settings_read(const struct sx_paths *paths, struct flow_settings *out,
		       struct sx_err *err) SX_MUST;
/* The same, with all mistakes: "FILE:LINE: what is wrong". An error only when it cannot be read. */
int flow_settings_look(const struct sx_paths *paths, struct flow_settings *out,
		       struct sx_words *mistakes, struct sx_err *err) SX_MUST;
void flow_settings_dispose(struct flow_settings *s);
/* A time as markers and messages show it: "2026-11-22 10:00:03 +0100". Heap string. */
char *flow_time_text(time_t t);
/*
 * Take the lock of a thing ("domain" NAME, "repository" PATH, ...), saying so when it has to wait
 * for another safexl. SX_ELOCKED after lock_timeout.
 */
int flow_lock(const struct flow_env *env, const char *kind, const char *name, struct sx_lock *lock,
	      struct sx_err *err) SX_MUST;
/* Say one line through env->notice. */
void flow_notice(const struct flow_env *env, const char *fmt, ...) SX_PRINTF(2, 3);
