/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A domain's configuration as values that can be compared: a flat list of items (a scalar key, or
 * one device), each with fields, with xl's and libxl's defaults filled in. One builder reads a
 * configuration file, one the running domain. What has a key, how each side has it and how it is
 * written is in one table (core/view/class.c): `diff` and `record` and `where` are made of it.
 */
#pragma once

#include "domain/env.h"
#include "xen/live.h"
#include "xlcfg/edits.h"
#include "xlcfg/xlcfg.h"

struct device_class;
struct view_class;

struct view_field {
	const char *name; /* "" for the value of a scalar; a constant or owned by the class table */
	char *value;
};

struct view_item {
	const struct view_class *class;
	char *id; /* as shown: "" for a scalar; "xvdb", a MAC, a BDF */
	char *key; /* equal for the same device; "" for a scalar; NULL: told by devid only */
	long devid; /* -1: has none */
	size_t index; /* of the element in the file's list */
	size_t line; /* in the file; 0: a default, or not in a file */
	char *text; /* the element as an item of its list; "" for a scalar, NULL: cannot be written */
	bool half; /* the running domain has it registered, and the guest does not use it */
	struct {
		SX_VEC_OF(struct view_field);
	} fields;
};

/* An element that xl cannot read: it may be any device of which it has a name. */
struct view_unread {
	const struct view_class *class;
	char *text;
	long devid; /* by its place in the list, -1: has none */
};

/* One side. */
struct view {
	SX_VEC_OF(struct view_item);
	struct {
		SX_VEC_OF(const struct view_class *);
	} known; /* classes this side can speak of: an absent device is not there */
	struct {
		SX_VEC_OF(struct view_unread);
	} unread;
	/* What cannot be compared: said in no configuration, or read by no xl. */
	struct sx_words notices;
	/*
	 * Before a document is read: what xl.conf gives an interface ("bridge", ...), and whether it
	 * has masks of processors ("cpumask"); borrowed, NULL: nothing.
	 */
	const struct sx_fields *host;
};

#define VIEW SX_CLEANUP(view_dispose) struct view
void view_dispose(struct view *v);

/* What xl would make of a document, without the elements that it could not read. */
int view_of_doc(const struct xlcfg *doc, const char *path, struct view *out,
		struct sx_err *err) SX_MUST;
/* What the running domain has. */
int view_of_live(struct live *live, uint32_t domid, struct view *out, struct sx_err *err) SX_MUST;

/* A text's devices that xl numbers by place get the numbers that they have in the running domain. */
void view_number(struct view *text, const struct view *running);
/* Take a device out of its list, with what is plugged into it. The others keep the numbers they can. */
int view_device_remove(const struct device_class *class, size_t index, struct xlcfg *doc,
		       struct xlcfg_edits *edits, struct sx_err *err) SX_MUST;

/*
 * As far as libxl tells it, what the domain was made with: scalars, and devices that `running` has
 * not any more. Which of the others came later is not told.
 */
int view_of_stored(struct live *live, uint32_t domid, const struct view *running, struct view *out,
		   struct sx_err *err) SX_MUST;

/* The item of the other view that is the same key or device; NULL when it has none. */
const struct view_item *view_match(const struct view *v, const struct view_item *item);
/* The item of a key, the first of a list; NULL: there is none. */
const struct view_item *view_find(const struct view *v, const char *key);
/* The value of a field, borrowed; NULL when the item does not know it. */
const char *view_value(const struct view_item *item, const char *field);
/* Is one of the elements that cannot be read this device, perhaps? */
bool view_may_have(const struct view *v, const struct view_item *item);
bool view_knows(const struct view *v, const struct view_class *class);
/* This side cannot speak of the class after all. */
void view_forget(struct view *v, const struct view_class *class);

/* ---- the table of what can be compared and recorded (core/view/class.c) ---- */

/* What the readers of a running domain are given. */
struct view_live {
	struct live *live;
	uint32_t domid;
	struct live_config config;
};

/* Add what a document has of the class. */
typedef int view_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
			  struct view *out, struct sx_err *err);
/* Add what the running domain has of it. */
typedef int view_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			   struct sx_err *err);
/* Do the two values mean the same? */
typedef bool view_same(const struct view_item *file, const struct view_item *running);
/* Does the file imply this one without listing it? */
typedef bool view_implied(const struct view_item *running, const struct view *file);
/*
 * Edit the document so that it means `to` (NULL: the device goes) where it means `from` (NULL: it
 * comes); `running` is the whole, for keys that depend on one another.
 */
typedef int view_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		       const struct view_item *from, const struct view_item *to,
		       const struct view *running, struct sx_err *err);

struct view_class {
	const char *key; /* in xl.cfg; "" for what is known by the file alone */
	const char *claims; /* other keys that it is made of, with blanks around: " root extra " */
	const char *fallback; /* what xl takes when a string is missing */
	const char *unit; /* shown behind a value */
	/* xl's, which gives a running domain a value: COMMAND DOMAIN VALUE; NULL: there is none. */
	const char *command;
	bool list; /* of devices */
	const struct device_class *device; /* NULL: no list, or that of disks */
	bool cold; /* a running domain never changes it: a difference waits for a cold boot */
	view_from_doc *from_doc;
	view_from_live *from_live; /* NULL: it cannot be asked */
	view_same *same; /* NULL: when they are equal */
	view_implied *implied; /* NULL: never */
	view_write *write; /* NULL: it cannot be recorded */
};

/* The i-th class, in the order of showing; NULL: no more. */
const struct view_class *view_class_at(size_t i);
/* The class of a key; NULL when nothing is known of it. */
const struct view_class *view_class_find(const char *key);

/* For readers: start an item, add fields to it. The strings are copied. */
struct view_item *view_add(struct view *v, const struct view_class *class, const char *id,
			   const char *key);
void view_add_field(struct view_item *item, const char *name, const char *value);
/* An element that xl cannot read; `why` tells file, line and reason. */
void view_add_unread(struct view *v, const struct view_class *class, const char *text, long devid,
		     const char *why);

/* What a document says of a key of one value, or implies; "": nothing. Heap string. */
char *view_value_in(const struct xlcfg *doc, const char *key);
/* Give a key of one value another one, unless it is what the document says or implies. */
int view_set(struct xlcfg *doc, struct xlcfg_edits *edits, const char *key, const char *value,
	     struct sx_err *err) SX_MUST;
/*
 * Give virtual processors their masks in `cpus` or `cpus_soft`, of `count` of them those that are not
 * NULL. A list that is there keeps its layout; else it is a string when all of them get the same.
 */
int view_affinity_set(struct xlcfg *doc, struct xlcfg_edits *edits, const char *key,
		      const char *const *masks, size_t count, struct sx_err *err) SX_MUST;

/* ---- comparison (core/view/compare.c) ---- */

enum view_side {
	VIEW_FILE,
	VIEW_RUNNING,
	VIEW_COMMIT,
	VIEW_START, /* the file as the domain was created from it */
	VIEW_SIDES,
};

enum view_state {
	VIEW_UNRECORDED, /* the running domain was changed, the file was not */
	VIEW_UNCLEAR, /* either of these two: nobody noted what the domain was started from */
	VIEW_WAITING, /* the file was changed, the domain runs as it was created */
	VIEW_HALF, /* a device that was never attached to the end: nothing to record */
	VIEW_UNCOMMITTED, /* the file agrees with the running domain, the last commit does not */
};

struct view_difference {
	const struct view_class *class;
	char *what; /* "memory", "disk xvdb", "disk xvdb target" */
	char *name; /* what `record` takes: "memory", "xvdb" */
	char *field; /* "" for a whole device or a scalar */
	char *values[VIEW_SIDES]; /* as shown; NULL: not known */
	bool absent[VIEW_SIDES]; /* the side has no such device or key */
	size_t line; /* in the file, 0: not there */
	enum view_state state;
	bool uncommitted; /* the last commit has it otherwise than the file */
	/* Borrowed from the views; NULL where absent. */
	const struct view_item *file, *running;
};

struct view_differences {
	SX_VEC_OF(struct view_difference);
};

/* Compare; each of the views may be NULL (not known). They must outlive the result. */
void view_compare(const struct view *const sides[VIEW_SIDES], struct view_differences *out);
void view_differences_dispose(struct view_differences *d);
/* Do two texts differ in the key, device or field that the difference is about? */
bool view_texts_differ(const struct view_difference *d, const struct view *a, const struct view *b);
/* Does the text have it as the running domain has it, as far as that can say? */
bool view_text_runs(const struct view_difference *d, const struct view *text,
		    const struct view *running);
