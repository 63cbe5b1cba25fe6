/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is a readable marker one that safexl writes? Only then it is trusted, and the files it names are
 * touched: a restored backup or a fault can leave others. See marker.h.
 */
#include "guard/marker_private.h"

#include <ctype.h>
#include <string.h>

/* In a temporary name, between the image's name and the pid. */
static const char temp_mark[] = ".safexl-";

/* A name may have 255 bytes: cut the image's to leave room for the rest, not within a character. */
static size_t temp_stem_length(const char *base)
{
	enum { longest = 200 };
	size_t len = strlen(base);

	if (len <= longest)
		return len;
	len = longest;
	while (len && ((unsigned char)base[len] & 0xc0) == 0x80)
		len--;
	return len ? len : longest;
}

char *marker_temp_name(const char *image, unsigned n)
{
	SX_FREE char *dir = sx_path_dir(image);
	SX_FREE char *base = sx_path_base(image);
	SX_FREE char *again = n ? sx_format(".%u", n) : sx_strdup("");
	SX_FREE char *name = sx_format(".%.*s%s%ld%s", (int)temp_stem_length(base), base, temp_mark,
				       (long)getpid(), again);

	return sx_path_join(dir, name);
}

/* Skip a number; NULL: there is none. */
static const char *past_number(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len ? text + len : NULL;
}

/* Ends with the pid, or pid.counter. Earlier versions wrote no dot between them. */
bool marker_is_temp_name(const char *base)
{
	const char *rest = NULL;

	if (base[0] != '.' || strchr(base, '/'))
		return false;
	for (const char *p = base; (p = strstr(p + 1, temp_mark));)
		rest = p + strlen(temp_mark);
	rest = rest ? past_number(rest) : NULL;
	if (rest && *rest == '.')
		rest = past_number(rest + 1);
	return rest && !*rest;
}

/* Beside the image, hidden, and beginning with the image's name. */
static bool is_temp_of(const char *image, const char *temp)
{
	SX_FREE char *image_dir = sx_path_dir(image);
	SX_FREE char *dir = sx_path_dir(temp);
	SX_FREE char *image_base = sx_path_base(image);
	SX_FREE char *base = sx_path_base(temp);
	size_t stem = temp_stem_length(image_base);

	return sx_streq(image_dir, dir) && marker_is_temp_name(base) && strlen(base) > 1 + stem &&
	       strncmp(base + 1, image_base, stem) == 0 &&
	       sx_starts_with(base + 1 + stem, temp_mark);
}

static bool is_hex(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return text[len] == '\0';
}

/* Is `before` a state that the marker can return to? */
static bool is_before(const struct marker *m)
{
	enum marker_state was = marker_state_find(m->before);

	if (m->state == MARKER_DISCARDING)
		return was == MARKER_SAVED || was == MARKER_MIGRATED;
	return !*m->before || was == MARKER_SAVED || was == MARKER_CHECKPOINT ||
	       was == MARKER_RESTORED || was == MARKER_DISCARDED;
}

/* A saved image has an absolute path, and a temporary file beside it only while it is written. */
static char *image_odd(const struct marker *m)
{
	if (m->image[0] != '/')
		return sx_format("the image '%s' is not an absolute path", m->image);
	if (m->state != MARKER_SAVING && *m->temp)
		return sx_format("it is not being saved, and has a temporary file, '%s'", m->temp);
	if (m->state == MARKER_SAVING && !is_temp_of(m->image, m->temp))
		return sx_format("'%s' is no temporary file of %s", m->temp, m->image);
	if (*m->image_id && !is_hex(m->image_id, 32))
		return sx_format("'%s' is no identity of an image", m->image_id);
	return NULL;
}

char *marker_odd(const struct marker *m)
{
	bool away = m->state == MARKER_MIGRATING || m->state == MARKER_MIGRATED ||
		    (m->state == MARKER_DISCARDING && *m->to_host);

	if (!*m->name)
		return sx_strdup("it names no domain");
	if (away != (*m->to_host != '\0') || (away && (*m->image || *m->temp)))
		return sx_format("'%s' does not go with a host that it was migrated to",
				 marker_state_name(m->state));
	if ((m->state == MARKER_RESTORING || m->state == MARKER_DISCARDING) && !is_before(m))
		return sx_format("'%s' is nothing that it can have been before", m->before);
	if (*m->config && m->config[0] != '/')
		return sx_format("the configuration '%s' is not an absolute path", m->config);
	return away ? NULL : image_odd(m);
}
