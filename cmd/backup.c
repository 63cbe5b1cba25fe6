/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* backup, verify, and restore of a backup. */
#include "core.h"
#include "output.h"
#include "snapshot.h"

#include "backup/backup.h"
#include "guard/guard.h"

#include <stdio.h>
#include <string.h>

static bool is_given(const struct sx_invocation *inv, const char *option)
{
	return sx_options_own(inv->options, option) != NULL;
}

static int check_words(const struct sx_invocation *inv, struct sx_err *err)
{
	for (int i = 1; i < inv->argc; i++)
		if (!*inv->argv[i] || i > 2)
			return sx_err_set(err, SX_EUSAGE, "backup: unexpected argument '%s'",
					  inv->argv[i]);
	return inv->argc > 1 ? 0 : sx_err_set(err, SX_EUSAGE, "backup: a domain is needed");
}

static void tell_made(const struct flow_env *env, const struct snapshot *s)
{
	SX_FREE char *content = snapshot_content(s);
	unsigned long long mib = (snapshot_bytes(s) + (1 << 20) - 1) >> 20;

	if (s->paused_ms)
		flow_notice(env, "%s: backup in %s: %s; %llu MiB; it stood still for %lld.%lld s",
			    s->guest, s->dir, content, mib, s->paused_ms / 1000,
			    s->paused_ms % 1000 / 100);
	else
		flow_notice(env, "%s: backup in %s: %s; %llu MiB", s->guest, s->dir, content, mib);
}

int cmd_backup(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	struct backup_options wanted = { .dir = inv->argc > 2 ? inv->argv[2] : NULL,
					 .no_memory = is_given(inv, "no-memory"),
					 .copy = is_given(inv, "copy") };
	SNAPSHOT s = { 0 };
	int r;

	if (check_words(inv, err) || snapshot_read_cow(inv, &wanted.cow, err))
		return -1;
	event_about(env, inv->argv[1]);
	r = backup_take(env, inv->argv[1], &wanted, &s, err);
	if (r) {
		if (err->code == SX_EXL)
			flow_notice(env, "no backup was made");
		return -1;
	}
	tell_made(env, &s);
	if (inv->options->json) {
		JSON_DOC *j = output_new();

		snapshot_members(&s, "backup", j);
		outcome_print(inv->outcome, j);
	}
	return EXIT_SUCCESS;
}

static struct json *verified_json(const char *dir, const struct backup_look *look)
{
	const struct snapshot *s = &look->s;
	struct json *j = json_new();
	SX_WORDS faults = { 0 };

	sx_words_add_all(&faults, look->faults.items);
	json_set_string(j, "directory", dir);
	json_set_bool(j, "whole", !look->faults.len);
	json_set_bool(j, "unread", look->unread > 0);
	json_set_words(j, "faults", sx_words_argv(&faults));
	output_text(j, "domain", s->guest);
	output_text(j, "backup", s->name);
	output_time_text(j, "taken_at", s->taken_at ? s->taken_at : "");
	output_text(j, "consistency", s->consistency);
	output_bool(j, "memory", s->guest, s->memory);
	return j;
}

static void print_verified(const char *dir, const struct backup_look *look)
{
	SX_FREE char *content = look->s.guest ? snapshot_content(&look->s) : NULL;

	for (size_t i = 0; i < look->faults.len; i++) {
		sx_print(stdout, "%pS: %pS\n", dir, look->faults.items[i]);
	}
	if (!look->faults.len)
		sx_print(stdout, "%pS: whole: %pS, %s, %s\n", dir,
			 look->s.guest ? look->s.guest : "", look->s.taken_at, content);
}

/* One that is no backup, or cannot be found, keeps none of the others. Returns the exit status. */
static int tell_unverified(const struct sx_invocation *inv, const char *word,
			   const struct sx_err *err, struct json *all)
{
	BACKUP_LOOK none = { .unread = err->code != SX_EUSAGE };

	sx_err_print(err);
	sx_words_give(&none.faults, sx_err_text(err));
	json_append(all, "backups", verified_json(word, &none));
	return sx_err_status_of(inv->command, err);
}

/* Verify one backup; *status: what that gives. */
static int verify(const struct sx_invocation *inv, const struct flow_env *env, const char *word,
		  struct json *all, int *status, struct sx_err *err)
{
	static const int trouble = 2;
	BACKUP_LOOK look = { 0 };
	SX_FREE char *dir = NULL;

	if (backup_find(env, word, &dir, err))
		return -1;
	if (backup_verify(dir, &env->progress, &look, err))
		return sx_err_wrap(err, "verify");
	*status = look.unread ? trouble : look.faults.len ? EXIT_FAILURE : EXIT_SUCCESS;
	if (inv->options->json)
		json_append(all, "backups", verified_json(dir, &look));
	else
		print_verified(strchr(word, '/') ? word : dir, &look);
	return 0;
}

int cmd_verify(const struct sx_invocation *inv, const struct flow_env *env, struct sx_err *err)
{
	JSON_DOC *j = output_new();
	int result = EXIT_SUCCESS;

	if (inv->argc < 2)
		return sx_err_set(err, SX_EUSAGE, "verify: the directory of a backup is needed");
	json_set_words(j, "backups", (char *[]){ NULL });
	for (int i = 1; i < inv->argc; i++) {
		int status, failed = verify(inv, env, inv->argv[i], j, &status, err);

		if (failed && inv->argc == 2)
			return -1;
		if (failed)
			status = tell_unverified(inv, inv->argv[i], err, j);
		result = status > result ? status : result;
		sx_err_clear(err);
	}
	if (inv->options->json)
		outcome_print(inv->outcome, j);
	return result;
}

int core_restore_backup(const struct sx_invocation *inv, const struct flow_env *env,
			struct sx_err *err)
{
	const struct sx_given *as = sx_options_own(inv->options, "as");
	struct restore_options wanted = { .as = as ? as->value : NULL,
					  .overwrite = is_given(inv, "overwrite"),
					  .no_memory = is_given(inv, "no-memory") };
	int r;

	if (inv->argc != 2 || !*inv->argv[1])
		return sx_err_set(err, SX_EUSAGE, "restore: the directory of one backup is needed");
	for (size_t i = 0; i < inv->options->own.len; i++)
		if (sx_streq(inv->options->own.items[i].name, "disk"))
			sx_words_add(&wanted.disks, inv->options->own.items[i].value);
	r = backup_restore(env, inv->argv[1], &wanted, err);
	sx_words_dispose(&wanted.disks);
	if (r)
		return -1;
	inv->outcome->changed = true;
	return EXIT_SUCCESS;
}

/*
 * The word after `restore` may be a guest with backups but no saved image: only the user knows
 * which is meant.
 */
int core_hint_backup(const struct sx_invocation *inv, const struct flow_env *env,
		     struct sx_err *err)
{
	SX_FREE char *newest = NULL, *before = NULL;
	struct saved_words words = { 0 };

	restore_words_split(inv->argv, &words);
	if (sx_streq(inv->command->name, "restore") && err->code == SX_ENODOMAIN && words.image &&
	    !strchr(words.image, '/'))
		newest = backup_newest(env, words.image);
	if (!newest)
		return -1;
	before = sx_strdup(err->hint ? err->hint : "");
	return sx_err_hint(err, "%s%sto put its newest backup back: safexl restore %pQ", before,
			   *before ? "\n" : "", newest);
}
