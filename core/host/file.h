/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole files: reading with identity, and atomic replacement that keeps owner, mode, xattrs (and
 * so ACLs and SELinux labels) and writes through symlinks. Linux, libc only.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>
#include <sys/stat.h>

/* A file as it was read: content and identity. */
struct file_image {
	char *path; /* the real path, symlinks resolved */
	struct sx_str text;
	struct stat st;
};

/* The most that is read of a file, and so the most that is written to one of our own, in bytes. */
enum { FILE_LARGEST = 16 << 20 };

#define FILE_IMAGE SX_CLEANUP(file_image_dispose) struct file_image

void file_image_dispose(struct file_image *image);
/*
 * Read a regular file of at most FILE_LARGEST. SX_ENOCONFIG: it does not exist; SX_ECHANGED:
 * somebody kept writing it meanwhile; SX_EFAIL: any other error.
 */
int file_read(const char *path, struct file_image *out, struct sx_err *err) SX_MUST;
/*
 * Does the path, itself or through a link, lead to a descriptor of this process (standard input, a
 * shell's <(...)) or to neither file nor directory (a pipe)? Then it cannot be opened again later.
 */
bool file_is_stream(const char *path);
/* Do two paths lead to one device or file? One that leads nowhere equals only itself; NULL none. */
bool file_same_storage(const char *a, const char *b);
/* Read the regular file behind such a path, as xl would, even if it has no name any more. */
int file_read_stream(const char *path, struct sx_str *out, struct sx_err *err) SX_MUST;
/*
 * Read what can be read only once: a pipe, a FIFO, /dev/fd/N, or "-" for standard input; at most
 * FILE_LARGEST. Waits for its end. out->path is a copy of `path`.
 */
int file_read_once(const char *path, struct file_image *out, struct sx_err *err) SX_MUST;
/* Is its whole text this one? */
bool file_image_is(const struct file_image *image, const char *text);
/* Is the file still the one that was read (inode, size, mode, owner, mtime, ctime)? */
bool file_same(const struct file_image *image);

/* A new version of a file, written beside it and not yet in place. Zeroed: nothing staged. */
struct file_staged {
	char *target; /* real path */
	char *temp; /* ".NAME.safexl-PID-INODE" in the same directory */
	int fd; /* open and locked (flock) while it is wanted, see file_sweep; 0: not open */
};

#define FILE_STAGED SX_CLEANUP(file_unstage) struct file_staged

/*
 * Write the new content beside the file, with the old one's owner, mode and xattrs. The caller
 * fsyncs out->temp (file_write_durable_with can do that). What could make the later rename fail is
 * tried now, SX_ECANTWRITE: read-only file system or directory, immutable or append-only attribute,
 * a mount point, another program that has the file open for writing, no room. SX_ECHANGED when the
 * file is no longer the one that was read.
 */
int file_stage(const struct file_image *old, const char *bytes, size_t len, struct file_staged *out,
	       struct sx_err *err) SX_MUST;
/*
 * Put the staged version, which the caller has fsynced, in place; the caller then fsyncs the
 * directory. Never overwrites an edit made since `old` was read: it exchanges the two names
 * (renameat2) and, if what came out is not the old one, exchanges them back: SX_ECHANGED. On a file
 * system without exchange it compares the identity just before a plain rename. *staged is empty
 * afterwards in any case. Any error but SX_ECHANGED leaves open which version is in place.
 */
int file_replace(const struct file_image *old, struct file_staged *staged,
		 struct sx_err *err) SX_MUST;
/*
 * Finish a file_replace that a crash interrupted, judging by the names and the text it started
 * from. Removes `temp` if it is the staged version or the replaced one. If it is an edit that the
 * exchange took out, gives that its name back and removes the staged version. No `temp`: nothing to
 * do. SX_ECONFLICT when `temp` is an edit and the file another one.
 */
int file_settle(const char *target, const char *temp, const char *old_text,
		struct sx_err *err) SX_MUST;
/* Remove a staged version that is not wanted; accepts a zeroed struct. */
void file_unstage(struct file_staged *staged);
/*
 * Remove what dead processes have left staged in a directory, as far as possible; returns how many.
 * Leaves alone what needs file_settle.
 */
size_t file_sweep(const char *dir);

/* What the name of a staged version says. */
struct file_staged_id {
	pid_t pid; /* who staged it */
	bool named; /* false: not completely staged yet, and `ino` means nothing */
	ino_t ino;
};

/* Is this (a last component) the name of a staged version? */
bool file_staged_name(const char *name, struct file_staged_id *out);
/* Is this the name of a staged version of the file, beside it? */
bool file_is_staged_of(const char *path, const char *temp);
/* Create a private file (0600) under a new name beside `path`: temp, target and fd of *out. */
int file_stage_open(const char *path, struct file_staged *out, struct sx_err *err) SX_MUST;
/* Give `to` the owner, mode and extended attributes of `from` (open files). SX_ECANTWRITE. */
int file_keep_attributes(int from, int to, const char *path, struct sx_err *err) SX_MUST;
/* Check that nothing prevents replacing an open file later (see file_stage). SX_ECANTWRITE. */
int file_check_replaceable(const char *path, int fd, struct sx_err *err) SX_MUST;
/* Check that nothing prevents a rename to this path, existing or not. SX_ECANTWRITE. */
int file_check_place(const char *path, struct sx_err *err) SX_MUST;
/* Is the open file, at this moment, the very one that was read, with nobody writing it? */
bool file_is_image(int fd, const struct file_image *image);
/*
 * Read bytes at an offset: fewer only at the end of the file or device; -1 with errno. With O_DIRECT
 * buffer, length and offset are multiples of 4096.
 */
ssize_t file_read_at(int fd, void *buf, size_t len, uint64_t offset) SX_MUST;
/* Write all bytes to a descriptor; -1 with errno. */
int file_write_all(int fd, const char *bytes, size_t len) SX_MUST;

/* Create a private file (0600), open for writing. SX_ECANTWRITE also if the path exists. */
int file_create_new(const char *path, struct sx_err *err) SX_MUST;
/*
 * Write a small private file (0600) atomically and durably: temp, fsync, rename, fsync directory.
 * SX_ECANTWRITE also when it would be larger than file_read reads.
 */
int file_write_durable(const char *path, const char *bytes, size_t len, struct sx_err *err) SX_MUST;
/* The same; also fsyncs `other` (or NULL), at the same time and before the rename. */
int file_write_durable_with(const char *path, const char *bytes, size_t len, char *other,
			    struct sx_err *err) SX_MUST;
/* The same without the fsyncs, for data that can be made again. */
int file_write_cache(const char *path, const char *bytes, size_t len, struct sx_err *err) SX_MUST;
/* Unlink; a missing file is no error. SX_ECANTWRITE. */
int file_remove(const char *path, struct sx_err *err) SX_MUST;
/* Unlink and fsync the directory; a missing file is no error. SX_EFAIL. */
int file_remove_durable(const char *path, struct sx_err *err) SX_MUST;
/* fsync a directory. */
int file_sync_dir(const char *dir, struct sx_err *err) SX_MUST;
