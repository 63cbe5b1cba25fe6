/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Run a program with just these descriptors open: descriptors [NUMBER...] -- PROGRAM [WORD...].
 * One that is not open yet is /dev/null.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#define MOST 1024

int main(int argc, char **argv)
{
	bool wanted[MOST] = { false };
	int at = 1;

	for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
		long fd = strtol(argv[at], NULL, 10);

		if (fd < 0 || fd >= MOST)
			return 99;
		wanted[fd] = true;
	}
	if (at + 1 >= argc)
		return 99;
	for (int fd = 0; fd < MOST; fd++) {
		int null;

		if (!wanted[fd]) {
			close(fd);
		} else if (fcntl(fd, F_GETFD) < 0) {
			null = open("/dev/null", O_RDWR);
			if (null != fd && (dup2(null, fd) != fd || close(null)))
				return 99;
		}
	}
	close_range(MOST, ~0U, 0);
	execv(argv[at + 1], argv + at + 1);
	return 99;
}
