/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by the marker's files; see marker.h. */
#pragma once

#include "guard/marker.h"
#include "host/json.h"

/* MARKER_STATES: there is no state of that name. */
enum marker_state marker_state_find(const char *name);
/* The members of a marker and their names in its file. */
extern const struct json_field marker_fields[];
/* The text of its file, a heap string. A NULL text becomes "" in the marker. */
char *marker_to_text(struct marker *m);
/* The directory of the markers. Heap string. */
char *markers_dir(const struct flow_env *env);
/* Why a readable marker cannot be trusted; NULL: it is as safexl writes them. Heap string. */
char *marker_odd(const struct marker *m);
