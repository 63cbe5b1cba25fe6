/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan of a change, the family that makes it, and what its words say: see change.h. */
#include "change/change.h"
#include "device/device.h"

void change_plan_dispose(struct change_plan *plan)
{
	xlcfg_edits_dispose(&plan->edits);
	free(plan->subject);
	free(plan->already);
	free(plan->instead);
	free(plan->trailers);
	*plan = (struct change_plan){ 0 };
}

static bool is_of(const struct change_family *f, const char *command,
		  const struct device_class *class)
{
	if (!class)
		return f->command && sx_streq(f->command, command);
	return !f->command && f->attaches == sx_streq(command, class->attach);
}

const struct change_family *change_family_find(const char *command)
{
	const struct device_class *class = device_class_of_command(command);

	for (const struct change_family *const *f = change_families; *f; f++)
		if (is_of(*f, command, class))
			return *f;
	return NULL;
}

int change_parse(const char *command, char *const *words, const char *cwd, struct change_said *out,
		 struct sx_err *err)
{
	const struct change_family *family = change_family_find(command);

	*out = (struct change_said){
		.command = command, .words = words, .cwd = cwd, .family = family
	};
	if (!family)
		return sx_err_set(err, SX_EFAIL, "it is not a change that this safexl knows");
	if (family->size)
		out->data = sx_alloc(family->size);
	return family->parse(out, err);
}

void change_said_dispose(struct change_said *said)
{
	if (said->data && said->family->dispose)
		said->family->dispose(said->data);
	free(said->data);
	sx_vec_free(&said->args);
	sx_str_dispose(&said->options);
	*said = (struct change_said){ 0 };
}

int change_args(struct change_said *said, const char *letters, const struct option *longs,
		size_t least, size_t most, struct sx_err *err)
{
	if (words_split(said->words, letters, longs, least, &said->args, &said->options, err) ||
	    (most && words_at_most(said->words[0], &said->args, most, err)))
		return -1;
	said->domain = said->args.items[0];
	return 0;
}

const struct change_said *change_by(const struct change_said *said)
{
	return said->reverse ? said->reverse : said;
}

int change_discover(struct change *c, struct live *live, struct sx_err *err)
{
	const struct change_said *by = change_by(&c->said);

	if (!by->family->discover)
		return 0;
	if (by->family->discover(c, live, &c->facts, err))
		return -1;
	change_apply_facts(c);
	return 0;
}

void change_apply_facts(struct change *c)
{
	const struct change_said *by = change_by(&c->said);

	if (by->family->apply)
		by->family->apply(by->data, sx_words_argv(&c->facts), &c->extra_args);
}

int change_verify(const struct change_said *said, struct live *live,
		  const struct live_domain *domain, enum change_truth *truth, struct sx_err *err)
{
	const struct change_said *by = change_by(said);

	*truth = CHANGE_NOT_LIVE;
	return by->family->verify ? by->family->verify(by, live, domain, truth, err) : 0;
}
