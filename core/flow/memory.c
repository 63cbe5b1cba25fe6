/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sizes a configuration gives a domain: see memory.h. */
#include "memory.h"

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
