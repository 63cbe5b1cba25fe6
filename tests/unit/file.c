/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole files: reading, replacing, and that an edit made at any moment is never overwritten. */
#include "file_world.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/syscall.h>

#define EDIT "name = 'web1' # edited\n"
#define LATER "name = 'web1' # edited again\n"

/* As an editor does that writes a new file and renames it. */
static void put_renamed(const char *path, const char *text)
{
	SX_FREE char *temp = sx_format("%s.editor", path);

	put(temp, text);
	if (rename(temp, path))
		abort();
}

static void test_read(struct world *w)
{
	FILE_IMAGE image = { 0 };
	SX_ERR err = { 0 };
	SX_FREE char *fifo = sx_format("%s/fifo", w->dir);
	SX_FREE char *big = sx_format("%s/big", w->dir);

	tap_ok(&w->t, file_read(w->path, &image, &err) == 0, "read a file");
	tap_is(&w->t, sx_str_text(&image.text), OLD, "its content");
	tap_ok(&w->t, file_same(&image), "it is the same");
	put(w->path, EDIT);
	tap_ok(&w->t, !file_same(&image), "after a write it is not");
	file_image_dispose(&image);
	tap_ok(&w->t, file_read("/nonexistent/x.cfg", &image, &err) && err.code == SX_ENOCONFIG,
	       "a file that is not there");
	tap_ok(&w->t, file_read(w->dir, &image, &err) && err.code == SX_EFAIL, "a directory");
	tap_ok(&w->t,
	       mkfifo(fifo, 0600) == 0 && file_read(fifo, &image, &err) && err.code == SX_EFAIL,
	       "a FIFO is refused, not waited for");
	put(big, "");
	tap_ok(&w->t,
	       truncate(big, (16 << 20) + 1) == 0 && file_read(big, &image, &err) &&
		       err.sys_errno == EFBIG,
	       "more than 16 MiB are refused");
	unlink(fifo);
	unlink(big);
	put(w->path, OLD);
}

static void test_plain(struct world *w)
{
	struct stat st;

	chmod(w->path, 0640);
	tap_is_num(&w->t, change(w->path, NEW, NULL), SX_OK, "replace a file");
	is_text(w, w->path, NEW, "it has the new content");
	tap_ok(&w->t, stat(w->path, &st) == 0 && (st.st_mode & 07777) == 0640, "its mode is kept");
	tap_is_num(&w->t, others(w), 0, "nothing is left beside it");
	put(w->path, OLD);
}

static void test_unstage(struct world *w)
{
	FILE_IMAGE image = { 0 };
	SX_ERR err = { 0 };
	int r = file_read(w->path, &image, &err);

	{
		FILE_STAGED staged = { 0 };

		r |= file_stage(&image, NEW, strlen(NEW), &staged, &err);
		tap_ok(&w->t, r == 0 && others(w) == 1, "a staged version is beside the file");
	}
	tap_is_num(&w->t, others(w), 0, "an unwanted one is removed");
	is_text(w, w->path, OLD, "and the file is as it was");
}

static void test_symlinks(struct world *w)
{
	SX_FREE char *first = sx_format("%s/first", w->dir);
	SX_FREE char *second = sx_format("%s/second", w->dir);
	struct stat st;

	if (symlink("second", first) || symlink("web1.cfg", second))
		abort();
	tap_is_num(&w->t, change(first, NEW, NULL), SX_OK, "replace through a chain of links");
	is_text(w, w->path, NEW, "the file at its end is the new one");
	tap_ok(&w->t,
	       lstat(first, &st) == 0 && S_ISLNK(st.st_mode) && lstat(second, &st) == 0 &&
		       S_ISLNK(st.st_mode),
	       "the links are still links");
	unlink(first);
	unlink(second);
	put(w->path, OLD);
}

static void test_long_name(struct world *w)
{
	SX_FREE char *path = sx_format("%s/%0250d.cfg", w->dir, 1);

	put(path, OLD);
	tap_is_num(&w->t, change(path, NEW, NULL), SX_OK, "a name of 254 bytes");
	is_text(w, path, NEW, "its content");
	unlink(path);
}

static void edit_rename(const char *path)
{
	put_renamed(path, EDIT);
}

static void edit_in_place(const char *path)
{
	put(path, EDIT);
}

/* Same length, same inode, and the same times: only the content tells. */
static void edit_hidden(const char *path)
{
	struct stat st;
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	struct timespec times[2];

	if (fd < 0 || fstat(fd, &st) || pwrite(fd, "N", 1, 0) != 1)
		abort();
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	if (futimens(fd, times) || close(fd))
		abort();
}

static void edit_remove(const char *path)
{
	unlink(path);
}

static void edit_mode(const char *path)
{
	chmod(path, 0600);
}

static void test_edited(struct world *w)
{
	SX_FREE char *hidden = sx_strdup(OLD);
	struct stat st;

	hidden[0] = 'N';
	tap_is_num(&w->t, change(w->path, NEW, edit_rename), SX_ECHANGED, "edited by rename");
	is_text(w, w->path, EDIT, "that edit is intact");
	put(w->path, OLD);
	tap_is_num(&w->t, change(w->path, NEW, edit_in_place), SX_ECHANGED, "edited in place");
	is_text(w, w->path, EDIT, "that edit is intact");
	put(w->path, OLD);
	tap_is_num(&w->t, change(w->path, NEW, edit_hidden), SX_ECHANGED, "same size and times");
	is_text(w, w->path, hidden, "that edit is intact");
	put(w->path, OLD);
	tap_is_num(&w->t, change(w->path, NEW, edit_mode), SX_ECHANGED, "mode changed");
	tap_ok(&w->t, stat(w->path, &st) == 0 && (st.st_mode & 07777) == 0600, "and kept");
	tap_is_num(&w->t, change(w->path, NEW, edit_remove), SX_ECHANGED, "removed");
	tap_ok(&w->t, access(w->path, F_OK) != 0, "it stays removed");
	put(w->path, OLD);
	tap_is_num(&w->t, others(w), 0, "nothing is left beside it");
}

/* What happens in the moment before the n-th exchange, counted from 1. */
static struct {
	int calls;
	void (*before[3])(const char *path);
	const char *path;
	bool missing; /* the file system has no exchange */
	int fd; /* of an editor that opened the file and writes a little later */
} moment;

/* In the place of libc's: what another program does just before it. */
int renameat2(int dir1, const char *from, int dir2, const char *to, unsigned flags)
{
	int call = moment.calls += flags == RENAME_EXCHANGE;

	if (flags == RENAME_EXCHANGE && call < (int)SX_COUNT(moment.before) && moment.before[call])
		moment.before[call](moment.path);
	if (moment.missing && flags == RENAME_EXCHANGE) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_renameat2, dir1, from, dir2, to, flags);
}

static enum sx_code change_at(struct world *w, void (*first)(const char *path),
			      void (*second)(const char *path))
{
	enum sx_code code;

	moment.calls = 0;
	moment.before[1] = first;
	moment.before[2] = second;
	moment.path = w->path;
	code = change(w->path, NEW, NULL);
	moment.before[1] = NULL;
	moment.before[2] = NULL;
	return code;
}

static void edit_later(const char *path)
{
	put_renamed(path, LATER);
}

static void edit_open(const char *path)
{
	moment.fd = open(path, O_WRONLY | O_CLOEXEC);
}

/* An edit made after the last look and before the exchange. */
static void test_moment(struct world *w)
{
	tap_is_num(&w->t, change_at(w, edit_rename, NULL), SX_ECHANGED, "renamed over just before");
	is_text(w, w->path, EDIT, "that edit is given back");
	put(w->path, OLD);
	tap_is_num(&w->t, change_at(w, edit_in_place, NULL), SX_ECHANGED, "written just before");
	is_text(w, w->path, EDIT, "that edit is given back");
	put(w->path, OLD);
	tap_is_num(&w->t, change_at(w, edit_hidden, NULL), SX_ECHANGED,
		   "written just before, same size and times");
	put(w->path, OLD);
	tap_is_num(&w->t, change_at(w, edit_rename, edit_later), SX_ECHANGED,
		   "and edited again just before it is given back");
	is_text(w, w->path, LATER, "the later edit stays");
	put(w->path, OLD);
	tap_is_num(&w->t, change_at(w, edit_remove, NULL), SX_ECHANGED, "removed just before");
	tap_ok(&w->t, access(w->path, F_OK) != 0, "it stays removed");
	put(w->path, OLD);
	tap_is_num(&w->t, change_at(w, edit_rename, edit_remove), SX_ECHANGED,
		   "edited, then removed just before it is given back");
	tap_ok(&w->t, access(w->path, F_OK) != 0, "it stays removed");
	put(w->path, OLD);
	tap_is_num(&w->t, change_at(w, edit_open, NULL), SX_ECHANGED, "opened just before");
	if (pwrite(moment.fd, EDIT, strlen(EDIT), 0) < 0 || close(moment.fd))
		abort();
	is_text(w, w->path, EDIT, "what is written then is in the file");
	put(w->path, OLD);
	tap_is_num(&w->t, others(w), 0, "nothing is left beside it");
}

static void test_writer(struct world *w)
{
	int fd = open(w->path, O_WRONLY | O_CLOEXEC);

	tap_is_num(&w->t, change(w->path, NEW, NULL), SX_ECANTWRITE,
		   "a file that a program has open for writing");
	close(fd);
	tap_is_num(&w->t, change(w->path, NEW, NULL), SX_OK, "closed: replaced");
	put(w->path, OLD);
}

static void test_no_exchange(struct world *w)
{
	moment.missing = true;
	tap_is_num(&w->t, change_at(w, edit_rename, NULL), SX_ECHANGED,
		   "a file system without exchange: edited");
	is_text(w, w->path, EDIT, "that edit is intact");
	tap_is_num(&w->t, change(w->path, NEW, NULL), SX_OK, "replaced");
	is_text(w, w->path, NEW, "its content");
	tap_is_num(&w->t, others(w), 0, "nothing is left beside it");
	moment.missing = false;
	put(w->path, OLD);
}

static int stage_and_die(struct world *w)
{
	FILE_IMAGE image = { 0 };
	struct file_staged staged = { 0 };
	SX_ERR err = { 0 };

	return file_read(w->path, &image, &err) || file_stage(&image, NEW, 1, &staged, &err);
}

static void test_sweep(struct world *w)
{
	FILE_IMAGE image = { 0 };
	FILE_STAGED staged = { 0 };
	SX_ERR err = { 0 };
	SX_FREE char *alike = sx_format("%s/.web1.cfg.safexl-notes-1", w->dir);

	put(alike, "");
	if (in_child(w, stage_and_die) || file_read(w->path, &image, &err) ||
	    file_stage(&image, NEW, 1, &staged, &err))
		abort();
	tap_is_num(&w->t, others(w), 3, "one staged by the dead, one by the living, one alike");
	tap_is_num(&w->t, (long)file_sweep(w->dir), 1, "a sweep removes that of the dead");
	tap_ok(&w->t, others(w) == 2 && access(staged.temp, F_OK) == 0 && access(alike, F_OK) == 0,
	       "and no other");
	unlink(alike);
}

/* What a crash leaves at the names of file and staged version, and what must be there then. */
static void test_settle(struct world *w)
{
	static const struct {
		void (*before)(const char *path); /* of the exchange */
		bool exchanged;
		void (*later)(const char *path);
		const char *want, *what;
	} cases[] = {
		{ NULL, false, NULL, OLD, "killed before the exchange" },
		{ NULL, true, NULL, NEW, "killed after it" },
		{ edit_rename, false, NULL, EDIT, "edited, killed before the exchange" },
		{ edit_rename, true, NULL, EDIT, "edited, killed before that was given back" },
		{ edit_in_place, true, NULL, EDIT, "the same in place" },
		{ edit_rename, true, edit_later, LATER, "edited again after the exchange" },
		{ NULL, true, edit_later, LATER, "edited only after the exchange" },
	};

	for (size_t i = 0; i < SX_COUNT(cases); i++) {
		bool conflict = cases[i].before && cases[i].later;
		FILE_IMAGE image = { 0 };
		struct file_staged staged = { 0 };
		SX_ERR err = { 0 };

		put(w->path, OLD);
		if (file_read(w->path, &image, &err) ||
		    file_stage(&image, NEW, strlen(NEW), &staged, &err))
			abort();
		close(staged.fd);
		if (cases[i].before)
			cases[i].before(w->path);
		if (cases[i].exchanged &&
		    renameat2(AT_FDCWD, staged.temp, AT_FDCWD, w->path, RENAME_EXCHANGE))
			abort();
		if (cases[i].later)
			cases[i].later(w->path);
		tap_is_num(&w->t, file_settle(w->path, staged.temp, OLD, &err), conflict ? -1 : 0,
			   cases[i].what);
		is_text(w, w->path, cases[i].want, "the content is right");
		tap_is_num(&w->t, others(w), conflict, "and what is no edit is removed");
		unlink(staged.temp);
		tap_is_num(&w->t, file_settle(w->path, staged.temp, OLD, &err), 0, "nothing left");
		free(staged.temp);
		free(staged.target);
	}
	put(w->path, OLD);
}

/* A sweep leaves alone what may be an edit. */
static void test_sweep_edit(struct world *w)
{
	SX_FREE char *edit = sx_format("%s/.web1.cfg.safexl-%d-1", w->dir, INT_MAX);

	put(edit, EDIT);
	tap_is_num(&w->t, (long)file_sweep(w->dir), 0, "what an exchange brought out is not swept");
	unlink(edit);
	free(edit);
	edit = sx_format("%s/.web1.cfg.safexl-%d-x0", w->dir, INT_MAX);
	put(edit, "");
	tap_is_num(&w->t, (long)file_sweep(w->dir), 1, "what was never complete is");
}

static void test_durable(struct world *w)
{
	SX_FREE char *path = sx_format("%s/entry", w->dir);
	SX_FREE char *missing = sx_format("%s/no/entry", w->dir);
	SX_ERR err = { 0 };
	struct stat st;

	tap_is_num(&w->t, file_write_durable(path, NEW, strlen(NEW), &err), 0, "write a file");
	tap_ok(&w->t, stat(path, &st) == 0 && (st.st_mode & 07777) == 0600, "it is private");
	is_text(w, path, NEW, "its content");
	tap_is_num(&w->t, file_write_durable(path, OLD, strlen(OLD), &err), 0, "write it again");
	is_text(w, path, OLD, "its content");
	tap_is_num(&w->t, file_write_cache(path, NEW, strlen(NEW), &err), 0, "and not durably");
	is_text(w, path, NEW, "its content");
	tap_is_num(&w->t, others(w), 1, "nothing is left beside it");
	tap_is_num(&w->t, file_remove_durable(path, &err), 0, "remove it");
	tap_is_num(&w->t, file_remove_durable(path, &err), 0, "gone already is no error");
	tap_ok(&w->t, file_write_durable(missing, OLD, 1, &err) && err.code == SX_ECANTWRITE,
	       "a directory that is not there");
}

int main(void)
{
	struct world w;

	world_open(&w);
	test_read(&w);
	test_plain(&w);
	test_unstage(&w);
	test_symlinks(&w);
	test_long_name(&w);
	test_edited(&w);
	test_moment(&w);
	test_no_exchange(&w);
	test_writer(&w);
	test_sweep(&w);
	test_settle(&w);
	test_sweep_edit(&w);
	test_durable(&w);
	return world_close(&w);
}
