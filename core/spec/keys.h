/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a configuration that xl asks for, and what their values must be. */
#pragma once

/* The forms of value that xl takes; text and numbers may stand in quotes or not. */
enum config_form {
	CONFIG_STRING = 1,
	CONFIG_NUMBER = 2,
	CONFIG_FLAG = 4, /* a number, 0 is no */
	CONFIG_LIST = 8, /* of strings */
	CONFIG_LISTS = 16, /* of lists */
	CONFIG_HVM = 32, /* no form: xl reads the key for HVM guests only */
};

struct config_key {
	const char *name;
	unsigned forms;
	unsigned since; /* xl that has it first: 417 for 4.17 and before, 418, ... */
	const char *choices; /* "ide ahci": the words it may be, in any case; NULL: any */
	const char *instead; /* what has taken its place; NULL: nothing */
};

/* All of them, by name; ends with a NULL name. */
extern const struct config_key config_keys[];

/* The key of this name; NULL: xl does not ask for it. */
const struct config_key *config_key_find(const char *name);
/* The key that a slip of the fingers makes this name of; NULL: none is near. */
const struct config_key *config_key_nearest(const char *name);
