/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Stands in the core's place (SAFEXL_CORE): writes what the first stage handed over to the file
 * CORE_OUT, and which descriptor that file got. Ends with the status CORE_STATUS.
 */
#include <safexl/command.h>

#include <fcntl.h>

int sx_core_main(const struct sx_invocation *inv)
{
	const struct sx_options *o = inv->options;
	const char *status = getenv("CORE_STATUS");
	int fd = open(getenv("CORE_OUT"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	fputs("said by the core\n", stderr);
	dprintf(fd, "fd %s\n", fd > 2 ? "above 2" : "standard");
	dprintf(fd, "command %s\nxl %s\nroot %s\n", inv->command->name, inv->xl ? inv->xl : "none",
		inv->root);
	dprintf(fd, "options%s%s%s%s%s%s%s%s\n", o->live ? " live" : "", o->config ? " config" : "",
		o->dry_run ? " dry-run" : "", o->json ? " json" : "", o->quiet ? " quiet" : "",
		o->discard_marker ? " discard-marker" : "", o->message ? " message=" : "",
		o->message ? o->message : "");
	for (size_t i = 0; i < o->xl.len; i++)
		dprintf(fd, "xl's %s\n", o->xl.items[i]);
	for (int i = 0; i < inv->argc; i++)
		dprintf(fd, "word %s\n", inv->argv[i]);
	dprintf(fd, "%s\n", inv->argv[inv->argc] ? "more" : "end");
	return status ? (int)strtol(status, NULL, 10) : EXIT_SUCCESS;
}
