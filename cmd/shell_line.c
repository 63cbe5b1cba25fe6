/*
 * One line from the person at the terminal, through readline: the only file that includes it.
 * Signals stay blocked and are taken between keys, so readline's own handlers are not used.
 * readline knows no caller, hence the one pointer here to the editor that reads.
 */
#include "shell.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <readline/history.h>
#include <readline/readline.h>
#include <string.h>
#include <sys/signalfd.h>

struct shell_editor {
	int signals;
	FILE *out;
	char *line;
	bool done;
};

static struct shell_editor *reading;

static void take_line(char *line)
{
	reading->line = line;
	reading->done = true;
	rl_callback_handler_remove();
}

/* Nothing is offered rather than file names where no command is understood. */
static char **complete(const char *text SX_UNUSED, int start SX_UNUSED, int end SX_UNUSED)
{
	rl_attempted_completion_over = 1;
	return NULL;
}

struct shell_editor *shell_editor_start(const struct shell_jobs *jobs)
{
	struct shell_editor *e = sx_alloc(sizeof(*e));
	int out = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);

	*e = (struct shell_editor){
		.signals = signalfd(-1, &jobs->taken, SFD_CLOEXEC | SFD_NONBLOCK),
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
	rl_change_environment = 0;
	rl_attempted_completion_function = complete;
	rl_initialize();
	using_history();
	stifle_history(SHELL_HISTORY_MAX);
	return e;
}

void shell_editor_end(struct shell_editor *e)
{
	if (!e)
		return;
	clear_history();
	sx_cleanup_close(&e->signals);
	if (e->out)
		fclose(e->out);
	free(e);
}

void shell_editor_history(const struct sx_words *lines)
{
	clear_history();
	for (size_t i = 0; i < lines->len; i++)
		add_history(lines->items[i]);
}

/* The line is left on the screen, as every shell does. */
static void drop_line(struct shell_editor *e)
{
	rl_free_line_state();
	rl_callback_sigcleanup();
	rl_callback_handler_remove();
	fputs("^C\n", e->out);
	fflush(e->out);
}

/* One of the signals that came; true when reading is over. */
static bool take_signal(struct shell_editor *e, enum shell_read *end, int *sig)
{
	struct signalfd_siginfo info;

	if (read(e->signals, &info, sizeof(info)) != sizeof(info))
		return false;
	switch (info.ssi_signo) {
	case SIGWINCH:
		rl_resize_terminal();
		return false;
	case SIGINT:
		drop_line(e);
		*end = SHELL_READ_DROPPED;
		return true;
	case SIGHUP:
	case SIGTERM:
		rl_callback_handler_remove();
		*sig = (int)info.ssi_signo;
		*end = SHELL_READ_SIGNAL;
		return true;
	default:
		return false;
	}
}

enum shell_read shell_editor_read(struct shell_editor *e, const char *prompt, char **line, int *sig)
{
	struct pollfd fds[] = {
		{ .fd = e->signals, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	enum shell_read end = SHELL_READ_END;

	reading = e;
	e->line = NULL;
	e->done = false;
	/* The terminal may have another size since a command had it. */
	rl_reset_screen_size();
	rl_callback_handler_install(prompt, take_line);
	while (!e->done) {
		if (poll(fds, SX_COUNT(fds), -1) < 0 && errno != EINTR)
			break;
		if (fds[0].revents && take_signal(e, &end, sig))
			return end;
		if (fds[1].revents)
			rl_callback_read_char();
	}
	if (!e->done)
		rl_callback_handler_remove();
	if (!e->line)
		return SHELL_READ_END;
	*line = sx_strdup(e->line);
	free(e->line);
	return SHELL_READ_LINE;
}
