/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lists of what is in use on this host now: mounts, swap, loop devices, files that processes hold
 * open. Read once; use.c searches them for many disks.
 */
#include "base/path.h"
#include "evidence/use.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

void evidence_uses_free(struct evidence_uses *uses)
{
	if (!uses)
		return;
	for (size_t i = 0; i < uses->used.len; i++)
		free(uses->used.items[i].how);
	for (size_t i = 0; i < uses->loops.len; i++)
		free(uses->loops.items[i].name);
	sx_vec_free(&uses->used);
	sx_vec_free(&uses->loops);
	free(uses->root);
	free(uses);
}

static void uses_cleanup(struct evidence_uses **uses)
{
	evidence_uses_free(*uses);
}

bool evidence_identify(const char *path, struct evidence_id *out)
{
	struct statx sx;

	*out = (struct evidence_id){ 0 };
	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO, &sx))
		return false;
	if (S_ISBLK(sx.stx_mode)) {
		out->rdev = makedev(sx.stx_rdev_major, sx.stx_rdev_minor);
	} else {
		out->dev = makedev(sx.stx_dev_major, sx.stx_dev_minor);
		out->ino = (ino_t)sx.stx_ino;
	}
	return S_ISBLK(sx.stx_mode) || S_ISREG(sx.stx_mode);
}

bool evidence_same(const struct evidence_id *a, const struct evidence_id *b)
{
	return a->rdev == b->rdev && a->dev == b->dev && a->ino == b->ino;
}

static void add_used(struct evidence_uses *uses, struct evidence_id id, char *how)
{
	struct evidence_used u = { .id = id, .how = how };

	sx_vec_push(&uses->used, u);
}

static FILE *open_list(const struct evidence_uses *uses, const char *name)
{
	SX_FREE char *path = sx_format("%s%s", uses->root, name);

	return fopen(path, "re");
}

/* A line of mountinfo, see proc(5): id parent major:minor root point options ... - type source */
static void add_mount(struct evidence_uses *uses, const char *line)
{
	char point[4096], source[4096], options[256];
	const char *rest = strstr(line, " - ");
	SX_FREE char *shown = NULL;
	SX_FREE char *how = NULL;
	struct evidence_id id = { 0 }, by_source;
	unsigned maj, min;
	bool ro;

	if (!rest ||
	    sscanf(line, "%*d %*d %u:%u %*s %4095s %255s", &maj, &min, point, options) != 4)
		return;
	evidence_unescape(point);
	shown = sx_shown(point);
	ro = strcmp(options, "ro") == 0 || sx_starts_with(options, "ro,");
	how = sx_format("is mounted %son %s", ro ? "read-only " : "", shown);
	id.rdev = makedev(maj, min);
	add_used(uses, id, sx_strdup(how));
	/* btrfs shows a device number of its own: add the source's, too. */
	if (sscanf(rest, " - %*s %4095s", source) != 1 || source[0] != '/')
		return;
	evidence_unescape(source);
	if (evidence_identify(source, &by_source) && by_source.rdev && by_source.rdev != id.rdev)
		add_used(uses, by_source, sx_steal(&how));
}

static int add_mounts(struct evidence_uses *uses, struct sx_err *err)
{
	SX_FCLOSE FILE *f = open_list(uses, "/proc/self/mountinfo");
	SX_FREE char *line = NULL;
	size_t size = 0;

	if (!f)
		return sx_err_sys(err, SX_EFAIL, "read /proc/self/mountinfo");
	while (getline(&line, &size, f) > 0)
		add_mount(uses, line);
	return 0;
}

static void add_swaps(struct evidence_uses *uses)
{
	SX_FCLOSE FILE *f = open_list(uses, "/proc/swaps");
	SX_FREE char *line = NULL;
	size_t size = 0;
	char path[4096];
	struct evidence_id id;

	while (f && getline(&line, &size, f) > 0) {
		if (sscanf(line, "%4095s", path) != 1 || path[0] != '/')
			continue;
		evidence_unescape(path);
		if (evidence_identify(path, &id))
			add_used(uses, id, sx_strdup("is used as swap space"));
	}
}

static void add_loop(struct evidence_uses *uses, const char *name)
{
	SX_FREE char *file = evidence_sys_text(&uses->o, "/sys/block/%s/loop/backing_file", name);
	SX_FREE char *dev = evidence_sys_text(&uses->o, "/sys/block/%s/dev", name);
	SX_FREE char *ro = evidence_sys_text(&uses->o, "/sys/block/%s/ro", name);
	struct evidence_loop loop = { .writable = !sx_streq(ro, "1") };
	unsigned maj, min;

	if (!file || !dev || sscanf(dev, "%u:%u", &maj, &min) != 2 ||
	    !evidence_identify(file, &loop.file))
		return;
	loop.rdev = makedev(maj, min);
	loop.name = sx_strdup(name);
	sx_vec_push(&uses->loops, loop);
}

/* Add the files that a process may write to: the link's own mode shows that, see proc(5). */
static void add_process(struct evidence_uses *uses, const char *dir, const char *pid)
{
	SX_FREE char *path = sx_format("%s/%s/fd", dir, pid);
	DIR *d = opendir(path);
	struct dirent *entry;
	struct stat st;

	while (d && (entry = readdir(d))) {
		struct evidence_used u = { .pid = (pid_t)strtol(pid, NULL, 10),
					   .fd = (int)strtol(entry->d_name, NULL, 10) };
		SX_FREE char *link = sx_path_join(path, entry->d_name);

		if (entry->d_name[0] != '.' && lstat(link, &st) == 0 && st.st_mode & S_IWUSR &&
		    evidence_identify(link, &u.id))
			sx_vec_push(&uses->used, u);
	}
	if (d)
		closedir(d);
}

/* Call `add` for each entry of a directory below sysroot. */
static void each_entry(struct evidence_uses *uses, const char *name,
		       void (*add)(struct evidence_uses *uses, const char *dir, const char *entry))
{
	SX_FREE char *path = sx_format("%s%s", uses->root, name);
	DIR *d = opendir(path);
	struct dirent *entry;

	while (d && (entry = readdir(d)))
		add(uses, path, entry->d_name);
	if (d)
		closedir(d);
}

static void add_if_process(struct evidence_uses *uses, const char *dir, const char *entry)
{
	if (entry[strspn(entry, "0123456789")] == '\0' && strtol(entry, NULL, 10) != getpid())
		add_process(uses, dir, entry);
}

static void add_if_loop(struct evidence_uses *uses, const char *dir SX_UNUSED, const char *entry)
{
	if (sx_starts_with(entry, "loop"))
		add_loop(uses, entry);
}

int evidence_uses_take(const struct evidence_options *o, struct evidence_uses **out,
		       struct sx_err *err)
{
	SX_CLEANUP(uses_cleanup) struct evidence_uses *uses = sx_alloc(sizeof(*uses));

	uses->root = sx_strdup(o->sysroot ? o->sysroot : "");
	uses->o.sysroot = uses->root;
	if (add_mounts(uses, err))
		return -1;
	add_swaps(uses);
	each_entry(uses, "/sys/block", add_if_loop);
	each_entry(uses, "/proc", add_if_process);
	*out = sx_steal(&uses);
	return 0;
}
