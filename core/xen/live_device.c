/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices of a running domain as libxl lists them: see live.h. core/device lists each class. */
#include "xen/live_private.h"

int live_devices_get(struct live *live, uint32_t domid, const char *key, live_device_list *list,
		     struct live_devices *out, struct sx_err *err)
{
	SX_FREE char *what = sx_format("list the domain's %s devices", key);
	size_t before = live_heard(live);

	/* libxl returns no list for no devices and for a failure; only then it logs an error. */
	if (list(live->ctx, domid, out) || live_heard(live) == before)
		return 0;
	return live_failed(live, err, SX_EFAIL, what);
}

void live_devices_dispose(struct live_devices *d)
{
	for (size_t i = 0; i < d->len; i++)
		sx_fields_dispose(&d->items[i].fields);
	sx_vec_free(d);
}
