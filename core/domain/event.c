/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines in the system's journal: see event.h. */
#include "domain/event.h"
#include "host/journald.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

void flow_events_dispose(struct flow_events *events)
{
	sx_vec_dispose(&events->records, sx_words_dispose);
	free(events->domain);
	free(events->config);
	free(events->image);
	free(events->commit);
	free(events->subject);
	free(events->waiting);
	*events = (struct flow_events){ 0 };
}

static void keep(char **what, const char *text)
{
	if (text)
		sx_set(what, text);
}

void event_about(const struct flow_env *env, const char *domain)
{
	if (env->events)
		keep(&env->events->domain, domain);
}

void event_about_config(const struct flow_env *env, const char *path)
{
	if (env->events)
		keep(&env->events->config, path);
}

void event_about_image(const struct flow_env *env, const char *path)
{
	if (env->events)
		keep(&env->events->image, path);
}

void event_waits(const struct flow_env *env, const char *keys)
{
	if (env->events)
		keep(&env->events->waiting, keys);
}

void event_committed(const struct flow_env *env, const char *commit, const char *subject)
{
	if (!env->events)
		return;
	keep(&env->events->commit, commit);
	keep(&env->events->subject, subject);
}

/* Not another domain's commit: finishing an earlier command is no part of this one. */
static void keep_commit(const struct flow_env *env, const struct flow_event *event)
{
	const struct flow_events *all = env->events;

	if (!all || event->kind != EVENT_RECORDED ||
	    (all->domain && event->domain && strcmp(all->domain, event->domain)))
		return;
	event_about_config(env, event->config);
	event_committed(env, event->commit, event->subject);
}

static void add(struct sx_words *out, const char *name, const char *value)
{
	if (value && *value)
		sx_words_give(out, sx_format("SAFEXL_%s=%s", name, value));
}

/* "SAFEXL_DOMAIN=web1", ...: each field that is not empty. */
static void add_fields(const struct flow_env *env, const struct flow_event *event,
		       struct sx_words *out)
{
	static const char *const kinds[] = {
		[EVENT_RECORDED] = "recorded", [EVENT_REFUSED] = "refused",
		[EVENT_ADOPTED] = "adopted",   [EVENT_DISCARDING] = "discarding",
		[EVENT_HOOK] = "hook",
	};
	SX_FREE char *author = sx_format("%s <%s>", env->author.name, env->author.email);
	SX_FREE char *status = event->status ? sx_format("%d", event->status) : NULL;
	const char *domain = event->domain ? event->domain
			     : env->events ? env->events->domain
					   : NULL;

	add(out, "EVENT", kinds[event->kind]);
	add(out, "DOMAIN", domain);
	add(out, "UUID", event->uuid);
	add(out, "CONFIG", event->config);
	add(out, "REPOSITORY", event->repository);
	add(out, "COMMIT", event->commit);
	add(out, "SUBJECT", event->subject);
	add(out, "IMAGE", event->image);
	add(out, "HOOK", event->hook);
	add(out, "COMMAND", event->command ? event->command : env->command);
	add(out, "AUTHOR", event->author ? event->author : author);
	add(out, "REASON", event->reason ? event->reason : env->message);
	add(out, "STATUS", status);
}

/* Without systemd: one line, with the fields at its end. */
static void send_syslog(int priority, const char *message, const struct sx_words *fields)
{
	SX_FREE char *all = sx_words_join(fields, "; ");
	SX_FREE char *shown = sx_shown(all);

	openlog("safexl", LOG_PID, LOG_AUTHPRIV);
	syslog(priority, "%s (%s)", message, shown);
	closelog();
}

static void send_line(const struct flow_env *env, int priority, const char *message,
		      const struct sx_words *fields)
{
	SX_STR datagram = { 0 };
	SX_FREE char *level = sx_format("%d", priority);
	SX_FREE char *facility = sx_format("%d", LOG_AUTHPRIV >> 3);
	SX_FREE char *pid = sx_format("%ld", (long)getpid());

	journald_add(&datagram, "MESSAGE", message);
	journald_add(&datagram, "PRIORITY", level);
	journald_add(&datagram, "SYSLOG_FACILITY", facility);
	journald_add(&datagram, "SYSLOG_IDENTIFIER", "safexl");
	journald_add(&datagram, "SYSLOG_PID", pid);
	for (size_t i = 0; i < fields->len; i++) {
		const char *value = strchr(fields->items[i], '=');
		SX_FREE char *name =
			sx_strndup(fields->items[i], (size_t)(value - fields->items[i]));

		journald_add(&datagram, name, value + 1);
	}
	/* With SAFEXL_ROOT the journal is that root's own, if it has one. */
	if (!journald_send(env->paths.root, &datagram) && !*env->paths.root &&
	    (errno == ENOENT || errno == ECONNREFUSED))
		send_syslog(priority, message, fields);
}

void event_tell(const struct flow_env *env, const struct flow_event *event, const char *fmt, ...)
{
	SX_STR text = { 0 };
	SX_WORDS fields = { 0 };
	SX_FREE char *shown = NULL;
	va_list ap;

	if (env->dry_run)
		return;
	keep_commit(env, event);
	va_start(ap, fmt);
	sx_str_addv(&text, fmt, ap);
	va_end(ap);
	shown = sx_shown(sx_str_text(&text));
	add_fields(env, event, &fields);
	send_line(env,
		  event->kind == EVENT_RECORDED || event->kind == EVENT_ADOPTED ? LOG_NOTICE
										: LOG_WARNING,
		  shown, &fields);
	if (event->kind == EVENT_RECORDED && env->events) {
		sx_vec_push(&env->events->records, fields);
		fields = (struct sx_words){ 0 };
	}
}
