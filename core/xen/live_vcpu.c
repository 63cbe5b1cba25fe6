/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Virtual processors of running domains, and their affinities: see live.h. Only xenstore has the
 * number that vcpu-set asked for: for HVM, libxl reports QEMU's list, which does not shrink when
 * the number is lowered.
 */
#include "xen/live_private.h"

#include <string.h>
#include <xenstore.h>

static void add_range(struct sx_str *s, int first, int last)
{
	sx_str_addf(s, first == last ? "%s%d" : "%s%d-%d", s->len ? "," : "", first, last);
}

/* The host's processors in the map, in xl's notation. */
static char *map_text(const libxl_bitmap *map, int host_len)
{
	SX_STR s = { 0 };
	int count = 0, first = -1;

	for (int i = 0; i <= host_len; i++) {
		bool in = i < host_len && libxl_bitmap_test(map, i);

		count += in;
		if (in && first < 0)
			first = i;
		if (!in && first >= 0) {
			add_range(&s, first, i - 1);
			first = -1;
		}
	}
	return count == host_len ? sx_strdup("all") : sx_str_take(&s);
}

static void read_nodes(struct live *live, struct live_vcpus *out)
{
	int count = 0;
	libxl_cputopology *topology = libxl_get_cpu_topology(live->ctx, &count);

	out->host_nodes = sx_alloc((out->host_len + 1) * sizeof(*out->host_nodes));
	for (unsigned i = 0; i < out->host_len; i++) {
		bool known = topology && (int)i < count &&
			     topology[i].node != LIBXL_CPUTOPOLOGY_INVALID_ENTRY;

		out->host_nodes[i] = known ? (int)topology[i].node : -1;
	}
	if (topology)
		libxl_cputopology_list_free(topology, count);
}

/* The text of a xenstore node, "" if there is none. Heap string. */
static char *read_node(struct xs_handle *xs, const char *path)
{
	unsigned len;
	char *text = xs_read(xs, XBT_NULL, path, &len);
	char *copy = sx_strndup(text ? text : "", text ? len : 0);

	free(text);
	return copy;
}

static int read_wanted(uint32_t domid, struct live_vcpus *out, struct sx_err *err)
{
	struct xs_handle *xs = xs_open(0);
	SX_FREE char *type_path = sx_format("/libxl/%u/type", domid);
	SX_FREE char *type = NULL;

	if (!xs)
		return sx_err_sys(err, SX_EFAIL, "open xenstore");
	type = read_node(xs, type_path);
	out->hvm = sx_streq(type, "hvm");
	for (size_t i = 0; i < out->len; i++) {
		SX_FREE char *path = sx_format("/local/domain/%u/cpu/%zu/availability", domid, i);
		SX_FREE char *state = read_node(xs, path);

		out->wanted += strcmp(state, "online") == 0;
	}
	xs_close(xs);
	return 0;
}

int live_vcpus_get(struct live *live, uint32_t domid, struct live_vcpus *out, struct sx_err *err)
{
	int count = 0, host_len = 0;
	libxl_vcpuinfo *list = libxl_list_vcpu(live->ctx, domid, &count, &host_len);

	if (!list)
		return live_failed(live, err, SX_EFAIL, "list the domain's virtual processors");
	for (int i = 0; i < count; i++) {
		struct live_vcpu v = { .online = list[i].online,
				       .hard = map_text(&list[i].cpumap, host_len),
				       .soft = map_text(&list[i].cpumap_soft, host_len) };

		sx_vec_push(out, v);
	}
	libxl_vcpuinfo_list_free(list, count);
	out->host_len = (unsigned)host_len;
	read_nodes(live, out);
	if (read_wanted(domid, out, err)) {
		live_vcpus_dispose(out);
		return -1;
	}
	return 0;
}

void live_vcpus_dispose(struct live_vcpus *v)
{
	for (size_t i = 0; i < v->len; i++) {
		free(v->items[i].hard);
		free(v->items[i].soft);
	}
	sx_vec_free(v);
	free(v->host_nodes);
	*v = (struct live_vcpus){ 0 };
}
