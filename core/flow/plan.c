/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan of an edit, and the families that make one: see change.h. */
#include <safexl/change.h>
#include <safexl/edit.h>
#include <safexl/undo.h>

#include <string.h>

static void plan_note(struct change_plan *plan, int op, const char *key, const char *text,
		      size_t index)
{
	struct xlcfg_intent intent = { 0 };

	sx_words_add(&plan->texts, text ? text : "");
	intent.op = op;
	intent.key = key;
	intent.text = text ? plan->texts.items[plan->texts.len - 1] : NULL;
	intent.index = index;
	sx_vec_push(plan, intent);
}

int change_append(struct change_plan *plan, struct xlcfg *doc, const char *key, const char *text,
		  struct sx_err *err)
{
	if (xlcfg_list_append(doc, key, text, err))
		return -1;
	plan_note(plan, XLCFG_APPEND, key, text, 0);
	return 0;
}

int change_append_list(struct change_plan *plan, struct xlcfg *doc, const char *key,
		       char *const *texts, struct sx_err *err)
{
	SX_WORDS back = { 0 };
	size_t count = xlcfg_list_len(doc, key), i = 0;

	if (xlcfg_list_append_list(doc, key, texts, err))
		return -1;
	/* No intent says what an element that is a list holds: it is looked at here. */
	if (xlcfg_list_get_list(doc, key, count, &back))
		while (i < back.len && sx_streq(texts[i], back.items[i]))
			i++;
	if (i != back.len || texts[i])
		return sx_err_set(err, SX_EFAIL, "'%s' would not get the element it should", key);
	plan_note(plan, XLCFG_ANYTHING, key, NULL, 0);
	return 0;
}

int change_remove(struct change_plan *plan, struct xlcfg *doc, const char *key, size_t index,
		  struct sx_err *err)
{
	if (xlcfg_list_remove(doc, key, index, err))
		return -1;
	plan_note(plan, XLCFG_REMOVE, key, NULL, index);
	return 0;
}

int change_set_number(struct change_plan *plan, struct xlcfg *doc, const char *key, long value,
		      struct sx_err *err)
{
	SX_FREE char *text = sx_format("%ld", value);

	if (xlcfg_set_number(doc, key, value, err))
		return -1;
	plan_note(plan, XLCFG_SET, key, text, 0);
	return 0;
}

int change_set_string(struct change_plan *plan, struct xlcfg *doc, const char *key,
		      const char *value, struct sx_err *err)
{
	if (xlcfg_set_string(doc, key, value, err))
		return -1;
	plan_note(plan, XLCFG_SET, key, value, 0);
	return 0;
}

int change_set_list(struct change_plan *plan, struct xlcfg *doc, const char *key,
		    char *const *items, struct sx_err *err)
{
	if (xlcfg_set_list(doc, key, items, err))
		return -1;
	plan_note(plan, XLCFG_UNSET, key, NULL, 0);
	for (size_t i = 0; items[i]; i++)
		plan_note(plan, XLCFG_APPEND, key, items[i], 0);
	return 0;
}

int change_unset(struct change_plan *plan, struct xlcfg *doc, const char *key, struct sx_err *err)
{
	if (xlcfg_unset(doc, key, err))
		return -1;
	plan_note(plan, XLCFG_UNSET, key, NULL, 0);
	return 0;
}

int change_replace(struct change_plan *plan, struct xlcfg *doc, const char *key, size_t index,
		   const char *text, struct sx_err *err)
{
	if (xlcfg_list_replace(doc, key, index, text, err))
		return -1;
	plan_note(plan, XLCFG_REPLACE, key, text, index);
	return 0;
}

int change_set_text(struct change_plan *plan, struct xlcfg *doc, const char *text, size_t len,
		    struct sx_err *err)
{
	XLCFG_DIFFERENCES all = { 0 };
	XLCFG_DOC *old = NULL;
	size_t old_len;
	const char *old_text = xlcfg_text(doc, &old_len);

	plan->rewritten |= len != old_len || memcmp(text, old_text, len) != 0;
	if (xlcfg_parse(old_text, old_len, "the file", &old, err) ||
	    xlcfg_set_text(doc, text, len, err))
		return -1;
	xlcfg_compare(old, doc, &all);
	for (size_t i = 0; i < all.len; i++) {
		const struct xlcfg_intent *intent = &all.items[i].intent;

		sx_words_add(&plan->texts, intent->key);
		plan_note(plan, intent->op, plan->texts.items[plan->texts.len - 1], intent->text,
			  intent->index);
	}
	return 0;
}

void change_plan_dispose(struct change_plan *plan)
{
	sx_words_dispose(&plan->texts);
	sx_words_dispose(&plan->notices);
	free(plan->subject);
	free(plan->already);
	free(plan->instead);
	free(plan->trailers);
	sx_vec_free(plan);
	*plan = (struct change_plan){ 0 };
}

const struct change_family *change_family_find(const char *command)
{
	static const struct change_family *const all[] = {
		&disk_attach_family,  &disk_detach_family,   &memory_set_family,
		&memory_max_family,   &record_family,	     &undo_family,
		&edit_family,	      &vcpu_set_family,	     &vcpu_pin_family,
		&sched_credit_family, &sched_credit2_family, &sched_rtds_family,
		&pool_migrate_family, &rename_family,	     &config_update_family,
		&quota_family,	      &cd_insert_family,     &cd_eject_family
	};

	for (const struct change_family *f = device_families; f->command; f++)
		if (sx_streq(f->command, command))
			return f;
	for (size_t i = 0; i < SX_COUNT(all); i++)
		if (sx_streq(all[i]->command, command))
			return all[i];
	return NULL;
}
