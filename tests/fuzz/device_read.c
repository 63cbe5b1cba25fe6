/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fuzz target: whatever an element of a device list holds, reading it never crashes, nor makes
 * libxlutil do so; what is accepted can be written, unless that is refused, and is read back as
 * the same device. The first byte chooses the class and whether it comes from a command line.
 */
#include "device/device.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fail(const char *what, const char *text)
{
	fprintf(stderr, "device_read: %s: %s\n", what, text);
	abort();
}

/* As the file and the command line have it. */
static int read_one(const struct device_class *class, bool words, const char *text,
		    struct device *out, struct sx_err *err)
{
	SX_WORDS parts = { 0 };
	SX_FREE char *copy = sx_strdup(text);
	char *rest = copy, *word;

	if (!words && !class->is_nested)
		return device_parse(class, text, out, err);
	while ((word = strsep(&rest, "\n")))
		sx_words_add(&parts, word);
	return device_parse_words(class, sx_words_argv(&parts), out, err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct device_class *class;
	SX_FREE char *text = NULL;
	SX_FREE char *label = NULL;
	SX_WORDS written = { 0 };
	DEVICE device = { 0 };
	DEVICE again = { 0 };
	SX_ERR err = { 0 };
	bool words = len && data[0] & 0x80;

	if (!len)
		return 0;
	class = device_classes[data[0] % 8];
	text = sx_strndup((const char *)data + 1, len - 1);
	if (read_one(class, words, text, &device, &err)) {
		if (!err.msg || device.fields.len)
			fail("a refusal without words, or with a result", text);
		return 0;
	}
	label = device_label(&device);
	for (size_t i = 0; i < device.fields.len; i++)
		if (!device_field_find(class, device.fields.items[i].name))
			fail("a field that its class does not have", device.fields.items[i].name);
	if (device_text(&device, &written, &err))
		return 0;
	if (class->is_nested ? device_parse_words(class, sx_words_argv(&written), &again, &err)
			     : device_parse(class, written.items[0], &again, &err))
		fail("what was written is refused", text);
	if (!sx_fields_equal(&device.fields, &again.fields) || device.devid != again.devid)
		fail("what was written is another device", text);
	return 0;
}
