/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Saved images opened and described, and who runs: see saved.h. */
#include "guard/saved.h"
#include "domain/domain.h"
#include "host/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

void saved_image_dispose(struct saved_image *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	image_header_dispose(&s->header);
	image_config_dispose(&s->config);
	*s = (struct saved_image)SAVED_IMAGE_NONE;
}

int saved_image_open(const char *path, struct saved_image *out, struct sx_err *err)
{
	out->path = sx_strdup(path);
	/* A FIFO without a writer must not block; image_header_read refuses it. */
	out->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (out->fd < 0)
		return sx_err_sys(err, SX_EFAIL, "open %s", path);
	if (image_header_read(out->fd, &out->header, err) ||
	    image_config_read(&out->header, &out->config, err)) {
		sx_err_wrap(err, "%s", path);
		err->code = SX_EGUARD;
		return -1;
	}
	return 0;
}

int saved_image_prove(struct saved_image *s, struct sx_err *err)
{
	if (image_verify(s->fd, &s->header, &s->stream, err) ||
	    image_identify(s->fd, &s->header, s->id, err)) {
		sx_err_wrap(err, "%s", s->path);
		err->code = SX_EGUARD;
		return -1;
	}
	return 0;
}

char *saved_image_lost(const struct marker *m)
{
	SAVED_IMAGE image = SAVED_IMAGE_NONE;
	SX_ERR err = { 0 };

	if (saved_image_open(m->image, &image, &err) || saved_image_prove(&image, &err))
		return err.sys_errno == ENOENT ? sx_format("%s is not there any more", m->image)
					       : sx_strdup(err.msg);
	return !*m->image_id || sx_streq(image.id, m->image_id)
		       ? NULL
		       : sx_format("%s is another image now", m->image);
}

void saved_image_note_disks(const struct saved_image *s, const struct flow_env *env,
			    struct marker *m)
{
	sx_each(const struct image_disk, d, &s->config.disks) {
		struct evidence_subject subject = {
			.target = d->pdev_path,
			.object = marker_object(m, d->vdev),
			.vdev = d->vdev,
			.format = d->format,
			.script = d->script,
			.backend_domain = d->backend_domname,
			.readwrite = d->readwrite,
			.cdrom = d->is_cdrom,
		};

		marker_add_disk(m, &subject, env);
	}
	marker_fit(m);
}

size_t saved_say_unseen(const struct flow_env *env, const struct marker *m)
{
	size_t count = 0;

	for (size_t i = 0; i < marker_disk_count(m); i++) {
		struct evidence_subject d;
		SX_WORDS reasons = { 0 };
		bool known = marker_unseen(m, i, &reasons);
		SX_FREE char *why = sx_words_join(&reasons, "; ");

		marker_disk(m, i, &d);
		count += !known;
		if (!known)
			flow_notice(
				env,
				"%s: disk %s (%s) cannot be looked at: %s; safexl cannot detect "
				"changes of it",
				m->name, d.vdev, d.target, why);
		else if (reasons.len)
			flow_notice(env,
				    "%s: disk %s (%s) cannot be looked at in full: %s; the rest of "
				    "it is recorded, but a change there may go unnoticed",
				    m->name, d.vdev, d.target, why);
	}
	return count;
}

/*
 * A file's mtime shows every write. The times of a file system on a device show only mounts, so
 * they prove nothing if the guest went on. File clocks are coarse: an equal time may be a later
 * write.
 */
static char *uncertain_about(const struct marker *m, size_t i, const struct timespec *image)
{
	struct evidence_subject s;
	struct timespec written;

	marker_disk(m, i, &s);
	if (!marker_last_write(m, i, &written) || (m->goes_on && !marker_is_file(m, i)))
		return sx_format("safexl cannot tell whether disk %s (%s) was written to after it",
				 s.vdev, s.target);
	if (written.tv_sec > image->tv_sec ||
	    (written.tv_sec == image->tv_sec && written.tv_nsec >= image->tv_nsec))
		return sx_format("disk %s (%s) was written to after it", s.vdev, s.target);
	return NULL;
}

void saved_note_uncertain(struct marker *m, const struct timespec *image)
{
	char *why = NULL;

	if (m->uncertain && *m->uncertain)
		return;
	for (size_t i = 0; i < marker_disk_count(m) && !why; i++)
		why = uncertain_about(m, i, image);
	sx_put(&m->uncertain, why ? why : sx_strdup(""));
}

struct marker *saved_take(struct markers *all, size_t i)
{
	struct marker *m = all->items[i];

	memmove(&all->items[i], &all->items[i + 1], (all->len - i - 1) * sizeof(all->items[0]));
	all->len--;
	return m;
}

void saved_drop(struct markers *all, size_t i)
{
	marker_free(saved_take(all, i));
}

bool saved_in_progress(const struct marker *m)
{
	return m->state == MARKER_SAVING || m->state == MARKER_RESTORING ||
	       m->state == MARKER_MIGRATING || m->state == MARKER_DISCARDING;
}

char *saved_progress(const struct marker *m)
{
	const char *what = m->state == MARKER_SAVING	  ? "saved to"
			   : m->state == MARKER_RESTORING ? "restored from"
							  : "migrated to";

	if (m->pending)
		return sx_format("'%s': %s", m->name, m->pending);
	if (m->state == MARKER_HELD)
		return sx_format("'%s': its disks are being copied to %s, or restored from it",
				 m->name, m->image);
	if (m->state == MARKER_DISCARDING && *m->to_host)
		return sx_format("--discard-marker is being carried out right now for '%s', which "
				 "was migrated to %s",
				 m->name, m->to_host);
	if (m->state == MARKER_DISCARDING)
		return sx_format("the saved state of '%s' in %s is being discarded right now",
				 m->name, m->image);
	return sx_format("'%s' is being %s %s right now", m->name, what,
			 m->state == MARKER_MIGRATING ? m->to_host : m->image);
}

char *saved_wait_hint(const struct marker *m)
{
	if (m->state == MARKER_HELD)
		return sx_format("wait until that has ended\n"
				 "if it was interrupted, to go on with it: safexl recover\n"
				 "to give it up, and leave the disks as they are: safexl recover "
				 "--give-up %pQ",
				 m->name);
	return m->pending_hint ? sx_strdup(m->pending_hint)
			       : sx_format("wait until that has ended: safexl where %pQ", m->name);
}

enum saved_presence saved_domain_look(const char *name, const char *uuid)
{
	enum saved_presence p = SAVED_ABSENT;
	LIVE_DOMAIN d = { 0 };
	SX_ERR why = { 0 };
	int r = domain_look_name(name, &d, &why);

	if (r && why.code != SX_ENODOMAIN)
		return SAVED_UNKNOWN;
	if (!r && (!*uuid || sx_streq(d.uuid, uuid)))
		p = d.state == LIVE_SUSPENDED ? SAVED_SUSPENDED
		    : d.state == LIVE_PAUSED  ? SAVED_PAUSED
					      : SAVED_RUNS;
	return p;
}

bool saved_is_present(enum saved_presence p)
{
	return p != SAVED_UNKNOWN && p != SAVED_ABSENT;
}

bool saved_domain_runs(const char *name, const char *uuid)
{
	return saved_is_present(saved_domain_look(name, uuid));
}
