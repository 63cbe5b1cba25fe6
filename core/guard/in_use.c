/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Does another running domain use a marker's disks? The host's own devices need not show it. */
#include "guard/saved.h"
#include "xen/live.h"

#include <inttypes.h>

struct in_use {
	const struct marker *m;
	SX_VEC_OF(struct evidence_storage *); /* what the marker's disks consist of */
	struct live *live;
	char *how;
};

static void in_use_dispose(struct in_use *h)
{
	for (size_t i = 0; i < h->len; i++)
		evidence_storage_free(h->items[i]);
	sx_vec_free(h);
	live_close(h->live);
	free(h->how);
}

/* Which disk of the marker changes when this one is written to; h->len: none. */
static size_t find_disk(const struct in_use *h, const struct live_disk *d)
{
	struct evidence_options options = { 0 };
	struct evidence_subject s = { .target = d->target, .object = d->object };
	struct evidence_storage *own = evidence_storage_take(&options, &s, true);
	size_t i = 0;

	while (i < h->len && !evidence_storage_meets(own, h->items[i]))
		i++;
	evidence_storage_free(own);
	return i;
}

/* A domain that only reads the disk does no harm; one that cannot be asked counts as a writer. */
static bool is_readonly(const struct in_use *h, uint32_t domid, const struct live_disk *d)
{
	LIVE_CONFIG config = { 0 };
	SX_ERR ignored = { 0 };
	bool readonly = false;

	if (live_config_get(h->live, domid, &config, &ignored) == 0)
		for (size_t i = 0; i < config.disks.len; i++)
			if (config.disks.items[i].devid == d->devid)
				readonly = !config.disks.items[i].readwrite;
	return readonly;
}

static void look_domain(struct in_use *h, const struct live_domain *domain)
{
	LIVE_DISKS disks = { 0 };
	SX_ERR why = { 0 };

	if (live_disks_get(h->live, domain->domid, &disks, &why))
		h->how = sx_format("safexl cannot tell whether the domain '%s' (domid %" PRIu32
				   ") uses its disks: %s",
				   domain->name, domain->domid, why.msg);
	live_disks_locate(h->live, domain->domid, &disks);
	for (size_t i = 0; i < disks.len && !h->how; i++) {
		size_t at = find_disk(h, &disks.items[i]);
		struct evidence_subject s;

		if (at == h->len || is_readonly(h, domain->domid, &disks.items[i]))
			continue;
		marker_disk(h->m, at, &s);
		h->how = sx_format("disk %s: %s is in use by the domain '%s' (domid %" PRIu32 ")",
				   s.vdev, evidence_path(&s), domain->name, domain->domid);
	}
}

char *saved_in_use_by(const struct marker *m)
{
	SX_CLEANUP(in_use_dispose) struct in_use h = { .m = m };
	LIVE_DOMAINS all = { 0 };
	SX_ERR ignored = { 0 };

	if (live_open(&h.live, &ignored) || live_list(h.live, &all, &ignored))
		sx_err_clear(&ignored);
	for (size_t i = 0; all.len && i < marker_disk_count(m); i++)
		sx_vec_push(&h, marker_storage(m, i));
	for (size_t i = 0; i < all.len && !h.how; i++)
		if (!sx_streq(all.items[i].name, m->name))
			look_domain(&h, &all.items[i]);
	return sx_steal(&h.how);
}
