/* The files of the markers: see marker.h. */
#include <safexl/file.h>
#include <safexl/json.h>
#include <safexl/marker.h>

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <time.h>

static const long long format_version = 1;
static const char *const state_names[] = { "saving",	"saved",    "checkpoint",
					   "restoring", "restored", "discarded",
					   "migrating", "migrated", "discarding" };

const char *marker_state_name(enum marker_state state)
{
	return state_names[state];
}

struct marker *marker_new(void)
{
	struct marker *m = sx_alloc(sizeof(*m));

	m->disks = json_new();
	return m;
}

void marker_free(struct marker *m)
{
	if (!m)
		return;
	free(m->file);
	free(m->name);
	free(m->uuid);
	free(m->image);
	free(m->to_host);
	free(m->temp);
	free(m->before);
	free(m->runs_as);
	free(m->doubt);
	free(m->image_id);
	free(m->host);
	free(m->boot_id);
	free(m->saved_at);
	free(m->config);
	free(m->config_text);
	free(m->ended_at);
	free(m->ended_by);
	free(m->ended_how);
	json_free(m->disks);
	free(m);
}

void markers_dispose(struct markers *all)
{
	for (size_t i = 0; i < all->len; i++)
		marker_free(all->items[i]);
	sx_vec_free(all);
}

/* The texts of a marker under the names they have in its file. */
struct field {
	const char *key;
	size_t offset;
};

static const struct field fields[] = {
	{ "name", offsetof(struct marker, name) },
	{ "uuid", offsetof(struct marker, uuid) },
	{ "image", offsetof(struct marker, image) },
	{ "to_host", offsetof(struct marker, to_host) },
	{ "temp", offsetof(struct marker, temp) },
	{ "before", offsetof(struct marker, before) },
	{ "runs_as", offsetof(struct marker, runs_as) },
	{ "doubt", offsetof(struct marker, doubt) },
	{ "image_id", offsetof(struct marker, image_id) },
	{ "host", offsetof(struct marker, host) },
	{ "boot_id", offsetof(struct marker, boot_id) },
	{ "saved_at", offsetof(struct marker, saved_at) },
	{ "config", offsetof(struct marker, config) },
	{ "config_text", offsetof(struct marker, config_text) },
	{ "ended_at", offsetof(struct marker, ended_at) },
	{ "ended_by", offsetof(struct marker, ended_by) },
	{ "ended_how", offsetof(struct marker, ended_how) },
};

static char **text_at(struct marker *m, const struct field *f)
{
	return (char **)(void *)((char *)m + f->offset);
}

static char *marker_to_text(struct marker *m)
{
	JSON_DOC *j = json_new();

	json_set_number(j, "version", format_version);
	json_set_string(j, "state", state_names[m->state]);
	json_set_bool(j, "goes_on", m->goes_on);
	for (size_t i = 0; i < SX_COUNT(fields); i++)
		json_set_string(j, fields[i].key, *text_at(m, &fields[i]));
	json_set_number(j, "owner_pid", m->owner.pid);
	json_set_number(j, "owner_start", (long long)m->owner.start);
	json_set_number(j, "child_pid", m->child.pid);
	json_set_number(j, "child_start", (long long)m->child.start);
	json_put(j, "disks", json_copy(m->disks));
	return json_text(j);
}

static int marker_from_json(const struct json *j, struct marker *m, struct sx_err *err)
{
	const char *state = json_get_string(j, "state");
	const struct json *disks = json_get(j, "disks");

	for (m->state = 0; m->state < MARKER_STATES; m->state++)
		if (sx_streq(state, state_names[m->state]))
			break;
	if (m->state == MARKER_STATES || json_get_number(j, "version") != format_version)
		return sx_err_set(err, SX_EFAIL, "written by another version of safexl");
	m->goes_on = json_get_bool(j, "goes_on");
	for (size_t i = 0; i < SX_COUNT(fields); i++) {
		const char *text = json_get_string(j, fields[i].key);

		*text_at(m, &fields[i]) = sx_strdup(text ? text : "");
	}
	m->owner.pid = (pid_t)json_get_number(j, "owner_pid");
	m->owner.start = (uint64_t)json_get_number(j, "owner_start");
	m->child.pid = (pid_t)json_get_number(j, "child_pid");
	m->child.start = (uint64_t)json_get_number(j, "child_start");
	if (disks) {
		json_free(m->disks);
		m->disks = json_copy(disks);
	}
	return 0;
}

static char *markers_dir(const struct flow_env *env)
{
	return sx_path_join(env->paths.state, "markers");
}

/* *out stays NULL when the file is gone. */
static int read_marker(const char *file, struct marker **out, struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	JSON_DOC *j = NULL;
	SX_FREE char *quoted = sx_quoted(file);
	struct marker *m;

	if (file_read(file, &image, err) ||
	    json_parse(sx_str_text(&image.text), image.text.len, &j, err)) {
		if (err->code == SX_ENOCONFIG) {
			sx_err_clear(err);
			return 0;
		}
		sx_err_wrap(err, "%s", file);
		return sx_err_hint(err,
				   "it guards a saved guest; to see which: cat %s\n"
				   "to go on without its guard: rm %s",
				   quoted, quoted);
	}
	m = marker_new();
	m->file = sx_strdup(file);
	if (marker_from_json(j, m, err)) {
		sx_err_wrap(err, "%s", file);
		marker_free(m);
		return -1;
	}
	*out = m;
	return 0;
}

static int load_one(const char *dir, const char *name, struct markers *out, struct sx_err *err)
{
	SX_FREE char *file = sx_path_join(dir, name);
	struct marker *m = NULL;

	if (read_marker(file, &m, err))
		return -1;
	if (m)
		sx_vec_push(out, m);
	return 0;
}

int marker_reload(struct marker **m, struct sx_err *err)
{
	struct marker *now = NULL;

	if (read_marker((*m)->file, &now, err))
		return -1;
	marker_free(*m);
	*m = now;
	return 0;
}

static int by_file(const void *a, const void *b)
{
	const struct marker *x = *(struct marker *const *)a, *y = *(struct marker *const *)b;

	return strcmp(x->file, y->file);
}

int markers_load(const struct flow_env *env, struct markers *out, struct sx_err *err)
{
	SX_FREE char *dir = markers_dir(env);
	DIR *d = opendir(dir);
	struct dirent *de;
	int r = 0;

	if (!d) {
		if (errno == ENOENT)
			return 0;
		return sx_err_sys(err, SX_EFAIL, "read directory %s", dir);
	}
	while (!r && (de = readdir(d)))
		if (de->d_name[0] != '.' && sx_ends_with(de->d_name, ".json"))
			r = load_one(dir, de->d_name, out, err);
	closedir(d);
	if (out->len)
		qsort(out->items, out->len, sizeof(struct marker *), by_file);
	return r;
}

static void fill(char **text)
{
	if (!*text)
		*text = sx_strdup("");
}

static char *host_name(void)
{
	char name[256] = "";

	gethostname(name, sizeof(name) - 1);
	return sx_strdup(name);
}

/* The first marker of all must not be lost with its directory. */
static int make_dir(const struct flow_env *env, const char *dir, struct sx_err *err)
{
	SX_FREE char *above = sx_path_dir(env->paths.state);

	if (access(dir, F_OK) == 0)
		return 0;
	if (sx_path_mkdirs(env->paths.state, 0700, err) || sx_path_mkdirs(dir, 0700, err) ||
	    file_sync_dir(env->paths.state, err) || file_sync_dir(above, err))
		return -1;
	return 0;
}

int marker_write(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	SX_FREE char *dir = markers_dir(env);
	SX_FREE char *text = NULL;
	SX_FREE char *safe = sx_path_escape(m->name);
	struct timespec now;

	if (make_dir(env, dir, err))
		return -1;
	if (!m->file) {
		clock_gettime(CLOCK_REALTIME, &now);
		m->file = sx_format("%s/%lld.%09ld-%s.json", dir, (long long)now.tv_sec,
				    now.tv_nsec, safe);
	}
	for (size_t i = 0; i < SX_COUNT(fields); i++)
		fill(text_at(m, &fields[i]));
	if (!*m->host) {
		free(m->host);
		m->host = host_name();
	}
	free(m->boot_id);
	m->boot_id = proc_boot_id();
	if (!proc_identify(getpid(), &m->owner))
		return sx_err_set(err, SX_EFAIL, "cannot find this process in /proc");
	text = marker_to_text(m);
	return file_write_durable(m->file, text, strlen(text), err);
}

int marker_remove(const struct marker *m, struct sx_err *err)
{
	return file_remove_durable(m->file, err);
}

void marker_note_end(const struct flow_env *env, struct marker *m, const char *why)
{
	free(m->ended_at);
	free(m->ended_by);
	free(m->ended_how);
	m->ended_at = flow_time_text(time(NULL));
	m->ended_by = sx_format("%s <%s>", env->author.name, env->author.email);
	m->ended_how = sx_strdup(why ? why : env->command);
}

int marker_end(const struct flow_env *env, struct marker *m, enum marker_state state,
	       const char *why, struct sx_err *err)
{
	marker_note_end(env, m, why);
	m->state = state;
	return marker_write(env, m, err);
}

static bool was_used(const struct marker *m)
{
	return sx_streq(m->before, state_names[MARKER_RESTORED]) ||
	       sx_streq(m->before, state_names[MARKER_DISCARDED]);
}

int marker_restoring(const struct flow_env *env, struct marker *m, bool is_new, const char *runs_as,
		     struct sx_err *err)
{
	free(m->before);
	free(m->runs_as);
	m->before = sx_strdup(is_new ? "" : state_names[m->state]);
	m->runs_as = sx_strdup(runs_as);
	m->child = (struct proc_id){ 0 };
	m->state = MARKER_RESTORING;
	/* Nothing may come of it: how it ended before is not forgotten yet. */
	if (!was_used(m))
		marker_note_end(env, m, NULL);
	return marker_write(env, m, err);
}

int marker_discarding(const struct flow_env *env, struct marker *m, const char *runs_as,
		      struct sx_err *err)
{
	free(m->before);
	free(m->runs_as);
	m->before = sx_strdup(state_names[m->state]);
	m->runs_as = sx_strdup(runs_as);
	m->child = (struct proc_id){ 0 };
	m->state = MARKER_DISCARDING;
	/* Who did it is known now; it is told only once it came to something. */
	marker_note_end(env, m, NULL);
	return marker_write(env, m, err);
}

int marker_used(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	if (was_used(m))
		marker_note_end(env, m, NULL);
	m->state = MARKER_RESTORED;
	return marker_write(env, m, err);
}

int marker_back(const struct flow_env *env, struct marker *m, struct sx_err *err)
{
	for (enum marker_state state = 0; state < MARKER_STATES; state++) {
		if (!sx_streq(m->before, state_names[state]))
			continue;
		m->state = state;
		return marker_write(env, m, err);
	}
	return marker_remove(m, err);
}

bool marker_is_open(const struct marker *m)
{
	return m->state != MARKER_CHECKPOINT && m->state != MARKER_RESTORED &&
	       m->state != MARKER_DISCARDED;
}
