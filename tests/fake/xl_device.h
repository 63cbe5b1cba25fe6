/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices other than disks in the domain files of the fake xl: lines as tests/fake/live_device.c
 * reads them. Numbers, addresses and ports that are not given are as xl gives them, but for the
 * MAC address, which is not random.
 */
#pragma once

#include "xl_domain.h"

#include <ctype.h>

struct device_line {
	char key[16];
	long devid;
	char state[16], fields[800];
};

static bool device_read(const char *line, struct device_line *d)
{
	char number[16];

	d->fields[0] = '\0';
	if (sscanf(line, "%15[a-z]=%15s %15s %799[^\n]", d->key, number, d->state, d->fields) < 3)
		return false;
	d->devid = number[0] == '-' ? -1 : strtol(number, NULL, 10);
	return isdigit((unsigned char)number[0]) || strcmp(number, "-") == 0;
}

/* The value of a field, "" when it has none. */
static const char *device_field(const char *fields, const char *name, char *out, size_t size)
{
	size_t len = strlen(name);

	out[0] = '\0';
	for (const char *p = fields; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (strncmp(p, name, len) == 0 && p[len] == '=')
			snprintf(out, size, "%.*s", (int)strcspn(p + len + 1, ","), p + len + 1);
	return out;
}

/* "3:0.0" in full. */
static void device_bdf(const char *text, char *out, size_t size)
{
	unsigned domain = 0, bus = 0, slot = 0, function = 0;

	if (sscanf(text, "%x:%x:%x.%x", &domain, &bus, &slot, &function) < 4) {
		domain = 0;
		sscanf(text, "%x:%x.%x", &bus, &slot, &function);
	}
	snprintf(out, size, "%04x:%02x:%02x.%x", domain, bus, slot, function);
}

static void device_add_field(struct device_line *d, const char *name, const char *value)
{
	add_text(d->fields, sizeof(d->fields), "%s%s=%s", *d->fields ? "," : "", name, value);
}

static void device_add_number(struct device_line *d, const char *name, long value)
{
	char text[24];

	snprintf(text, sizeof(text), "%ld", value);
	device_add_field(d, name, text);
}

/* One "name=value" of an attach, or a PCI device. */
static void device_join_word(struct device_line *d, const char *prefix, char *word)
{
	unsigned mac[6];
	char text[32], name[100];
	char *value = strchr(word, '=');
	int number;

	if (sscanf(word, "mac=%x:%x:%x:%x:%x:%x", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4],
		   &mac[5]) == 6) {
		snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0] & 255,
			 mac[1] & 255, mac[2] & 255, mac[3] & 255, mac[4] & 255, mac[5] & 255);
		device_add_field(d, "mac", text);
	} else if (sscanf(word, "hostbus=%i", &number) == 1 ||
		   sscanf(word, "hostaddr=%i", &number) == 1) {
		*value = '\0';
		device_add_number(d, word, number);
	} else if (value) {
		*value = '\0';
		snprintf(name, sizeof(name), "%s%s", prefix, word);
		device_add_field(d, name, value + 1);
	} else if (strcmp(d->key, "pci") == 0) {
		device_bdf(word, text, sizeof(text));
		device_add_field(d, "bdf", text);
	}
}

/* All words of an attach as fields; devid= apart. */
static void device_join(char **words, struct device_line *d)
{
	int pcm = -1, stream = -1;

	for (; *words; words++) {
		char prefix[40] = "";
		char *copy = strdup(*words), *save = NULL;

		for (char *p = strtok_r(copy, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
			if (strcmp(p, "PCM") == 0) {
				stream = -1;
				snprintf(prefix, sizeof(prefix), "pcm%d.", ++pcm);
			} else if (strcmp(p, "STREAM") == 0) {
				snprintf(prefix, sizeof(prefix), "pcm%d.stream%d.", pcm, ++stream);
			} else if (strncmp(p, "devid=", 6) == 0) {
				d->devid = strtol(p + 6, NULL, 10);
			} else {
				device_join_word(d, prefix, p);
			}
		}
		free(copy);
	}
}

static void device_store_line(struct domain *domain, const struct device_line *d)
{
	char number[24];

	snprintf(number, sizeof(number), d->devid < 0 ? "-" : "%ld", d->devid);
	set_line(domain, domain->count, "%s=%s %s %s", d->key, number, d->state, d->fields);
}

static bool port_is_used(const struct domain *domain, long controller, long port)
{
	char text[64];

	for (size_t i = 0; i < domain->count; i++) {
		struct device_line d;

		if (!device_read(domain->lines[i], &d) || strcmp(d.key, "usbdev"))
			continue;
		if (strtol(device_field(d.fields, "controller", text, sizeof(text)), NULL, 10) ==
			    controller &&
		    strtol(device_field(d.fields, "port", text, sizeof(text)), NULL, 10) == port)
			return true;
	}
	return false;
}

/* A free port of the controllers there are, else of a new one. */
static void device_plug(struct domain *domain, struct device_line *d)
{
	struct device_line made = { .key = "usbctrl",
				    .state = "connected",
				    .fields = "type=pv,version=2,ports=8" };

	for (size_t i = 0; i < domain->count; i++) {
		struct device_line c;

		if (!device_read(domain->lines[i], &c) || strcmp(c.key, "usbctrl"))
			continue;
		made.devid = c.devid + 1;
		for (long port = 1; port <= 8; port++)
			if (!port_is_used(domain, c.devid, port)) {
				device_add_number(d, "controller", c.devid);
				device_add_number(d, "port", port);
				return;
			}
	}
	device_store_line(domain, &made);
	device_add_number(d, "controller", made.devid);
	device_add_number(d, "port", 1);
}

static int device_attach(struct domain *domain, const char *key, char **words, bool half)
{
	struct device_line d = { .devid = -1 };
	bool numbered = strcmp(key, "pci") && strcmp(key, "usbdev");
	long next = 0;
	char text[100];

	snprintf(d.key, sizeof(d.key), "%s", key);
	snprintf(d.state, sizeof(d.state), "%s", half ? "waiting" : "connected");
	device_join(words, &d);
	for (size_t i = 0; i < domain->count; i++) {
		struct device_line there;

		if (!device_read(domain->lines[i], &there) || strcmp(there.key, key))
			continue;
		next = there.devid + 1;
		if (d.devid >= 0 && there.devid == d.devid) {
			fprintf(stderr, "libxl: error: device already exists\n");
			return 1;
		}
	}
	if (numbered && d.devid < 0)
		d.devid = next;
	if (strcmp(key, "vif") == 0 && !*device_field(d.fields, "mac", text, sizeof(text))) {
		snprintf(text, sizeof(text), "00:16:3e:ff:00:%02lx", d.devid);
		device_add_field(&d, "mac", text);
	}
	if (strcmp(key, "vif") == 0 && !*device_field(d.fields, "type", text, sizeof(text)))
		device_add_field(&d, "type", "vif");
	if (strcmp(key, "vtpm") == 0 && !*device_field(d.fields, "uuid", text, sizeof(text))) {
		snprintf(text, sizeof(text), "00000000-0000-4000-9000-%012lx", d.devid);
		device_add_field(&d, "uuid", text);
	}
	if (strcmp(key, "usbctrl") == 0 && !d.fields[0])
		snprintf(d.fields, sizeof(d.fields), "type=pv,version=2,ports=8");
	if (strcmp(key, "usbdev") == 0 &&
	    !*device_field(d.fields, "controller", text, sizeof(text)))
		device_plug(domain, &d);
	device_store_line(domain, &d);
	return half;
}

static bool device_is(const struct device_line *d, char **words)
{
	char text[100], other[100];

	if (strcmp(d->key, "usbdev") == 0)
		return strtol(device_field(d->fields, "controller", text, sizeof(text)), NULL,
			      10) == strtol(words[0], NULL, 10) &&
		       strtol(device_field(d->fields, "port", other, sizeof(other)), NULL, 10) ==
			       strtol(words[1], NULL, 10);
	if (strcmp(d->key, "pci") == 0) {
		device_field(d->fields, "name", text, sizeof(text));
		if (strncmp(words[0], "name=", 5) == 0)
			return strcmp(text, words[0] + 5) == 0;
		device_field(d->fields, "bdf", text, sizeof(text));
		device_bdf(words[0], other, sizeof(other));
		return strncmp(text, other, strlen(text) - (strchr(words[0], '*') != NULL)) == 0;
	}
	if (strcmp(d->key, "vif") == 0 && strchr(words[0], ':'))
		return strcasecmp(device_field(d->fields, "mac", text, sizeof(text)), words[0]) ==
		       0;
	if (strcmp(d->key, "vtpm") == 0 && strlen(words[0]) == 36)
		return strcasecmp(device_field(d->fields, "uuid", text, sizeof(text)), words[0]) ==
		       0;
	/* As atoi. */
	return d->devid == strtol(words[0], NULL, 10);
}

static int device_detach(struct domain *domain, const char *key, char **words)
{
	for (size_t i = 0; i < domain->count; i++) {
		struct device_line d;

		if (!device_read(domain->lines[i], &d) || strcmp(d.key, key) ||
		    !device_is(&d, words))
			continue;
		domain->lines[i][0] = '\0';
		for (size_t k = 0; strcmp(key, "usbctrl") == 0 && k < domain->count; k++) {
			struct device_line plugged;
			char text[100];

			if (device_read(domain->lines[k], &plugged) &&
			    strcmp(plugged.key, "usbdev") == 0 &&
			    strtol(device_field(plugged.fields, "controller", text, sizeof(text)),
				   NULL, 10) == d.devid)
				domain->lines[k][0] = '\0';
		}
		return 0;
	}
	fprintf(stderr, "Unknown device %s.\n", words[0]);
	return 1;
}

/* A quoted element of the list of a configuration. */
static void device_config(struct domain *domain, const char *key, const char *element)
{
	char text[4200];
	char *words[2] = { text, NULL };
	struct device_line last = { .devid = -1 };
	size_t count = 0;

	for (size_t i = 0; i < domain->count; i++)
		count += device_read(domain->lines[i], &last) && strcmp(last.key, key) == 0;
	if (strcmp(key, "pci") && strcmp(key, "usbdev"))
		snprintf(text, sizeof(text), "devid=%zu,%s", count, element);
	else
		snprintf(text, sizeof(text), "%s", element);
	device_attach(domain, key, words, false);
}

/* "network-attach" and so on: the key of the list, NULL: no such command. */
static const char *device_command(const char *command, bool *attach)
{
	static const char *const keys[][2] = { { "network-", "vif" },	{ "vtpm-", "vtpm" },
					       { "vkb-", "vkb" },	{ "vdispl-", "vdispl" },
					       { "vsnd-", "vsnd" },	{ "usbctrl-", "usbctrl" },
					       { "usbdev-", "usbdev" }, { "pci-", "pci" } };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *rest = command + strlen(keys[i][0]);

		if (strncmp(command, keys[i][0], strlen(keys[i][0])))
			continue;
		*attach = rest[0] == 'a' && rest[1] == 't';
		if (*attach || rest[0] == 'd')
			return keys[i][1];
	}
	return NULL;
}
