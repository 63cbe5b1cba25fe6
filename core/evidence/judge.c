/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Collects what a comparison finds; the worst finding decides the verdict. See private.h. */
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

struct sx_words *evidence_judge_list(struct evidence_judge *j, enum evidence_state state)
{
	switch (state) {
	case EVIDENCE_CHANGED:
	case EVIDENCE_ANOTHER:
		return &j->changed;
	case EVIDENCE_UNSEEN:
	case EVIDENCE_MISSING:
		return &j->unseen;
	case EVIDENCE_UNKNOWN:
		return &j->unknown;
	case EVIDENCE_UNCHANGED_SEEN:
	case EVIDENCE_UNCHANGED_EXACT:
		break;
	}
	return &j->notes;
}

void evidence_judge_add(struct evidence_judge *j, enum evidence_state state, char *text)
{
	give_once(evidence_judge_list(j, state), text);
	evidence_judge_lower(j, state);
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
