/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every flow gets: places, settings, the command line, and a way to report. */
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
	struct sx_words config_dirs; /* absolute, SAFEXL_ROOT included */
	unsigned lock_wait_ms;
	char *image_dir; /* default directory of saved images */
	char *backup_dir; /* default directory of backups */
	unsigned hook_wait_ms; /* how long a program in safexl.d may take */
	bool verify_full; /* evidence has a digest of each whole disk */
	bool shutdown_saves; /* save guests at the host's shutdown; else shut them down */
	unsigned shutdown_timeout_s; /* how long guests may take to shut down */
	bool faulty; /* the file has mistakes, so settings may be missing: `check` reports them */
};

/* What a command changes. */
enum flow_scope {
	FLOW_BOTH, /* the running domain and its configuration, both or neither */
	FLOW_CONFIG, /* the configuration only */
};

/* Progress of copying or reading `what`, in bytes; done 0: it begins. `tell` may be NULL. */
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
	bool discard_marker; /* override markers, and end them */
	bool with_host; /* the host shuts down: restore what is saved now when the host comes up */
	bool was_paused; /* the guest to be saved was paused: restore it paused */
	bool dry_run; /* change nothing; the guard only reports what it would do */
	bool glance; /* for completion: write no cache, read few files */
	char *cwd; /* "" when the directory was removed */
	struct repo_home home; /* of the author */
	struct repo_person author;
	void (*notice)(const char *text, void *arg); /* show the person one line at once */
	void *notice_arg;
	struct flow_progress progress;
	struct flow_events *events; /* see event.h; NULL: nothing is kept for the hooks */
};

/*
 * Read safexl.conf; a missing file gives the defaults. SX_ESYNTAX names the line of the first
 * mistake; the readable settings are filled in nevertheless.
 */
int flow_settings_read(const struct sx_paths *paths, struct flow_settings *out,
		       struct sx_err *err) SX_MUST;
/* As flow_settings_read, with every mistake ("FILE:LINE: why"); fails only if it is unreadable. */
int flow_settings_look(const struct sx_paths *paths, struct flow_settings *out,
		       struct sx_words *mistakes, struct sx_err *err) SX_MUST;
void flow_settings_dispose(struct flow_settings *s);
/* A time as markers and messages show it: "2026-11-22 10:00:03 +0100". Heap string. */
char *flow_time_text(time_t t);
/* Back from such a text, whatever the zone was; 0: it is none. */
time_t flow_time_of(const char *text);
/*
 * Take the lock of a thing ("domain" NAME, "repository" PATH, ...), with a notice when it waits for
 * another safexl. SX_ELOCKED after lock_timeout.
 */
int flow_lock(const struct flow_env *env, const char *kind, const char *name, struct sx_lock *lock,
	      struct sx_err *err) SX_MUST;
/* Show one line through env->notice. */
void flow_notice(const struct flow_env *env, const char *fmt, ...) SX_PRINTF(2, 3);
