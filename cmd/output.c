/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds members to --json documents: see output.h. */
#include "output.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

struct json *output_new(void)
{
	struct json *j = json_new();

	json_set_number(j, "version", 1);
	return j;
}

void output_text(struct json *j, const char *key, const char *text)
{
	if (text && *text)
		json_set_string(j, key, text);
	else
		json_set_null(j, key);
}

void output_number(struct json *j, const char *key, bool known, long long value)
{
	if (known)
		json_set_number(j, key, value);
	else
		json_set_null(j, key);
}

void output_bool(struct json *j, const char *key, bool known, bool value)
{
	if (known)
		json_set_bool(j, key, value);
	else
		json_set_null(j, key);
}

void output_time(struct json *j, const char *key, bool known, long long seconds)
{
	time_t t = (time_t)seconds;
	char text[64], offset[8];
	struct tm tm;

	if (!known || !localtime_r(&t, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm) ||
	    strftime(offset, sizeof(offset), "%z", &tm) != 5) {
		json_set_null(j, key);
	} else {
		SX_FREE char *all = sx_format("%s%.3s:%s", text, offset, offset + 3);

		json_set_string(j, key, all);
	}
}

void output_time_text(struct json *j, const char *key, const char *text)
{
	static const char form[] = "0000-00-00 00:00:00 +0000";
	size_t i = 0;

	while (text && text[i] && form[i] &&
	       (form[i] == '0' ? isdigit((unsigned char)text[i])
			       : text[i] == form[i] || (form[i] == '+' && text[i] == '-')))
		i++;
	if (!text || text[i] || form[i]) {
		json_set_null(j, key);
	} else {
		SX_FREE char *all =
			sx_format("%.10sT%.8s%.3s:%s", text, text + 11, text + 20, text + 23);

		json_set_string(j, key, all);
	}
}

void output_list(struct json *j, const char *key, const char *text)
{
	SX_WORDS all = { 0 };

	while (text && *text) {
		size_t len = strcspn(text, ",");

		sx_words_give(&all, sx_strndup(text, len));
		text += len;
		text += strspn(text, ", ");
	}
	json_set_words(j, key, sx_words_argv(&all));
}

int output_commit(struct json *j, const struct history_entry *e, bool patch, struct sx_err *err)
{
	SX_WORDS configs = { 0 };
	SX_STR diff = { 0 };

	if (patch && history_patch(e, &diff, err))
		return -1;
	for (size_t i = 0; i < e->record.len; i++)
		sx_words_add(&configs, e->record.items[i].path);
	output_text(j, "commit", e->record.id);
	output_time(j, "time", true, e->record.time);
	output_text(j, "author", e->record.author);
	output_text(j, "email", e->record.email);
	output_text(j, "domain", e->domain);
	output_text(j, "subject", e->subject);
	output_text(j, "reason", e->reason);
	output_text(j, "command", e->command);
	output_text(j, "undoes", e->undoes);
	json_set_words(j, "configs", sx_words_argv(&configs));
	if (patch)
		json_set_string(j, "diff", sx_str_text(&diff));
	else
		json_set_null(j, "diff");
	return 0;
}

void output_last(struct json *j, const char *key, const struct history_last *last)
{
	struct json *one;

	if (!last) {
		json_set_null(j, key);
		return;
	}
	one = json_new();
	output_text(one, "commit", last->id);
	output_time(one, "time", true, last->time);
	output_text(one, "author", last->author);
	output_text(one, "subject", last->subject);
	json_put(j, key, one);
}
