/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Taking evidence of a disk: which files and devices make it up, and what is known of each.
 * compare.c compares evidence, use.c finds who uses a disk.
 */
#include "evidence/private.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static bool is_dom0(const char *domain)
{
	return !domain || !*domain || strcmp(domain, "0") == 0 || strcmp(domain, "Domain-0") == 0;
}

const char *evidence_format(const struct evidence_subject *s)
{
	return s->format && *s->format ? s->format : "raw";
}

const char *evidence_path(const struct evidence_subject *s)
{
	return s->object && *s->object ? s->object : s->target ? s->target : "";
}

char *evidence_unverifiable(const struct evidence_subject *s)
{
	SX_FREE char *target = sx_shown(s->target ? s->target : "");

	if (!is_dom0(s->backend_domain)) {
		SX_FREE char *domain = sx_shown(s->backend_domain);

		return sx_format("%s is served by the domain %s", target, domain);
	}
	/* libxl runs "block" by default. */
	if (s->script && *s->script && strcmp(s->script, "block") != 0) {
		SX_FREE char *script = sx_shown(s->script);

		return sx_format("%s is attached by the script %s", target, script);
	}
	if (evidence_path(s)[0] == '/')
		return NULL;
	return target[strcspn(target, ":/")] == ':'
		       ? sx_format("%s is not a path of this host", target)
		       : sx_format("%s is a relative path, and where it leads is not known",
				   target);
}

/* A walk along the backing chain of a disk. */
struct walk {
	const struct evidence_options *o;
	struct evidence_chain chain; /* grows while it is walked */
	struct json *doc;
};

static void walk_dispose(struct walk *w)
{
	evidence_chain_dispose(&w->chain);
}

static void set_reason(struct json *layer, const char *reason, bool missing)
{
	SX_FREE char *shown = sx_shown(reason);

	json_set_string(layer, "kind", "unverifiable");
	json_set_string(layer, "reason", shown);
	if (missing)
		json_set_bool(layer, "missing", true);
}

/* Open a layer and write back what this host has cached. Failures are recorded. */
static bool open_layer(struct walk *w, struct evidence_reader *r, struct json *layer)
{
	SX_ERR err = { 0 };

	if (evidence_ready(r, &err)) {
		evidence_unseen_note(layer, &err);
		return false;
	}
	if (evidence_flush(r, w->o->durable, &err) == 0 && fstat(r->fd, &r->st))
		sx_err_sys(&err, SX_EFAIL, "%s", r->path);
	if (err.code) {
		json_set_bool(layer, "unflushed", true);
		evidence_unseen_note(layer, &err);
	}
	return true;
}

/* Identity, counters and times first: reading does not move them, a write meanwhile does. */
static void take_layer(struct walk *w, struct evidence_reader *r, struct json *layer, bool content)
{
	SX_FREE char *real = realpath(r->path, NULL);
	bool opened = open_layer(w, r, layer), block = S_ISBLK(r->st.st_mode);

	json_set_string(layer, "real_path", real);
	if (block)
		evidence_block_take(w->o, r, layer);
	else
		evidence_file_take(w->o, r, layer);
	if (opened && content)
		evidence_content_take(w->o, r, layer);
	if (block)
		evidence_block_proves(w->o, r, layer);
}

static struct json *new_layer(struct walk *w, const char *path, const char *format)
{
	struct json *layer = json_new();

	json_set_string(layer, "path", path);
	json_set_string(layer, "format", format);
	json_append(w->doc, "layers", layer);
	return layer;
}

/* The files that this layer needs; if unknown, a layer with only a reason stands for them. */
static void follow(struct walk *w, const struct evidence_reader *r, const char *format)
{
	SX_ERR err = { 0 };

	if (S_ISBLK(r->st.st_mode)) {
		char *file = evidence_block_backing(w->o, r->st.st_rdev);
		struct evidence_link link = { .path = file };

		/* No format: its content is read through the loop device. */
		if (file)
			sx_vec_push(&w->chain, link);
	}
	if (evidence_chain_next(r, format ? format : "raw", &w->chain, &err))
		set_reason(new_layer(w, r->path, NULL), err.msg, false);
}

/* Copies the link: follow() may grow the chain and move its items. */
static void visit(struct walk *w, size_t index)
{
	struct evidence_link link = w->chain.items[index];
	struct json *layer = new_layer(w, link.path, link.format);
	EVIDENCE_READER r = { .fd = -1 };
	SX_ERR err = { 0 };

	if (link.reason) {
		set_reason(layer, link.reason, false);
	} else if (evidence_find(link.path, &r, &err)) {
		set_reason(layer, err.msg, err.sys_errno == ENOENT);
	} else {
		take_layer(w, &r, layer, link.format);
		follow(w, &r, link.format);
	}
}

static void walk_disk(struct walk *w, const struct evidence_subject *s)
{
	evidence_chain_start(&w->chain, evidence_path(s), evidence_format(s));
	for (size_t i = 0; i < w->chain.len; i++) {
		if (i == EVIDENCE_CHAIN_LONGEST) {
			set_reason(new_layer(w, evidence_path(s), NULL),
				   "its backing files form a loop, or there are too many", false);
			return;
		}
		visit(w, i);
	}
}

struct json *evidence_take(const struct evidence_options *o, const struct evidence_subject *s)
{
	struct json *doc = json_new();
	SX_CLEANUP(walk_dispose) struct walk w = { .o = o, .doc = doc };
	SX_FREE char *boot = evidence_sys_text(o, "/proc/sys/kernel/random/boot_id");
	SX_FREE char *reason = NULL;

	json_set_number(doc, "version", EVIDENCE_VERSION);
	json_set_number(doc, "taken", (long long)time(NULL));
	json_set_string(doc, "boot_id", boot);
	json_set_string(doc, "target", s->target ? s->target : "");
	json_set_string(doc, "vdev", s->vdev);
	json_set_bool(doc, "readwrite", s->readwrite);
	if (!s->target || !*s->target || sx_streq(s->format, "empty")) {
		json_set_string(doc, "kind", "empty");
		return doc;
	}
	reason = evidence_unverifiable(s);
	json_set_string(doc, "kind", reason ? "unverifiable" : "disk");
	json_set_string(doc, "reason", reason);
	if (!reason)
		walk_disk(&w, s);
	return doc;
}

bool evidence_is_full(const struct json *evidence)
{
	const struct json *layer;

	for (size_t i = 0; (layer = json_at(evidence, "layers", i)); i++) {
		const struct json *content = json_get(layer, "content");

		if (json_has(content, "full") && !json_get_bool(content, "small"))
			return true;
	}
	return false;
}

bool evidence_unseen(const struct json *evidence, struct sx_words *reasons)
{
	bool known = sx_streq(json_get_string(evidence, "kind"), "empty");
	const char *reason = json_get_string(evidence, "reason");
	const struct json *layer;

	if (reason)
		sx_words_add(reasons, reason);
	for (size_t i = 0; (layer = json_at(evidence, "layers", i)); i++) {
		reason = json_get_string(layer, "reason");
		if (reason)
			sx_words_add(reasons, reason);
		else
			known = true;
		json_get_words(layer, "unseen", reasons);
	}
	return known;
}
