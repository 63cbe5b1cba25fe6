/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reads one line from the terminal through readline: the only file that includes it. Signals stay
 * blocked and are fetched where we wait for a key, in place of readline's handlers. readline's
 * callbacks take no argument, so `reading` points to the editor in use.
 */
#include "complete_line.h"
#include "shell.h"

#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <wchar.h>

struct shell_editor {
	struct shell *shell;
	int signals;
	FILE *out;
	struct candidates offered; /* as inserted, with descriptions */
	char *line;
	bool done;
	int stop; /* signal that ended reading; 0: none */
	char *bell; /* saved bell-style while muted; NULL: not muted */
	char *typed; /* the line as it is, while hide_escapes covers parts; NULL: it covers none */
};

static struct shell_editor *reading;

static void take_line(char *line)
{
	reading->line = line;
	reading->done = true;
	rl_callback_handler_remove();
}

/* ---- completion ---- */

static const char breaks[] = " \t\n";

/*
 * Called by readline before it looks for the part to complete: it does not know $'...', where \'
 * does not end the quote. Cover these until complete(), which is called next.
 */
static char *hide_escapes(void)
{
	char quote = '\0';

	sx_put(&reading->typed, sx_strdup(rl_line_buffer));
	for (char *p = rl_line_buffer; *p; p++) {
		if (*p == '\\' && quote != '\'') {
			if (quote == '$' && p[1] == '\'')
				p[0] = p[1] = 'x';
			p += p[1] != '\0';
		} else if (quote) {
			quote = *p == (quote == '$' ? '\'' : quote) ? '\0' : quote;
		} else if (*p == '$' && p[1] == '\'') {
			quote = *p++;
		} else if (*p == '\'' || *p == '"') {
			quote = *p;
		}
	}
	return NULL;
}

static void show_escapes(void)
{
	if (reading->typed)
		memcpy(rl_line_buffer, reading->typed, strlen(reading->typed));
	sx_put(&reading->typed, NULL);
}

/* Is the character quoted, by the rules of shell_words.c, where hide_escapes was? */
static int is_quoted(char *line, int index)
{
	char quote = '\0';

	for (int i = 0; i < index; i++) {
		if (line[i] == '\\' && quote != '\'') {
			if (++i == index)
				return 1;
		} else if (quote ? line[i] == quote : line[i] == '\'' || line[i] == '"') {
			quote = quote ? '\0' : line[i];
		}
	}
	return quote != '\0';
}

static void add_files(const char *word, struct candidates *out)
{
	char *name;

	for (int state = 0; (name = rl_filename_completion_function(word, state)); state = 1) {
		struct stat st;
		bool dir = stat(name, &st) == 0 && S_ISDIR(st.st_mode);
		SX_FREE char *text = sx_format("%s%s", name, dir ? "/" : "");

		candidates_add(out, text, NULL, dir ? '\0' : ' ');
		out->items[out->len - 1].file = true;
		free(name);
	}
}

/* The common start of all, without a partial character or escape at its end. */
static char *common_start(char **matches, size_t count)
{
	size_t len = strlen(matches[0]), back = 0;

	for (size_t i = 1; i < count; i++) {
		size_t same = 0;

		while (same < len && matches[0][same] == matches[i][same])
			same++;
		len = same;
	}
	while (len && (matches[0][len] & 0xc0) == 0x80)
		len--;
	while (back < len && matches[0][len - 1 - back] == '\\')
		back++;
	return sx_strndup(matches[0], len - back % 2);
}

static const char *description_of(const char *text)
{
	const struct candidates *all = &reading->offered;

	for (size_t i = 0; i < all->len; i++)
		if (strcmp(all->items[i].text, text) == 0)
			return all->items[i].description;
	return "";
}

/* Print as much of the text as fits `room` columns. */
static void print_cells(const char *text, int room)
{
	mbstate_t state = { 0 };
	size_t left = strlen(text), n;
	wchar_t c;

	for (; left && (n = mbrtowc(&c, text, left, &state)) <= left; text += n, left -= n) {
		int cells = wcwidth(c);

		room -= cells > 0 ? cells : 0;
		if (!n || room < 0)
			return;
		fwrite(text, 1, n, rl_outstream);
	}
}

/* Called by readline: list each candidate with its description. */
static void list_described(char **matches, int count, int longest)
{
	int rows, columns;

	rl_get_screen_size(&rows, &columns);
	rl_crlf();
	for (int i = 1; i <= count; i++) {
		SX_FREE char *text =
			sx_format("%-*s  %pS", longest, matches[i], description_of(matches[i]));

		print_cells(text, columns - 1);
		rl_crlf();
	}
	rl_forced_update_display();
}

/* List descriptions if all candidates have one, and they fit the screen or their order matters. */
static void choose_listing(const struct candidates *all)
{
	bool described = true;
	int rows, columns;

	for (size_t i = 0; i < all->len; i++)
		described &= all->items[i].description && *all->items[i].description;
	rl_get_screen_size(&rows, &columns);
	rl_completion_display_matches_hook =
		described && (all->ordered || all->len < (size_t)rows) ? list_described : NULL;
	rl_sort_completion_matches = !all->ordered;
}

/* In readline's form: common start, candidates, NULL. readline frees it. */
static char **to_matches(const struct command_line *line, const struct candidates *all)
{
	struct sx_words found = { 0 };

	candidates_dispose(&reading->offered);
	sx_words_add(&found, "");
	for (size_t i = 0; i < all->len; i++) {
		char *text = command_line_insert(line, all->items[i].text, true);

		if (!text)
			continue;
		candidates_add(&reading->offered, text, all->items[i].description, ' ');
		rl_completion_append_character = all->items[i].after;
		rl_completion_suppress_quote = all->items[i].after == '\0';
		sx_words_give(&found, text);
	}
	if (found.len == 1) {
		sx_words_dispose(&found);
		return NULL;
	}
	sx_put(&found.items[0], common_start(found.items + 1, found.len - 1));
	if (found.len == 2) {
		sx_put(&found.items[1], NULL);
	}
	return found.items;
}

/* Called by readline with the part to replace; we need the whole line. */
static char **complete(const char *text SX_UNUSED, int start SX_UNUSED, int end)
{
	SX_FREE char *before = NULL;
	const char *after_bang;
	COMMAND_LINE line = { 0 };
	CANDIDATES all = { 0 };

	show_escapes();
	before = sx_strndup(rl_line_buffer, (size_t)end);
	after_bang = before + strspn(before, breaks);
	rl_attempted_completion_over = 1;
	command_line_read(*after_bang == '!' ? after_bang + 1 : before, breaks, &line);
	if (*after_bang == '!' || !shell_complete(reading->shell, &line, &all))
		add_files(line.words.items[line.words.len - 1], &all);
	/* List paths by their last component. The candidates are quoted already. */
	rl_filename_quoting_desired = 0;
	rl_filename_completion_desired = all.len > 0;
	for (size_t i = 0; i < all.len; i++)
		rl_filename_completion_desired &= all.items[i].file;
	choose_listing(&all);
	return to_matches(&line, &all);
}

/*
 * Leave the line on the screen with "^C" after it, as shells do. Print "^C" first: when readline
 * then ends bracketed paste, most terminals return to the start of the line.
 */
static void drop_line(struct shell_editor *e)
{
	rl_free_line_state();
	rl_callback_sigcleanup();
	rl_point = rl_end;
	rl_redisplay();
	fputs("^C", e->out);
	rl_callback_handler_remove();
	fputs("\n", e->out);
	fflush(e->out);
}

/* The Ctrl-G that stands for a signal must not ring the bell. */
static void mute(struct shell_editor *e)
{
	if (e->bell)
		return;
	e->bell = sx_strdup(rl_variable_value("bell-style"));
	rl_variable_bind("bell-style", "none");
}

static void unmute(struct shell_editor *e)
{
	if (e->bell)
		rl_variable_bind("bell-style", e->bell);
	sx_put(&e->bell, NULL);
}

/* Handle a signal; true if it ends the reading of the line. */
static bool take_signal(struct shell_editor *e, int number)
{
	switch (number) {
	case SIGWINCH:
		rl_resize_terminal();
		return false;
	case SIGCHLD:
		/* Report above the line, which stays. */
		if (shell_jobs_reap(&e->shell->jobs, "\n")) {
			rl_on_new_line();
			rl_forced_update_display();
		}
		return false;
	case SIGINT:
	case SIGHUP:
	case SIGTERM:
		e->stop = number;
		return true;
	default:
		return false;
	}
}

/* Handle all pending signals, before what was typed after them. */
static bool take_signals(struct shell_editor *e)
{
	struct signalfd_siginfo info;

	while (read(e->signals, &info, sizeof(info)) == sizeof(info))
		if (take_signal(e, (int)info.ssi_signo))
			return true;
	return false;
}

/*
 * Called by readline for each key, even in the middle of a prompt of its own. rl_getc would unblock
 * all signals while it waits, and lose one that comes then. A signal that ends the line goes to
 * readline as Ctrl-G, which leaves any mode.
 */
static int get_key(FILE *in)
{
	enum { ctrl_g = '\a' };
	struct pollfd fds[] = {
		{ .fd = reading->signals, .events = POLLIN },
		{ .fd = fileno(in), .events = POLLIN },
	};
	unsigned char key;

	for (;;) {
		if (poll(fds, SX_COUNT(fds), -1) < 0)
			return EOF;
		if (fds[0].revents && take_signals(reading)) {
			mute(reading);
			return ctrl_g;
		}
		if (fds[1].revents && read(fds[1].fd, &key, 1) == 1)
			return key;
		if (fds[1].revents & ~POLLIN)
			return EOF;
	}
}

/* Ctrl-C flushes typed keys, even after poll has seen them: with VMIN 0 read(2) does not block. */
static void prepare_terminal(int meta)
{
	struct termios mode;

	rl_prep_terminal(meta);
	if (tcgetattr(STDIN_FILENO, &mode))
		return;
	mode.c_cc[VMIN] = 0;
	mode.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

struct shell_editor *shell_editor_start(struct shell *sh)
{
	struct shell_editor *e = sx_alloc(sizeof(*e));
	int out = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	*e = (struct shell_editor){
		.shell = sh,
		.signals = signalfd(-1, &sh->jobs.taken, SFD_CLOEXEC | SFD_NONBLOCK),
		.out = out < 0 ? NULL : fdopen(out, "w"),
	};
	if (e->signals < 0 || !e->out) {
		if (!e->out)
			sx_cleanup_close(&out);
		shell_editor_end(e);
		return NULL;
	}
	setlocale(LC_CTYPE, "");
	rl_readline_name = "safexl";
	rl_outstream = e->out;
	rl_catch_signals = 0;
	rl_catch_sigwinch = 0;
	rl_getc_function = get_key;
	rl_prep_term_function = prepare_terminal;
	rl_change_environment = 0;
	rl_attempted_completion_function = complete;
	rl_completer_quote_characters = "'\"";
	rl_completer_word_break_characters = breaks;
	rl_completion_word_break_hook = hide_escapes;
	rl_char_is_quoted_p = is_quoted;
	rl_initialize();
	/* Candidates that are directories already end with a slash. */
	rl_variable_bind("mark-directories", "off");
	using_history();
	stifle_history(SHELL_HISTORY_MAX);
	return e;
}

void shell_editor_end(struct shell_editor *e)
{
	if (!e)
		return;
	clear_history();
	candidates_dispose(&e->offered);
	sx_cleanup_close(&e->signals);
	if (e->out)
		fclose(e->out);
	free(e->bell);
	free(e->typed);
	free(e);
}

void shell_editor_history(const struct sx_words *lines)
{
	clear_history();
	for (size_t i = 0; i < lines->len; i++)
		add_history(lines->items[i]);
}

enum shell_read shell_editor_read(struct shell_editor *e, const char *prompt, char **line, int *sig)
{
	reading = e;
	e->line = NULL;
	e->done = false;
	e->stop = 0;
	/* A command may have run while the terminal was resized. */
	rl_reset_screen_size();
	rl_callback_handler_install(prompt, take_line);
	while (!e->done && !e->stop)
		rl_callback_read_char();
	unmute(e);
	if (e->stop == SIGINT) {
		drop_line(e);
		return SHELL_READ_DROPPED;
	}
	if (e->stop) {
		rl_callback_handler_remove();
		*sig = e->stop;
		return SHELL_READ_SIGNAL;
	}
	if (!e->line)
		return SHELL_READ_END;
	*line = sx_strdup(e->line);
	free(e->line);
	return SHELL_READ_LINE;
}
