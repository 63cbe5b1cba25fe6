/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a disk is in use now: mounted, used as swap, held open for writing, claimed by a loop device
 * or device mapper. This covers the disk, its partitions, and the devices on top of it.
 */
#include "evidence/use.h"
#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

enum { DEVICES_MOST = 256 };

/* The disk itself or a device on top of it. */
struct level {
	struct evidence_id id;
	char *as; /* "partition 2", "loop2", "vg0-web1"; NULL: the disk itself */
	char *claim; /* reported if no other use is found: "is in use as loop2"; or NULL */
	char *mapped; /* path of a device-mapper device, which may be idle; else NULL */
	bool covered; /* another device is on top of it */
};

struct stack {
	SX_VEC_OF(struct level);
};

static void stack_dispose(struct stack *s)
{
	for (size_t i = 0; i < s->len; i++) {
		free(s->items[i].as);
		free(s->items[i].claim);
		free(s->items[i].mapped);
	}
	sx_vec_free(s);
}

/* Add a level and take over its strings, unless its device is in the stack already. */
static void stack_add(struct stack *s, struct level level)
{
	bool known = s->len >= DEVICES_MOST;

	for (size_t i = 0; i < s->len; i++)
		known = known || evidence_same(&s->items[i].id, &level.id);
	if (known) {
		free(level.as);
		free(level.claim);
		free(level.mapped);
	} else {
		sx_vec_push(s, level);
	}
}

static void add_loops(const struct evidence_uses *uses, struct stack *s, struct evidence_id id)
{
	sx_each(const struct evidence_loop, loop, &uses->loops) {
		if (evidence_same(&loop->file, &id))
			stack_add(s, (struct level){ .id.rdev = loop->rdev,
						     .as = sx_strdup(loop->name),
						     .claim = loop->writable
								      ? sx_format("is in use as %s",
										  loop->name)
								      : NULL });
	}
}

static void add_partition(struct stack *s, const struct evidence_options *dir,
			  struct evidence_id id)
{
	SX_FREE char *number = evidence_sys_text(dir, "/partition");

	if (number)
		stack_add(s, (struct level){ .id = id, .as = sx_format("partition %s", number) });
}

static void add_holder(struct stack *s, const struct evidence_options *dir, const char *name,
		       struct evidence_id id)
{
	SX_FREE char *dm = evidence_sys_text(dir, "/dm/name");
	SX_FREE char *shown = sx_shown(dm ? dm : name);

	stack_add(s, (struct level){ .id = id,
				     .as = sx_strdup(shown),
				     .claim = sx_format("is part of %s%s",
							dm ? "the device mapper's " : "", shown),
				     .mapped = dm ? sx_format("/dev/%s", name) : NULL });
}

/* Add the devices listed in a directory of /sys: partitions, or holders. */
static void add_listed(struct stack *s, const char *path, bool holders)
{
	DIR *d = opendir(path);
	struct dirent *entry;
	unsigned maj, min;

	while (d && (entry = readdir(d))) {
		SX_FREE char *below = sx_path_join(path, entry->d_name);
		struct evidence_options dir = { .sysroot = below };
		SX_FREE char *dev =
			entry->d_name[0] == '.' ? NULL : evidence_sys_text(&dir, "/dev");
		struct evidence_id id = { 0 };

		if (!dev || sscanf(dev, "%u:%u", &maj, &min) != 2)
			continue;
		id.rdev = makedev(maj, min);
		if (holders)
			add_holder(s, &dir, entry->d_name, id);
		else
			add_partition(s, &dir, id);
	}
	if (d)
		closedir(d);
}

/* Add the disk and all devices on top of it. */
static void stack_grow(const struct evidence_uses *uses, struct stack *s, struct evidence_id disk)
{
	stack_add(s, (struct level){ .id = disk });
	for (size_t i = 0; i < s->len; i++) {
		struct evidence_id id = s->items[i].id;

		add_loops(uses, s, id);
		if (id.rdev) {
			SX_FREE char *dir = evidence_sys_dir(&uses->o, id.rdev);
			SX_FREE char *holders = sx_path_join(dir, "holders");
			size_t before;

			add_listed(s, dir, false);
			before = s->len;
			add_listed(s, holders, true);
			s->items[i].covered = s->len > before;
		}
	}
}

/* NULL when the process has it open only for reading, or no longer. */
static char *how_used(const struct evidence_uses *uses, const struct evidence_used *u)
{
	SX_FREE char *info = NULL;
	SX_FREE char *name = NULL;
	SX_FREE char *shown = NULL;
	const char *flags;
	unsigned value;

	if (u->how)
		return sx_strdup(u->how);
	info = evidence_sys_text(&uses->o, "/proc/%d/fdinfo/%d", (int)u->pid, u->fd);
	name = evidence_sys_text(&uses->o, "/proc/%d/comm", (int)u->pid);
	shown = sx_shown(name ? name : "?");
	flags = info ? strstr(info, "flags:") : NULL;
	if (!flags || sscanf(flags, "flags: %o", &value) != 1 || (value & O_ACCMODE) == O_RDONLY)
		return NULL;
	return sx_format("is held open for writing by pid %d (%s)", (int)u->pid, shown);
}

static char *use_of_level(const struct evidence_uses *uses, const char *path,
			  const struct level *level)
{
	for (size_t i = 0; i < uses->used.len; i++) {
		SX_FREE char *how = NULL;

		if (!evidence_same(&uses->used.items[i].id, &level->id))
			continue;
		how = how_used(uses, &uses->used.items[i]);
		if (how)
			return sx_format("%s %s%s%s%s", path, how, level->as ? " (as " : "",
					 level->as ? level->as : "", level->as ? ")" : "");
	}
	return NULL;
}

/* Does the kernel refuse an exclusive open: mounted in another namespace, part of an array? */
static bool is_claimed(const char *path)
{
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_EXCL);

	return fd < 0 && errno == EBUSY;
}

/*
 * Device mapper may map any disk that holds volumes, a guest's too, and then claims the disk. That
 * alone is no use of the disk as long as nobody has claimed the mapped device.
 */
static bool is_idle(const struct level *level)
{
	return level->mapped && (level->covered || !is_claimed(level->mapped));
}

static char *use_of_file(const struct evidence_uses *uses, const char *path)
{
	SX_CLEANUP(stack_dispose) struct stack stack = { 0 };
	SX_FREE char *shown = sx_shown(path);
	struct evidence_id disk;
	bool mapped = false;
	char *use = NULL;

	if (!evidence_identify(path, &disk))
		return NULL;
	stack_grow(uses, &stack, disk);
	for (size_t i = 0; i < stack.len && !use; i++)
		use = use_of_level(uses, shown, &stack.items[i]);
	for (size_t i = 0; i < stack.len && !use; i++) {
		mapped = mapped || stack.items[i].mapped;
		if (stack.items[i].claim && !is_idle(&stack.items[i]))
			use = sx_format("%s %s", shown, stack.items[i].claim);
	}
	if (!use && !mapped && disk.rdev && is_claimed(path))
		use = sx_format("%s is claimed by the kernel (mounted elsewhere, or part of "
				"another device)",
				shown);
	return use;
}

char *evidence_in_use(const struct evidence_uses *uses, const struct evidence_subject *s)
{
	EVIDENCE_CHAIN chain = { 0 };
	SX_FREE char *reason = evidence_unverifiable(s);
	char *use = NULL;

	if (reason || !s->target || !*s->target || sx_streq(s->format, "empty"))
		return NULL;
	evidence_chain_start(&chain, evidence_path(s), evidence_format(s));
	for (size_t i = 0; i < chain.len && i < EVIDENCE_CHAIN_LONGEST && !use; i++) {
		struct evidence_link link = chain.items[i];
		EVIDENCE_READER r = { .fd = -1 };
		SX_ERR err = { 0 };

		if (link.reason)
			continue;
		use = use_of_file(uses, link.path);
		/* A file that cannot be read counts as unused; evidence_compare reports it. */
		if (!use && !evidence_open(link.path, &r, &err) &&
		    evidence_chain_next(&r, link.format, &chain, &err))
			continue;
	}
	return use;
}
