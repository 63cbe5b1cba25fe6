/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What libxl keeps of a domain as it was made, from DOMID.stored: lines as in DOMID.dom, which the fake
 * xl keeps (xl_domain.h). DOMID.json: as libxl has it, all of it. Without that file, or of an earlier domain of the number, nothing is known.
 */
#include "live_fake.h"

#include "host/json.h"

#include <inttypes.h>
#include <string.h>

static void add_vcpus(struct json *build, const char *count)
{
	SX_WORDS bits = { 0 };

	for (long i = 0; i < strtol(count, NULL, 10); i++)
		sx_words_add(&bits, "");
	if (bits.len)
		json_set_words(build, "avail_vcpus", sx_words_argv(&bits));
}

static void read_scalar(const char *line, struct json *info, struct json *build)
{
	const char *value = strchr(line, '=');
	size_t len = value ? (size_t)(value - line) : 0;
	SX_FREE char *key = sx_strndup(line, len);

	if (!value++)
		return;
	if (sx_streq(key, "name") || sx_streq(key, "uuid"))
		json_set_string(info, key, value);
	else if (sx_streq(key, "target") || sx_streq(key, "max"))
		json_set_number(build, sx_streq(key, "max") ? "max_memkb" : "target_memkb",
				strtoll(value, NULL, 10));
	else if (sx_streq(key, "maxvcpus"))
		json_set_number(build, "max_vcpus", strtoll(value, NULL, 10));
	else if (sx_streq(key, "vcpus"))
		add_vcpus(build, value);
}

/* The identity of a device among its fields. */
static void read_identity(const char *fields, struct json *device)
{
	static const char *const keys[] = { "mac", "uuid" };
	const char *bdf = strstr(fields, "bdf=");
	unsigned domain, bus, slot, function;

	for (size_t i = 0; i < SX_COUNT(keys); i++) {
		SX_FREE char *start = sx_format("%s=", keys[i]);
		const char *at = strstr(fields, start);
		SX_FREE char *value =
			at ? sx_strndup(at + strlen(start), strcspn(at + strlen(start), ","))
			   : NULL;

		if (value)
			json_set_string(device, keys[i], value);
	}
	if (!bdf || sscanf(bdf, "bdf=%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		return;
	json_set_number(device, "domain", domain);
	json_set_number(device, "bus", bus);
	json_set_number(device, "dev", slot);
	json_set_number(device, "func", function);
}

static void read_device(const char *line, struct json *out)
{
	static const struct {
		const char *key, *list;
	} all[] = { { "vif", "nics" },
		    { "vtpm", "vtpms" },
		    { "vdispl", "vdispls" },
		    { "usbctrl", "usbctrls" },
		    { "pci", "pcidevs" } };
	char key[16], number[64], state[32];
	struct json *device;
	int used = 0;

	if (sscanf(line, "%15[a-z]=%63s %31s %n", key, number, state, &used) < 3)
		return;
	device = json_new();
	if (sx_streq(key, "disk")) {
		json_set_string(device, "vdev", number);
		json_append(out, "disks", device);
		return;
	}
	json_set_number(device, "devid", strtoll(number, NULL, 10));
	read_identity(line + used, device);
	for (size_t i = 0; i < SX_COUNT(all); i++) {
		if (!sx_streq(all[i].key, key))
			continue;
		json_append(out, all[i].list, device);
		return;
	}
	json_free(device);
}

int live_stored_get(struct live *live, uint32_t domid, char **out, struct sx_err *err SX_UNUSED)
{
	SX_FREE char *path = sx_format("%s/%" PRIu32 ".stored", live->dir, domid);
	SX_FREE char *uuid = fake_value(live, domid, "uuid");
	SX_FCLOSE FILE *f = fopen(path, "re");
	JSON_DOC *j = json_new();
	struct json *info = json_new(), *build = json_new();
	SX_FREE char *whole = sx_format("%s/%" PRIu32 ".json", live->dir, domid);
	SX_STR text = { 0 };
	char line[1024];

	for (SX_FCLOSE FILE *w = fopen(whole, "re"); w && fgets(line, sizeof(line), w);)
		sx_str_add(&text, line);
	if (text.len) {
		*out = sx_str_take(&text);
		return 0;
	}
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		read_scalar(line, info, build);
		read_device(line, j);
	}
	json_put(j, "c_info", info);
	json_put(j, "b_info", build);
	*out = sx_streq(json_get_string(info, "uuid"), uuid) ? json_text(j) : sx_strdup("");
	return 0;
}
