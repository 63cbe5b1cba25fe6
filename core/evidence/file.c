/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files: identity, file system, and when they were last written to. */
#include "evidence/private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/vfs.h>

/* The number of the mount through which a file was opened; -1: the kernel does not say. */
static int mount_id(int fd)
{
	struct statx sx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &sx) || !(sx.stx_mask & STATX_MNT_ID))
		return -1;
	return (int)sx.stx_mnt_id;
}

void evidence_unescape(char *text)
{
	char *to = text;
	unsigned byte;

	for (const char *p = text; *p; p++) {
		if (*p == '\\' && sscanf(p + 1, "%3o", &byte) == 1 && p[1] && p[2] && p[3]) {
			*to++ = (char)byte;
			p += 3;
		} else {
			*to++ = *p;
		}
	}
	*to = '\0';
}

/* Type and source of a mount: the two words after " - " in its line of mountinfo (proc(5)). */
static bool find_mount(const struct evidence_options *o, int id, char type[64], char source[4096])
{
	SX_FREE char *path = sx_format("%s/proc/self/mountinfo", o->sysroot ? o->sysroot : "");
	SX_FCLOSE FILE *f = fopen(path, "re");
	SX_FREE char *line = NULL;
	size_t size = 0;
	int here;

	while (f && getline(&line, &size, f) > 0) {
		const char *rest = strstr(line, " - ");

		if (sscanf(line, "%d", &here) == 1 && here == id && rest)
			return sscanf(rest, " - %63s %4095s", type, source) == 2;
	}
	return false;
}

/* The fsid of statfs, for file systems where the kernel derives it from the UUID. */
static char *stable_fsid(int fd)
{
	static const unsigned long stable[] = { 0xef53 /* ext2/3/4 */, 0x9123683e /* btrfs */,
						0x2fc12fc1 /* zfs */ };
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return NULL;
	for (size_t i = 0; i < SX_COUNT(stable); i++) {
		if ((unsigned long)fs.f_type == stable[i])
			return sx_format("fsid %08x%08x", (unsigned)fs.f_fsid.__val[0],
					 (unsigned)fs.f_fsid.__val[1]);
	}
	return NULL;
}

/*
 * The file system by its UUID, which stays when devices get other numbers and names; else by its
 * fsid or its mount. The first word names the kind: only identities of one kind are compared.
 */
static char *file_system(const struct evidence_options *o, int fd)
{
	char type[64], source[4096];
	SX_FREE char *uuid = NULL;
	char *fsid;

	if (!find_mount(o, mount_id(fd), type, source))
		return stable_fsid(fd);
	evidence_unescape(source);
	if (source[0] == '/')
		uuid = evidence_blkid_uuid(source);
	if (uuid)
		return sx_format("uuid %s", uuid);
	fsid = stable_fsid(fd);
	return fsid ? fsid : sx_format("%s %s", type, source);
}

static void set_time(struct json *layer, const char *key, const struct timespec *t)
{
	SX_FREE char *text = sx_format("%lld.%09ld", (long long)t->tv_sec, t->tv_nsec);

	json_set_string(layer, key, text);
}

void evidence_file_take(const struct evidence_options *o, const struct evidence_reader *r,
			struct json *layer)
{
	SX_FREE char *inode = sx_format("%" PRIu64, (uint64_t)r->st.st_ino);
	SX_FREE char *fs = file_system(o, r->fd);

	json_set_string(layer, "kind", "file");
	json_set_string(layer, "filesystem", fs);
	json_set_string(layer, "inode", inode);
	json_set_number(layer, "size", (long long)r->st.st_size);
	set_time(layer, "mtime", &r->st.st_mtim);
	set_time(layer, "ctime", &r->st.st_ctim);
}
