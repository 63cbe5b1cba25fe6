/*
 * xl restore, made safe: only an image that is whole, not used before, and whose disks are as they
 * were. See guard.h and the states in marker.h.
 */
#include "saved.h"

#include <safexl/file.h>
#include <safexl/lock.h>
#include <safexl/xlcfg.h>

#include <string.h>
#include <sys/wait.h>

struct restore {
	const struct flow_env *env;
	char *const *words;
	struct saved_words split;
	bool discard;
	struct saved_image image;
	struct markers all;
	struct marker *marker; /* in `all`, or `unknown`; NULL: nothing is known of the image */
	struct marker *unknown; /* made for an image without a marker that goes through */
};

static void restore_dispose(struct restore *r)
{
	saved_image_dispose(&r->image);
	markers_dispose(&r->all);
	marker_free(r->unknown);
}

static char *join_lines(const struct sx_words *lines)
{
	SX_STR s = { 0 };

	for (size_t i = 0; i < lines->len; i++)
		sx_str_addf(&s, "%s%s", i ? "; " : "", lines->items[i]);
	return sx_str_take(&s);
}

/* Disks in use now, or changed since; NULL: neither. Notes tell what that does not prove. */
static char *judge_disks(const struct marker *m, bool full, bool must_be_exact,
			 struct sx_words *notes)
{
	SX_WORDS uses = { 0 };
	SX_WORDS what = { 0 };
	SX_ERR err = { 0 };
	enum evidence_state state;

	if (marker_uses(m, &uses, &err))
		return sx_format("whether its disks are in use cannot be told: %s", err.msg);
	if (uses.len)
		return join_lines(&uses);
	state = marker_compare(m, full, &what, notes);
	if (state == EVIDENCE_CHANGED)
		return join_lines(&what);
	if (must_be_exact && state != EVIDENCE_UNCHANGED_EXACT)
		return sx_strdup("it is a checkpoint: the guest went on, and that it wrote nothing "
				 "since cannot be proven");
	if (state == EVIDENCE_UNKNOWN)
		for (size_t i = 0; i < what.len; i++)
			sx_words_give(notes, sx_format("%s; whether it changed cannot be told",
						       what.items[i]));
	return NULL;
}

char *guard_judge_marker(const struct flow_env *env, const struct marker *m, struct sx_words *notes)
{
	switch (m->state) {
	case MARKER_SAVING:
		return sx_strdup("it is still being written");
	case MARKER_RESTORING:
		return sx_strdup("it is being restored right now");
	case MARKER_RESTORED:
		return sx_format(
			"it was used already: restored on %s by %s; its guest has moved on since",
			m->ended_at, m->ended_by);
	case MARKER_DISCARDED:
		return sx_format("it was given up on %s by %s (%s)", m->ended_at, m->ended_by,
				 m->ended_how);
	case MARKER_MIGRATING:
	case MARKER_MIGRATED:
		return sx_format("it runs on %s", m->to_host);
	case MARKER_SAVED:
	case MARKER_CHECKPOINT:
	case MARKER_STATES:
		break;
	}
	if (*m->doubt)
		return sx_strdup(m->doubt);
	return judge_disks(m, env->settings.verify_full, m->state == MARKER_CHECKPOINT, notes);
}

/* By content first: a moved or copied image is the same one. */
static struct marker *find_marker(const struct restore *r)
{
	for (size_t i = r->all.len; i-- > 0;)
		if (*r->all.items[i]->image_id && sx_streq(r->all.items[i]->image_id, r->image.id))
			return r->all.items[i];
	return NULL;
}

/* An image that nobody here made, or made with plain xl: what its header and its disks say. */
static char *describe_unknown(struct restore *r)
{
	const struct image_config *c = &r->image.config;
	SX_WORDS uses = { 0 };
	SX_ERR ignored = { 0 };
	SX_FREE char *used = NULL;

	r->unknown = marker_new();
	r->unknown->name = sx_strdup(c->name ? c->name : "");
	r->unknown->uuid = sx_strdup(c->uuid ? c->uuid : "");
	r->unknown->image = sx_strdup(r->image.path);
	r->unknown->image_id = sx_strdup(r->image.id);
	r->unknown->saved_at = sx_strdup("unknown");
	saved_image_note_disks(&r->image, r->env, r->unknown);
	if (marker_uses(r->unknown, &uses, &ignored) == 0 && uses.len)
		used = join_lines(&uses);
	return sx_format(
		"nothing is known of it here, so it was not saved through safexl on this host; "
		"it holds '%s' (uuid %s) with %zu disks, saved by Xen %u.%u%s%s",
		r->unknown->name, r->unknown->uuid, marker_disk_count(r->unknown),
		r->image.stream.xen_major, r->image.stream.xen_minor, used ? "; " : "",
		used ? used : "");
}

/* Keys whose values differ between the configuration at the save and now. */
static void say_config_changes(const struct restore *r)
{
	const struct marker *m = r->marker;
	FILE_IMAGE now = { 0 };
	SX_STR keys = { 0 };
	SX_ERR ignored = { 0 };

	if (!m || !m->config || !*m->config || file_read(m->config, &now, &ignored) ||
	    sx_streq(sx_str_text(&now.text), m->config_text))
		return;
	if (xlcfg_differences(m->config_text, sx_str_text(&now.text), &keys, &ignored))
		sx_err_clear(&ignored);
	flow_notice(r->env,
		    "%s: %s changed since the save%s%s: the guest goes on with what it was saved "
		    "with and sees that only after its next cold boot",
		    m->name, m->config, keys.len ? " in " : "", sx_str_text(&keys));
}

static int refuse(const struct restore *r, const char *reason, struct sx_err *err)
{
	SX_STR again = { 0 };

	sx_str_add_words(&again, r->words);
	sx_err_set(err, SX_EGUARD, "%s: not restored: %s", r->image.path, reason);
	return sx_err_hint(
		err,
		"a guest that is resumed on disks that moved on destroys their file systems\n"
		"to do it nevertheless: safexl --discard-marker %s",
		sx_str_text(&again));
}

/* Everything up to the decision. */
static int judge(struct restore *r, struct sx_err *err)
{
	SX_FREE char *path = sx_path_join(r->env->cwd, r->split.image);
	SX_FREE char *reason = NULL;
	SX_WORDS notes = { 0 };
	bool known;

	if (saved_image_open(path, &r->image, err) || saved_image_prove(&r->image, err))
		return -1;
	if (markers_load(r->env, &r->all, err) || markers_settle(r->env, &r->all, err))
		return -1;
	r->marker = find_marker(r);
	reason = r->marker ? guard_judge_marker(r->env, r->marker, &notes) : describe_unknown(r);
	if (!reason && saved_domain_runs(r->marker->name, r->marker->uuid, &known))
		reason = sx_format("'%s' is running", r->marker->name);
	if (reason && !r->discard)
		return refuse(r, reason, err);
	if (reason)
		flow_notice(r->env, "%s: going ahead with --discard-marker: %s", r->image.path,
			    reason);
	for (size_t i = 0; i < notes.len; i++)
		flow_notice(r->env, "%s: %s", r->image.path, notes.items[i]);
	if (!r->marker)
		r->marker = r->unknown;
	return 0;
}

static int restore_begin(struct restore *r, struct sx_err *err)
{
	SX_LOCK lock = { 0 };
	struct marker *m;

	if (flow_lock(r->env, "guard", "markers", &lock, err) || judge(r, err))
		return -1;
	say_config_changes(r);
	m = r->marker;
	free(m->before);
	m->before = sx_strdup(m == r->unknown ? "" : marker_state_name(m->state));
	m->child = (struct proc_id){ 0 };
	m->state = MARKER_RESTORING;
	return marker_write(r->env, m, err);
}

/* xl failed and no guest came of it: the image is as good as before, if its disks are. */
static int restore_failed(struct restore *r, struct sx_err *err)
{
	SX_WORDS notes = { 0 };
	SX_FREE char *changed = NULL;

	if (!r->discard)
		changed = judge_disks(r->marker, r->env->settings.verify_full, false, &notes);
	if (changed)
		return marker_end(r->env, r->marker, MARKER_RESTORED, err);
	return marker_back(r->env, r->marker, err);
}

static int restore_settle(struct restore *r, int status, struct sx_err *err)
{
	bool succeeded = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	bool known;
	bool runs = saved_domain_runs(r->marker->name, "", &known);

	if (!succeeded && known && !runs)
		return restore_failed(r, err);
	if (marker_end(r->env, r->marker, MARKER_RESTORED, err))
		return -1;
	if (succeeded)
		flow_notice(r->env,
			    "%s: restored; %s is used up now (safexl images --prune removes it)",
			    r->marker->name, r->image.path);
	return 0;
}

int restore_run(const struct flow_env *env, char *const *words, bool discard, bool *pass,
		int *status, struct sx_err *err)
{
	SX_CLEANUP(restore_dispose)
	struct restore r = {
		.env = env, .words = words, .discard = discard, .image = SAVED_IMAGE_NONE
	};
	SX_WORDS argv = { 0 };

	restore_words_split(words, &r.split);
	*pass = !r.split.valid;
	if (*pass)
		return 0;
	if (restore_begin(&r, err))
		return -1;
	saved_xl_words(env, words, NULL, NULL, &argv);
	if (saved_run_xl(env, &argv, r.marker, status, err)) {
		SX_ERR ignored = { 0 };

		return restore_failed(&r, &ignored) ? sx_err_move(err, &ignored) : -1;
	}
	if (restore_settle(&r, *status, err)) {
		sx_err_wrap(err, "%s: that the image was used is not recorded", r.image.path);
		err->code = SX_EPARTIAL;
		return -1;
	}
	return 0;
}

int restore_judge(const struct flow_env *env, char *const *words, bool discard, struct sx_err *err)
{
	SX_CLEANUP(restore_dispose)
	struct restore r = {
		.env = env, .words = words, .discard = discard, .image = SAVED_IMAGE_NONE
	};

	restore_words_split(words, &r.split);
	return r.split.valid ? judge(&r, err) : 0;
}
