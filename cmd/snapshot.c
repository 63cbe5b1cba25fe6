/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot, snapshots, revert. */
#include "snapshot.h"
#include "core.h"
#include "output.h"

#include "base/fill.h"
#include "base/terminal.h"
#include "domain/resolve.h"
#include "spec/size.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_given(const struct sx_invocation *inv, const char *option)
{
	return sx_options_own(inv->options, option) != NULL;
}

/* Check the number of arguments: a domain, and for some commands the name of a snapshot. */
static int check_words(const struct sx_invocation *inv, int least, int most, struct sx_err *err)
{
	for (int i = 1; i < inv->argc; i++)
		if (!*inv->argv[i] || i > most)
			return sx_err_set(err, SX_EUSAGE, "%s: unexpected argument '%s'",
					  inv->command->name, inv->argv[i]);
	if (inv->argc > least)
		return 0;
	return sx_err_set(err, SX_EUSAGE, "%s: %s is needed", inv->command->name,
			  inv->argc > 1 ? "the name of a snapshot" : "a domain");
}

static size_t kept_disks(const struct snapshot *s)
{
	size_t count = 0;

	for (size_t i = 0; i < s->disks.len; i++)
		count += *s->disks.items[i].volume != '\0';
	return count;
}

char *snapshot_content(const struct snapshot *s)
{
	size_t disks = kept_disks(s);
	const char *what = s->memory && *s->saved_in	       ? "of a saved guest"
			   : sx_streq(s->consistency, "exact") ? "of one instant"
			   : sx_streq(s->consistency, "clean") ? "of a guest that is off"
							       : "as after a power cut";

	return sx_format("%s%zu disk%s, configuration: %s", s->memory ? "memory, " : "", disks,
			 disks == 1 ? "" : "s", what);
}

static struct json *disk_json(const struct snapshot_disk *d)
{
	struct json *j = json_new();

	json_set_string(j, "vdev", d->vdev);
	json_set_string(j, "target", d->target);
	json_set_string(j, "format", d->format);
	json_set_string(j, "how", d->kind);
	output_text(j, "volume", d->volume);
	output_number(j, "size", *d->volume, d->size);
	return j;
}

void snapshot_members(const struct snapshot *s, const char *kind, struct json *j)
{
	json_set_string(j, "domain", s->guest);
	json_set_string(j, kind, s->name);
	output_time_text(j, "taken_at", s->taken_at);
	json_set_string(j, "by", s->by);
	output_text(j, "reason", s->reason);
	json_set_string(j, "directory", s->dir);
	json_set_string(j, "config", s->config);
	output_text(j, "commit", s->commit);
	json_set_string(j, "consistency", s->consistency);
	json_set_bool(j, "memory", s->memory);
	if (sx_streq(kind, "snapshot"))
		output_text(j, "saved_in", s->saved_in);
	json_set_number(j, "paused_ms", s->paused_ms);
	json_set_number(j, "size", (long long)snapshot_bytes(s));
	json_set_words(j, "disks", (char *[]){ NULL });
	for (size_t i = 0; i < s->disks.len; i++)
		json_append(j, "disks", disk_json(&s->disks.items[i]));
}

static void print_one(const struct sx_invocation *inv, const struct snapshot *s)
{
	JSON_DOC *j = output_new();

	snapshot_members(s, "snapshot", j);
	outcome_print(inv->outcome, j);
}

/* xl has reported its error itself: add only the consequence. */
static int end_like_xl(const struct flow_env *env, const char *what, struct sx_err *err)
{
	if (err->code != SX_EXL)
		return -1;
	flow_notice(env, "%s", what);
	return -1;
}

int snapshot_read_cow(const struct sx_invocation *inv, int64_t *out, struct sx_err *err)
{
	const struct sx_given *given = sx_options_own(inv->options, "cow");
	uint64_t kib = 0;

	if (given && size_parse_kib(given->value, &kib, err))
		return sx_err_wrap(err, "%s: --cow", inv->command->name);
	*out = (int64_t)kib * 1024;
	return 0;
}

/* ---- dry runs ---- */

/* Print the plan, or put each line into the JSON plan as a notice. */
static void print_plan(const struct sx_invocation *inv, struct sx_str *text)
{
	SX_CLEANUP(change_preview_dispose) struct change_preview p = { 0 };
	SX_FREE char *lines = sx_str_take(text);
	char *rest = lines;

	for (char *line; (line = strsep(&rest, "\n")) && *line;) {
		sx_words_add(&p.notices, line);
		if (!inv->options->json)
			puts(line);
	}
	if (inv->options->json)
		outcome_plan(inv->outcome, "", &p);
}

static void add_disks(const struct snapshot *s, const char *word, struct sx_str *out)
{
	sx_each(const struct snapshot_disk, d, &s->disks) {
		if (*d->volume)
			sx_str_addf(out, "  disk %s, %pS: %s, %s %pS\n", d->vdev, d->object,
				    d->kind, word, d->volume);
	}
}

static int plan_snapshot(const struct sx_invocation *inv, const struct snapshot *s)
{
	SX_STR text = { 0 };

	sx_str_addf(&text, "would keep %pS as the snapshot %s:\n", s->guest, s->name);
	if (s->memory)
		sx_str_add(&text, "  memory\n");
	add_disks(s, "in", &text);
	sx_str_addf(&text, "  configuration %pS\n", s->config);
	print_plan(inv, &text);
	return EXIT_SUCCESS;
}

static int plan_revert(const struct sx_invocation *inv, const struct snapshot_revert_plan *plan)
{
	SX_STR text = { 0 };

	if (plan->keeps)
		sx_str_addf(&text, "would keep the present state as the snapshot %s\n",
			    plan->keeps);
	if (plan->runs)
		sx_str_addf(&text, "would destroy %pS\n", plan->to.guest);
	if (plan->saved && *plan->saved)
		sx_str_addf(&text, "would discard its saved state in %pS\n", plan->saved);
	sx_str_addf(&text, "would put back from the snapshot %s:\n", plan->to.name);
	add_disks(&plan->to, "from", &text);
	sx_str_addf(&text, "  configuration %pS\n", plan->to.config);
	if (!plan->to.memory || !plan->to.keep_memory)
		sx_str_add(&text, "it would be off\n");
	else if (*plan->to.saved_in)
		sx_str_addf(&text, "  memory, in %pS\nit would be saved\n", plan->to.saved_in);
	else
		sx_str_add(&text, "  memory, with which it goes on\n");
	print_plan(inv, &text);
	return EXIT_SUCCESS;
}

/* Its room on the disk, in MiB; less than one is one. */
static uint64_t mib_of(const struct snapshot *s)
{
	return (snapshot_bytes(s) + (1 << 20) - 1) >> 20;
}

static int plan_drop(const struct sx_invocation *inv, const struct snapshot *s)
{
	SX_STR text = { 0 };

	sx_str_addf(&text, "would drop the snapshot %s of %pS, %" PRIu64 " MiB\n", s->name,
		    s->guest, mib_of(s));
	print_plan(inv, &text);
	return EXIT_SUCCESS;
}

/* ---- snapshot ---- */

int cmd_snapshot(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	struct snapshot_options wanted = { .name = inv->argc > 2 ? inv->argv[2] : NULL,
					   .no_memory = is_given(inv, "no-memory"),
					   .copy = is_given(inv, "copy") };
	SX_FREE char *content = NULL;
	SNAPSHOT s = { 0 };

	if (check_words(inv, 1, 2, err) || snapshot_read_cow(inv, &wanted.cow, err))
		return -1;
	if (snapshot_take(env, inv->argv[1], &wanted, &s, err))
		return end_like_xl(env, "no snapshot was taken", err);
	if (env->dry_run)
		return plan_snapshot(inv, &s);
	content = snapshot_content(&s);
	if (s.pauses || s.paused_ms)
		flow_notice(env, "%s: snapshot %s: %s; it stood still for %lld.%lld s", s.guest,
			    s.name, content, s.paused_ms / 1000, s.paused_ms % 1000 / 100);
	else
		flow_notice(env, "%s: snapshot %s: %s", s.guest, s.name, content);
	if (inv->options->json)
		print_one(inv, &s);
	return EXIT_SUCCESS;
}

/* Print the line wrapped to the screen; without a screen unwrapped, for grep. */
static void print_filled(const char *line)
{
	size_t width = terminal_width(stdout);
	SX_STR s = { 0 };

	sx_fill(&s, line, 0, 8, width ? width : SIZE_MAX);
	puts(sx_str_text(&s));
}

static void print_snapshot(const struct snapshot *s, const char *fault)
{
	SX_FREE char *content = snapshot_content(s);
	SX_FREE char *line =
		sx_format("%pS  %s  %s  %s, %" PRIu64 " MiB%s%pS", s->guest, s->name, s->taken_at,
			  content, mib_of(s), *s->reason ? ": " : "", s->reason);

	print_filled(line);
	if (fault)
		sx_print(stdout, "  cannot be reverted to: %pS\n", fault);
}

/* No snapshots were found: accept a guest without any, but not an unknown name. */
static int check_guest(const struct flow_env *env, const char *guest, struct sx_err *err)
{
	RESOLVED found = { 0 };

	return resolve_domain(env, guest, "", &found, err) && err->code == SX_ENOCONFIG
		       ? sx_err_wrap(err, "%s", guest)
		       : 0;
}

static int list(const struct sx_invocation *inv, const struct flow_env *env, const char *guest,
		struct sx_err *err)
{
	SNAPSHOTS all = { 0 };
	JSON_DOC *j = output_new();

	if (snapshots_load(env, guest, &all, err))
		return -1;
	if (guest && !all.len && check_guest(env, guest, err))
		return -1;
	json_set_words(j, "snapshots", (char *[]){ NULL });
	for (size_t i = 0; i < all.len; i++) {
		SX_FREE char *fault = snapshot_fault(env, &all.items[i]);
		struct json *one;

		if (!inv->options->json) {
			print_snapshot(&all.items[i], fault);
			continue;
		}
		one = json_new();
		snapshot_members(&all.items[i], "snapshot", one);
		json_set_bool(one, "sound", !fault);
		output_text(one, "fault", fault);
		json_append(j, "snapshots", one);
	}
	for (size_t i = 0; i < all.broken.len; i++)
		flow_notice(env, "a snapshot cannot be read: %s", all.broken.items[i]);
	if (inv->options->json)
		outcome_print(inv->outcome, j);
	else if (!all.len && guest)
		flow_notice(env, "%s has no snapshots", guest);
	else if (!all.len)
		flow_notice(env, "there are no snapshots");
	return EXIT_SUCCESS;
}

static int drop(const struct sx_invocation *inv, const struct flow_env *env, const char *guest,
		const char *name, struct sx_err *err)
{
	SNAPSHOT s = { 0 };
	uint64_t mib;

	if (snapshot_find(env, guest, name, &s, err))
		return -1;
	if (env->dry_run)
		return plan_drop(inv, &s);
	mib = mib_of(&s);
	if (snapshot_drop(env, &s, err))
		return sx_err_wrap(err, "%s: the snapshot '%s' is not dropped", guest, name);
	flow_notice(env, "%s: dropped the snapshot '%s', %" PRIu64 " MiB", guest, name, mib);
	if (inv->options->json)
		print_one(inv, &s);
	return EXIT_SUCCESS;
}

int cmd_snapshots(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	const struct sx_given *dropped = sx_options_own(inv->options, "drop");
	const char *guest = inv->argc > 1 ? inv->argv[1] : NULL;

	if (check_words(inv, 0, 1, err))
		return -1;
	if (dropped && !guest)
		return sx_err_set(err, SX_EUSAGE, "snapshots: --drop needs the domain as well");
	return dropped ? drop(inv, env, guest, dropped->value, err) : list(inv, env, guest, err);
}

int cmd_revert(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	struct revert_options wanted = { .no_keep = is_given(inv, "no-keep"),
					 .no_memory = is_given(inv, "no-memory"),
					 .copy = is_given(inv, "copy") };
	SX_CLEANUP(snapshot_revert_plan_dispose) struct snapshot_revert_plan plan = { 0 };

	if (check_words(inv, 2, 2, err))
		return -1;
	event_about(env, inv->argv[1]);
	if (snapshot_revert(env, inv->argv[1], inv->argv[2], &wanted, &plan, err))
		return end_like_xl(env, "it is not as in the snapshot", err);
	if (env->dry_run)
		return plan_revert(inv, &plan);
	inv->outcome->changed = true;
	return EXIT_SUCCESS;
}
