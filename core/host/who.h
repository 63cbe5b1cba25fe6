/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person at the keyboard: SUDO_USER, else the login uid, else the real uid. */
#pragma once

#include "base/err.h"

#include <sys/types.h>

struct who_person {
	uid_t uid;
	char *login; /* SUDO_USER or "uid1234" when the passwd entry is missing */
	char *name; /* gecos name, else login */
	char *home; /* "" when unknown */
	char *host; /* this host's name */
};

#define WHO_PERSON SX_CLEANUP(who_dispose) struct who_person

/* Find the person; cannot fail. SUDO_USER counts only when we run as root. */
void who_find(struct who_person *out);
void who_dispose(struct who_person *p);
