/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the attach of a device is complete, from its backend in xenstore: see live.h. Neither
 * does the guest's end show it (a netfront connects even if the hotplug script failed), nor does it
 * show the contrary: no driver of a guest is connected that is paused, still boots, or uses the
 * devices that QEMU emulates.
 */
#include "xen/live_private.h"

#include <string.h>
#include <xenstore.h>

enum { INIT_WAIT = 2, CONNECTED = 4 }; /* of enum xenbus_state in Xen's io/xenbus.h */

static char *read_node(struct xs_handle *xs, const char *backend, const char *name)
{
	SX_FREE char *path = sx_format("%s/%s", backend ? backend : "", name);

	return xs ? xs_read(xs, XBT_NULL, path, NULL) : NULL;
}

bool live_is_connected(int frontend, const char *backend)
{
	struct xs_handle *xs = backend && *backend ? xs_open(0) : NULL;
	SX_FREE char *state = read_node(xs, backend, "state");
	SX_FREE char *script = read_node(xs, backend, "script");
	SX_FREE char *said = read_node(xs, backend, "hotplug-status");
	long number = state ? strtol(state, NULL, 10) : CONNECTED;

	if (xs)
		xs_close(xs);
	/* Also while it is being detached: until the guest agrees, it has the device. */
	if (frontend == CONNECTED && number >= CONNECTED)
		return true;
	if (number > CONNECTED)
		return false;
	return script ? said && strcmp(said, "connected") == 0 : number >= INIT_WAIT;
}
