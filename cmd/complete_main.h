/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* safexl __complete, in either stage. Private to cmd/. */
#pragma once

#include "base/candidate.h"

/* The name by which the front hands it to the core; no command that a person types. */
#define COMPLETE_COMMAND "__complete"

/* How candidates are found; false: this stage cannot tell. */
struct complete_finder {
	bool (*find)(void *arg, char *const *words, size_t cword, struct candidates *out);
	void *arg;
};

/* argv[0] is __complete. Prints the candidates; false: nothing is printed, the core shall do it. */
bool complete_main(int argc, char *const *argv, const struct complete_finder *finder);
