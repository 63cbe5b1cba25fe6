/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One attach or detach of a device that is an element of a list (device.h): what its words say, the
 * facts discovered, and where its element is in the file.
 */
#pragma once

#include "change/change.h"
#include "device/items.h"

struct device_change {
	const struct device_class *class;
	bool attach;
	struct word_list args; /* borrowed; the first is the domain */
	struct device spec; /* attach: as typed; detach: the fields that select it */
	long devid; /* detach: the number typed; -1: none */
	/*
	 * Discovered before the change. attach: "mac", "uuid", "devid", "controller", "port",
	 * "newctrl" as the device will have them, "live" when a running domain gets it, "had" (the
	 * numbers of its devices before), "controllers" (the numbers of those). detach: "devid",
	 * "numbers" (of all devices of the class) and all fields of the running device.
	 */
	struct sx_fields facts;
	struct sx_words notes; /* notices for the plan */
};

/*
 * Note in the plan the elements that xl cannot read. `new`: no readable element is the device; then
 * SX_ESYNTAX if an unread one may be it, or if xl stops before the list's end.
 */
int device_items_pass(const struct device_change *c, const struct xlcfg *doc,
		      const struct device_items *items, bool new, struct change_plan *plan,
		      struct sx_err *err) SX_MUST;
/* 1: both identify the same device, -1: different ones, 0: undecided. */
int device_same(const struct device_class *class, const struct sx_fields *a,
		const struct sx_fields *b);
/* Do the live fields agree with all that the device says and libxl reports? */
bool device_agrees(const struct device *d, const struct sx_fields *live);

/* The running domain's device that the change is about, borrowed; NULL: it is not there. */
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
/* A fact by its name, borrowed; NULL: not known. */
const char *device_fact(const struct device_change *c, const char *name);
/*
 * The place in a list of `len` elements of the running device with this number, by the fact that
 * lists all their numbers. -1: unknown, or not as many devices run as the list has.
 */
long device_place(const struct device_change *c, const char *numbers, long number, size_t len);
/* Add a fact by its name. */
void device_add_fact(struct sx_words *facts, const char *name, const char *value);
void device_add_number(struct sx_words *facts, const char *name, long value);
/* Add the numbers of all running devices: device_place finds places by them. */
void device_add_numbers(struct sx_words *facts, const char *name, const struct live_devices *all);
/* Read the file's list of the class; empty on errors, which the plan reports. */
void device_read_file(const char *path, const struct device_class *class, struct device_items *out);
/* Add a free port and its controller as facts (device_plug.c). */
int device_find_port(const struct change *change, struct live *live, struct sx_words *facts,
		     struct sx_err *err) SX_MUST;
/* Replace the controller's number, as in the running domain, by its place in the file's list. */
void device_plug(const struct device_change *c, const struct xlcfg *doc, struct device *d);
/* Record the controller that libxl creates when no other has a free port. */
int device_add_controller(const struct device_change *c, const char *path, struct xlcfg *doc,
			  struct change_plan *plan, struct device *d, struct sx_err *err) SX_MUST;

/*
 * Find who else has the device that these fields identify: other files of the configuration
 * directories and, with `live`, other running domains. Adds a line for people for each.
 */
int device_elsewhere(const struct change *change, struct live *live,
		     const struct device_class *class, const struct sx_fields *fields,
		     struct sx_words *out, struct sx_err *err) SX_MUST;
