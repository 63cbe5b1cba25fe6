/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the device specifications share. */
#pragma once

#include "device/device.h"

/* What is made of a value. */
enum device_verdict {
	DEVICE_TAKEN,
	DEVICE_BAD, /* xl complains, and overlooks the word where it may */
	DEVICE_FATAL, /* xl ends */
};

/*
 * A value in canonical form; *out NULL with DEVICE_TAKEN: it means nothing. `strict`: words of
 * which xl makes a number without a word (8x is 8, x is 0) are none.
 */
enum device_verdict device_value(const struct device_class *class, const struct device_field *field,
				 const char *text, bool strict, char **out);
/* "500KB/s@20ms" in canonical form, NULL: none. */
char *device_rate(const char *text);

/* Rows of a class's fields; those that libxl tells; the last row. */
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

/* Does it have the field, and not as 0? */
bool device_is_set(const struct device *d, const char *name);
/* "0" is "Domain-0". */
char *device_backend(const char *text);

/* What libxl tells: NULL, "" and 0 leave the field out. */
void device_tell(struct sx_fields *f, const char *name, const char *text);
void device_tell_number(struct sx_fields *f, const char *name, unsigned long value);
void device_tell_flag(struct sx_fields *f, const char *name, bool value);
/* The domain that has the other end, by name. */
void device_tell_backend(struct libxl__ctx *ctx, struct sx_fields *f, uint32_t domid);

/* Take the next word of a list as strtok would (empty ones vanish), blanks before it left out. */
char *device_next_word(char **rest, const char *separator);
