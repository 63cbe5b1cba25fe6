/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* save, restore, where, images. */
#include "core.h"
#include "output.h"

#include "base/fill.h"
#include "base/terminal.h"
#include "domain/domain.h"
#include "guard/guard.h"
#include "guard/images.h"
#include "view/where.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The end of a dry run. `image`: what xl would be given after the words; NULL: nothing. */
static int would_run(const struct sx_invocation *inv, const char *image)
{
	SX_WORDS words = { 0 };
	SX_STR line = { 0 };

	core_xl_words(inv, false, &words);
	if (image)
		sx_words_add(&words, image);
	sx_str_add_words(&line, sx_words_argv(&words));
	core_would_run(inv, sx_str_text(&line));
	if (!inv->options->json)
		puts("guard: allowed");
	return EXIT_SUCCESS;
}

int cmd_save(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	SX_FREE char *image = NULL;
	bool pass;
	int status;

	if (inv->options->dry_run)
		return save_preview(env, inv->argv, &image, err) ? -1 : would_run(inv, image);
	if (inv->options->live)
		return save_judge(env, inv->argv, err) ? -1 : core_exec_xl(inv, false, err);
	if (save_run(env, inv->argv, &pass, &status, err))
		return -1;
	return pass ? core_exec_xl(inv, false, err) : core_end_like(inv, status);
}

int cmd_restore(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	bool pass;
	int status;

	if (inv->command->class == SX_OWN)
		return core_restore_backup(inv, env, err);
	if (inv->options->dry_run)
		return restore_judge(env, inv->argv, err) ? -1 : would_run(inv, NULL);
	if (restore_run(env, inv->argv, &pass, &status, err))
		return -1;
	return pass ? core_exec_xl(inv, false, err) : core_end_like(inv, status);
}

/* For people: "1.5 GiB". Heap string. */
static char *size_text(unsigned long long bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes;
	size_t unit = 0;

	while (value >= 1024 && unit + 1 < SX_COUNT(units)) {
		value /= 1024;
		unit++;
	}
	return sx_format(unit && value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

/* Without a screen, lines are not wrapped. */
static size_t screen_width(void)
{
	size_t width = terminal_width(stdout);

	return width ? width : SIZE_MAX;
}

/* Print untrusted text after a label, wrapped at the screen's edge, except inside a command. */
static void print_behind(const char *label, size_t indent, const char *text)
{
	SX_FREE char *shown = sx_shown(text);
	char *command = strstr(shown, ": safexl ");
	SX_STR s = { 0 };

	for (char *p = command ? command + 2 : NULL; p && (p = strchr(p, ' '));)
		*p = SX_FILL_JOIN;

	sx_str_addf(&s, "%-*s", (int)indent, label);
	sx_fill(&s, shown, indent, indent, screen_width());
	puts(sx_str_text(&s));
}

static void print_shown(const char *label, const char *text)
{
	print_behind(label, 9, text);
}

static char *memory_text(const struct where_view *v)
{
	if (v->running)
		return sx_format("%s (domid %" PRIu32 ", %" PRIu64 " MiB)", domain_state(v->state),
				 v->domid, v->memory_kib / 1024);
	if (*v->to_host)
		return sx_format("on %s, migrated there (%s)", v->to_host, v->saved_at);
	if (*v->image)
		return sx_format("saved in %s (%s)", v->image, v->saved_at);
	return sx_strdup(v->xen ? "off: not running, not saved" : "unknown: Xen cannot be asked");
}

static void print_disk(const struct where_disk *d, bool first)
{
	SX_FREE char *size = d->size ? size_text(d->size) : sx_strdup("size unknown");
	SX_FREE char *line =
		d->unread ? sx_strdup(d->unread)
			  : sx_format("%s  %s, %s, %s", d->vdev, *d->target ? d->target : "(empty)",
				      size, d->readwrite ? "read-write" : "read-only");

	print_shown(first ? "disks" : "", line);
	if (*d->use)
		print_shown("", d->use);
	if (*d->since)
		print_shown("", d->since);
}

static void print_where(const struct where_view *v)
{
	SX_FREE char *memory = memory_text(v);

	print_shown("domain", v->name);
	print_shown("memory", memory);
	if (!*v->config) {
		SX_FREE char *why = sx_format("none: %s", v->config_why);

		print_shown("config", why);
		if (*v->config_history)
			print_shown("", v->config_history);
	} else {
		print_shown("config", v->config);
		if (*v->commit)
			print_shown("", v->commit);
		if (v->config_edited)
			print_shown("", *v->commit ? "edited by hand since its last commit"
						   : "not in the history yet");
		for (size_t i = 0; i < v->drift.len; i++)
			print_shown("", v->drift.items[i]);
		if (*v->config_waiting) {
			SX_FREE char *waiting =
				sx_format("changed since the save; takes effect at its next cold "
					  "boot: %s",
					  v->config_waiting);
			print_shown("", waiting);
		}
	}
	for (size_t i = 0; i < v->len; i++)
		print_disk(&v->items[i], i == 0);
	for (size_t i = 0; i < v->verdict.len; i++)
		print_shown(i ? "" : "now", v->verdict.items[i]);
}

static struct json *disk_json(const struct where_disk *w)
{
	struct json *d = json_new();

	output_text(d, "vdev", w->vdev);
	output_text(d, "target", w->target);
	output_number(d, "size", w->size > 0, (long long)w->size);
	json_set_bool(d, "readwrite", w->readwrite);
	output_text(d, "use", w->use);
	output_text(d, "since_saved", w->since);
	output_text(d, "unread", w->unread);
	return d;
}

static void print_where_json(const struct sx_invocation *inv, struct where_view *v)
{
	JSON_DOC *j = output_new();
	bool runs = v->running;

	output_text(j, "domain", v->name);
	output_text(j, "uuid", v->uuid);
	json_set_bool(j, "xen", v->xen);
	output_text(j, "state", v->word);
	output_number(j, "domid", runs, v->domid);
	output_number(j, "memory_mib", runs && v->memory_kib, (long long)(v->memory_kib / 1024));
	output_text(j, "host", v->to_host);
	output_text(j, "image", v->image);
	output_time_text(j, "saved_at", v->saved_at);
	output_text(j, "config", v->config);
	output_bool(j, "config_edited", *v->config, v->config_edited);
	output_last(j, "last_change", v->last);
	output_list(j, "waiting_keys", v->config_waiting);
	json_set_words(j, "drift_notes", sx_words_argv(&v->drift));
	json_set_words(j, "disks", (char *[]){ NULL });
	for (size_t i = 0; i < v->len; i++)
		json_append(j, "disks", disk_json(&v->items[i]));
	output_bool(j, "startable", v->xen, v->startable);
	output_bool(j, "restorable", v->xen, v->restorable);
	json_set_words(j, "verdicts", sx_words_argv(&v->verdict));
	outcome_print(inv->outcome, j);
}

int cmd_where(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	SX_CLEANUP(where_dispose) struct where_view v = { 0 };

	if (inv->argc != 2 || !*inv->argv[1])
		return sx_err_set(err, SX_EUSAGE, "where: one domain is needed");
	if (where_look(env, inv->argv[1], &v, err))
		return -1;
	if (inv->options->json)
		print_where_json(inv, &v);
	else
		print_where(&v);
	return EXIT_SUCCESS;
}

static void print_images(const struct guard_images *all)
{
	sx_each(const struct guard_image, w, all) {
		const struct marker *m = w->marker;
		SX_FREE char *size = w->exists ? size_text(w->size) : sx_strdup("gone");
		SX_FREE char *line =
			sx_format("%s  %s  (%s, %s)", m->name, m->image, size, m->saved_at);

		print_behind(marker_state_name(m->state), 11, line);
		print_behind("", 11, *w->verdict ? w->verdict : "it can be restored");
	}
}

static void print_images_json(const struct sx_invocation *inv, const struct guard_images *all)
{
	JSON_DOC *j = output_new();

	json_set_words(j, "images", (char *[]){ NULL });
	sx_each(const struct guard_image, w, all) {
		const struct marker *m = w->marker;
		struct json *d = json_new();

		output_text(d, "image", m->image);
		output_text(d, "state", marker_state_name(m->state));
		output_text(d, "domain", m->name);
		output_text(d, "uuid", m->uuid);
		output_time_text(d, "saved_at", m->saved_at);
		json_set_bool(d, "exists", w->exists);
		output_number(d, "size", w->exists, (long long)w->size);
		json_set_bool(d, "restorable", !*w->verdict);
		output_text(d, "detail", w->verdict);
		json_append(j, "images", d);
	}
	outcome_print(inv->outcome, j);
}

int cmd_images(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	SX_CLEANUP(guard_images_dispose) struct guard_images all = { 0 };
	bool prune = sx_options_own(inv->options, "prune") != NULL;
	unsigned long long bytes = 0;

	if (inv->argc > 1)
		return sx_err_set(err, SX_EUSAGE, "images: unexpected argument '%s'", inv->argv[1]);
	if (guard_images_find(env, &all, err))
		return -1;
	if (prune) {
		SX_FREE char *size = NULL;

		if (guard_images_prune(env, &all, &bytes, err))
			return -1;
		size = size_text(bytes);
		flow_notice(env,
			    inv->options->dry_run ? "images: %s would be freed"
						  : "images: %s freed",
			    size);
		if (inv->options->json) {
			JSON_DOC *j = output_new();

			json_set_number(j, "freed", (long long)bytes);
			outcome_print(inv->outcome, j);
		}
		return EXIT_SUCCESS;
	}
	if (inv->options->json)
		print_images_json(inv, &all);
	else
		print_images(&all);
	return EXIT_SUCCESS;
}

int cmd_migrate(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	bool pass;
	int status;

	if (inv->options->live)
		return core_exec_xl(inv, false, err);
	if (migrate_run(env, inv->argv, &pass, &status, err))
		return -1;
	if (inv->options->dry_run)
		return would_run(inv, NULL);
	return pass ? core_exec_xl(inv, false, err) : core_end_like(inv, status);
}

int cmd_receive(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	int status;

	if (inv->options->json)
		return sx_err_set(err, SX_EUSAGE,
				  "%s: --json does not apply: its standard output is for the other "
				  "host",
				  inv->command->name);
	if (inv->options->dry_run)
		return core_exec_xl(inv, true, err);
	return receive_run(env, inv->argv, &status, err) ? -1 : core_end_like(inv, status);
}
