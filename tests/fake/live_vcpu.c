/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Virtual processors and scheduling in the world of files: more lines of a DOMID.dom
 * (see live.c and live_config.c), with what holds when they are absent:
 *	maxvcpus=4		the maximum: as vcpus
 *	vcpus=2			those wanted online: 1
 *	pin=1 0-1 all		hard and soft affinity of processor 1: all, all
 *	sched=credit		the scheduler of its pool: credit2
 *	fact=type hvm		pv
 *	fact=cpu_weight 512	256
 *	fact=cap 50		0
 *	fact=period 20000	10000; fact=budget 4000; fact=extratime 1
 *	fact=pool pool1		Pool-0
 * The host has four processors, two in each of two nodes.
 */
#include "live_fake.h"

#include <string.h>

static const unsigned host_processors = 4;

/* The value of a line fact=KEY VALUE, NULL when there is none. Heap string. */
static char *fact(struct live *live, uint32_t domid, const char *key)
{
	SX_FREE char *start = sx_format("fact=%s ", key);
	SX_FREE char *line = fake_line(live, domid, start);

	return line ? sx_strdup(line + strlen(start)) : NULL;
}

static long number(struct live *live, uint32_t domid, const char *key, long otherwise)
{
	SX_FREE char *text = fact(live, domid, key);

	return text ? strtol(text, NULL, 10) : otherwise;
}

/* Read the affinity of a processor, "all" for what no line says. */
static struct live_vcpu read_vcpu(struct live *live, uint32_t domid, size_t index)
{
	SX_FREE char *key = sx_format("pin=%zu ", index);
	SX_FREE char *line = fake_line(live, domid, key);
	struct live_vcpu v = { 0 };
	char hard[64] = "all", soft[64] = "all";

	if (line)
		sscanf(line + strlen(key), "%63s %63s", hard, soft);
	v.hard = sx_strdup(hard);
	v.soft = sx_strdup(soft);
	return v;
}

int live_vcpus_get(struct live *live, uint32_t domid, struct live_vcpus *out, struct sx_err *err)
{
	SX_FREE char *name = fake_value(live, domid, "name");
	SX_FREE char *type = fact(live, domid, "type");
	SX_FREE char *wanted = fake_value(live, domid, "vcpus");
	SX_FREE char *most = fake_value(live, domid, "maxvcpus");
	long count;

	if (!name)
		return sx_err_set(err, SX_ENODOMAIN, "no such domain");
	out->wanted = wanted ? (unsigned)strtoul(wanted, NULL, 10) : 1;
	count = most ? strtol(most, NULL, 10) : (long)out->wanted;
	out->hvm = sx_streq(type, "hvm");
	for (long i = 0; i < count; i++) {
		struct live_vcpu v = read_vcpu(live, domid, (size_t)i);

		v.online = i < (long)out->wanted;
		sx_vec_push(out, v);
	}
	out->host_len = host_processors;
	out->host_nodes = sx_alloc(host_processors * sizeof(*out->host_nodes));
	for (unsigned i = 0; i < host_processors; i++)
		out->host_nodes[i] = (int)(i / 2);
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

int live_sched_get(struct live *live, uint32_t domid, struct live_sched *out, struct sx_err *err)
{
	SX_FREE char *name = fake_value(live, domid, "name");
	SX_FREE char *scheduler = fake_value(live, domid, "sched");

	if (!name)
		return sx_err_set(err, SX_ENODOMAIN, "no such domain");
	*out = (struct live_sched){ .weight = -1,
				    .cap = -1,
				    .period = -1,
				    .budget = -1,
				    .extratime = -1,
				    .uniform = true };
	snprintf(out->scheduler, sizeof(out->scheduler), "%s", scheduler ? scheduler : "credit2");
	if (sx_starts_with(out->scheduler, "credit")) {
		out->weight = number(live, domid, "cpu_weight", 256);
		out->cap = number(live, domid, "cap", 0);
	} else if (sx_streq(out->scheduler, "rtds")) {
		out->period = number(live, domid, "period", 10000);
		out->budget = number(live, domid, "budget", 4000);
		out->extratime = number(live, domid, "extratime", 1);
	}
	return 0;
}

int live_pool_get(struct live *live, uint32_t domid, char **out, struct sx_err *err)
{
	SX_FREE char *name = fake_value(live, domid, "name");
	char *pool = fact(live, domid, "pool");

	if (!name)
		return sx_err_set(err, SX_ENODOMAIN, "no such domain");
	*out = pool ? pool : sx_strdup("Pool-0");
	return 0;
}
