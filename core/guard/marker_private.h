/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the markers share; see <safexl/marker.h>. */
#pragma once

#include "guard/marker.h"
#include "host/json.h"

/* MARKER_STATES when there is none of that name. */
enum marker_state marker_state_find(const char *name);
/* The parts of a marker under the names they have in its file. */
extern const struct json_field marker_fields[];
/* Its file's text, as a heap string. A text that is NULL becomes "" in the marker. */
char *marker_to_text(struct marker *m);
/* The directory of the markers. Heap string. */
char *markers_dir(const struct flow_env *env);
/* Why it is not to be acted upon, though it can be read; NULL: it is as we write them. Heap string. */
char *marker_odd(const struct marker *m);
