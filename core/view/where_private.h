/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by where*.c. */
#pragma once

#include "view/where.h"

/* Can this domain, which neither runs nor is saved, be started? Needs v->config and v's disks. */
void where_look_start(const struct flow_env *env, struct where_view *v);
