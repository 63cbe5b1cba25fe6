/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `check` over real configurations (SAFEXL_CORPUS, default ../shared/corpus/xlcfg) and the seeds of
 * the fuzz targets: it calls a file unreadable exactly when libxlutil does, and each line it names
 * is in the file.
 */
#include "tap.h"
#include "xlcfg_oracle.h"

#include "check/inspect.h"

#include <dirent.h>

struct counts {
	size_t files, refused, findings;
};

static size_t lines_of(const struct sx_str *text)
{
	size_t lines = 1;

	for (size_t i = 0; i < text->len; i++)
		lines += text->data[i] == '\n';
	return lines;
}

/* NULL when it is as it should be. */
static const char *look(const struct flow_env *env, const char *path, struct counts *counts)
{
	char *paths[] = { sx_strdup(path), NULL };
	struct inspect_options options = { .paths = paths };
	SX_CLEANUP(inspect_report_dispose) struct inspect_report report = { 0 };
	SX_STR text = { 0 };
	SX_FCLOSE FILE *f = fopen(path, "r");
	struct oracle oracle;
	bool refused, says = false;
	SX_ERR err = { 0 };
	int c, failed = inspect_run(env, &options, &report, &err);

	free(paths[0]);
	while (f && (c = getc(f)) != EOF)
		sx_str_addc(&text, (char)c);
	sx_str_addn(&text, "", 0);
	/* A NUL in a string ends libxlutil's process, which is what xlcfg_check knows. */
	if (memchr(text.data, '\0', text.len)) {
		refused = xlcfg_check(text.data, text.len, "t", &err) != 0;
	} else {
		refused = !oracle_read(&oracle, text.data, text.len);
		oracle_dispose(&oracle);
	}
	for (size_t i = 0; i < report.len; i++) {
		says = says || sx_streq(report.items[i].code, "syntax");
		if (report.items[i].line > lines_of(&text))
			return "a line behind the end";
	}
	counts->files++;
	counts->refused += refused;
	counts->findings += report.len;
	return failed ? "failed" : says != refused ? "not as xl reads it" : NULL;
}

static void look_at_all(struct tap *t, const struct flow_env *env, const char *dir)
{
	struct counts counts = { 0 };
	struct dirent **names = NULL;
	int n = scandir(dir, &names, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		SX_FREE char *path = sx_format("%s/%s", dir, names[i]->d_name);
		const char *why = names[i]->d_name[0] == '.' ? NULL : look(env, path, &counts);

		if (why)
			printf("# %s: %s\n", path, why);
		if (names[i]->d_name[0] != '.')
			tap_ok(t, !why, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	if (!counts.files)
		printf("ok %d - %s # SKIP no configurations there\n", ++t->run, dir);
	else
		printf("# %s: %zu files, %zu refused, %zu findings\n", dir, counts.files,
		       counts.refused, counts.findings);
}

int main(void)
{
	const char *shared = getenv("SAFEXL_CORPUS");
	struct flow_env env = { .command = "" };
	struct tap tap = { 0 };

	sx_paths_init(&env.paths, "/nonexistent");
	look_at_all(&tap, &env, "tests/fuzz/seeds");
	look_at_all(&tap, &env, shared ? shared : "../shared/corpus/xlcfg");
	sx_paths_dispose(&env.paths);
	return tap_end(&tap);
}
