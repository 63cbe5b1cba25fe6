/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Functions that safexl does not use. The build force-includes this into every file of ours, so
 * that a use is a compile error. Reasons: no bounds (strcpy, sprintf), hidden state (strtok), no
 * error report (atoi), a shell in between (system, popen).
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SX_BANNED(name) use_of_##name##_is_banned_see_banned_h

#undef strcpy
#define strcpy(a, b) SX_BANNED(strcpy)
#undef strcat
#define strcat(a, b) SX_BANNED(strcat)
#undef strncpy
#define strncpy(a, b, c) SX_BANNED(strncpy)
#undef strncat
#define strncat(a, b, c) SX_BANNED(strncat)
#undef sprintf
#define sprintf(...) SX_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) SX_BANNED(vsprintf)
#undef strtok
#define strtok(a, b) SX_BANNED(strtok)
#undef atoi
#define atoi(a) SX_BANNED(atoi)
#undef atol
#define atol(a) SX_BANNED(atol)
#undef atoll
#define atoll(a) SX_BANNED(atoll)
#undef system
#define system(a) SX_BANNED(system)
#undef popen
#define popen(a, b) SX_BANNED(popen)
#undef mktemp
#define mktemp(a) SX_BANNED(mktemp)
#undef gets
#define gets(a) SX_BANNED(gets)
