/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Before xl takes the guest: whose state would be lost, the marker, and the file for xl. */
#include "domain/config.h"
#include "domain/event.h"
#include "domain/resolve.h"
#include "guard/save.h"
#include "host/file.h"
#include "host/lock.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* Keep the configuration's text, so that restore can tell what changed since the save. */
static void note_config(struct save *s)
{
	/* Leaves room for the disks in the marker. */
	enum { longest_text = 1 << 20 };
	RESOLVED resolved = { 0 };
	FILE_IMAGE file = { 0 };
	SX_ERR ignored = { 0 };

	if (resolve_domain(s->env, s->domain.name, s->domain.uuid, &resolved, &ignored) == 0 &&
	    file_read(resolved.path, &file, &ignored) == 0 && file.text.len <= longest_text &&
	    config_admit(file.path, &file.text, &ignored) == 0) {
		s->marker->config = sx_strdup(resolved.path);
		event_about_config(s->env, resolved.path);
		s->marker->config_text = sx_strdup(sx_str_text(&file.text));
	}
}

/* Hidden: xendomains restores every file that it sees. An earlier process's file is left alone. */
static char *temp_name(const struct save *s)
{
	char *name = marker_temp_name(s->image, 0);
	struct stat st;

	for (unsigned n = 1; lstat(name, &st) == 0; n++) {
		sx_put(&name, marker_temp_name(s->image, n));
	}
	return name;
}

/* Created with mode 0600 before xl opens it: a memory image contains secrets. */
static int make_temp(struct save *s, struct sx_err *err)
{
	SX_CLOSE int fd = file_create_new(s->marker->temp, err);

	return fd < 0 ? sx_err_hint(err, "save it to another file") : 0;
}

static bool is_same_guest(const struct save *s, const char *name, const char *uuid)
{
	return sx_streq(uuid, s->domain.uuid) || sx_streq(name, s->domain.name);
}

/* NULL, or why the marker of another guest or of another save forbids this one. */
static char *obstacle(const struct save *s, const struct marker *m)
{
	bool same_image =
		*s->there.id ? sx_streq(m->image_id, s->there.id) : sx_streq(m->image, s->image);
	bool same_guest = is_same_guest(s, m->name, m->uuid);

	if (saved_in_progress(m) && (same_guest || sx_streq(m->image, s->image)))
		return saved_progress(m);
	if (m->state == MARKER_SAVED && same_image && !same_guest && access(s->image, F_OK) == 0)
		return sx_format("%s holds the saved state of '%s' (%s), which would be lost",
				 s->image, m->name, m->saved_at);
	return NULL;
}

static char *lost_hint(const struct save *s)
{
	SX_STR again = { 0 };

	sx_str_add_words(&again, s->words);
	return sx_format("save it to another file\n"
			 "to discard that state: safexl --discard-marker %s",
			 sx_str_text(&again));
}

static int refuse(const struct save *s, const struct marker *m, const char *reason,
		  struct sx_err *err)
{
	SX_FREE char *hint = m->state == MARKER_SAVED ? lost_hint(s) : saved_wait_hint(m);

	sx_err_set(err, SX_EGUARD, "%s", reason);
	return sx_err_hint(err, "%s", hint);
}

/* An image without a marker may be all there is of another guest. */
static int check_unknown(const struct save *s, const struct markers *all, struct sx_err *err)
{
	const struct image_config *c = &s->there.config;
	SX_FREE char *reason = NULL, *hint = NULL;

	if (!*s->there.id || s->env->discard_marker || is_same_guest(s, c->name, c->uuid))
		return 0;
	for (size_t i = 0; i < all->len; i++)
		if (sx_streq(all->items[i]->image_id, s->there.id))
			return 0;
	hint = lost_hint(s);
	reason = sx_format(
		"%s holds a saved state of '%s' that safexl does not know; it would be lost",
		s->image, c->name);
	sx_err_set(err, SX_EGUARD, "%s", reason);
	return sx_err_hint(err, "%s", hint);
}

/* Refuse during another command on this guest or image, or if a saved state would be lost. */
static int check_obstacles(struct save *s, struct markers *all, struct sx_err *err)
{
	for (size_t i = all->len; i-- > 0;) {
		struct marker *m = all->items[i];
		SX_FREE char *reason = obstacle(s, m);

		if (!reason)
			continue;
		if (m->state != MARKER_SAVED || !s->env->discard_marker)
			return refuse(s, m, reason, err);
		if (s->env->dry_run) {
			flow_notice(s->env, "%s: --discard-marker would discard this: %s",
				    s->domain.name, reason);
			continue;
		}
		sx_vec_push(&s->over, saved_take(all, i));
	}
	for (size_t i = 0; i < s->over.len; i++)
		if (marker_discarding(s->env, s->over.items[i], "", err))
			return -1;
	return 0;
}

static void describe(struct save *s)
{
	struct marker *m = s->marker;

	m->state = MARKER_SAVING;
	m->goes_on = s->split.goes_on;
	m->name = sx_strdup(s->domain.name);
	m->uuid = sx_strdup(s->domain.uuid);
	m->image = sx_strdup(s->image);
	m->temp = temp_name(s);
	m->saved_at = flow_time_text(time(NULL));
}

/* The marker must have room for the evidence of the disks, which is noted when xl has the guest. */
static int check_room(const struct save *s, struct sx_err *err)
{
	enum { disk_bytes = 8 << 10 };
	size_t size = marker_size(s->marker);

	for (size_t i = 0; i < s->disks.len; i++)
		size += disk_bytes + 6 * strlen(s->disks.items[i].target);
	if (size <= FILE_LARGEST)
		return 0;
	return sx_err_set(err, SX_ECANTWRITE,
			  "the state of its %zu disks does not fit into a marker", s->disks.len);
}

/* The marker before the file: a file that is left behind must have a marker. */
int save_mark(struct save *s, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	MARKERS all = { 0 };
	SX_ERR ignored = { 0 };

	if (markers_take(s->env, &lock, &all, err))
		return -1;
	markers_tell_bad(s->env, &all);
	if (check_obstacles(s, &all, err) || check_unknown(s, &all, err))
		return -1;
	describe(s);
	note_config(s);
	if (check_room(s, err) || s->env->dry_run)
		return err->code ? -1 : 0;
	if (marker_write(s->env, s->marker, err) == 0 && make_temp(s, err) == 0)
		return 0;
	/* It may exist despite a failed write. */
	if (s->marker->file && marker_remove(s->marker, &ignored))
		sx_err_clear(&ignored);
	return -1;
}

int save_end_over(struct save *s, struct sx_err *err)
{
	SX_LOCK lock = { 0 };

	if (s->over.len && flow_lock(s->env, "guard", "markers", &lock, err))
		return -1;
	for (size_t i = 0; i < s->over.len; i++) {
		struct marker **m = &s->over.items[i];
		SX_FREE char *name = sx_strdup((*m)->name);

		if (marker_reload(m, err))
			return -1;
		if (!*m)
			flow_notice(s->env, "%s: the saved state in %s is discarded", name,
				    s->image);
		else if ((*m)->state == MARKER_DISCARDING && marker_back(s->env, *m, err))
			return -1;
	}
	return 0;
}
