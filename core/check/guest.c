/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the keys mean in combination: would xl start or refuse this guest? */
#include "xlcfg/guest.h"
#include "check/private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* xl compares only as many letters as are given: "h" is hvm. NULL: none matches. */
static const char *first_that_begins(const char *const *names, const char *text)
{
	for (; *names; names++)
		if (sx_starts_with(*names, text))
			return *names;
	return NULL;
}

static const char *const types[] = { "hvm", "pv", "pvh", NULL };
static const char *const builders[] = { "hvm", "generic", NULL };

/* How xl reads the key's word; NULL: the key is absent, or xl does not know the word. */
static const char *choice_of(const struct xlcfg *doc, const char *key, const char *const *names)
{
	SX_FREE char *text = xlcfg_get_string(doc, key);

	return text ? first_that_begins(names, text) : NULL;
}

static void check_type(struct inspect *in, const struct xlcfg *doc)
{
	SX_FREE char *type = xlcfg_get_string(doc, "type");
	SX_FREE char *builder = xlcfg_get_string(doc, "builder");
	const char *by_type = choice_of(doc, "type", types);
	const char *by_builder = choice_of(doc, "builder", builders);
	size_t line = xlcfg_key_line(doc, type ? "type" : "builder");

	if (type && !by_type)
		inspect_add(in, line, INSPECT_FATAL, "value", "type: '%s' is none of: hvm pv pvh",
			    type);
	if (builder && !by_builder)
		inspect_add(in, xlcfg_key_line(doc, "builder"), INSPECT_FATAL, "value",
			    "builder: '%s' is none of: hvm generic", builder);
	if (by_type && by_builder && !sx_streq(by_type, sx_streq(by_builder, "hvm") ? "hvm" : "pv"))
		inspect_add(in, line, INSPECT_FATAL, "value",
			    "type = '%s' and builder = '%s' contradict each other", type, builder);
}

static bool is_uuid(const char *text)
{
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return !text[36];
}

static void check_identity(struct inspect *in, const struct xlcfg *doc)
{
	SX_FREE char *name = xlcfg_get_string(doc, "name");
	SX_FREE char *uuid = xlcfg_get_string(doc, "uuid");
	size_t line = xlcfg_key_line(doc, "name");

	if (!name)
		inspect_add(in, line, INSPECT_FATAL, "name", "no name: xl refuses the file");
	else if (!*name)
		inspect_add(in, line, INSPECT_ERROR, "name", "the name is empty");
	else
		inspect_claim(in, CLAIM_NAME, name, name, line, false);
	if (name && *name && strspn(name, "0123456789") == strlen(name))
		inspect_add(in, line, INSPECT_WARNING, "name",
			    "name: '%s' is all digits: commands take it for a number of a domain",
			    name);
	line = xlcfg_key_line(doc, "uuid");
	if (uuid && !is_uuid(uuid)) {
		inspect_add(in, line, INSPECT_FATAL, "uuid", "uuid: '%s' is not a UUID", uuid);
	} else if (uuid) {
		SX_FREE char *lower = sx_strdup(uuid);

		for (char *p = lower; *p; p++)
			*p = (char)tolower((unsigned char)*p);
		inspect_claim(in, CLAIM_UUID, lower, uuid, line, false);
	}
}

static void check_memory(struct inspect *in, const struct xlcfg *doc)
{
	struct guest_pair p;
	size_t line = xlcfg_key_line(doc, "maxmem");

	guest_pair_read(doc, "memory", &p);
	if (!p.has_low && !p.has_high)
		inspect_add(in, 0, INSPECT_WARNING, "memory",
			    "neither memory nor maxmem: the guest gets %ld MiB", p.low);
	else if (p.low > p.high)
		inspect_add(in, line, INSPECT_FATAL, "memory",
			    "memory = %ld is more than maxmem = %ld", p.low, p.high);
	else if (p.low < p.high && p.fixed)
		inspect_add(in, line, INSPECT_FATAL, "memory",
			    "memory = %ld below maxmem = %ld (populate on demand) does not go "
			    "with %s",
			    p.low, p.high, p.fixed);
}

static void check_vcpus(struct inspect *in, const struct xlcfg *doc)
{
	struct guest_pair p;

	guest_pair_read(doc, "vcpus", &p);
	if (p.has_low && p.low > p.high)
		inspect_add(in, xlcfg_key_line(doc, "maxvcpus"), INSPECT_FATAL, "vcpus",
			    "vcpus = %ld is more than maxvcpus = %ld: xl refuses that", p.low,
			    p.high);
}

/* Numbers with which a guest cannot start or hardly run. */
static void check_bounds(struct inspect *in, const struct xlcfg *doc)
{
	for (const char *const *key = bounds_keys; *key; key++) {
		bool certain;
		SX_FREE char *why = bounds_why(doc, *key, &in->host, &certain);

		if (why)
			inspect_add(in, xlcfg_key_line(doc, *key),
				    certain ? INSPECT_FATAL : INSPECT_WARNING, "bounds", "%s", why);
	}
	for (const char *const *key = bounds_cpus_keys; *key; key++) {
		size_t line;
		bool certain;
		SX_FREE char *why = bounds_cpus_why(doc, *key, &in->host, &line, &certain);

		if (why)
			inspect_add(in, line, certain ? INSPECT_FATAL : INSPECT_WARNING, "bounds",
				    "%s", why);
	}
}

void inspect_guest(struct inspect *in, const struct xlcfg *doc)
{
	check_identity(in, doc);
	check_type(in, doc);
	check_memory(in, doc);
	check_vcpus(in, doc);
	check_bounds(in, doc);
	inspect_boot(in, doc);
}
