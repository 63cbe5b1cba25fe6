/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs one process for each of several guests: see several.h. */
#include "several.h"

#include "host/proc.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>

void several_words(const struct sx_invocation *inv, const struct flow_env *env, const char *command,
		   struct sx_words *out)
{
	sx_words_add(out, "safexl");
	sx_words_add_all(out, env->xl_options);
	if (inv->options->dry_run)
		sx_words_add(out, "-N");
	if (inv->options->quiet)
		sx_words_add(out, "--quiet");
	if (inv->options->json)
		sx_words_add(out, "--json");
	sx_words_add(out, command);
}

int several_open(const struct sx_invocation *inv, int *fd, struct sx_err *err)
{
	*fd = inv->outcome->asked ? memfd_create("safexl", MFD_CLOEXEC) : 0;
	return *fd < 0 ? sx_err_sys(err, SX_EFAIL, "cannot keep what is printed") : 0;
}

void several_close(const struct sx_invocation *inv, const char *name, int fd, int status)
{
	SX_STR text = { 0 };
	char part[4096];
	ssize_t n;

	if (!fd)
		return;
	if (lseek(fd, 0, SEEK_SET) == 0)
		while ((n = read(fd, part, sizeof(part))) > 0)
			sx_str_addn(&text, part, (size_t)n);
	outcome_add(inv->outcome, name, &text, status);
	close(fd);
}

struct children {
	SX_VEC_OF(struct proc_child);
	struct sx_words *argvs; /* one for each child */
};

static void children_dispose(struct children *c)
{
	for (size_t i = 0; i < c->len; i++)
		sx_words_dispose(&c->argvs[i]);
	free(c->argvs);
	sx_vec_free(c);
}

/* The wait status of the first failure; warns about each process that still runs. */
static int judge(const struct flow_env *env, const struct children *all,
		 const struct sx_words *names, unsigned wait_ms)
{
	int first = 0;

	for (size_t i = 0; i < all->len; i++) {
		const struct proc_child *c = &all->items[i];
		int status = c->ended ? c->status : W_EXITCODE(EXIT_FAILURE, 0);

		if (!c->ended)
			flow_notice(env,
				    "%s: not finished after %u s; safexl no longer waits "
				    "for it",
				    names->items[i], wait_ms / 1000);
		first = first ? first : status;
	}
	return first;
}

int several_run(const struct sx_invocation *inv, const struct flow_env *env,
		const struct sx_words *words, const struct sx_words *names, unsigned wait_ms,
		int *status, struct sx_err *err)
{
	SX_CLEANUP(children_dispose) struct children all = { 0 };
	int r = 0;

	all.argvs = sx_alloc((names->len + 1) * sizeof(*all.argvs));
	*status = 0;
	for (size_t i = 0; i < names->len; i++) {
		struct sx_words *argv = &all.argvs[i];
		struct proc_child child = { 0 };

		r = several_open(inv, &child.out, err);
		if (r)
			break;
		*argv = (struct sx_words){ 0 };
		sx_words_add_all(argv, words->items);
		sx_words_add(argv, names->items[i]);
		child.argv = sx_words_argv(argv);
		sx_vec_push(&all, child);
	}
	fflush(stdout); /* our output comes before theirs */
	/* Each gets a process of its own, as xl replaces the safexl that runs it. */
	r = r ? r : proc_run_all("/proc/self/exe", all.items, all.len, wait_ms, err);
	if (!r)
		*status = judge(env, &all, names, wait_ms);
	for (size_t i = 0; i < all.len; i++) {
		const struct proc_child *c = &all.items[i];

		several_close(inv, names->items[i], c->out,
			      c->ended ? c->status : W_EXITCODE(EXIT_FAILURE, 0));
	}
	return r;
}
