/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run the programs in safexl.d: see hook.h. */
#include "domain/event.h"
#include "domain/hook.h"
#include "host/proc.h"

#include <string.h>
#include <sys/wait.h>

/* The fields of a record, without "SAFEXL_", and the name of the running hook. */
static const char *const names[] = { "EVENT",  "DOMAIN",  "UUID",  "CONFIG",  "REPOSITORY",
				     "COMMIT", "SUBJECT", "IMAGE", "COMMAND", "AUTHOR",
				     "REASON", "STATUS",  "HOOK" };

/* The kernel refuses an environment string above 128 KiB. */
enum { longest_field = 32 << 10 };

static bool is_field(const char *variable)
{
	size_t len = strcspn(variable, "=");

	if (!sx_starts_with(variable, "SAFEXL_"))
		return false;
	for (size_t i = 0; i < SX_COUNT(names); i++)
		if (strlen(names[i]) == len - strlen("SAFEXL_") &&
		    memcmp(variable + strlen("SAFEXL_"), names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* The hook gets our environment, without the fields that an outer safexl set for its hook. */
static void make_environment(const struct sx_words *fields, const char *name, struct sx_words *out)
{
	for (char **p = environ; *p; p++)
		if (!is_field(*p))
			sx_words_add(out, *p);
	for (size_t i = 0; i < fields->len; i++)
		sx_words_give(out, sx_strndup(fields->items[i],
					      strnlen(fields->items[i], longest_field)));
	sx_words_give(out, sx_format("SAFEXL_HOOK=%s", name));
}

/* A field's value in the record; "": none. Borrowed. */
static const char *value_of(const struct sx_words *fields, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < fields->len; i++)
		if (strncmp(fields->items[i], name, len) == 0 && fields->items[i][len] == '=')
			return fields->items[i] + len + 1;
	return "";
}

/* Report to the person, and to the journal with the record's fields. `status` 0: none. */
static SX_PRINTF(5, 6) void hook_tell(const struct flow_env *env, const struct sx_words *fields,
				      const char *name, int status, const char *fmt, ...)
{
	struct flow_event event = {
		.kind = EVENT_HOOK,
		.hook = name,
		.status = status,
		.domain = value_of(fields, "SAFEXL_DOMAIN"),
		.uuid = value_of(fields, "SAFEXL_UUID"),
		.config = value_of(fields, "SAFEXL_CONFIG"),
		.repository = value_of(fields, "SAFEXL_REPOSITORY"),
		.commit = value_of(fields, "SAFEXL_COMMIT"),
		.subject = value_of(fields, "SAFEXL_SUBJECT"),
		.command = value_of(fields, "SAFEXL_COMMAND"),
		.author = value_of(fields, "SAFEXL_AUTHOR"),
		.reason = value_of(fields, "SAFEXL_REASON"),
	};
	SX_STR text = { 0 };
	va_list ap;

	va_start(ap, fmt);
	sx_str_addv(&text, fmt, ap);
	va_end(ap);
	flow_notice(env, "%s", sx_str_text(&text));
	event_tell(env, &event, "%s", sx_str_text(&text));
}

static void tell_end(const struct flow_env *env, const struct sx_words *fields, const char *name,
		     enum proc_aside_end end, int status)
{
	if (end == PROC_LATE)
		hook_tell(env, fields, name, 0, "hook %s took longer than %u s, and was ended",
			  name, env->settings.hook_wait_ms / 1000);
	else if (end == PROC_INTERRUPTED)
		hook_tell(env, fields, name, 0,
			  "hook %s was ended, and those after it were not run: interrupted", name);
	else if (WIFSIGNALED(status))
		hook_tell(env, fields, name, 0, "hook %s was ended by signal %d (%s)", name,
			  WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		hook_tell(env, fields, name, WEXITSTATUS(status), "hook %s failed with status %d",
			  name, WEXITSTATUS(status));
}

/* False: interrupted, so run no more hooks. */
static bool run(const struct flow_env *env, const struct hook *hook, const struct sx_words *fields)
{
	SX_FREE char *name = sx_path_base(hook->path);
	SX_WORDS environment = { 0 };
	struct proc_aside what = { .path = hook->path, .wait_ms = env->settings.hook_wait_ms };
	enum proc_aside_end end = PROC_ENDED;
	SX_ERR err = { 0 };
	int status = 0;

	make_environment(fields, name, &environment);
	what.environment = sx_words_argv(&environment);
	if (proc_run_aside(&what, &end, &status, &err))
		hook_tell(env, fields, name, 0, "hook %s: %s", name, err.msg);
	else
		tell_end(env, fields, name, end, status);
	return end != PROC_INTERRUPTED;
}

/* Reported once, with the fields of the last record. */
static void tell_fault(const struct flow_env *env, const struct hook *hook)
{
	SX_FREE char *name = sx_path_base(hook->path);

	hook_tell(env, &env->events->records.items[env->events->records.len - 1], name, 0,
		  "hooks: not run: %s%s%s", hook->fault, hook->cure ? "; to fix it: " : "",
		  hook->cure ? hook->cure : "");
}

void hooks_run(const struct flow_env *env)
{
	SX_CLEANUP(hooks_dispose) struct hooks hooks = { 0 };
	bool go_on = true;

	if (!env->events || !env->events->records.len || getenv("SAFEXL_HOOK"))
		return;
	hooks_find(env, &hooks);
	for (size_t i = 0; i < hooks.len; i++)
		if (hooks.items[i].fault)
			tell_fault(env, &hooks.items[i]);
	for (size_t r = 0; r < env->events->records.len; r++)
		for (size_t i = 0; i < hooks.len && go_on; i++)
			if (!hooks.items[i].fault)
				go_on = run(env, &hooks.items[i], &env->events->records.items[r]);
}
