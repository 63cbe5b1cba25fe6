/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints errors on stderr or as JSON, and maps them to exit statuses. */
#include <safexl/command.h>

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

/* Write in one call, so that lines of parallel processes do not mix. */
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
	sx_str_addf(&s, "safexl: %pS\n", err->msg ? err->msg : "failed without a reason");
	while (hint && *hint) {
		size_t len = strcspn(hint, "\n");
		SX_FREE char *line = sx_strndup(hint, len);

		sx_str_addf(&s, "hint: %pS\n", line);
		hint += len + (hint[len] == '\n');
	}
	fflush(stderr);
	put(&s);
}

char *sx_err_text(const struct sx_err *err)
{
	if (err->code != SX_EXL)
		return sx_strdup(err->msg ? err->msg : "failed without a reason");
	if (WIFSIGNALED(err->status))
		return sx_format("xl was ended by signal %d", WTERMSIG(err->status));
	return sx_format("xl ended with exit status %d", WEXITSTATUS(err->status));
}

bool sx_err_refuses(const struct sx_err *err)
{
	return err->code == SX_ECANTWRITE || err->code == SX_ELOCKED || err->code == SX_EGUARD ||
	       err->code == SX_ENOCONFIG || err->code == SX_EAMBIGUOUS || err->code == SX_ESYNTAX ||
	       err->code == SX_ECONFLICT;
}

/* Add a JSON string: invalid UTF-8 as U+FFFD, characters that could control a terminal escaped. */
static void add_json(struct sx_str *s, const char *text, size_t len)
{
	sx_str_addc(s, '"');
	for (const char *p = text; p < text + len;) {
		uint32_t code = 0;
		size_t width = sx_utf8_decode(p, &code);

		if (!width)
			sx_str_add(s, "\xef\xbf\xbd");
		else if (sx_is_unsafe(code) || code == '"' || code == '\\')
			sx_str_addf(s, "\\u%04" PRIx32, code);
		else
			sx_str_addn(s, p, width);
		p += width ? width : 1;
	}
	sx_str_addc(s, '"');
}

void sx_err_print_json(const struct sx_err *err, int status)
{
	SX_FREE char *text = sx_err_text(err);
	const char *hint = err->hint ? err->hint : "";
	SX_STR s = { 0 };

	sx_str_add(&s, "{\n  \"version\": 1,\n  \"error\": ");
	add_json(&s, text, strlen(text));
	sx_str_addf(&s, ",\n  \"status\": %d,\n  \"refused\": %s,\n  \"hints\": [", status,
		    sx_err_refuses(err) ? "true" : "false");
	for (bool first = true; *hint; first = false) {
		size_t len = strcspn(hint, "\n");

		sx_str_add(&s, first ? "\n    " : ",\n    ");
		add_json(&s, hint, len);
		hint += len + (hint[len] == '\n');
	}
	sx_str_add(&s, err->hint && *err->hint ? "\n  ]\n}\n" : "]\n}\n");
	fputs(sx_str_text(&s), stdout);
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
		command && (sx_streq(command->name, "diff") || sx_streq(command->name, "check") ||
			    sx_streq(command->name, "verify"));

	return status == EXIT_FAILURE && answers ? trouble : status;
}
