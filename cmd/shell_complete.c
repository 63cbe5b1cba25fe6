/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Completes the word at the cursor: runs safexl __complete, as other shells do (complete_main.c),
 * in a process that can hang or die without harm to the shell, and adds the shell's own commands.
 */
#include "complete_line.h"
#include "complete_main.h"
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>

/* In the child: answers go to `out`. */
static SX_NORETURN void ask(const struct shell *sh, char *const *argv, int out)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0) {
		sigprocmask(SIG_SETMASK, &sh->jobs.mask, NULL);
		execv(shell_self_path(sh), argv);
	}
	_exit(EXIT_FAILURE);
}

static void read_all(int fd, struct sx_str *out)
{
	char buf[4096];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR))
		sx_str_addn(out, buf, n > 0 ? (size_t)n : 0);
}

/* Parse triples of candidate, description and flags, each ended by a NUL. */
static void read_answers(const struct sx_str *text, struct candidates *out)
{
	const char *p = sx_str_text(text), *end = p + text->len;

	while (p < end) {
		const char *description = p + strlen(p) + 1;
		const char *kind = description < end ? description + strlen(description) + 1 : end;

		if (kind >= end)
			return;
		candidates_add(out, p, description,
			       strchr(kind, ',')   ? ','
			       : strchr(kind, 'n') ? '\0'
						   : ' ');
		out->items[out->len - 1].file = strchr(kind, 'f');
		out->ordered |= strchr(kind, 'o') != NULL;
		p = kind + strlen(kind) + 1;
	}
}

static void ask_program(const struct shell *sh, const struct sx_words *words,
			struct candidates *out)
{
	SX_WORDS argv = { 0 };
	SX_STR answers = { 0 };
	int ends[2];
	pid_t pid;

	sx_words_add(&argv, sh->self.items[0]);
	sx_words_add(&argv, COMPLETE_COMMAND);
	sx_words_give(&argv, sx_format("%zu", sh->self.len + words->len - 1));
	sx_words_add_all(&argv, sh->self.items);
	sx_words_add_all(&argv, words->items);
	if (pipe2(ends, O_CLOEXEC))
		return;
	pid = fork();
	if (pid == 0)
		ask(sh, sx_words_argv(&argv), ends[1]);
	close(ends[1]);
	read_all(ends[0], &answers);
	close(ends[0]);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	read_answers(&answers, out);
}

bool shell_complete(const struct shell *sh, struct command_line *line, struct candidates *out)
{
	struct sx_words *words = &line->words;

	if (words->len > 1 && strcmp(words->items[0], "cd") == 0)
		return false;
	shell_drop_own_name(words);
	ask_program(sh, words, out);
	if (words->len == 1)
		shell_builtin_offer(words->items[0], out);
	candidates_sort(out);
	return true;
}
