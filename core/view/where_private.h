/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by where*.c. */
#pragma once

#include "view/where.h"

/* Its configuration and its disks are known, and it neither runs nor is saved: can it be started? */
void where_look_start(const struct flow_env *env, struct where_view *v);
