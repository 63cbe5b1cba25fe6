/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Helpers shared by the files of this room. */
#pragma once

#include "device/device.h"

/* What xl does with a value. */
enum device_verdict {
	DEVICE_TAKEN,
	DEVICE_BAD, /* xl warns, and skips the word if the class allows that */
	DEVICE_FATAL, /* xl exits */
};

/*
 * A value in canonical form, a heap string. NULL with DEVICE_TAKEN: the field is as if unset.
 * `strict` refuses what xl silently misreads as a number (8x as 8, x as 0).
 */
enum device_verdict device_value(const struct device_class *class, const struct device_field *field,
				 const char *text, bool strict, char **out);
/* A rate such as "500KB/s@20ms" in canonical form; NULL: xl refuses it. Heap string. */
char *device_rate(const char *text);

/* Rows of a class's field table; TOLD, FLAG and BACKEND are reported by libxl; END is the last. */
#define FIELD(text, of_kind, ...)                              \
	{                                                      \
		.name = (text), .kind = (of_kind), __VA_ARGS__ \
	}
#define PLAIN(text, of_kind)                      \
	{                                         \
		.name = (text), .kind = (of_kind) \
	}
#define TOLD(text, of_kind, otherwise) FIELD(text, of_kind, .usual = (otherwise), .is_live = true)
#define FLAG(text, otherwise) TOLD(text, DEVICE_FLAG, otherwise)
#define BACKEND                                                             \
	FIELD("backend", DEVICE_TEXT, .usual = "Domain-0", .is_live = true, \
	      .canonical = device_backend)
#define END                  \
	{                    \
		.name = NULL \
	}

/* Is the field present and not "0"? */
bool device_is_set(const struct device *d, const char *name);
/* A backend domain in canonical form: "0" becomes "Domain-0". Heap string. */
char *device_backend(const char *text);

/* Set a field to what libxl reports: NULL, "" and 0 leave the field out, a flag is always set. */
void device_tell(struct sx_fields *f, const char *name, const char *text);
void device_tell_number(struct sx_fields *f, const char *name, unsigned long value);
void device_tell_flag(struct sx_fields *f, const char *name, bool value);
/* Set "backend" to the name of the backend domain. */
void device_tell_backend(struct libxl__ctx *ctx, struct sx_fields *f, uint32_t domid);

/* The next word as strtok takes it (empty ones are skipped), without leading blanks; NULL: none. */
char *device_next_word(char **rest, const char *separator);
