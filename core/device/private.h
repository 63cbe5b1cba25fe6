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

/* The specification of a PCI device, through libxlutil. */
int device_pci_parse(const char *text, struct device *out, struct sx_err *err) SX_MUST;
char *device_pci_text(const struct device *d);
/* The items of a sound card. */
int device_sound_parse(char *const *items, bool strict, struct device *out,
		       struct sx_err *err) SX_MUST;
void device_sound_text(const struct device *d, struct sx_words *out);

/* Take the next word of a list as strtok would (empty ones vanish), blanks before it left out. */
char *device_next_word(char **rest, const char *separator);
