/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The defaults that xl.conf(5) gives every domain. */
#pragma once

#include "base/fields.h"
#include "domain/env.h"

/*
 * Add the defaults that the file sets: of an interface "script", "bridge", "gatewaydev", "backend";
 * and "cpumask" when there are affinity masks.
 */
void xlconf_read(const struct flow_env *env, struct sx_fields *out);
