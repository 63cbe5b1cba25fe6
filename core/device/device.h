/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices that a configuration holds as lists of small specifications (vif, vtpm, vkb, vdispl,
 * vsnd, usbctrl, usbdev, pci). Each class has a file of its own here: its fields, how xl reads its
 * items, how libxl lists it, and what the next create makes of one. Disks are elsewhere
 * (spec/disk.h).
 *
 * One item has a text, and fields in a canonical form, as xl_parse.c of xl reads them.
 *
 * Canonical: a mac is "00:16:3e:00:00:01", a uuid lower case, a number decimal, a flag "0" or "1"
 * (so is `untrusted`: trusted = "0"), a word of a choice lower case, a bdf "0000:03:00.0" or
 * "0000:03:00.*", a rate "BYTES/s@MICROSECONDSus" ("1250000B/s@50000us"), a vslot hexadecimal,
 * Domain-0 as a backend "Domain-0". The fields of a sound card's parts are called "pcm0.name",
 * "pcm0.stream1.unique-id".
 */
#pragma once

#include "base/err.h"
#include "base/fields.h"
#include "xen/live.h"

struct device;
struct xlcfg;

enum device_kind {
	DEVICE_TEXT,
	DEVICE_NUMBER,
	DEVICE_BYTE, /* 0 to 255, in C's notation */
	DEVICE_FLAG,
	DEVICE_WORD, /* said by its name alone, or its name behind "un"; canonical as a flag */
	DEVICE_CHOICE,
	DEVICE_MAC,
	DEVICE_UUID,
	DEVICE_BDF,
	DEVICE_RATE,
	DEVICE_IGNORED, /* xl takes the word and makes nothing of it */
};

/* When `record` writes what the running domain has in a field. */
enum device_record {
	DEVICE_UNUSUAL, /* where it is not what xl makes of its absence */
	DEVICE_ALWAYS,
	DEVICE_IN_HVM, /* always in an HVM guest, never in others */
	DEVICE_NEVER, /* nobody asked for it: QEMU or libxl chose */
};

struct device_field {
	const char *name;
	enum device_kind kind;
	const char *usual; /* what xl makes of its absence; NULL: depends on guest or host */
	const char *choices; /* DEVICE_CHOICE: "vif ioemu" */
	bool identifies; /* two devices of one guest never share it */
	bool is_live; /* libxl tells it of a running domain */
	enum device_record record;
	/* DEVICE_TEXT in canonical form, heap string, NULL: xl refuses it; without: as it is. */
	char *(*canonical)(const char *text);
};

struct device_class {
	const char *key; /* in xl.cfg: "vif" */
	const char *noun; /* for people: "network interface" */
	const char *attach, *detach, *list; /* xl's commands */
	unsigned attach_words,
		detach_words; /* how many they want at the least, the domain included */
	unsigned attach_most; /* 0: as many as there are */
	const char *detach_letters; /* options of detach: "f" */
	const char *id[2]; /* the fields that tell one from another, also of different guests */
	const char *target[2]; /* the fields whose numbers detach is given; NULL: its own number */
	const char
		*chosen[2]; /* those that xl chooses, where the words of attach do not say them */
	const char *alias[2]; /* another name of a field, and its own */
	const struct device_field *fields; /* ends with a NULL name */
	const struct device_class *controller; /* what it is plugged into: a place in that list */
	const char *stored; /* its list in what libxl keeps of a domain; NULL: not looked at */
	bool is_numbered; /* has a devid: its place in the list */
	bool has_devid; /* ... if the item does not say devid= */
	bool skips; /* xl overlooks a word of an item that it cannot read */
	bool stops; /* xl reads an item as far as a word without "=" */
	bool is_exact; /* xl tells capitals from small letters in a choice */
	bool c_notation; /* a number may be 0x10 */
	bool is_nested; /* an item is itself a list (vsnd) */

	/* Append what libxl lists; what it leaves out (rate, model, ...) is left out. */
	live_device_list *running;

	/* ---- where a class goes its own way; NULL: as the others ---- */

	/* Read the words of an item, and write it. */
	int (*parse)(char *const *words, bool strict, struct device *out, struct sx_err *err);
	void (*write)(const struct device *d, struct sx_words *out);
	/* Set what follows from the rest. What must be there and is not, for a message; NULL: nothing. */
	const char *(*finish)(struct device *d, bool strict);
	/* What the file or the host gives a field that no item says; NULL: nothing. Borrowed. */
	const char *(*absent)(const struct xlcfg *doc, const struct sx_fields *host,
			      const char *field);
	/* Does a domain made of it have devices that its list does not have? */
	bool (*unlisted)(const struct xlcfg *doc);
	/* Let the item say what attach did by itself; `running`: to a running domain. */
	void (*complete)(struct device *d, const struct xlcfg *doc, bool running);
	/* One more in the list: what the next create makes of that. SX_ECONFLICT: it would fail. */
	int (*foresee)(const struct xlcfg *doc, const char *domain, struct sx_words *notices,
		       struct sx_err *err);
};

/*
 * Every class, in the order of showing. A new one is a file of this room and a word here (and the
 * rows of its commands, and of its key if that is new). Nested items are compared by no view.
 */
#define DEVICE_CLASSES_OF_TEXTS(row) \
	row(vif) row(vtpm) row(vdispl) row(vkb) row(usbctrl) row(usbdev) row(pci)
#define DEVICE_CLASSES(row) DEVICE_CLASSES_OF_TEXTS(row) row(vsnd)
#define DEVICE_DECLARE(key) extern const struct device_class device_##key;
DEVICE_CLASSES(DEVICE_DECLARE)

/* All of them, the last NULL. */
extern const struct device_class *const device_classes[];

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
/* Those of a running domain, also what no configuration lists: the keyboards of HVM guests and vfbs. */
int device_running(struct live *live, uint32_t domid, const struct device_class *class,
		   struct live_devices *out, struct sx_err *err) SX_MUST;
/* The same device number when it is the index-th of its list; -1: the class has none. */
long device_number(const struct device *d, size_t index);
/* What people call this one: "00:16:3e:00:00:01", "0000:03:00.0", else its fields. Heap string. */
char *device_label(const struct device *d);

/* A mac, in any spelling that xl takes, in canonical form; NULL: none. Heap string. */
char *device_mac(const char *text);
/* The same for a PCI address. */
char *device_bdf(const char *text);
