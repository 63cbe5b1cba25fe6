/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One attach or detach of a device that is an element of a list (device.h): what its words say,
 * what was found out besides, and where the element is in the file.
 */
#pragma once

#include "change/change.h"
#include "device/items.h"

struct device_change {
	const struct device_class *class;
	bool attach;
	struct word_list args; /* borrowed; the first is the domain */
	struct device spec; /* attach: as typed; detach: what it must have */
	long devid; /* detach: by number; -1: not */
	/*
	 * Found out beforehand. attach: "mac", "uuid", "devid", "controller", "port", "newctrl" as
	 * the device will have them, "live" when a running domain gets it, "had" (the numbers of
	 * those that were there), "controllers" (the numbers of those). detach: "devid",
	 * "numbers" (of all) and all fields of the device in the running domain.
	 */
	struct sx_fields facts;
	struct sx_words notes; /* to be said with the plan */
};

/*
 * Those that xl cannot read are noted in the plan. SX_ESYNTAX: with `new`, which is not among the others,
 * one of them may be the device that the change is about, or xl does not read as far.
 */
int device_items_pass(const struct device_change *c, const struct xlcfg *doc,
		      const struct device_items *items, bool new, struct change_plan *plan,
		      struct sx_err *err) SX_MUST;
/* Do two descriptions identify one device (1), two (-1), or say nothing about it (0)? */
int device_same(const struct device_class *class, const struct sx_fields *a,
		const struct sx_fields *b);
/* Is everything that the device says, and libxl tells, true of these fields? */
bool device_agrees(const struct device *d, const struct sx_fields *live);

/* The device of the running domain that the change is about; NULL: it is not there. */
const struct live_device *device_live_find(const struct device_change *c,
					   const struct live_devices *devices);

int device_discover(const struct change *change, struct live *live, struct sx_words *facts,
		    struct sx_err *err) SX_MUST;
int device_attach_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err) SX_MUST;
int device_detach_plan(const struct change_said *said, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err) SX_MUST;
/* "network interface 00:16:3e:00:00:01 (xenbr0)" for subjects. Heap string. */
char *device_subject(const struct device_class *class, const struct device *d, long number);
/* One of the facts by its name, NULL when it is not known. Borrowed. */
const char *device_fact(const struct device_change *c, const char *name);
/*
 * The place in a list of that length of what has this number running, by the fact that names all
 * their numbers. -1: not known, or the list has others than run.
 */
long device_place(const struct device_change *c, const char *numbers, long number, size_t len);
/* A fact that is a number, or numbers, by its name. */
void device_add_fact(struct sx_words *facts, const char *name, const char *value);
void device_add_number(struct sx_words *facts, const char *name, long value);
/* Of all that run: in a file they are places. */
void device_add_numbers(struct sx_words *facts, const char *name, const struct live_devices *all);
/* The list of the class in the file; what is wrong with the file is for the plan to say. */
void device_read_file(const char *path, const struct device_class *class, struct device_items *out);
/* What it is plugged into (device_plug.c): a port that is free, as a fact. */
int device_find_port(const struct change *change, struct live *live, struct sx_words *facts,
		     struct sx_err *err) SX_MUST;
/* The running domain knows a controller by its number, the file by its place in the list. */
void device_plug(const struct device_change *c, const struct xlcfg *doc, struct device *d);
/* The controller that libxl makes when no other has a free port. */
int device_add_controller(const struct device_change *c, const char *path, struct xlcfg *doc,
			  struct change_plan *plan, struct device *d, struct sx_err *err) SX_MUST;

/*
 * Who else has a device that is identified by this field: other files of the configuration
 * directories ("FILE:LINE") and, with `live`, other running domains, each as a line for people.
 */
int device_elsewhere(const struct change *change, struct live *live,
		     const struct device_class *class, const struct sx_fields *fields,
		     struct sx_words *out, struct sx_err *err) SX_MUST;
