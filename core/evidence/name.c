/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which file QEMU opens for an image's name (block.c there): a path, a path after "file:" or the
 * like, or "json:" with a node's options, nested or with dotted keys. What leads elsewhere, or is
 * not understood, becomes a link with the reason that it is no file of this host.
 */
#include "base/path.h"
#include "evidence/private.h"

#include <string.h>

enum { NODES_MOST = 16 };

static bool is_among(const char *const names[], const char *name)
{
	for (size_t i = 0; name && names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* "proto:rest", as path_has_protocol in QEMU's block.c. */
static bool has_protocol(const char *name)
{
	return name[strcspn(name, ":/")] == ':';
}

/* Skip a protocol prefix that still means a path of this host. */
static const char *without_prefix(const char *name)
{
	static const char *const here[] = { "file:", "host_device:", "host_cdrom:" };

	for (size_t i = 0; i < SX_COUNT(here); i++)
		if (sx_starts_with(name, here[i]))
			return name + strlen(here[i]);
	return name;
}

static struct evidence_link link_elsewhere(const char *name, const char *format)
{
	return (struct evidence_link){ .path = sx_strdup(name),
				       .format = sx_strdup(format ? format : ""),
				       .reason = sx_strdup("it is not a file of this host") };
}

static struct evidence_link link_path(const char *image, const char *path, const char *format)
{
	SX_FREE char *dir = sx_path_dir(image);

	return (struct evidence_link){ .path = sx_path_join(dir, path),
				       .format = format ? sx_strdup(format) : NULL };
}

struct evidence_link evidence_name_link(const char *image, const char *name, const char *format)
{
	const char *path = without_prefix(name);

	return has_protocol(path) ? link_elsewhere(path, format) : link_path(image, path, format);
}

const char *evidence_guess_format(const char *path)
{
	static const struct {
		const char *magic, *format;
	} known[] = { { "QFI\xfb", "qcow2" }, { "QED", "qed" }, { "conectix", "vhd" } };
	EVIDENCE_READER r = { .fd = -1 };
	EVIDENCE_BYTES b = { 0 };
	SX_ERR err = { 0 };

	if (evidence_open(path, &r, &err) || evidence_read(&r, 0, 8, &b, &err) || b.len < 8)
		return "raw";
	for (size_t i = 0; i < SX_COUNT(known); i++) {
		if (memcmp(b.data, known[i].magic, strlen(known[i].magic)) == 0)
			return known[i].format;
	}
	return "raw";
}

/* Append a link (taken over); guess its format if it has none. */
static void add_link(struct evidence_link link, bool is_data, struct evidence_chain *out)
{
	if (!link.format)
		link.format = sx_strdup(link.reason ? "raw" : evidence_guess_format(link.path));
	link.is_data = is_data;
	sx_vec_push(out, link);
}

/* A node of QEMU's block graph: a JSON object, or those of its keys that begin with `prefix`. */
struct node {
	const struct json *object;
	char prefix[128]; /* "", "file.", "file.file." */
};

static const char *text_of(const struct node *n, const char *key)
{
	SX_FREE char *full = sx_format("%s%s", n->prefix, key);

	return json_get_string(n->object, full);
}

static bool find_child(const struct node *n, const char *name, struct node *out)
{
	SX_FREE char *full = sx_format("%s%s", n->prefix, name);
	const struct json *object = json_get(n->object, full);
	struct node nested = { .object = object ? object : n->object };
	struct node deeper;

	if (!object && (size_t)snprintf(nested.prefix, sizeof(nested.prefix), "%s.", full) >=
			       sizeof(nested.prefix))
		return false;
	*out = nested;
	return object || text_of(out, "driver") || text_of(out, "filename") ||
	       find_child(out, "file", &deeper);
}

struct naming {
	const char *image, *name;
	const char *told; /* format that the image states; overrides the first node's */
	struct evidence_chain *out;
	unsigned nodes;
};

/* The format of the file beneath a node: the innermost counts, a "raw" above it shows it all. */
static const char *format_beneath(struct naming *a, const char *driver, const char *format)
{
	static const char *const filters[] = { "copy-on-read", "throttle", "preallocate",
					       "compress", NULL };
	const char *told = a->told;

	a->told = NULL;
	if (told)
		return told;
	return driver && !is_among(filters, driver) ? driver : format;
}

/*
 * Append the file of a node; `format` comes from the nodes above (NULL: none). QEMU resolves a
 * relative name in JSON from its working directory, unknown here: the image's is taken.
 */
static void add_node(struct naming *a, const struct node *n, const char *format, bool is_data)
{
	static const char *const here[] = { "file", "host_device", "host_cdrom", NULL };
	const char *driver = text_of(n, "driver"), *filename = text_of(n, "filename");
	const char *beneath = format_beneath(a, driver, format);
	struct node child;

	if (a->nodes++ >= NODES_MOST) {
		add_link(link_elsewhere(a->name, format), is_data, a->out);
	} else if (filename && *filename && is_among(here, driver)) {
		add_link(link_path(a->image, filename, format ? format : "raw"), is_data, a->out);
	} else if (filename && *filename && !driver) {
		add_link(evidence_name_link(a->image, filename, format), is_data, a->out);
	} else if (find_child(n, "file", &child)) {
		add_node(a, &child, beneath, is_data);
	} else {
		add_link(link_elsewhere(a->name, beneath), is_data, a->out);
		return;
	}
	if (find_child(n, "data-file", &child))
		add_node(a, &child, "raw", true);
	if (find_child(n, "backing", &child))
		add_node(a, &child, NULL, false);
}

void evidence_name_links(const char *image, const char *name, const char *format, bool is_data,
			 struct evidence_chain *out)
{
	struct naming a = { .image = image, .name = name, .told = format, .out = out };
	struct node top = { 0 };
	JSON_DOC *options = NULL;
	SX_ERR ignored = { 0 };

	if (!sx_starts_with(name, "json:")) {
		add_link(evidence_name_link(image, name, format), is_data, out);
	} else if (json_parse(name + strlen("json:"), strlen(name) - strlen("json:"), &options,
			      &ignored)) {
		add_link(link_elsewhere(name, format), is_data, out);
	} else {
		top.object = options;
		add_node(&a, &top, format, is_data);
	}
}
