/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Candidates for a disk specification, part by part (xl-disk-configuration(5)): target, format,
 * vdev and access in this order, or by their keys. Several arguments of block-attach form one
 * specification.
 */
#include "offer/private.h"

#include <string.h>

enum slot { TARGET, FORMAT, VDEV, ACCESS, SLOTS };

/* What the parts before the cursor set. */
struct disk_parts {
	bool said[SLOTS];
	struct sx_words target; /* one at most */
};

static const char *const keys[] = { "target=", "format=", "vdev=", "access=", NULL };
static const char *const more[] = {
	"backend=", "backendtype=", "cdrom",   "devtype=",	 "direct-io-safe",
	"discard",  "no-discard",   "script=", "specification=", NULL
};
static const char *const prefixes[] = { "phy:",	  "file:", "raw:",  "qcow2:", "qcow:", "vhd:",
					"iscsi:", "nbd:",  "drbd:", "tap:",   "aio:",  NULL };
static const char *const formats[] = { "raw", "qcow2", "vhd", "qcow", "qed", "empty", NULL };

/* Length of a prefix such as "phy:"; 0: none. */
static size_t prefix_len(const char *part)
{
	for (const char *const *p = prefixes; *p; p++)
		if (sx_starts_with(part, *p))
			return strlen(*p);
	return 0;
}

static bool is_flag_or_key(const char *part)
{
	for (const char *const *m = more; *m; m++)
		if (sx_ends_with(*m, "=") ? sx_starts_with(part, *m) : sx_streq(part, *m))
			return true;
	return false;
}

static enum slot next_slot(const struct disk_parts *parts)
{
	enum slot s = TARGET;

	while (s < SLOTS && parts->said[s])
		s++;
	return s;
}

static void note_part(struct disk_parts *parts, const char *part)
{
	size_t prefix;
	enum slot s;

	for (s = TARGET; s < SLOTS; s++)
		if (sx_starts_with(part, keys[s]))
			break;
	if (s < SLOTS) {
		part += strlen(keys[s]);
	} else if (is_flag_or_key(part)) {
		return;
	} else {
		while ((prefix = prefix_len(part))) {
			parts->said[FORMAT] = true;
			part += prefix;
		}
		s = next_slot(parts);
	}
	if (s >= SLOTS)
		return;
	parts->said[s] = true;
	if (s == TARGET)
		sx_words_add(&parts->target, part);
}

/* Note all parts of a word but the last, which is returned. */
static const char *note_parts(struct disk_parts *parts, const char *word)
{
	const char *comma;

	while (!sx_starts_with(word, "target=") && (comma = strchr(word, ','))) {
		SX_FREE char *part = sx_strndup(word, (size_t)(comma - word));

		note_part(parts, part);
		word = comma + 1;
	}
	return word;
}

/* ---- the parts ---- */

/* The letter of a disk from 0: "xvdb2" is 1; -1: none. */
static int letter_of(const char *vdev)
{
	size_t family = sx_starts_with(vdev, "xvd")				   ? 3
			: sx_starts_with(vdev, "hd") || sx_starts_with(vdev, "sd") ? 2
										   : 0;

	return family && vdev[family] >= 'a' && vdev[family] <= 'z' ? vdev[family] - 'a' : -1;
}

/* Guests may show hda and sda as xvda: a letter must be free in all families. */
static void offer_free_vdev(struct offer *o)
{
	static const char *const families[] = { "xvd", "sd", "hd" };
	LIVE_DISKS disks = { 0 };
	bool used[26] = { false };
	int letter = 0;

	offer_live_disks(o, &disks);
	offer_config_disks(o, &disks);
	for (size_t i = 0; i < disks.len; i++) {
		int has = letter_of(disks.items[i].vdev);

		if (has >= 0)
			used[has] = true;
	}
	while (letter < 26 && used[letter])
		letter++;
	for (size_t i = 0; letter < 26 && i < SX_COUNT(families); i++) {
		SX_FREE char *vdev = sx_format("%s%c", families[i], 'a' + letter);

		/* One candidate suffices; it is of the family that was begun. */
		if (sx_starts_with(vdev, o->q->word)) {
			candidates_add(o->out, vdev, "the first one free", ',');
			return;
		}
	}
}

/* Guess by the target's name. Never by its content, which the guest controls. */
static void offer_format_of(struct offer *o, const char *target)
{
	const char *format = sx_ends_with(target, ".qcow2") ? "qcow2"
			     : sx_ends_with(target, ".vhd") ? "vhd"
							    : "raw";

	if (*o->q->word)
		offer_add_all(o, formats, ',');
	else
		candidates_add(o->out, format, NULL, ',');
}

static void offer_access(struct offer *o)
{
	offer_add(o, "w", "read and write", ' ');
	offer_add(o, "r", "read only", ' ');
}

/* A new disk probably belongs where the domain's other disks are. */
static void add_likely_dirs(struct offer *o)
{
	LIVE_DISKS disks = { 0 };

	offer_live_disks(o, &disks);
	offer_config_disks(o, &disks);
	for (size_t i = 0; i < disks.len; i++) {
		SX_FREE char *dir = sx_path_dir(disks.items[i].target);
		SX_FREE char *text = sx_format("%s/", dir);

		if (*dir != '/' || !dir[1])
			continue;
		candidates_add(o->out, text, NULL, '\0');
		o->out->items[o->out->len - 1].file = true;
	}
}

static void offer_positional_target(struct offer *o)
{
	size_t prefix = prefix_len(o->q->word);

	if (prefix) {
		offer_behind(o, prefix, offer_positional_target);
		return;
	}
	if (!*o->q->word)
		add_likely_dirs(o);
	else
		offer_add_all(o, prefixes, '\0');
	offer_target(o);
}

/* ---- behind a key ---- */

static void offer_backend_type(struct offer *o)
{
	static const char *const types[] = { "phy", "qdisk", "standalone", NULL };

	offer_add_all(o, types, ',');
}

static void offer_device_type(struct offer *o)
{
	static const char *const types[] = { "disk", "cdrom", NULL };

	offer_add_all(o, types, ',');
}

static void offer_specification(struct offer *o)
{
	static const char *const words[] = { "xen", "virtio", NULL };

	offer_add_all(o, words, ',');
}

static void offer_formats(struct offer *o)
{
	offer_add_all(o, formats, ',');
}

static void offer_block_script(struct offer *o)
{
	SX_FREE char *dir = sx_path_join(o->env->paths.etc, "scripts");
	SX_WORDS names = { 0 };

	offer_entries(dir, &names);
	for (size_t i = 0; i < names.len; i++)
		if (sx_starts_with(names.items[i], "block-"))
			offer_add(o, names.items[i], NULL, ',');
}

static bool offer_behind_key(struct offer *o)
{
	static const struct offer_kind values[] = {
		{ "target=", offer_target },
		{ "format=", offer_formats },
		{ "vdev=", offer_free_vdev },
		{ "access=", offer_access },
		{ "backend=", offer_running },
		{ "backendtype=", offer_backend_type },
		{ "devtype=", offer_device_type },
		{ "script=", offer_block_script },
		{ "specification=", offer_specification },
	};

	for (size_t i = 0; i < SX_COUNT(values); i++) {
		if (!sx_starts_with(o->q->word, values[i].name))
			continue;
		offer_behind(o, strlen(values[i].name), values[i].find);
		return true;
	}
	return false;
}

static void offer_keys_and_flags(struct offer *o)
{
	for (const char *const *k = keys; *k; k++)
		offer_add(o, *k, NULL, '\0');
	for (const char *const *m = more; *m; m++)
		offer_add(o, *m, NULL, sx_ends_with(*m, "=") ? '\0' : ' ');
}

static void offer_part(struct offer *o, const struct disk_parts *parts)
{
	enum slot slot = next_slot(parts);
	size_t first = o->out->len;

	if (offer_behind_key(o))
		return;
	if (slot == TARGET)
		offer_positional_target(o);
	else if (slot == FORMAT)
		offer_format_of(o, parts->target.len ? parts->target.items[0] : "");
	else if (slot == VDEV)
		offer_free_vdev(o);
	else if (slot == ACCESS)
		offer_access(o);
	if (slot == SLOTS || (*o->q->word && o->out->len == first))
		offer_keys_and_flags(o);
}

void offer_disk(struct offer *o)
{
	struct disk_parts parts = { 0 };
	struct offer_query q = *o->q;
	struct offer part = *o;
	size_t first = o->out->len, skip;

	for (size_t i = 1; i < o->q->count; i++)
		note_part(&parts, note_parts(&parts, o->q->words[i]));
	q.word = note_parts(&parts, o->q->word);
	skip = (size_t)(q.word - o->q->word);
	part.q = &q;
	part.inside = skip > 0;
	offer_part(&part, &parts);
	o->live = part.live;
	for (size_t i = first; i < o->out->len; i++) {
		struct candidate *c = &o->out->items[i];
		SX_FREE char *tail = c->text;

		c->text = sx_format("%.*s%s", (int)skip, o->q->word, tail);
		/* The parts so far are separate arguments: so is the next. */
		if (c->after == ',' && o->q->count > 1)
			c->after = ' ';
	}
	sx_words_dispose(&parts.target);
}
