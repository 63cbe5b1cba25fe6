/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Devices that xl.cfg keeps in lists of small specifications (vif, vtpm, vkb, vdispl, vsnd,
 * usbctrl, usbdev, pci). Each class has its own file here: its fields, how xl reads its items, how
 * libxl lists its devices, and what the next create makes of an item. For disks see spec/disk.h.
 *
 * An item is a text; its parsed form is a set of fields in canonical form, read by the rules of
 * xl's xl_parse.c.
 *
 * Canonical: a mac is "00:16:3e:00:00:01", a uuid lower case, a number decimal, a flag "0" or "1"
 * (`untrusted` becomes trusted = "0"), a choice lower case, a bdf "0000:03:00.0" or
 * "0000:03:00.*", a rate "BYTES/s@MICROSECONDSus" ("1250000B/s@50000us"), a vslot hexadecimal,
 * Domain-0 as a backend "Domain-0". Fields of a sound card's parts are named "pcm0.name",
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
	DEVICE_WORD, /* written as NAME or unNAME, without "="; canonical form as a flag's */
	DEVICE_CHOICE,
	DEVICE_MAC,
	DEVICE_UUID,
	DEVICE_BDF,
	DEVICE_RATE,
	DEVICE_IGNORED, /* xl accepts the word and ignores it */
};

/* When `record` writes the value that a field has in the running domain. */
enum device_record {
	DEVICE_UNUSUAL, /* if it differs from xl's default */
	DEVICE_ALWAYS,
	DEVICE_IN_HVM, /* always in an HVM guest, never in others */
	DEVICE_NEVER, /* QEMU or libxl chose it, not the administrator */
};

struct device_field {
	const char *name;
	enum device_kind kind;
	const char *usual; /* xl's default; NULL: depends on guest or host */
	const char *choices; /* DEVICE_CHOICE: "vif ioemu" */
	bool identifies; /* two devices of one guest never share its value */
	bool is_live; /* libxl reports it for a running domain */
	enum device_record record;
	/* DEVICE_TEXT to canonical form (heap string; NULL: xl refuses it). Unset: kept as is. */
	char *(*canonical)(const char *text);
};

struct device_class {
	const char *key; /* in xl.cfg: "vif" */
	const char *noun; /* in messages: "network interface" */
	const char *attach, *detach, *list; /* xl's commands */
	unsigned attach_words,
		detach_words; /* the fewest arguments they take, the domain included */
	unsigned attach_most; /* 0: no limit */
	const char *detach_letters; /* options of detach: "f" */
	const char *id[2]; /* the fields that identify a device across all guests */
	const char *target[2]; /* the fields whose numbers detach takes; NULL: the devid */
	const char *chosen[2]; /* the fields that xl chooses if the attach command omits them */
	const char *alias[2]; /* another name of a field, and the field's own */
	const struct device_field *fields; /* ends with a NULL name */
	const struct device_class *controller; /* what it plugs into: an index into that list */
	const char *stored; /* the name of its list in libxl-json; NULL: not read */
	bool is_numbered; /* it has a devid, by default its index in the list */
	bool has_devid; /* ... which devid= in the item overrides */
	bool skips; /* xl skips words of an item that it cannot read */
	bool stops; /* xl stops reading an item at a word without "=" */
	bool is_exact; /* choices are case-sensitive */
	bool c_notation; /* a number may be 0x10 */
	bool is_nested; /* an item is itself a list (vsnd) */

	/* Append what libxl lists; fields that it does not report (rate, model, ...) stay unset. */
	live_device_list *running;

	/* ---- what only some classes need; NULL: the common way ---- */

	/* Read the words of an item; write the item. */
	int (*parse)(char *const *words, bool strict, struct device *out, struct sx_err *err);
	void (*write)(const struct device *d, struct sx_words *out);
	/* Derive implied fields. Returns the required word that is missing, or NULL. */
	const char *(*finish)(struct device *d, bool strict);
	/* The default that the file or the host gives a field; NULL: none. Borrowed. */
	const char *(*absent)(const struct xlcfg *doc, const struct sx_fields *host,
			      const char *field);
	/* Does a domain created from it have devices that the list does not name? */
	bool (*unlisted)(const struct xlcfg *doc);
	/*
	 * Add the fields that the item needs so that the next create gives what attach gave by
	 * default; `running`: attach to a running domain.
	 */
	void (*complete)(struct device *d, const struct xlcfg *doc, bool running);
	/* Note what the next create does with one more item. SX_ECONFLICT: it would fail. */
	int (*foresee)(const struct xlcfg *doc, const char *domain, struct sx_words *notices,
		       struct sx_err *err);
};

/*
 * Every class, in display order. A new one needs a file in this room and an entry here (and rows
 * for its commands, and for its key if that is new). No view compares nested items.
 */
#define DEVICE_CLASSES_OF_TEXTS(row) \
	row(vif) row(vtpm) row(vdispl) row(vkb) row(usbctrl) row(usbdev) row(pci)
#define DEVICE_CLASSES(row) DEVICE_CLASSES_OF_TEXTS(row) row(vsnd)
#define DEVICE_DECLARE(key) extern const struct device_class device_##key;
DEVICE_CLASSES(DEVICE_DECLARE)

/* NULL-terminated. */
extern const struct device_class *const device_classes[];

struct device {
	const struct device_class *class;
	struct sx_fields fields; /* the text's fields in canonical form, devid excepted */
	long devid; /* from devid=; -1: its index in the list, or none */
	struct sx_words skipped; /* words that xl skips */
};

#define DEVICE SX_CLEANUP(device_dispose) struct device

void device_dispose(struct device *d);
/* The class of an xl.cfg key; NULL: none. */
const struct device_class *device_class_find(const char *key);
/* The class of `network-attach`, `usbdev-detach`, ...; NULL: none. */
const struct device_class *device_class_of_command(const char *command);
/* A class's field by name (in a nested class also "pcm0.name"); NULL: none. */
const struct device_field *device_field_find(const struct device_class *class, const char *name);

/* Parse one item of a class that is not nested. SX_EUSAGE: xl would exit on it. */
int device_parse(const struct device_class *class, const char *text, struct device *out,
		 struct sx_err *err) SX_MUST;
/*
 * Parse the arguments of the attach command after the domain, or the texts of a nested item
 * (NULL-terminated). SX_EUSAGE: xl would refuse or silently misread them.
 */
int device_parse_words(const struct device_class *class, char *const *words, struct device *out,
		       struct sx_err *err) SX_MUST;
/* The field's value, or xl's default; NULL: unknown. Borrowed. */
const char *device_get(const struct device *d, const char *name);
/*
 * The item's text, or the texts of a nested item, that xl reads as this device. SX_ECONFLICT: no
 * text can express it (a value with a comma).
 */
int device_text(const struct device *d, struct sx_words *out, struct sx_err *err) SX_MUST;
/*
 * The text of an existing item changed to describe this device: keep its spelling and replace the
 * values that differ. Falls back to device_text where that does not give the device.
 */
int device_reword(const struct device *d, const char *item, struct sx_words *out,
		  struct sx_err *err) SX_MUST;
/* A running domain's devices, even unlisted ones such as the keyboards of HVM guests and vfbs. */
int device_running(struct live *live, uint32_t domid, const struct device_class *class,
		   struct live_devices *out, struct sx_err *err) SX_MUST;
/* The devid of the index-th item of its list; -1: the class has none. */
long device_number(const struct device *d, size_t index);
/* A name for messages: "00:16:3e:00:00:01", "0000:03:00.0", else all fields. Heap string. */
char *device_label(const struct device *d);

/* Does the text, in whatever spelling xl reads, have this value of the field (in canonical form)? */
bool device_text_has(const struct device_field *field, const char *text, const char *value);

/* A mac in canonical form; "" if all zero, as xl then draws one; NULL: not a mac. Heap string. */
char *device_mac(const char *text);
/* A PCI address in canonical form; NULL: not one. Heap string. */
char *device_bdf(const char *text);
