/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices that a configuration holds as lists of small specifications (vif, vtpm, vkb, vdispl,
 * vsnd, usbctrl, usbdev, pci): one item's text and its fields in a canonical form, as xl_parse.c
 * of xl reads them. Disks have a module of their own (disk.h).
 *
 * Canonical: a mac is "00:16:3e:00:00:01", a uuid lower case, a number decimal, a flag "0" or "1"
 * (so is `untrusted`: trusted = "0"), a word of a choice lower case, a bdf "0000:03:00.0" or
 * "0000:03:00.*", a rate "BYTES/s@MICROSECONDSus" ("1250000B/s@50000us"), a vslot hexadecimal,
 * Domain-0 as a backend "Domain-0". The
 * fields of a sound card's parts are called "pcm0.name", "pcm0.stream1.unique-id".
 */
#pragma once

#include "base/err.h"
#include "base/fields.h"

enum device_kind {
	DEVICE_TEXT,
	DEVICE_NUMBER,
	DEVICE_FLAG,
	DEVICE_CHOICE,
	DEVICE_MAC,
	DEVICE_UUID,
	DEVICE_BDF,
	DEVICE_RATE,
	DEVICE_IGNORED, /* xl takes the word and makes nothing of it */
};

struct device_field {
	const char *name;
	enum device_kind kind;
	const char *usual; /* what xl makes of its absence; NULL: depends on guest or host */
	const char *choices; /* DEVICE_CHOICE: "vif ioemu" */
	bool identifies; /* two devices of one guest never share it */
	bool is_live; /* live_devices_get tells it */
};

struct device_class {
	const char *key; /* in xl.cfg: "vif" */
	const char *noun; /* for people: "network interface" */
	const char *attach, *detach, *list; /* xl's commands */
	unsigned attach_words,
		detach_words; /* how many they want at the least, the domain included */
	const char *id[2]; /* the fields that tell one from another, also of different guests */
	const char
		*chosen[2]; /* those that xl chooses, where the words of attach do not say them */
	const struct device_field *fields; /* ends with a NULL name */
	bool is_numbered; /* has a devid: its place in the list */
	bool has_devid; /* ... if the item does not say devid= */
	bool skips; /* xl overlooks a word of an item that it cannot read */
	bool is_nested; /* an item is itself a list (vsnd) */
};

/* All of them, the last with a NULL key. */
extern const struct device_class device_classes[];

struct device {
	const struct device_class *class;
	struct sx_fields fields; /* what the text says; canonical; without devid */
	long devid; /* said by devid=; -1: its place in the list, or none */
	struct sx_words skipped; /* words that xl overlooks */
};

#define DEVICE SX_CLEANUP(device_dispose) struct device

void device_dispose(struct device *d);
/* The class of a key of xl.cfg; NULL: none. */
const struct device_class *device_class_find(const char *key);
/* The class of `network-attach`, `usbdev-detach`, ...; NULL: none. */
const struct device_class *device_class_of_command(const char *command);
/* A field of a class by name (for a sound card also "pcm0.name"); NULL: none. */
const struct device_field *device_field_find(const struct device_class *class, const char *name);

/* Parse one item of the list, not of a nested one. SX_EUSAGE: xl would end there. */
int device_parse(const struct device_class *class, const char *text, struct device *out,
		 struct sx_err *err) SX_MUST;
/*
 * Parse the words of the attach command after the domain, or the texts of a nested item
 * (NULL-terminated). SX_EUSAGE: xl would refuse them.
 */
int device_parse_words(const struct device_class *class, char *const *words, struct device *out,
		       struct sx_err *err) SX_MUST;
/* The value said, else what xl makes of its absence; NULL: not known. Borrowed. */
const char *device_get(const struct device *d, const char *name);
/*
 * The item's text, or the texts of a nested item, that xl reads as this device. SX_ECONFLICT:
 * there is none (a value with a comma).
 */
int device_text(const struct device *d, struct sx_words *out, struct sx_err *err) SX_MUST;
/*
 * The same, of an item that is another device up to now: in its own words, with other values where
 * these differ; where that is not enough as device_text.
 */
int device_reword(const struct device *d, const char *item, struct sx_words *out,
		  struct sx_err *err) SX_MUST;
/* The same device number when it is the index-th of its list; -1: the class has none. */
long device_number(const struct device *d, size_t index);
/* What people call this one: "00:16:3e:00:00:01", "0000:03:00.0", else its fields. Heap string. */
char *device_label(const struct device *d);

/* A mac, in any spelling that xl takes, in canonical form; NULL: none. Heap string. */
char *device_mac(const char *text);
/* The same for a PCI address. */
char *device_bdf(const char *text);
