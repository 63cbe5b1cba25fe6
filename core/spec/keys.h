/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a configuration that xl reads, and which values it accepts. */
#pragma once

/* The kinds of value that xl accepts; text and numbers may be quoted or not. */
enum config_form {
	CONFIG_STRING = 1,
	CONFIG_NUMBER = 2,
	CONFIG_FLAG = 4, /* a number, 0 means no */
	CONFIG_LIST = 8, /* of strings */
	CONFIG_LISTS = 16, /* of lists */
	CONFIG_HVM = 32, /* not a form: xl reads the key for HVM guests only */
};

struct config_key {
	const char *name;
	unsigned forms;
	unsigned since; /* the first xl that reads it: 417 for 4.17 or earlier, 418, ... */
	const char *choices; /* "ide ahci": the allowed words, in any case; NULL: any */
	const char *instead; /* what replaces this old key; NULL: nothing */
};

/* All keys, sorted by name; ends with a NULL name. */
extern const struct config_key config_keys[];

/* The key of this name; NULL: xl does not read it. */
const struct config_key *config_key_find(const char *name);
/* The key that this mistyped name was probably meant to be; NULL: none is near. */
const struct config_key *config_key_nearest(const char *name);
