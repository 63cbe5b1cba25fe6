/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Real configurations, judged by libxlutil: accepted by both or by none, every key worth the same,
 * printed back to the byte; a disk, an interface and a PCI device attached and detached, and each
 * element replaced and put back, leave the bytes as they were. Files: the seeds of the fuzz
 * targets, and the directory that SAFEXL_CORPUS names (default ../shared/corpus/xlcfg).
 */
#include "tap.h"
#include "xlcfg_oracle.h"

#include <dirent.h>

struct corpus {
	size_t files, accepted, replaced;
};

static void read_whole(const char *path, struct sx_str *out)
{
	SX_FCLOSE FILE *f = fopen(path, "r");
	char buffer[65536];
	size_t n;

	while (f && (n = fread(buffer, 1, sizeof(buffer), f)) > 0)
		sx_str_addn(out, buffer, n);
	sx_str_addn(out, "", 0);
}

static bool is_text(const struct xlcfg *doc, const struct sx_str *text)
{
	size_t len;
	const char *now = xlcfg_text(doc, &len);

	return len == text->len && memcmp(now, text->data, len) == 0;
}

/* Attach and detach; NULL when the bytes are back. The middle is proven. */
static const char *try_attach(struct xlcfg *doc, const struct sx_str *text, const char *key,
			      const char *spec)
{
	struct xlcfg_intent intent = { .op = XLCFG_APPEND, .key = key, .text = spec };
	SX_ERR err = { 0 };
	size_t len;
	const char *now;

	if (xlcfg_list_append(doc, key, spec, &err)) {
		/* Rightly so: a string where a list should be, or no line may follow the last. */
		bool right = xlcfg_key_kind(doc, key) == XLCFG_SCALAR ||
			     xlcfg_kind_at(doc, (uint32_t)doc->tokens.len - 2) == TOK_STRAY;

		return err.code == SX_ECONFLICT && right && is_text(doc, text) ? NULL : "refused";
	}
	now = xlcfg_text(doc, &len);
	if (xlcfg_prove(text->data, text->len, now, len, "t", &intent, 1, &err))
		return "not proven";
	if (xlcfg_list_remove(doc, key, xlcfg_list_len(doc, key) - 1, &err))
		return "cannot be detached";
	return is_text(doc, text) ? NULL : "other bytes";
}

/*
 * Replace each element and put it back: the same bytes, but for escapes that have another spelling,
 * where the value is proven. A number gives way to a number: bare ones stay bare.
 */
static const char *try_replace(struct corpus *c, struct xlcfg *doc, const struct sx_str *text,
			       const char *key)
{
	for (size_t i = 0; i < xlcfg_list_len(doc, key); i++) {
		SX_FREE char *old = xlcfg_list_get(doc, key, i);
		SX_ERR err = { 0 };
		size_t len;
		const char *now;

		if (!old)
			continue;
		now = old[strspn(old, "0123456789")] ? "other" : "7";
		if (xlcfg_list_replace(doc, key, i, now, &err) ||
		    (strcmp(now, old) != 0 && is_text(doc, text)) ||
		    xlcfg_list_replace(doc, key, i, old, &err))
			return "not replaced";
		c->replaced++;
		if (is_text(doc, text))
			continue;
		if (!memchr(text->data, '\\', text->len))
			return "replaced and back gives other bytes";
		now = xlcfg_text(doc, &len);
		if (xlcfg_prove(text->data, text->len, now, len, "t", NULL, 0, &err))
			return "replaced and back is another value";
		return NULL;
	}
	return NULL;
}

static const char *try_edits(struct corpus *c, struct xlcfg *doc, const struct sx_str *text)
{
	static const char *const specs[][2] = {
		{ "disk", "phy:/dev/vg/data,raw,xvdz,w" },
		{ "vif", "mac=00:16:3e:00:00:01,bridge=xenbr0" },
		{ "pci", "0000:03:00.0" },
	};
	const char *why = NULL, *key;

	for (size_t i = 0; i < SX_COUNT(specs) && !why; i++)
		why = try_attach(doc, text, specs[i][0], specs[i][1]);
	for (size_t i = 0; !why && (key = xlcfg_key_at(doc, i)); i++) {
		SX_FREE char *copy = sx_strdup(key);

		why = try_replace(c, doc, text, copy);
	}
	return why;
}

/* Everything the file shows; NULL when it is as it should be. */
static const char *try_file(struct corpus *c, const struct sx_str *text)
{
	XLCFG_DOC *doc = NULL;
	SX_ERR err = { 0 };
	struct oracle oracle;
	bool ours = xlcfg_parse(text->data, text->len, "t", &doc, &err) == 0;
	const char *why = NULL;

	if (!ours && memchr(text->data, '\0', text->len))
		return xlcfg_check(text->data, text->len, "t", &err) ? NULL : "a NUL is accepted";
	if (oracle_read(&oracle, text->data, text->len) != ours)
		why = "not accepted by both";
	else if (ours && !is_text(doc, text))
		why = "not printed back";
	else if (ours)
		why = oracle_differing_key(doc, oracle.cfg);
	oracle_dispose(&oracle);
	c->accepted += ours;
	return why || !ours ? why : try_edits(c, doc, text);
}

static void try_directory(struct tap *tap, const char *dir)
{
	struct corpus c = { 0 };
	struct dirent **names = NULL;
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		SX_FREE char *path = sx_format("%s/%s", dir, names[i]->d_name);
		SX_STR text = { 0 };
		const char *why;

		if (names[i]->d_name[0] != '.') {
			read_whole(path, &text);
			why = try_file(&c, &text);
			c.files++;
			if (!tap_ok(tap, !why, names[i]->d_name))
				printf("# %s: %s\n", path, why);
		}
		free(names[i]);
	}
	free(names);
	if (!c.files)
		printf("ok %d - %s # SKIP no configurations there\n", ++tap->run, dir);
	else
		printf("# %s: %zu files, xl accepts %zu; %zu elements replaced\n", dir, c.files,
		       c.accepted, c.replaced);
}

int main(void)
{
	struct tap tap = { 0 };
	const char *shared = getenv("SAFEXL_CORPUS");

	try_directory(&tap, "tests/fuzz/seeds");
	try_directory(&tap, shared ? shared : "../shared/corpus/xlcfg");
	return tap_end(&tap);
}
