/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Takes a snapshot, in this order: refuse what must be refused; write the manifest; save the
 * memory, which leaves the guest paused; keep the disks; let the guest run; then do what takes
 * time. See snapshot.h.
 */
#include "snapshot/take.h"
#include "base/clock.h"
#include "guard/kept.h"
#include "guard/saved.h"
#include "host/file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* ---- written ahead ---- */

static int refuse_twice(const struct taking *t, struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD, "%s has a snapshot '%s' already", t->s.guest, t->s.name);
	return sx_err_hint(err, "to remove it: safexl snapshots --drop %s %pQ", t->s.name,
			   t->s.guest);
}

static int make_dirs(const struct taking *t, struct sx_err *err)
{
	SX_FREE char *above = sx_path_dir(t->s.dir), *disks = sx_path_join(t->s.dir, "disks");
	SX_FREE char *begun = snapshot_begun(above), *all = sx_path_dir(above);

	if (sx_path_mkdirs(all, 0700, err) || sx_path_mkdirs(above, 0700, err) ||
	    file_sync_dir(all, err) || file_write_durable(begun, "", 0, err) ||
	    sx_path_mkdirs(t->s.dir, 0700, err) || sx_path_mkdirs(disks, 0700, err))
		return -1;
	return file_sync_dir(above, err);
}

static int hint_other_name(const struct taking *t, struct sx_err *err)
{
	return sx_err_hint(err, "under another name: safexl snapshot %s%s%pQ %s-2",
			   t->options->no_memory ? "--no-memory " : "",
			   t->options->copy ? "--copy " : "", t->s.guest, t->s.name);
}

/* A volume that exists is not ours: a manifest that names it would have it removed. */
static int check_volumes(const struct taking *t, struct sx_err *err)
{
	sx_each(const struct snapshot_disk, d, &t->s.disks) {
		bool there;

		if (kind_is_there(t->env, d, &there, err))
			return -1;
		if (there) {
			sx_err_set(err, SX_ECANTWRITE, "%s is there already", d->volume);
			return hint_other_name(t, err);
		}
	}
	return 0;
}

static int check_places(const struct taking *t, struct sx_err *err)
{
	return access(t->s.dir, F_OK) == 0 ? refuse_twice(t, err) : check_volumes(t, err);
}

static int write_ahead(struct taking *t, struct sx_err *err)
{
	SX_FREE char *config = sx_path_join(t->s.dir, "config");

	if (check_places(t, err))
		return -1;
	t->made = true;
	return make_dirs(t, err) ||
			       file_write_durable(config, sx_str_text(&t->config.text),
						  t->config.text.len, err) ||
			       snapshot_write(&t->s, err)
		       ? -1
		       : 0;
}

/* ---- the disks ---- */

/* Only now the size is final: a qcow2's file grew until the guest was paused, or QEMU stopped. */
static int take_disk(const struct taking *t, struct snapshot_disk *d, struct sx_err *err)
{
	const struct snapshot_kind *kind = kind_find(d->kind);
	int64_t size = kind ? bytes_size_of(d->object, err) : 0;

	if (!kind || size < 0)
		return kind ? -1 : 0;
	d->size = size;
	return kind->take(t->env, d, err);
}

static int take_disks(const struct taking *t, struct sx_err *err)
{
	sx_each(struct snapshot_disk, d, &t->s.disks)
		if (take_disk(t, d, err))
			return sx_err_wrap(err, "disk %s", d->vdev);
	return 0;
}

/* ---- a guest that runs ---- */

static int pause_guest(struct taking *t, struct sx_err *err)
{
	const char *words[] = { "pause", t->number, NULL };

	return still_xl(t->env, NULL, words, err);
}

/* QEMU writes out the disk data it holds in memory; from then on the disks must not change. */
static int stop_qemu(struct taking *t, struct sx_err *err)
{
	const char *words[] = { "qemu-monitor-command", t->number, "stop", NULL };

	if (still_xl(t->env, NULL, words, err))
		return -1;
	if (t->s.memory)
		snapshot_note_disks(&t->s);
	return 0;
}

static int refuse_written(const struct sx_words *what, struct sx_err *err)
{
	SX_FREE char *text = sx_words_join(what, "; ");

	sx_err_set(err, SX_EGUARD, "a disk was written to while the guest stood still: %s", text);
	return sx_err_hint(err, "who else uses its disks: safexl check");
}

/* Check that nobody wrote to the disks since the memory was complete, or QEMU stopped. */
static int check_still(const struct taking *t, const struct marker *m, struct sx_err *err)
{
	SX_WORDS what = { 0 }, notes = { 0 };
	bool written = t->s.stops_qemu ? snapshot_is_written(&t->s, &what)
				       : evidence_forbids(marker_compare(m, NULL, &what, &notes));

	return written ? refuse_written(&what, err) : 0;
}

/* The guest is paused: keep its disks, then let it run again. Signals are held meanwhile. */
static int work(const struct marker *m, void *arg, struct sx_err *err)
{
	struct taking *t = arg;
	SX_ERR why = { 0 };
	sigset_t before;
	int r;

	proc_hold_signals(&before);
	r = t->s.stops_qemu ? stop_qemu(t, err) : 0;
	if (!r)
		r = take_disks(t, err);
	if (!r && m)
		r = check_still(t, m, err);
	if ((r || !t->stays) && still_end(t->env, &t->s, &why))
		r = r ? r : sx_err_move(err, &why);
	else
		t->s.paused_ms = sx_now_ms() - t->since_ms;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

static int note_image(struct taking *t, struct sx_err *err)
{
	SX_FREE char *path = snapshot_image(&t->s);
	SAVED_IMAGE image = SAVED_IMAGE_NONE;

	if (saved_image_open(path, &image, err) ||
	    image_identify(image.fd, &image.header, image.id, err))
		return -1;
	t->s.image_id = sx_strdup(image.id);
	return 0;
}

static int save_memory(struct taking *t, struct sx_err *err)
{
	SX_FREE char *path = snapshot_image(&t->s);
	char *words[] = { (char[]){ "save" }, (char[]){ "-p" }, t->number, path, NULL };
	struct save_still still = { work, t };
	int status;

	if (save_still_run(t->env, words, &still, &status, err))
		return -1;
	if (!status)
		return note_image(t, err);
	sx_err_set(err, SX_EXL, "xl save failed");
	err->status = status;
	return -1;
}

static int take_running(struct taking *t, struct sx_err *err)
{
	t->since_ms = sx_now_ms();
	if (t->s.memory)
		return save_memory(t, err);
	return pause_guest(t, err) ? -1 : work(NULL, t, err);
}

/* ---- a guest that is off, or saved ---- */

static int hold(const struct taking *t, struct sx_err *err)
{
	SX_FREE struct evidence_subject *subjects = snapshot_subjects(&t->s);
	struct kept_guest guest = { .name = t->s.guest,
				    .uuid = "",
				    .disks = subjects,
				    .count = t->s.disks.len,
				    .saved = t->s.saved_in };

	return kept_hold(t->env, &guest, t->s.dir, err);
}

/* Keep the memory, and check once more, now that the disks are kept, that they belong to it. */
static int take_saved(const struct taking *t, struct sx_err *err)
{
	return image_keep(t->env, &t->s, err) || kept_prove_saved(t->env, t->saved, "snapshot", err)
		       ? -1
		       : 0;
}

static int take_off(struct taking *t, struct sx_err *err)
{
	if (hold(t, err))
		return -1;
	snapshot_note_disks(&t->s);
	return take_disks(t, err) || (t->saved && take_saved(t, err)) ||
			       snapshot_check_disks(&t->s, err) ||
			       kept_release(t->env, t->s.dir, err)
		       ? -1
		       : 0;
}

/* ---- all of it ---- */

/* It failed: remove what there is of the snapshot. */
static int give_up(struct taking *t, struct sx_err *err)
{
	SX_FREE char *dir = snapshots_dir(t->env, t->s.guest), *begun = snapshot_begun(dir);
	SX_ERR why = { 0 };

	if (!t->made)
		return -1;
	if (snapshot_withdraw(t->env, &t->s, &why) ||
	    (access(begun, F_OK) == 0 && file_remove_durable(begun, &why))) {
		flow_notice(t->env, "%s: what is left of the snapshot '%s' waits: %s", t->s.guest,
			    t->s.name, why.msg);
		err->code = SX_EPARTIAL;
		return sx_err_hint(err, "after fixing the cause: safexl recover");
	}
	return -1;
}

static int take(struct taking *t, struct sx_err *err)
{
	SX_FREE char *dir = snapshots_dir(t->env, t->s.guest), *begun = snapshot_begun(dir);

	live_close(sx_steal(&t->live));
	t->s.pauses = t->runs;
	if (write_ahead(t, err) || (t->runs ? take_running(t, err) : take_off(t, err)) ||
	    take_seal(t, err))
		return give_up(t, err);
	return t->stays ? 0 : file_remove_durable(begun, err);
}

/* A dry run: refuse what the real run would refuse. */
static int try(const struct taking *t, struct sx_err *err)
{
	return check_places(t, err) || (!t->runs && hold(t, err)) ? -1 : 0;
}

int take_locked(const struct flow_env *env, const char *guest,
		const struct snapshot_options *options, bool stays, struct snapshot *out,
		struct sx_err *err)
{
	SX_CLEANUP(taking_dispose)
	struct taking t = { .env = env, .options = options, .stays = stays, .named = true };
	SX_LOCK domain = { 0 };

	/* Look only then: whoever held the lock may have given the guest another disk. */
	if ((!env->dry_run && flow_lock(env, "domain", guest, &domain, err)) ||
	    take_look(&t, guest, err))
		return -1;
	snprintf(t.number, sizeof(t.number), "%" PRIu32, t.domain.domid);
	if (env->dry_run ? try(&t, err) : take(&t, err))
		return -1;
	*out = sx_steal(&t.s);
	return 0;
}
