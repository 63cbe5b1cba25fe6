/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers with which a guest cannot start: see bounds.h. */
#include "check/bounds.h"
#include "spec/cpulist.h"
#include "xlcfg/guest.h"

#include <string.h>

/* A domain's address space; HVM_MAX_VCPUS, MAX_VIRT_CPUS; libxl's bitmap for `vcpus`. */
static const long most_mib = 16L << 20;
static const long most_hvm_vcpus = 128, most_pv_vcpus = 8192, most_pv_online = 1024;
const long bounds_rtds_budget = 4000;

const char *const bounds_keys[] = { "memory",	  "maxmem", "vcpus",  "maxvcpus",
				    "cpu_weight", "cap",    "period", NULL };

void bounds_host_read(struct live *live, struct bounds_host *out)
{
	struct live *own = NULL;
	struct live_host host = { 0 };
	SX_ERR ignored = { 0 };

	*out = (struct bounds_host){ 0 };
	if (!live && live_open(&own, &ignored))
		return;
	if (live_host_get(live ? live : own, &host, &ignored) == 0) {
		out->memory = (long)(host.memory_kib / 1024);
		out->free = (long)(host.free_kib / 1024);
		out->cpus = host.cpus;
	}
	live_close(own);
}

bool bounds_value(const struct xlcfg *doc, const char *key, long *out)
{
	struct guest_pair p;

	if (!guest_pair_read(doc, key, &p))
		return xlcfg_get_long(doc, key, out);
	*out = guest_pair_value(&p, key);
	return true;
}

/* ---- memory ---- */

/* What QEMU's graphics card takes of an HVM guest's memory (libxl_create.c, for qemu-xen). */
static long video_mib(const struct xlcfg *doc)
{
	SX_FREE char *vga = xlcfg_get_string(doc, "vga");
	long video, standard = 0;

	if (!sx_streq(memory_guest_type(doc), "hvm"))
		return 0;
	if (xlcfg_get_long(doc, "videoram", &video))
		return video;
	if (sx_streq(vga, "none"))
		return 0;
	if (sx_streq(vga, "qxl"))
		return 128;
	return sx_streq(vga, "stdvga") ||
			       (!vga && xlcfg_get_long(doc, "stdvga", &standard) && standard)
		       ? 16
		       : 8;
}

/*
 * An estimate of a kernel's least memory: a description of each page that it may ever get, 1/64 of
 * the maximum, and some 32 MiB to run in. Small kernels, such as unikernels, need less: a quarter
 * of their maximum, or 8 MiB.
 */
static long least_mib(long maxmem)
{
	long need = 32 + maxmem / 64;

	if (need > maxmem / 4)
		need = maxmem / 4;
	return need < 8 ? 8 : need;
}

static char *memory_why(const struct xlcfg *doc, const struct bounds_host *host, long mib,
			bool *certain)
{
	struct guest_pair p;
	long video = video_mib(doc), least;

	guest_pair_read(doc, "memory", &p);
	least = least_mib(p.high);
	*certain = true;
	if (mib <= 0)
		return sx_strdup("no memory for the guest");
	if (mib > most_mib)
		return sx_format("Xen gives a domain at most %ld MiB", most_mib);
	if (host->memory && mib > host->memory)
		return sx_format("this host has %ld MiB in all", host->memory);
	if (mib <= video)
		return sx_format("%ld MiB of it are the graphics card's: none is left", video);
	*certain = false;
	if (mib < least + video)
		return sx_format("a guest of at most %ld MiB needs about %ld MiB or more", p.high,
				 least + video);
	return NULL;
}

static char *maxmem_why(const struct bounds_host *host, long mib, bool *certain)
{
	*certain = true;
	if (mib <= 0)
		return sx_strdup("no memory for the guest");
	if (mib > most_mib)
		return sx_format("Xen gives a domain at most %ld MiB", most_mib);
	*certain = false;
	if (host->memory && mib > host->memory)
		return sx_format("this host has %ld MiB in all", host->memory);
	return NULL;
}

/* ---- processors ---- */

static char *vcpus_why(const struct xlcfg *doc, bool online, long count, bool *certain)
{
	const char *type = memory_guest_type(doc);
	bool pv = sx_streq(type, "pv");
	long most = !pv ? most_hvm_vcpus : online ? most_pv_online : most_pv_vcpus;

	*certain = true;
	if (count <= 0)
		return sx_strdup("no processor for the guest");
	if (count > most)
		return sx_format("a %s guest has at most %ld virtual processors", type, most);
	return NULL;
}

static char *sched_why(const struct xlcfg *doc, const char *key, long value, bool *certain)
{
	struct guest_pair vcpus;

	guest_pair_read(doc, "vcpus", &vcpus);
	*certain = true;
	if (sx_streq(key, "cpu_weight"))
		return value < 1 || value > 65535 ? sx_strdup("a weight is 1 to 65535") : NULL;
	if (sx_streq(key, "cap"))
		return value < 0 || value / 100 > vcpus.high ||
				       (value / 100 == vcpus.high && value % 100)
			       ? sx_format("a cap is 0 to 100 for each of %ld virtual processor%s",
					   vcpus.high, vcpus.high == 1 ? "" : "s")
			       : NULL;
	if (value > INT32_MAX)
		return sx_format("a period is at most %d us", INT32_MAX);
	*certain = false;
	return value < bounds_rtds_budget
		       ? sx_format("with the rtds scheduler create fails below its "
				   "budget of %ld us",
				   bounds_rtds_budget)
		       : NULL;
}

/* ---- the host's processors ---- */

const char *const bounds_cpus_keys[] = { "cpus", "cpus_soft", NULL };

/* Xen refuses a hard affinity without any processor, but ignores such a soft one. */
static char *cpus_why(const char *text, const struct bounds_host *host, bool soft, bool *certain)
{
	SX_FREE bool *on = sx_alloc(host->cpus + 1);
	SX_STR plain = { 0 };
	SX_ERR err = { 0 };

	/* xl ignores blanks before a number. */
	for (const char *p = text; *p; p++)
		if (*p != ' ' && *p != '\t')
			sx_str_addc(&plain, *p);
	*certain = true;
	if (cpulist_check(sx_str_text(&plain), &err))
		return sx_strdup(err.msg);
	/* Which processors a node has is not known here. */
	if (!host->cpus || strstr(text, "node") ||
	    cpulist_read(sx_str_text(&plain), NULL, host->cpus, on, &err))
		return NULL;
	for (unsigned i = 0; i < host->cpus; i++)
		if (on[i])
			return NULL;
	*certain = !soft;
	return sx_format("'%s' has none of this host's processors, which are 0 to %u", text,
			 host->cpus - 1);
}

char *bounds_cpus_why(const struct xlcfg *doc, const char *key, const struct bounds_host *host,
		      size_t *line, bool *certain)
{
	SX_FREE char *one = xlcfg_get_string(doc, key);
	bool soft = sx_streq(key, "cpus_soft"), is_list = xlcfg_key_kind(doc, key) == XLCFG_LIST;
	SX_FREE char *why = one ? cpus_why(one, host, soft, certain) : NULL;
	struct guest_pair vcpus;

	guest_pair_read(doc, "vcpus", &vcpus);
	*line = xlcfg_key_line(doc, key);
	/* xl reads only as many entries as there are virtual processors. */
	for (size_t i = 0; is_list && !why && i < xlcfg_list_len(doc, key); i++) {
		SX_FREE char *entry = xlcfg_list_get(doc, key, i);

		if (!entry || (!vcpus.vnuma && i >= (size_t)vcpus.high))
			break;
		why = cpus_why(entry, host, soft, certain);
		*line = xlcfg_list_line(doc, key, i);
	}
	return why ? sx_format("%s: %s", key, why) : NULL;
}

/* ---- every key ---- */

char *bounds_why(const struct xlcfg *doc, const char *key, const struct bounds_host *host,
		 bool *certain)
{
	SX_FREE char *why = NULL;
	struct guest_pair p;
	long value;

	if (!xlcfg_get_long(doc, key, &value))
		return NULL;
	if (!guest_pair_read(doc, key, &p))
		why = sched_why(doc, key, value, certain);
	else if (!p.memory)
		why = vcpus_why(doc, sx_streq(key, p.low_key), value, certain);
	else if (sx_streq(key, p.low_key) || xlcfg_key_kind(doc, p.low_key) == XLCFG_ABSENT)
		why = memory_why(doc, host, value, certain);
	else
		why = maxmem_why(host, value, certain);
	return why ? sx_format("%s = %ld: %s", key, value, why) : NULL;
}
