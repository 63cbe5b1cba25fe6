/*
 * Whole files: reading with identity, and atomic replacement that keeps owner, mode, xattrs (and
 * so ACLs and SELinux labels) and writes through symlinks. Linux, libc only.
 */
#ifndef SAFEXL_FILE_H
#define SAFEXL_FILE_H

#include <safexl/err.h>
#include <safexl/str.h>
#include <sys/stat.h>

/* A file as it was read: content and identity. */
struct file_image {
	char *path; /* the real path, symlinks resolved */
	struct sx_str text;
	struct stat st;
};

#define FILE_IMAGE SX_CLEANUP(file_image_dispose) struct file_image

void file_image_dispose(struct file_image *image);
/* Read a regular file of at most 16 MiB. SX_ENOCONFIG when it is not there; SX_EFAIL else. */
int file_read(const char *path, struct file_image *out, struct sx_err *err) SX_MUST;
/* Is the file still the one that was read (inode, size, mtime, ctime)? */
bool file_same(const struct file_image *image);

/* A new version of a file, written beside it and not yet in place. */
struct file_staged {
	char *target; /* real path */
	char *temp; /* ".NAME.safexl-PID..." in the same directory */
};

#define FILE_STAGED SX_CLEANUP(file_unstage) struct file_staged

/*
 * Write the new content beside the file, with everything the old one has (owner, mode, xattrs),
 * fsynced. All that could make the later rename fail is tried now: read-only file system or
 * directory, immutable or append-only attribute, the file being a mount point, no room.
 * SX_ECANTWRITE.
 */
int file_stage(const struct file_image *old, const char *bytes, size_t len, struct file_staged *out,
	       struct sx_err *err) SX_MUST;
/*
 * Put the staged version in place and fsync the directory. Never overwrites an edit made since
 * `old` was read: exchanges the two names (renameat2) and looks at what came out; not the old
 * one: exchanged back, SX_ECHANGED. Afterwards *staged is empty. A file system without exchange:
 * identity compared just before a plain rename.
 */
int file_replace(const struct file_image *old, struct file_staged *staged,
		 struct sx_err *err) SX_MUST;
/* Remove a staged version that is not wanted; accepts a zeroed struct. */
void file_unstage(struct file_staged *staged);

/* Write a small private file (0600) atomically and durably: temp, fsync, rename, fsync directory. */
int file_write_durable(const char *path, const char *bytes, size_t len, struct sx_err *err) SX_MUST;
/* Unlink and fsync the directory; a file that is not there is no error. */
int file_remove_durable(const char *path, struct sx_err *err) SX_MUST;
/* fsync a directory. */
int file_sync_dir(const char *dir, struct sx_err *err) SX_MUST;

#endif
