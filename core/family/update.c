/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config-update: the domain's next reboot builds it from another file, which becomes the one that
 * changes are recorded in. No file is edited.
 */
#include "change/change.h"
#include "guard/lifecycle.h"
#include "host/file.h"

#include <getopt.h>
#include <string.h>

struct update {
	char *path; /* absolute */
	bool extras; /* key=value arguments were given */
};

static void update_dispose(void *data)
{
	free(((struct update *)data)->path);
}

/* As main_config_update in xl_misc.c: the domain comes first, a file may follow directly. */
static int read_update(const struct change_said *said, struct update *u, struct sx_err *err)
{
	static const struct option longs[] = { { "defconfig", required_argument, NULL, 'f' },
					       { NULL, 0, NULL, 0 } };
	struct {
		SX_VEC_OF(char *);
	} argv = { 0 };
	char *const *words = said->words;
	const char *file = NULL;
	int argc, c, r = 0;
	size_t first = 2;

	if (!words[1] || !*words[1] || words[1][0] == '-')
		return sx_err_set(err, SX_EUSAGE, "config-update: the domain is missing");
	if (words[2] && words[2][0] != '-' && !strchr(words[2], '='))
		file = words[first++];
	sx_vec_push(&argv, words[0]);
	while (words[first])
		sx_vec_push(&argv, words[first++]);
	argc = (int)argv.len;
	sx_vec_push(&argv, NULL);
	optind = 0;
	opterr = 0;
	while ((c = getopt_long(argc, argv.items, "dqf:", longs, NULL)) != -1) {
		if (c == 'f')
			file = optarg;
		else if (c == '?')
			r = sx_err_set(err, SX_EUSAGE, "config-update: unknown option '%s'",
				       argv.items[optind > 1 ? optind - 1 : 1]);
	}
	for (int i = optind; !r && i < argc; i++) {
		if (strchr(argv.items[i], '='))
			u->extras = true;
		else if (!file)
			file = argv.items[i];
		else
			r = sx_err_set(err, SX_EUSAGE, "config-update: '%s' is a second file",
				       argv.items[i]);
	}
	sx_vec_free(&argv);
	if (!r && !file)
		r = sx_err_set(err, SX_EUSAGE, "config-update: no configuration is named");
	return r ? r : sx_path_absolute(said->cwd, file, &u->path, err);
}

static int update_parse(struct change_said *said, struct sx_err *err)
{
	struct update *u = said->data;

	if (read_update(said, u, err))
		return -1;
	said->domain = said->words[1];
	said->file = u->path;
	return 0;
}

static void record_of(const struct change *c, struct created *out)
{
	out->name = sx_strdup(c->domain.name);
	out->uuid = sx_strdup(c->domain.uuid);
	out->path = sx_strdup(c->path);
	out->own_name = sx_strdup(c->domain.name);
	out->how = sx_strdup("adopt");
}

static int update_look(const struct change *c, struct live *live SX_UNUSED, struct sx_err *err)
{
	CREATED record = { 0 };

	if (((const struct update *)change_by(&c->said)->data)->extras) {
		sx_err_set(err, SX_ECONFLICT,
			   "key=value arguments apply at the next reboot, but no file has them");
		return sx_err_hint(err, "write them into the file");
	}
	if (c->env->message)
		flow_notice(c->env, "%s: no file is edited: the reason is not kept anywhere",
			    c->domain.name);
	record_of(c, &record);
	return adopt_check(&record, err);
}

static int update_plan(const struct change_said *said SX_UNUSED, const char *path,
		       struct xlcfg *doc SX_UNUSED, struct change_plan *plan,
		       struct sx_err *err SX_UNUSED)
{
	plan->subject = sx_format("take %s as its configuration", path);
	plan->instead = sx_format("%s is its configuration now; the guest gets it with its next "
				  "reboot, not before",
				  path);
	return 0;
}

static int update_verify(const struct change_said *said, struct live *live,
			 const struct live_domain *domain, enum change_truth *truth,
			 struct sx_err *err)
{
	FILE_IMAGE image = { 0 };
	SX_FREE char *text = NULL;

	if (file_read(((const struct update *)said->data)->path, &image, err) ||
	    live_update_get(live, domain->domid, &text, err))
		return -1;
	*truth = sx_streq(text, sx_str_text(&image.text)) ? CHANGE_LIVE : CHANGE_NOT_LIVE;
	return 0;
}

static int update_after(const struct change *c, struct sx_err *err)
{
	CREATED record = { 0 };

	record_of(c, &record);
	return created_save(c->env, &record, err);
}

const struct change_family config_update_family = {
	.command = "config-update",
	.size = sizeof(struct update),
	.parse = update_parse,
	.dispose = update_dispose,
	.look = update_look,
	.plan = update_plan,
	.verify = update_verify,
	.after = update_after,
};
