/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LVM by its own tools: see lvm.h. The kernel says which devices are volumes, lvs(8) all else. */
#include "snapshot/lvm.h"
#include "host/file.h"
#include "host/json.h"
#include "host/proc.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

/* The device mapper's uuid of a volume is "LVM-", the uuid of its group, and its own. */
enum { UUID_LEN = 32 };

static const char report[] = "lv_uuid,vg_name,lv_name,lv_attr,lv_layout,lv_size,vg_free,"
			     "vg_extent_size,pool_lv,data_percent,metadata_percent,lv_tags";

void lvm_dispose(struct lvm_volume *v)
{
	free(v->uuid);
	free(v->group);
	free(v->name);
	free(v->attr);
	free(v->layout);
	free(v->pool);
	free(v->tags);
	*v = (struct lvm_volume){ 0 };
}

char *lvm_path(const struct flow_env *env, const char *group, const char *name)
{
	return sx_format("%s/dev/%s/%s", env->paths.root, group, name);
}

char *lvm_full_name(const char *path)
{
	SX_FREE char *dir = sx_path_dir(path), *group = sx_path_base(dir);
	SX_FREE char *name = sx_path_base(path);

	return sx_format("%s/%s", group, name);
}

/* ---- the tools ---- */

/* The first line of a tool's message, without its leading blanks. Heap string. */
static char *first_line(const struct sx_str *said)
{
	const char *text = sx_str_text(said);
	SX_FREE char *line = NULL;

	/* Warnings come before the error. */
	while (*text == ' ' || *text == '\n' || sx_starts_with(text, "WARNING:"))
		text += *text == 'W' ? strcspn(text, "\n") : 1;
	line = sx_strndup(text, strcspn(text, "\n"));
	return *line ? sx_shown(line) : sx_strdup("it failed without a message");
}

static int run(const struct flow_env *env, const char *const *words, struct sx_str *out,
	       struct sx_err *err)
{
	SX_FREE char *tool = sx_format("%s/usr/sbin/lvm", env->paths.root);
	SX_WORDS argv = { 0 };
	SX_STR said = { 0 };
	int status;

	sx_words_add(&argv, tool);
	for (size_t i = 0; words[i]; i++)
		sx_words_add(&argv, words[i]);
	if (proc_tool(tool, sx_words_argv(&argv), out, &said, &status, err))
		return -1;
	if (status) {
		SX_FREE char *line = first_line(&said);

		return sx_err_set(err, SX_ECANTWRITE, "%s: %s", words[0], line);
	}
	return 0;
}

int lvm_run(const struct flow_env *env, const char *const *words, struct sx_err *err)
{
	SX_STR out = { 0 };

	return run(env, words, &out, err);
}

/* ---- what they report ---- */

static char *text_of(const struct json *j, const char *key)
{
	const char *text = json_get_string(j, key);

	return sx_strdup(text ? text : "");
}

static int64_t bytes_of(const struct json *j, const char *key)
{
	const char *text = json_get_string(j, key);

	return text ? strtoll(text, NULL, 10) : 0;
}

static double percent_of(const struct json *j, const char *key)
{
	const char *text = json_get_string(j, key);

	return text ? strtod(text, NULL) : 0;
}

static char *without_dashes(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if (*from != '-')
			*to++ = *from;
	*to = '\0';
	return text;
}

static void fill(const struct json *j, struct lvm_volume *out)
{
	*out = (struct lvm_volume){ .uuid = without_dashes(text_of(j, "lv_uuid")),
				    .group = text_of(j, "vg_name"),
				    .name = text_of(j, "lv_name"),
				    .attr = text_of(j, "lv_attr"),
				    .layout = text_of(j, "lv_layout"),
				    .pool = text_of(j, "pool_lv"),
				    .tags = text_of(j, "lv_tags"),
				    .size = bytes_of(j, "lv_size"),
				    .group_free = bytes_of(j, "vg_free"),
				    .extent = bytes_of(j, "vg_extent_size"),
				    .data_used = percent_of(j, "data_percent"),
				    .metadata_used = percent_of(j, "metadata_percent") };
}

static int ask(const struct flow_env *env, const char *which, struct lvm_volume *out,
	       struct sx_err *err)
{
	const char *words[] = { "lvs", "--reportformat", "json", "--units", "b", "--nosuffix",
				"-o",  report,		 "-S",	 which,	    NULL };
	SX_STR text = { 0 };
	JSON_DOC *j = NULL;
	const struct json *one;

	*out = (struct lvm_volume){ 0 };
	if (run(env, words, &text, err))
		return -1;
	if (json_parse(sx_str_text(&text), text.len, &j, err))
		return sx_err_wrap(err, "lvs");
	one = json_at(j, "report", 0);
	if (!one)
		return sx_err_set(err, SX_EFAIL, "lvs: its report has an unexpected form");
	one = json_at(one, "lv", 0);
	if (one)
		fill(one, out);
	if (one && (strlen(out->uuid) != UUID_LEN || strlen(out->attr) < 10))
		return sx_err_set(err, SX_EFAIL, "lvs: its report has an unexpected form");
	return 0;
}

int lvm_get(const struct flow_env *env, const char *path, struct lvm_volume *out,
	    struct sx_err *err)
{
	SX_FREE char *name = lvm_full_name(path);
	SX_FREE char *which = sx_format("lv_full_name=\"%s\"", name);

	return ask(env, which, out, err);
}

/* ---- a device ---- */

/* The uuid of the volume that a device is; NULL: it is none. Heap string. */
static char *device_uuid(const struct flow_env *env, const char *device)
{
	SX_FREE char *real = realpath(device, NULL);
	SX_FREE char *name = real ? sx_path_base(real) : NULL;
	SX_FREE char *path = NULL;
	char text[4 + 2 * UUID_LEN + 2];
	SX_CLOSE int fd = -1;
	ssize_t n;

	if (!name || !sx_starts_with(name, "dm-"))
		return NULL;
	path = sx_format("%s/sys/block/%s/dm/uuid", env->paths.root, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	/* A longer one is that of an internal device, a part of a volume: "-cow", "-real". */
	if (n < 4 + 2 * UUID_LEN || text[0] != 'L' || !sx_starts_with(text, "LVM-") ||
	    (n > 4 + 2 * UUID_LEN && text[4 + 2 * UUID_LEN] != '\n'))
		return NULL;
	return sx_strndup(text + 4 + UUID_LEN, UUID_LEN);
}

/* As the tools write it: 6-4-4-4-4-4-6. */
static char *with_dashes(const char *uuid)
{
	return sx_format("%.6s-%.4s-%.4s-%.4s-%.4s-%.4s-%.6s", uuid, uuid + 6, uuid + 10, uuid + 14,
			 uuid + 18, uuid + 22, uuid + 26);
}

static int refuse_without(const char *device, struct sx_err *err)
{
	sx_err_set(err, SX_EGUARD, "%s is a volume of LVM, whose tools are not installed", device);
	return sx_err_hint(err, "to install them: apt-get install lvm2");
}

int lvm_find(const struct flow_env *env, const char *device, struct lvm_volume *out,
	     struct sx_err *err)
{
	SX_FREE char *uuid = device_uuid(env, device);
	SX_FREE char *tool = sx_format("%s/usr/sbin/lvm", env->paths.root);
	SX_FREE char *dashed = NULL, *which = NULL;

	*out = (struct lvm_volume){ 0 };
	if (!uuid)
		return 0;
	if (access(tool, X_OK))
		return refuse_without(device, err);
	dashed = with_dashes(uuid);
	which = sx_format("lv_uuid=\"%s\"", dashed);
	return ask(env, which, out, err);
}
