/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a save may put its image: checked before xl runs, because xl takes the guest first. An
 * image replaces nothing that others need. See guard.h.
 */
#include "domain/config.h"
#include "guard/saved.h"
#include "host/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>

/* Not in linux/magic.h. */
#define MAGIC_ZFS 0x2fc12fc1

/* The command again, with other words for image and configuration (NULL: left out). */
static void add_words(char *const *words, const struct saved_words *split, const char *image,
		      const char *config, struct sx_str *out)
{
	sx_str_add(out, "safexl");
	for (size_t i = 0; words[i]; i++) {
		const char *word = words[i] == split->image    ? image
				   : words[i] == split->config ? config
							       : words[i];

		if (!word)
			continue;
		sx_str_addc(out, ' ');
		sx_str_add_quoted(out, word);
	}
}

static char *other_hint(char *const *words, const struct saved_words *split, bool is_config)
{
	SX_STR again = { 0 };

	if (split->config && is_config) {
		add_words(words, split, split->config, split->image, &again);
		return sx_format("the image comes before the configuration: %s",
				 sx_str_text(&again));
	}
	if (split->config || !split->image)
		return sx_strdup("save it to another file");
	add_words(words, split, NULL, NULL, &again);
	return sx_format("save it to another file, or where safexl keeps images: %s",
			 sx_str_text(&again));
}

/* What an unused device contains, with the command that wipes it. */
static void look_content(const char *path, char **reason, char **hint)
{
	SX_FREE char *content = evidence_content(path);

	if (!content)
		return;
	*reason = sx_format("%s is not empty, it holds %s", path, content);
	*hint = sx_format("save it to another file\nif that may be lost: wipefs -a %pQ", path);
}

/* Why the device is not free: a guest's disk, in use on this host, or not empty. */
static int look_device(const struct flow_env *env, const char *path, char **reason, char **hint,
		       struct sx_err *err)
{
	struct evidence_options options = { 0 };
	struct evidence_subject subject = { .target = path };
	struct evidence_uses *uses = NULL;
	SX_FREE char *owner = NULL;

	if (guard_disk_owner(env, path, NULL, &owner, err))
		return -1;
	if (owner)
		*reason = sx_format("%s is %s", path, owner);
	if (owner || evidence_uses_take(&options, &uses, err))
		return err->code ? -1 : 0;
	*reason = evidence_in_use(uses, &subject);
	evidence_uses_free(uses);
	if (!*reason)
		look_content(path, reason, hint);
	return 0;
}

char *saved_place_reason(const char *path)
{
	SX_CLOSE int fd = -1;
	struct stat st;

	if (stat(path, &st))
		return errno == ENOENT ? NULL : sx_format("%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return sx_format("%s is %s", path,
				 S_ISDIR(st.st_mode) ? "a directory" : "not a regular file");
	if (st.st_size == 0)
		return NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && image_begins(fd))
		return NULL;
	return sx_format("%s is neither empty nor a saved image", path);
}

/*
 * Why an existing file is not free: a configuration, a guest's disk, or its content. Where it cannot
 * be told whose disk it is, the content decides: nobody has an image as his disk.
 */
static int look_file(const struct flow_env *env, const char *path, bool *is_config, char **reason,
		     struct sx_err *err)
{
	SX_FREE char *owner = NULL;
	SX_ERR ignored = { 0 };

	if (config_is_known(env, path, is_config, err))
		return -1;
	if (!*is_config && guard_disk_owner(env, path, NULL, &owner, &ignored))
		sx_err_clear(&ignored);
	*reason = *is_config ? sx_format("%s is a configuration", path)
		  : owner    ? sx_format("%s is %s", path, owner)
			     : saved_place_reason(path);
	return 0;
}

/* A new file of such a name: swapped arguments, or a typing error. */
static bool is_config_name(const char *path)
{
	return sx_ends_with(path, ".cfg") || sx_ends_with(path, ".conf");
}

/* Can a rename give the image that name? */
static int check_name(const char *path, struct sx_err *err)
{
	SX_CLOSE int fd = -1;

	if (file_check_place(path, err))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	return fd < 0 ? 0 : file_check_replaceable(path, fd, err);
}

/* Another save may be writing it, and 'images --prune' removes it. */
static bool is_unfinished(const char *path)
{
	SX_FREE char *base = sx_path_base(path);

	return marker_is_temp_name(base);
}

int save_place_judge(const struct flow_env *env, char *const *words,
		     const struct saved_words *split, const char *image, struct sx_err *err)
{
	SX_FREE char *reason = NULL, *hint = NULL;
	bool is_config = false, exists;
	struct stat st = { 0 };
	int r = 0;

	exists = stat(image, &st) == 0;
	if (S_ISBLK(st.st_mode))
		r = look_device(env, image, &reason, &hint, err);
	else if (S_ISREG(st.st_mode))
		r = look_file(env, image, &is_config, &reason, err);
	else if (S_ISDIR(st.st_mode))
		reason = saved_place_reason(image);
	if (r)
		return -1;
	if (!reason && !st.st_size && is_config_name(image)) {
		is_config = true;
		reason = sx_format("%s is a name for a configuration", image);
	}
	if (!reason && (!exists || S_ISREG(st.st_mode)) && is_unfinished(image))
		reason = sx_format("%s is a name for an image that is not finished", image);
	if (!hint)
		hint = other_hint(words, split, is_config);
	if (reason) {
		sx_err_set(err, SX_EGUARD, "%s", reason);
		return sx_err_hint(err, "%s", hint);
	}
	if ((exists && !S_ISREG(st.st_mode)) || check_name(image, err) == 0)
		return 0;
	return err->hint ? -1 : sx_err_hint(err, "%s", hint);
}

/* File systems that compress can hold more than their free space. */
static bool is_compressing(const struct statfs *fs)
{
	return fs->f_type == BTRFS_SUPER_MAGIC || fs->f_type == MAGIC_ZFS;
}

/* An image is about as large as the guest's memory. */
int save_place_room(const char *image, uint64_t memory_kib, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(image);
	uint64_t room_kib;
	struct rlimit most;
	struct statfs fs;

	if (getrlimit(RLIMIT_FSIZE, &most) == 0 && most.rlim_cur != RLIM_INFINITY &&
	    most.rlim_cur / 1024 < memory_kib) {
		sx_err_set(err, SX_ECANTWRITE,
			   "the guest's memory is %" PRIu64
			   " KiB, and no file may be larger than %" PRIu64 " KiB here",
			   memory_kib, (uint64_t)most.rlim_cur / 1024);
		return sx_err_hint(err, "allow it, then do it again: ulimit -f unlimited");
	}
	if (statfs(dir, &fs))
		return sx_err_sys(err, SX_ECANTWRITE, "%s", dir);
	room_kib = (uint64_t)(geteuid() ? fs.f_bavail : fs.f_bfree) * (uint64_t)fs.f_bsize / 1024;
	if (room_kib >= memory_kib || is_compressing(&fs))
		return 0;
	sx_err_set(err, SX_ECANTWRITE,
		   "%s has room for %" PRIu64 " MiB, and the guest's memory is %" PRIu64 " MiB",
		   dir, room_kib / 1024, memory_kib / 1024);
	return sx_err_hint(err,
			   "save it to another file system\n"
			   "to remove images that can never be restored: safexl images --prune");
}
