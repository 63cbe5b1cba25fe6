/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Type, sizes and processors that a configuration gives a domain: see guest.h. */
#include "xlcfg/guest.h"

#include <string.h>

const long memory_default_mib = 32;

const char *memory_guest_type(const struct xlcfg *doc)
{
	SX_FREE char *type = xlcfg_get_string(doc, "type");
	SX_FREE char *builder = xlcfg_get_string(doc, "builder");

	if (type && strncmp("hvm", type, strlen(type)) == 0)
		return "hvm";
	if (type && strncmp("pv", type, strlen(type)) != 0 &&
	    strncmp("pvh", type, strlen(type)) == 0)
		return "pvh";
	return !type && builder && strncmp("hvm", builder, strlen(builder)) == 0 ? "hvm" : "pv";
}

void memory_sizes_read(const struct xlcfg *doc, struct memory_sizes *s)
{
	/* HVM and PVH guests need populate-on-demand for it, which excludes assigned devices. */
	bool on_demand = strcmp(memory_guest_type(doc), "pv") != 0;

	s->has_memory = xlcfg_get_long(doc, "memory", &s->memory);
	s->has_maxmem = xlcfg_get_long(doc, "maxmem", &s->maxmem);
	if (!s->has_memory)
		s->memory = s->has_maxmem ? s->maxmem : memory_default_mib;
	if (!s->has_maxmem)
		s->maxmem = s->memory;
	s->fixed = on_demand && (xlcfg_list_len(doc, "pci") || xlcfg_list_len(doc, "dtdev"));
}

void vcpus_read(const struct xlcfg *doc, struct vcpus *out)
{
	*out = (struct vcpus){ .vcpus = 1 };
	out->has_vcpus = xlcfg_get_long(doc, "vcpus", &out->vcpus);
	out->has_max = xlcfg_get_long(doc, "maxvcpus", &out->max);
	out->vnuma = xlcfg_list_len(doc, "vnuma") > 0;
	if (!out->has_max)
		out->max = out->vcpus;
}
