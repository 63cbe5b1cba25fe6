/* The private copy of an edit, and the judgement of it: see edit.h. */
#include <safexl/device.h>
#include <safexl/disk.h>
#include <safexl/domain.h>
#include <safexl/edit.h>
#include <safexl/file.h>
#include <safexl/repo_log.h>
#include <safexl/resolve.h>

#include <dirent.h>
#include <errno.h>
#include <string.h>

/* Beside the copy: the text that it was made of. */
static const char base_name[] = ".base";

void edit_dispose(struct edit *e)
{
	free(e->domain);
	free(e->path);
	free(e->dir);
	free(e->copy);
	sx_words_dispose(&e->words);
	*e = (struct edit){ 0 };
}

/* ---- which file ---- */

/* A file by its path: the domain is what it names, if it can be read at all. */
static int find_by_path(const struct flow_env *env, const char *word, struct edit *e,
			struct sx_err *err)
{
	SX_FREE char *joined = NULL;
	FILE_IMAGE image = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };

	if (sx_path_absolute(env->cwd, word, &joined, err) || file_read(joined, &image, err))
		return -1;
	e->path = sx_strdup(image.path);
	if (xlcfg_parse(sx_str_text(&image.text), image.text.len, e->path, &doc, &ignored) == 0)
		e->domain = xlcfg_get_string(doc, "name");
	if (!e->domain || !*e->domain) {
		free(e->domain);
		e->domain = sx_path_base(e->path);
	}
	return 0;
}

static int find_by_domain(const struct flow_env *env, const char *word, struct edit *e,
			  struct sx_err *err)
{
	struct live *live = NULL;
	struct live_domain d = { 0 };
	struct resolved resolved = { 0 };
	SX_ERR ignored = { 0 };
	int r;

	e->running =
		live_open(&live, &ignored) == 0 && domain_find(env, live, word, &d, &ignored) == 0;
	live_close(live);
	e->domain = sx_strdup(e->running ? d.name : word);
	/* Nothing waits in one that has ended: it gets the file with its next start. */
	e->running = e->running && !domain_has_ended(d.state);
	r = resolve_domain(env, e->domain, d.uuid, &resolved, err);
	if (!r)
		e->path = realpath(resolved.path, NULL);
	if (!r && !e->path)
		r = sx_err_sys(err, SX_ENOCONFIG, "%s", resolved.path);
	live_domain_dispose(&d);
	resolved_dispose(&resolved);
	return r ? sx_err_wrap(err, "%s", e->domain) : 0;
}

/* ---- the copy ---- */

/* Copies of the same file that others edit now, or left. */
static void tell_others(const struct flow_env *env, const char *parent, const char *base)
{
	SX_FREE char *prefix = sx_format("%s.", base);
	DIR *dir = opendir(parent);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (sx_starts_with(entry->d_name, prefix) &&
		    strlen(entry->d_name) == strlen(prefix) + 6)
			flow_notice(env, "another edit is under way, or was left, in %s/%s", parent,
				    entry->d_name);
	if (dir)
		closedir(dir);
}

static int make_copy(const struct flow_env *env, struct edit *e, struct sx_err *err)
{
	SX_FREE char *parent = sx_path_join(env->paths.state, "edit");
	SX_FREE char *base = sx_path_base(e->path), *kept = NULL;
	SX_FREE char *template = sx_format("%s/%s.XXXXXX", parent, base);
	FILE_IMAGE image = { 0 };

	if (file_read(e->path, &image, err) || sx_path_mkdirs(env->paths.state, 0700, err) ||
	    sx_path_mkdirs(parent, 0700, err))
		return -1;
	tell_others(env, parent, base);
	if (!mkdtemp(template))
		return sx_err_sys(err, SX_ECANTWRITE, "%s", parent);
	e->dir = sx_steal(&template);
	e->copy = sx_path_join(e->dir, base);
	kept = sx_path_join(e->dir, base_name);
	if (file_write_cache(kept, sx_str_text(&image.text), image.text.len, err))
		return -1;
	return file_write_cache(e->copy, sx_str_text(&image.text), image.text.len, err);
}

int edit_begin(const struct flow_env *env, const char *word, struct edit *out, struct sx_err *err)
{
	EDIT e = { 0 };

	if ((strchr(word, '/') ? find_by_path(env, word, &e, err)
			       : find_by_domain(env, word, &e, err)) ||
	    make_copy(env, &e, err)) {
		if (e.dir)
			edit_discard(&e);
		return -1;
	}
	sx_words_add(&e.words, "edit");
	sx_words_add(&e.words, e.domain);
	sx_words_add(&e.words, e.dir);
	sx_words_add(&e.words, e.path);
	*out = sx_steal(&e);
	return 0;
}

void edit_discard(const struct edit *e)
{
	DIR *dir = opendir(e->dir);
	struct dirent *entry;

	/* Also what the editor left beside it. */
	while (dir && (entry = readdir(dir)))
		unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
	rmdir(e->dir);
}

/* ---- the judgement ---- */

/* Items that xl would end at when it creates the domain. */
static int judge_list(const struct xlcfg *doc, const char *path, const char *key,
		      const struct device_class *class, struct sx_err *err)
{
	size_t count = xlcfg_list_len(doc, key);

	for (size_t i = 0; i < count; i++) {
		SX_FREE char *item = xlcfg_list_get(doc, key, i);
		DISK_SPEC spec = { 0 };
		DEVICE device = { 0 };

		if (!item || !(class ? device_parse(class, item, &device, err)
				     : disk_parse(item, &spec, err)))
			continue;
		sx_err_wrap(err, "%s:%zu", path, xlcfg_list_line(doc, key, i));
		err->code = SX_ESYNTAX;
		return -1;
	}
	return 0;
}

static int judge_text(const struct xlcfg *doc, const char *path, struct sx_err *err)
{
	SX_FREE char *name = xlcfg_get_string(doc, "name");

	if (!name || !*name)
		return sx_err_set(err, SX_ESYNTAX, "%s: no name: xl would refuse it", path);
	if (judge_list(doc, path, "disk", NULL, err))
		return -1;
	for (const struct device_class *class = device_classes; class->key; class ++)
		if (!class->is_nested && judge_list(doc, path, class->key, class, err))
			return -1;
	return 0;
}

int edit_judge(const struct edit *e, bool *changed, struct sx_str *keys, struct sx_str *diff,
	       struct sx_err *err)
{
	SX_FREE char *kept = sx_path_join(e->dir, base_name), *text = NULL;
	FILE_IMAGE base = { 0 };
	FILE_IMAGE copy = { 0 };
	XLCFG_DOC *doc = NULL;
	SX_ERR ignored = { 0 };

	if (file_read(kept, &base, err) || file_read(e->copy, &copy, err))
		return -1;
	*changed = base.text.len != copy.text.len ||
		   memcmp(sx_str_text(&base.text), sx_str_text(&copy.text), base.text.len) != 0;
	if (!*changed)
		return 0;
	if (xlcfg_check(sx_str_text(&copy.text), copy.text.len, e->path, err) ||
	    xlcfg_parse(sx_str_text(&copy.text), copy.text.len, e->path, &doc, err) ||
	    judge_text(doc, e->path, err))
		return -1;
	/* The file was not readable: then all of it is new. */
	if (xlcfg_differing_keys(sx_str_text(&base.text), sx_str_text(&copy.text), keys, &ignored))
		sx_str_add(keys, "all of it");
	if (repo_diff(e->path, sx_str_text(&base.text), base.text.len, sx_str_text(&copy.text),
		      copy.text.len, &text, err))
		return -1;
	sx_str_add(diff, text);
	return 0;
}

/* ---- the change: words are "edit", the domain, the directory of the copy, the file ---- */

struct edited {
	char *const *words;
};

static int edited_parse(char *const *words, const char *cwd SX_UNUSED, const char **domain,
			void **data, struct sx_err *err)
{
	struct edited *d;

	if (!words[1] || !words[2] || !words[3])
		return sx_err_set(err, SX_EUSAGE,
				  "edit: one domain or configuration file is needed");
	d = sx_alloc(sizeof(*d));
	d->words = words;
	*domain = words[1];
	*data = d;
	return 0;
}

static const char *edited_file(const void *data)
{
	return ((const struct edited *)data)->words[3];
}

static char *subject_of(const struct change_plan *plan)
{
	SX_STR s = { 0 };
	const char *last = "";

	for (size_t i = 0; i < plan->len; i++) {
		const char *key = plan->items[i].key;

		if (!sx_streq(key, last))
			sx_str_addf(&s, "%s%s", s.len ? ", " : "edit ", key);
		last = key;
	}
	if (s.len > 60) {
		sx_str_clear(&s);
		sx_str_add(&s, "edit many keys");
	}
	return s.len ? sx_str_take(&s) : sx_strdup("edit what xl does not read");
}

/* The file changed while it was edited: both changes, unless they meet. */
static int edited_plan(const void *data, const char *path, struct xlcfg *doc,
		       struct change_plan *plan, struct sx_err *err)
{
	char *const *words = ((const struct edited *)data)->words;
	SX_FREE char *base_path = sx_path_join(words[2], base_name);
	SX_FREE char *name = sx_path_base(words[3]), *copy_path = sx_path_join(words[2], name);
	FILE_IMAGE base = { 0 };
	FILE_IMAGE copy = { 0 };
	FILE_IMAGE now = { 0 };
	SX_STR result = { 0 };
	bool merged;

	if (file_read(base_path, &base, err) || file_read(copy_path, &copy, err) ||
	    file_read(path, &now, err) ||
	    repo_merge(&base.text, &now.text, &copy.text, &merged, &result, err))
		return -1;
	if (!merged)
		return sx_err_set(err, SX_ECONFLICT, "%s was changed meanwhile, in the same lines",
				  path);
	if (xlcfg_check(sx_str_text(&result), result.len, path, err) ||
	    change_set_text(plan, doc, sx_str_text(&result), result.len, err))
		return -1;
	plan->subject = subject_of(plan);
	return 0;
}

static int edited_verify(const void *data SX_UNUSED, struct live *live SX_UNUSED,
			 const struct live_domain *domain SX_UNUSED, enum change_truth *truth,
			 struct sx_err *err SX_UNUSED)
{
	*truth = CHANGE_LIVE;
	return 0;
}

const struct change_family edit_family = {
	.command = "edit",
	.typed = 2,
	.is_edit = true,
	.parse = edited_parse,
	.dispose = free,
	.file = edited_file,
	.plan = edited_plan,
	.verify = edited_verify,
};
