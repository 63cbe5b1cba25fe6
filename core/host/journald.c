/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's datagram: see journald.h. */
#include "host/journald.h"

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

/* A datagram holds some 200 KiB, and an entry has a dozen fields. */
enum { longest_value = 8 << 10 };

void journald_add(struct sx_str *datagram, const char *field, const char *value)
{
	size_t len = strnlen(value, longest_value);
	uint64_t size = htole64(len);

	sx_str_add(datagram, field);
	if (memchr(value, '\n', len)) {
		sx_str_addc(datagram, '\n');
		sx_str_addn(datagram, (const char *)&size, sizeof(size));
	} else {
		sx_str_addc(datagram, '=');
	}
	sx_str_addn(datagram, value, len);
	sx_str_addc(datagram, '\n');
}

bool journald_send(const char *root, const struct sx_str *datagram)
{
	const struct timeval patience = { .tv_sec = 1 };
	SX_CLOSE int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	SX_FREE char *path = sx_format("%s/run/systemd/journal/socket", root);
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(to.sun_path, path, strlen(path));
	return fd >= 0 &&
	       setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) == 0 &&
	       sendto(fd, datagram->data, datagram->len, MSG_NOSIGNAL, (struct sockaddr *)&to,
		      sizeof(to)) == (ssize_t)datagram->len;
}
