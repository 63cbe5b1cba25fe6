/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a device's backend is connected, from xenstore: libxl reports only the frontend's state,
 * and a guest's netfront connects even if the hotplug script failed.
 */
#include "xen/live_private.h"

#include <string.h>
#include <xenstore.h>

bool live_backend_connected(const char *path)
{
	struct xs_handle *xs = path && *path ? xs_open(0) : NULL;
	SX_FREE char *node = sx_format("%s/state", path ? path : "");
	SX_FREE char *state = xs ? xs_read(xs, XBT_NULL, node, NULL) : NULL;

	if (xs)
		xs_close(xs);
	/* Assume that a backend of unknown state is connected. */
	return !state || strcmp(state, "4") == 0;
}
