/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A domain's configuration as comparable values: a flat list of items (a scalar key, or one
 * device), each with fields, with the defaults of xl and libxl filled in. One builder reads a
 * configuration file, one the running domain. One table (core/view/class.c) says which keys exist,
 * how each side has them and how they are written; `diff`, `record` and `where` are built on it.
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
	char *key; /* equal for the same device; "" for a scalar; NULL: only devid identifies it */
	long devid; /* -1: has none */
	size_t index; /* of the element in the file's list */
	size_t line; /* in the file; 0: a default, or not in a file */
	char *text; /* the element as an item of its list; "" for a scalar, NULL: cannot be written */
	bool half; /* registered with the running domain, but its attach is not complete */
	struct {
		SX_VEC_OF(struct view_field);
	} fields;
};

/* An element that xl cannot read: it may be any device that its text names. */
struct view_unread {
	const struct view_class *class;
	char *text;
	long devid; /* its place in the list; -1: the class has no numbers */
};

/* One side. */
struct view {
	SX_VEC_OF(struct view_item);
	struct {
		SX_VEC_OF(const struct view_class *);
	} known; /* classes this side knows: what it lacks of them is absent */
	struct {
		SX_VEC_OF(struct view_unread);
	} unread;
	/* What cannot be compared: xl.cfg cannot express it, or xl cannot read it. */
	struct sx_words notices;
	/*
	 * Set before a document is read: what xl.conf gives an interface ("bridge", ...), and
	 * whether it has CPU masks ("cpumask"). Borrowed; NULL: nothing.
	 */
	const struct sx_fields *host;
};

#define VIEW SX_CLEANUP(view_dispose) struct view
void view_dispose(struct view *v);

/* View a document as xl would read it; elements that xl cannot read go to out->unread. */
int view_of_doc(const struct xlcfg *doc, const char *path, struct view *out,
		struct sx_err *err) SX_MUST;
/* View the running domain. */
int view_of_live(struct live *live, uint32_t domid, struct view *out, struct sx_err *err) SX_MUST;

/* Give a text's devices that xl numbers by place the numbers they have in the running domain. */
void view_number(struct view *text, const struct view *running);
/* Remove a device and what is plugged into it; others keep their numbers if devid= can fix them. */
int view_device_remove(const struct device_class *class, size_t index, struct xlcfg *doc,
		       struct xlcfg_edits *edits, struct sx_err *err) SX_MUST;

/*
 * View what libxl stored when it made the domain: scalars, and devices that `running` no longer
 * has. libxl does not tell which devices still there came later, so these are left out.
 */
int view_of_stored(struct live *live, uint32_t domid, const struct view *running, struct view *out,
		   struct sx_err *err) SX_MUST;

/* The item of `v` that is the same key or device; NULL: none. */
const struct view_item *view_match(const struct view *v, const struct view_item *item);
/* The item of a key, for a list its first; NULL: none. */
const struct view_item *view_find(const struct view *v, const char *key);
/* The value of a field, borrowed; NULL: the item has no such field. */
const char *view_value(const struct view_item *item, const char *field);
/* Could one of the unread elements be this device? */
bool view_may_have(const struct view *v, const struct view_item *item);
bool view_knows(const struct view *v, const struct view_class *class);
/* This side does not know the class after all. */
void view_forget(struct view *v, const struct view_class *class);

/* ---- the table of what can be compared and recorded (core/view/class.c) ---- */

/* What the readers of a running domain are given. */
struct view_live {
	struct live *live;
	uint32_t domid;
	struct live_config config;
};

/* Add the document's items of the class. */
typedef int view_from_doc(const struct view_class *c, const struct xlcfg *doc, const char *path,
			  struct view *out, struct sx_err *err);
/* Add the running domain's. */
typedef int view_from_live(const struct view_class *c, const struct view_live *l, struct view *out,
			   struct sx_err *err);
/* Do both values mean the same? */
typedef bool view_same(const struct view_item *file, const struct view_item *running);
/* Does the file imply this device without listing it? */
typedef bool view_implied(const struct view_item *running, const struct view *file);
/*
 * Edit the document to mean `to` (NULL: remove the device) instead of `from` (NULL: add it).
 * `running` is the whole view, for keys that depend on one another.
 */
typedef int view_write(const struct view_class *c, struct xlcfg *doc, struct xlcfg_edits *edits,
		       const struct view_item *from, const struct view_item *to,
		       const struct view *running, struct sx_err *err);

struct view_class {
	const char *key; /* in xl.cfg; "" for keys that only the file has */
	const char *claims; /* other keys it is read from, with blanks around: " root extra " */
	const char *fallback; /* what xl takes when the key is missing */
	const char *unit; /* shown after a value */
	/* The xl command that sets it in a running domain: COMMAND DOMAIN VALUE; NULL: none. */
	const char *command;
	bool list; /* the key is a list of devices */
	const struct device_class *device; /* NULL: no list, or that of disks */
	bool cold; /* a running domain cannot change it: a difference waits for a cold boot */
	view_from_doc *from_doc;
	view_from_live *from_live; /* NULL: the running domain does not tell it */
	view_same *same; /* NULL: equal strings */
	view_implied *implied; /* NULL: never */
	view_write *write; /* NULL: it cannot be recorded */
};

/* The i-th class in display order; NULL: no more. */
const struct view_class *view_class_at(size_t i);
/* The class of a key; NULL: the table does not have it. */
const struct view_class *view_class_find(const char *key);

/* For readers: start an item (valid until the next), add its fields. Field names are not copied. */
struct view_item *view_add(struct view *v, const struct view_class *class, const char *id,
			   const char *key);
void view_add_field(struct view_item *item, const char *name, const char *value);
/* Add an element that xl cannot read; `why` is "FILE:LINE: REASON". */
void view_add_unread(struct view *v, const struct view_class *class, const char *text, long devid,
		     const char *why);

/* The value that a document gives a scalar key or implies; "": none. Heap string. */
char *view_value_in(const struct xlcfg *doc, const char *key);
/* Set a scalar key, unless the document already says or implies that value. */
int view_set(struct xlcfg *doc, struct xlcfg_edits *edits, const char *key, const char *value,
	     struct sx_err *err) SX_MUST;
/*
 * Set the masks of `count` vCPUs in `cpus` or `cpus_soft`; a NULL mask leaves that vCPU as it is.
 * An existing list keeps its layout; otherwise the key becomes a string if all masks are equal,
 * else a list.
 */
int view_affinity_set(struct xlcfg *doc, struct xlcfg_edits *edits, const char *key,
		      const char *const *masks, size_t count, struct sx_err *err) SX_MUST;

/* ---- comparison (core/view/compare.c) ---- */

enum view_side {
	VIEW_FILE,
	VIEW_RUNNING,
	VIEW_COMMIT,
	VIEW_START, /* the file's text when the domain was created from it */
	VIEW_SIDES,
};

enum view_state {
	VIEW_UNRECORDED, /* the running domain was changed, the file was not */
	VIEW_UNCLEAR, /* either of the two: what the domain was started from is unknown */
	VIEW_WAITING, /* the file was changed, the domain still runs as created */
	VIEW_HALF, /* a device whose attach never completed: nothing to record */
	VIEW_UNCOMMITTED, /* the file agrees with the running domain, not with the last commit */
};

struct view_difference {
	const struct view_class *class;
	char *what; /* "memory", "disk xvdb", "disk xvdb target" */
	char *name; /* what `record` takes: "memory", "xvdb" */
	char *field; /* "" for a whole device or a scalar */
	char *values[VIEW_SIDES]; /* as shown; NULL: unknown or absent */
	bool absent[VIEW_SIDES]; /* the side has no such device or key */
	size_t line; /* in the file, 0: not there */
	enum view_state state;
	bool uncommitted; /* file and last commit differ in it */
	/* Borrowed from the views; NULL: absent. */
	const struct view_item *file, *running;
};

struct view_differences {
	SX_VEC_OF(struct view_difference);
};

/* Compare the sides; a NULL side is unknown. The views must outlive the result. */
void view_compare(const struct view *const sides[VIEW_SIDES], struct view_differences *out);
void view_differences_dispose(struct view_differences *d);
/* Do two texts differ in the key, device or field of the difference? */
bool view_texts_differ(const struct view_difference *d, const struct view *a, const struct view *b);
/* Does the text have it as the running domain does? */
bool view_text_runs(const struct view_difference *d, const struct view *text,
		    const struct view *running);
