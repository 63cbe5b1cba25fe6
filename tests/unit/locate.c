/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the backends of disks have open, with nodes of xenstore from a table. */
#include "tap.h"

/* The world of files has a live_disks_locate of its own. */
#define live_disks_locate locate_really
#include "xen/live_object.c"

struct node {
	const char *path, *value;
};

static const struct node *nodes;

struct xs_handle *xs_open(unsigned long flags SX_UNUSED)
{
	return sx_alloc(1);
}

void xs_close(struct xs_handle *xs)
{
	free(xs);
}

void *xs_read(struct xs_handle *xs SX_UNUSED, xs_transaction_t t SX_UNUSED, const char *path,
	      unsigned *len SX_UNUSED)
{
	for (const struct node *n = nodes; n->path; n++)
		if (strcmp(n->path, path) == 0)
			return sx_strdup(n->value);
	return NULL;
}

/* What is found of the disk 51712 of domain 7, whose nodes these are: its object, "lost" or "-". */
static void found_is(struct tap *t, const struct node *all, const char *want, const char *what)
{
	LIVE_DISKS disks = { 0 };
	struct live_disk d = { .devid = 51712, .vdev = sx_strdup("xvda") };

	nodes = all;
	d.target = sx_strdup("/no/such/file");
	sx_vec_push(&disks, d);
	locate_really(NULL, 7, &disks);
	tap_is(t,
	       disks.items[0].lost     ? "lost"
	       : disks.items[0].object ? disks.items[0].object
				       : "-",
	       want, what);
}

int main(void)
{
	struct tap t = { 0 };
	SX_FREE char *pid = sx_format("%d", (int)getpid());
	SX_FREE char *self = realpath("/proc/self/exe", NULL);
	SX_FREE char *params = sx_format("aio:%s", self);
	SX_FCLOSE FILE *open_here = fopen(self, "re");
	const char *backend = "/libxl/7/device/vbd/51712/backend";
	const char *qemu = "/local/domain/7/image/device-model-pid";
	const struct node has[] = {
		{ backend, "/local/domain/0/backend/qdisk/7/51712" },
		{ "/local/domain/0/backend/qdisk/7/51712/params", params },
		{ qemu, pid },
		{ NULL, NULL },
	};
	const struct node lacks[] = {
		{ backend, "/local/domain/0/backend/qdisk/7/51712" },
		{ "/local/domain/0/backend/qdisk/7/51712/params", "aio:/no/such/file" },
		{ qemu, pid },
		{ NULL, NULL },
	};
	const struct node tap[] = {
		{ backend, "/local/domain/0/backend/vbd3/7/51712" },
		{ "/local/domain/0/backend/vbd3/7/51712/params", "vhd:/no/such/file" },
		{ qemu, pid },
		{ NULL, NULL },
	};
	const struct node elsewhere[] = {
		{ backend, "/local/domain/3/backend/qdisk/7/51712" },
		{ "/local/domain/3/backend/qdisk/7/51712/params", params },
		{ qemu, pid },
		{ NULL, NULL },
	};

	found_is(&t, has, self, "a file that QEMU has open");
	found_is(&t, lacks, "lost", "one that it has not");
	found_is(&t, tap, "-", "tapdisk's, which QEMU has not open: unknown");
	found_is(&t, elsewhere, "-", "that of another backend domain: unknown");
	return tap_end(&t);
}
