/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What xl.conf(5) gives every domain. */
#pragma once

#include "base/fields.h"
#include "domain/env.h"

/*
 * What an interface has that says nothing else: "script", "bridge", "gatewaydev", "backend"; and
 * "cpumask" when there are masks of affinity. Only what the file sets is added.
 */
void xlconf_read(const struct flow_env *env, struct sx_fields *out);
