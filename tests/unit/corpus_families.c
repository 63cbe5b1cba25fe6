/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every recorded family on real configurations: its change gives a text that xl reads, in which no key
 * means anything else but the family's own; all bytes outside the assignments of those keys are as they
 * were, and so are all comments, but for that of an element that goes. What was attached and is
 * detached leaves the same bytes, what is refused changes none. Files: as tests/unit/xlcfg_corpus.c.
 */
#include "tap.h"
#include "xlcfg_oracle.h"

#include "change/change.h"
#include "device/device.h"
#include "spec/disk.h"

#include <dirent.h>

#define MAX_WORDS 12

/* A change, and what takes it back. "#" stands for the number that the new element has. */
struct family_case {
	const char *keys; /* of the family, between blanks */
	const char *words[MAX_WORDS];
	const char *back[MAX_WORDS]; /* none: nothing takes it back to the byte */
};

static const struct family_case cases[] = {
	{ " disk ",
	  { "block-attach", "g", "phy:/dev/vg7/data", "xvdz", "w" },
	  { "block-detach", "g", "xvdz" } },
	{ " disk ",
	  { "block-attach", "g", "format=qcow2,vdev=xvdy,access=ro,target=/srv/it's, here" },
	  { "block-detach", "g", "xvdy" } },
	{ " disk ", { "cd-insert", "g", "hdc", "/srv/other.iso" }, { NULL } },
	{ " disk ", { "cd-eject", "g", "hdc" }, { NULL } },
	{ " vif ",
	  { "network-attach", "g", "mac=00:16:3e:7f:7f:01", "bridge=xenbr7" },
	  { "network-detach", "g", "00:16:3e:7f:7f:01" } },
	{ " pci ", { "pci-attach", "g", "0000:7f:1f.6" }, { "pci-detach", "g", "0000:7f:1f.6" } },
	{ " vtpm ",
	  { "vtpm-attach", "g", "uuid=01234567-89ab-4def-8123-456789abcdef", "backend=tpm" },
	  { "vtpm-detach", "g", "01234567-89ab-4def-8123-456789abcdef" } },
	{ " usbctrl ",
	  { "usbctrl-attach", "g", "version=2", "ports=8" },
	  { "usbctrl-detach", "g", "#" } },
	{ " usbctrl usbdev ", { "usbdev-attach", "g", "hostbus=7", "hostaddr=77" }, { NULL } },
	{ " vkb ", { "vkb-attach", "g", "backend-type=qemu" }, { "vkb-detach", "g", "#" } },
	{ " vdispl ",
	  { "vdispl-attach", "g", "connectors=7:1920x1080" },
	  { "vdispl-detach", "g", "#" } },
	{ " vsnd ",
	  { "vsnd-attach", "g", "CARD, short-name=Seven", "PCM, name=P", "STREAM, type=p" },
	  { "vsnd-detach", "g", "#" } },
	{ " memory maxmem ", { "mem-set", "g", "123" }, { NULL } },
	{ " memory maxmem ", { "mem-max", "g", "99999" }, { NULL } },
	{ " vcpus maxvcpus ", { "vcpu-set", "g", "1" }, { NULL } },
	{ " cpus cpus_soft ", { "vcpu-pin", "g", "0", "1", "0-1" }, { NULL } },
	{ " cpus cpus_soft ", { "vcpu-pin", "g", "all", "0-3" }, { NULL } },
	{ " cpu_weight cap ", { "sched-credit", "-d", "g", "-w", "77", "-c", "7" }, { NULL } },
	{ " cpu_weight cap ", { "sched-credit2", "-d", "g", "-w", "78" }, { NULL } },
	{ " period budget extratime ",
	  { "sched-rtds", "-d", "g", "-v", "all", "-p", "7000", "-b", "700", "-e", "1" },
	  { NULL } },
	{ " pool ", { "cpupool-migrate", "g", "Pool-7" }, { NULL } },
	{ " name ", { "rename", "g", "seven" }, { NULL } },
	{ " xenstore_quota ", { "xenstore-quota-set", "g", "nodes=777" }, { NULL } },
	{ " ", { "config-update", "g", "/srv/g.cfg" }, { NULL } },
};

struct counts {
	size_t files, changed, same, refused, bad;
};

/* ---- one change of a text ---- */

/* 0 with the new text; -1: refused. */
static int run_change(char *const *words, const struct sx_str *old, struct sx_str *new,
		      struct change_plan *plan, struct sx_err *err)
{
	const struct change_family *family = change_family_find(words[0]);
	const char *text;
	XLCFG_DOC *doc = NULL;
	CHANGE_SAID said = { 0 };
	size_t len;
	int r = change_parse(words[0], words, "/srv", &said, err);

	if (r || !said.domain) {
		printf("# %s: such words change nothing: %s\n", words[0], err->msg ? err->msg : "");
		exit(EXIT_FAILURE);
	}
	r = xlcfg_parse(old->data, old->len, "t", &doc, err) ||
			    family->plan(&said, "t", doc, plan, err)
		    ? -1
		    : 0;
	text = xlcfg_text(doc, &len);
	sx_str_addn(new, text, len);
	return r;
}

static void words_of(const char *const *from, size_t number, struct sx_words *out)
{
	for (size_t i = 0; i < MAX_WORDS && from[i]; i++) {
		if (sx_streq(from[i], "#"))
			sx_words_give(out, sx_format("%zu", number));
		else
			sx_words_add(out, from[i]);
	}
}

/* ---- what may be otherwise ---- */

static bool is_among(const char *keys, const char *key)
{
	SX_FREE char *word = sx_format(" %s ", key);

	return strstr(keys, word) != NULL;
}

/* The text without the assignments of these keys, and without blank lines. */
static void add_rest(const struct xlcfg *doc, const char *keys, struct sx_str *out)
{
	SX_STR rest = { 0 };
	size_t at = 0;
	char *line, *next;

	for (size_t i = 0; i < doc->stmts.len; i++) {
		const struct xlcfg_stmt *stmt = &doc->stmts.items[i];
		const char *key = doc->names.data + doc->keys.items[stmt->key].name;

		if (!is_among(keys, key))
			continue;
		sx_str_addn(&rest, doc->text.data + at, xlcfg_start(doc, stmt->first) - at);
		at = xlcfg_end(doc, doc->nodes.items[stmt->node].last);
	}
	sx_str_addn(&rest, doc->text.data + at, doc->text.len - at);
	sx_str_addc(&rest, '\0');
	for (next = rest.data; (line = strsep(&next, "\n"));)
		if (line[strspn(line, " \t;")])
			sx_str_addf(out, "%s\n", line);
}

/* A lone '#' at the end of the text counts: xl overlooks it there, with a newline it is one. */
static size_t count_comments(const struct xlcfg *doc)
{
	size_t count = 0;

	for (size_t i = 0; i < doc->tokens.len; i++)
		count += doc->tokens.items[i].kind == TOK_COMMENT ||
			 doc->tokens.items[i].kind == TOK_STRAY;
	return count;
}

/* NULL: as it should be. `gone`: how many comments may go. */
static const char *judge(const char *keys, size_t gone, const struct sx_str *old,
			 const struct sx_str *new, const struct change_plan *plan)
{
	XLCFG_DOC *before = NULL;
	XLCFG_DOC *after = NULL;
	XLCFG_DIFFERENCES all = { 0 };
	SX_STR old_rest = { 0 };
	SX_STR new_rest = { 0 };
	SX_ERR err = { 0 };

	if (xlcfg_prove(old->data, old->len, new->data, new->len, "t", plan->edits.items,
			plan->edits.len, &err))
		return "is not proven";
	if (xlcfg_parse(old->data, old->len, "t", &before, &err) ||
	    xlcfg_parse(new->data, new->len, "t", &after, &err))
		return "cannot be read";
	xlcfg_compare(before, after, &all);
	for (size_t i = 0; i < all.len; i++)
		if (!is_among(keys, all.items[i].intent.key))
			return "changes another key";
	add_rest(before, keys, &old_rest);
	add_rest(after, keys, &new_rest);
	if (!sx_streq(sx_str_text(&old_rest), sx_str_text(&new_rest)))
		return "changes bytes of something else";
	return count_comments(after) + gone < count_comments(before) ? "loses a comment" : NULL;
}

/* The change, judged. NULL: as it should be; *changed with the new text. */
static const char *try_change(char *const *words, const char *keys, size_t gone,
			      const struct sx_str *old, struct sx_str *new, bool *changed,
			      struct counts *c)
{
	SX_CLEANUP(change_plan_dispose) struct change_plan plan = { 0 };
	SX_ERR err = { 0 };
	int r = run_change(words, old, new, &plan, &err);
	bool same = new->len == old->len &&memcmp(new->data, old->data, old->len) == 0;

	*changed = !r && !same;
	c->refused += r != 0;
	c->same += !r && same;
	c->changed += *changed;
	if (r)
		return err.msg ? NULL : "is refused without a reason";
	if (same)
		return plan.edits.len ? "says that it changes what it does not" : NULL;
	return judge(keys, gone, old, new, &plan);
}

static size_t elements(const struct sx_str *text, const char *keys)
{
	SX_FREE char *key = sx_strndup(keys + 1, strcspn(keys + 1, " "));
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };

	return xlcfg_parse(text->data, text->len, "t", &doc, &err) ? 0 : xlcfg_list_len(doc, key);
}

static const char *try_case(const struct family_case *f, const struct sx_str *old, struct counts *c)
{
	SX_WORDS words = { 0 };
	SX_WORDS back = { 0 };
	SX_STR new = { 0 };
	SX_STR again = { 0 };
	struct counts ignored = { 0 };
	bool changed, undone;
	const char *why;

	words_of(f->words, 0, &words);
	why = try_change(sx_words_argv(&words), f->keys, 0, old, &new, &changed, c);
	if (why || !changed || !f->back[0])
		return why;
	words_of(f->back, elements(old, f->keys), &back);
	why = try_change(sx_words_argv(&back), f->keys, 0, &new, &again, &undone, &ignored);
	if (why || !undone)
		return why ? why : "cannot be taken back";
	return again.len == old->len && memcmp(again.data, old->data, old->len) == 0
		       ? NULL
		       : "is taken back, but the bytes are others";
}

/* Each disk that is there is detached, once; its own comment may go with it. */
static const char *try_disks(const struct sx_str *old, struct counts *c)
{
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	const char *why = NULL;

	if (xlcfg_parse(old->data, old->len, "t", &doc, &err))
		return NULL;
	for (size_t i = 0; i < xlcfg_list_len(doc, "disk") && !why; i++) {
		SX_FREE char *item = xlcfg_list_get(doc, "disk", i);
		SX_WORDS words = { 0 };
		SX_STR new = { 0 };
		DISK_SPEC disk = { 0 };
		SX_ERR ignored = { 0 };
		bool changed;

		if (!item || disk_parse(item, &disk, &ignored))
			continue;
		words_of((const char *const[]){ "block-detach", "g", disk.vdev, NULL }, 0, &words);
		why = try_change(sx_words_argv(&words), " disk ", 1, old, &new, &changed, c);
		if (!why && changed && elements(&new, " disk ") + 1 != elements(old, " disk "))
			why = "takes more than one disk";
	}
	return why;
}

/* The same with each device of the other lists, by its number or address. */
static const char *try_devices(const struct sx_str *old, struct counts *c)
{
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	const char *why = NULL;

	if (xlcfg_parse(old->data, old->len, "t", &doc, &err))
		return NULL;
	for (const struct device_class *const *all = device_classes; *all; all++) {
		const struct device_class *class = *all;
		SX_FREE char *keys = sx_format(" %s ", class->key);

		/* A port is no number of the list; a controller takes its devices along. */
		for (size_t i = 0;
		     sx_starts_with(class->key, "v") && i < xlcfg_list_len(doc, class->key) && !why;
		     i++) {
			SX_WORDS words = { 0 };
			SX_STR new = { 0 };
			bool changed;

			words_of((const char *const[]){ class->detach, "g", "#", NULL }, i, &words);
			why = try_change(sx_words_argv(&words), keys, 1, old, &new, &changed, c);
		}
	}
	return why;
}

/* ---- all files ---- */

static void read_whole(const char *path, struct sx_str *out)
{
	SX_FCLOSE FILE *f = fopen(path, "r");
	int c;

	while (f && (c = getc(f)) != EOF)
		sx_str_addc(out, (char)c);
	sx_str_addn(out, "", 0);
}

struct corpus {
	struct counts cases[SX_COUNT(cases)], disks, devices;
	size_t files;
};

static void note(struct counts *c, const char *path, const char *what, const char *why)
{
	c->files++;
	c->bad += why != NULL;
	if (why)
		printf("# %s: %s %s\n", path, what, why);
}

static void try_file(struct corpus *c, const char *path)
{
	SX_STR text = { 0 };
	SX_ERR err = { 0 };

	read_whole(path, &text);
	if (xlcfg_check(text.data, text.len, path, &err))
		return;
	c->files++;
	for (size_t i = 0; i < SX_COUNT(cases); i++)
		note(&c->cases[i], path, cases[i].words[0],
		     try_case(&cases[i], &text, &c->cases[i]));
	note(&c->disks, path, "block-detach", try_disks(&text, &c->disks));
	note(&c->devices, path, "detach", try_devices(&text, &c->devices));
}

static void tell(struct tap *t, const struct counts *c, const char *what, bool must_change)
{
	tap_ok(t, !c->bad && (c->changed || !must_change), what);
	printf("# %zu files: %zu changed, %zu left as they are, %zu refused\n", c->files,
	       c->changed, c->same, c->refused);
}

static void try_directory(struct tap *t, const char *dir, bool many)
{
	struct corpus c = { 0 };
	struct dirent **names = NULL;
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		SX_FREE char *path = sx_format("%s/%s", dir, names[i]->d_name);

		if (names[i]->d_name[0] != '.')
			try_file(&c, path);
		free(names[i]);
	}
	free(names);
	if (!c.files) {
		printf("ok %d - %s # SKIP no configurations there\n", ++t->run, dir);
		return;
	}
	for (size_t i = 0; i < SX_COUNT(cases); i++)
		tell(t, &c.cases[i], cases[i].words[0], many && cases[i].keys[1]);
	tell(t, &c.disks, "block-detach of each disk", many);
	tell(t, &c.devices, "detach of each other device", many);
}

int main(void)
{
	const char *shared = getenv("SAFEXL_CORPUS");
	struct tap tap = { 0 };

	try_directory(&tap, "tests/fuzz/seeds", false);
	try_directory(&tap, shared ? shared : "../shared/corpus/xlcfg", true);
	return tap_end(&tap);
}
