/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safexl __complete, for both stages. Private to cmd/. */
#pragma once

#include "base/candidate.h"

/* Internal command: the front passes completion to the core by this name. */
#define COMPLETE_COMMAND "__complete"

/* Finds the candidates; false: this stage cannot. */
struct complete_finder {
	bool (*find)(void *arg, char *const *words, size_t cword, struct candidates *out);
	void *arg;
};

/* Print the candidates for argv (argv[0] is __complete); false: printed none, the core must. */
bool complete_main(int argc, char *const *argv, const struct complete_finder *finder);
