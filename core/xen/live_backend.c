/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the other end of a device works, asked of xenstore: libxl tells the state of the guest's
 * end only, and a guest's netfront connects also where the hotplug script has failed.
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
	/* What cannot be asked is not held against it. */
	return !state || strcmp(state, "4") == 0;
}
