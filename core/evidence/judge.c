/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a comparison finds, and how bad it is: the worst of it counts. See private.h. */
#include "evidence/private.h"

#include <string.h>
#include <time.h>

bool evidence_is_worse(enum evidence_state a, enum evidence_state b)
{
	static const int weight[] = {
		[EVIDENCE_UNCHANGED_EXACT] = 0, [EVIDENCE_UNCHANGED_SEEN] = 1,
		[EVIDENCE_UNKNOWN] = 2,		[EVIDENCE_UNSEEN] = 3,
		[EVIDENCE_MISSING] = 4,		[EVIDENCE_ANOTHER] = 5,
		[EVIDENCE_CHANGED] = 6,
	};

	return weight[a] > weight[b];
}

bool evidence_forbids(enum evidence_state state)
{
	return evidence_is_worse(state, EVIDENCE_UNKNOWN);
}

void evidence_judge_lower(struct evidence_judge *j, enum evidence_state state)
{
	if (evidence_is_worse(state, j->state))
		j->state = state;
}

static void give_once(struct sx_words *words, char *text)
{
	for (size_t i = 0; i < words->len; i++) {
		if (strcmp(words->items[i], text) == 0) {
			free(text);
			return;
		}
	}
	sx_words_give(words, text);
}

void evidence_judge_note(struct evidence_judge *j, char *note)
{
	give_once(&j->notes, note);
}

void evidence_judge_changed(struct evidence_judge *j, char *fact)
{
	give_once(&j->changed, fact);
	evidence_judge_lower(j, EVIDENCE_CHANGED);
}

void evidence_judge_another(struct evidence_judge *j, char *fact)
{
	give_once(&j->changed, fact);
	evidence_judge_lower(j, EVIDENCE_ANOTHER);
}

void evidence_judge_unknown(struct evidence_judge *j, const char *reason)
{
	give_once(&j->unknown, sx_strdup(reason));
	evidence_judge_lower(j, EVIDENCE_UNKNOWN);
}

void evidence_judge_unseen(struct evidence_judge *j, char *reason)
{
	give_once(&j->unseen, reason);
	evidence_judge_lower(j, EVIDENCE_UNSEEN);
}

void evidence_judge_missing(struct evidence_judge *j, char *reason)
{
	give_once(&j->unseen, reason);
	evidence_judge_lower(j, EVIDENCE_MISSING);
}

void evidence_add_time(struct sx_str *s, long long seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[64];

	if (localtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm))
		sx_str_add(s, text);
	else
		sx_str_addf(s, "%lld s after 1970", seconds);
}
