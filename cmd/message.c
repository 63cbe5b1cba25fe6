/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Errors as the user meets them: the lines on stderr and the exit status. */
#include <safexl/command.h>

#include <string.h>
#include <sys/wait.h>

/* One write, so that lines of programs side by side do not mix. */
static void put(const struct sx_str *s)
{
	const char *p = s->data;
	size_t left = s->len;

	while (left) {
		ssize_t r = write(STDERR_FILENO, p, left);

		if (r <= 0)
			return;
		p += r;
		left -= (size_t)r;
	}
}

void sx_err_print(const struct sx_err *err)
{
	SX_STR s = { 0 };
	const char *hint = err->hint;

	if (err->code == SX_EXL)
		return;
	sx_str_add(&s, "safexl: ");
	sx_str_add_shown(&s, err->msg ? err->msg : "failed without a reason");
	sx_str_addc(&s, '\n');
	while (hint && *hint) {
		size_t len = strcspn(hint, "\n");
		SX_FREE char *line = sx_strndup(hint, len);

		sx_str_add(&s, "hint: ");
		sx_str_add_shown(&s, line);
		sx_str_addc(&s, '\n');
		hint += len + (hint[len] == '\n');
	}
	fflush(stderr);
	put(&s);
}

int sx_err_status(const struct sx_err *err)
{
	switch (err->code) {
	case SX_OK:
		return EXIT_SUCCESS;
	case SX_EUSAGE:
		return 2;
	case SX_ECANTWRITE:
		return 73; /* EX_CANTCREAT */
	case SX_EPARTIAL:
		return 74; /* EX_IOERR */
	case SX_ELOCKED:
		return 75; /* EX_TEMPFAIL */
	case SX_EGUARD:
		return 77; /* EX_NOPERM */
	case SX_ENOCONFIG:
	case SX_EAMBIGUOUS:
	case SX_ESYNTAX:
	case SX_ECONFLICT:
		return 78; /* EX_CONFIG */
	case SX_EXL:
		return WIFSIGNALED(err->status) ? 128 + WTERMSIG(err->status)
						: WEXITSTATUS(err->status);
	case SX_EFAIL:
	case SX_ENODOMAIN:
	case SX_ENOXEN:
	case SX_ECHANGED:
		break;
	}
	return EXIT_FAILURE;
}

int sx_err_status_of(const struct sx_command *command, const struct sx_err *err)
{
	static const int trouble = 2;
	int status = sx_err_status(err);
	bool answers =
		command && (sx_streq(command->name, "diff") || sx_streq(command->name, "check"));

	return status == EXIT_FAILURE && answers ? trouble : status;
}
