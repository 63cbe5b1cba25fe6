/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Drives one recorded change through a fault at every call that changes the file system (see
 * preload_fault.c), each time in a fresh copy of a prepared world, and looks at what is there
 * after the next command. Usage:
 *
 *	crash [-e] [-k CALL] ACTION BASE NEXT COMMAND
 *
 * ACTION is that of preload_fault.c, with a '+' behind it for all calls from the n-th on. BASE
 * holds root/ (SAFEXL_ROOT) and xen/ (SAFEXL_FAKE) with the domain web1, its domid 1 if it runs. NEXT and
 * COMMAND are words of safexl, separated by blanks. With -e the configuration holds an edit that
 * is not committed. With -k, COMMAND is killed before the first call on a path that ends in CALL,
 * and the faults (kills only) come to the "recover" after it. In the environment: BUILD, what
 * tests/flow/lib.sh sets, and CRASH_STRIDE to look at every so many-th call only. Failing cases
 * go to stdout, one line each; the exit status tells whether there were any.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKERS 2
#define MAX_TEXT 65536
#define MAX_PATH 4096
#define MAX_CALLS 1000

/* What must agree. */
struct state {
	char file[MAX_TEXT];
	char link[MAX_PATH]; /* auto/web1 */
	char domain[MAX_TEXT];
	char history[MAX_TEXT]; /* subjects of the commits */
};

struct plan {
	const char *build, *base, *next, *command;
	char action[32];
	bool onward, kills, torn, edited;
	/* What a world may look like in the end: without the change and with it, NEXT done. */
	struct state without, with;
	char old_domain[MAX_TEXT];
	char kinds[MAX_CALLS]; /* of the calls, from an undisturbed run */
	int calls;
	int stride; /* only every so many-th call is looked at: CRASH_STRIDE, 1 else */
	const char *first; /* -k */
	int first_at; /* the number of that call; 0 before it is known */
};

/* How the cases of a worker went. */
struct tally {
	int cases, failed;
	int done, refused, kept; /* exit 0; before the guest was touched; 74 */
};

struct world {
	char dir[MAX_PATH / 2];
	char preload[MAX_PATH];
};

__attribute__((noreturn, format(printf, 1, 2))) static void give_up(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("crash: ", stdout);
	vprintf(fmt, ap);
	printf(": %s\n", strerror(errno));
	va_end(ap);
	fflush(stdout);
	_exit(2);
}

/* ---- files ---- */

static void path_of(char out[MAX_PATH], const char *dir, const char *name)
{
	if (snprintf(out, MAX_PATH, "%s/%s", dir, name) >= MAX_PATH)
		give_up("%s: too long", dir);
}

/* The text of a file, "" when it is not there. */
static void read_text(const char *dir, const char *name, char out[MAX_TEXT])
{
	char path[MAX_PATH];
	ssize_t n = 0;
	int fd;

	path_of(path, dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, out, MAX_TEXT - 1);
		close(fd);
	}
	out[n > 0 ? n : 0] = '\0';
}

static void copy_file(const char *from, const char *to, mode_t mode)
{
	char buf[MAX_TEXT];
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode & 07777);
	ssize_t n;

	while (in >= 0 && out >= 0 && (n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			give_up("write %s", to);
	if (in < 0 || out < 0 || close(in) || close(out))
		give_up("copy %s", from);
}

static void copy_link(const char *from, const char *to)
{
	char target[MAX_PATH] = "";

	if (readlink(from, target, sizeof(target) - 1) < 0 || symlink(target, to))
		give_up("copy %s", from);
}

static void copy_tree(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *de;

	if (!d || mkdir(to, 0755))
		give_up("copy %s", from);
	while ((de = readdir(d))) {
		char a[MAX_PATH], b[MAX_PATH];
		struct stat st;

		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		path_of(a, from, de->d_name);
		path_of(b, to, de->d_name);
		if (lstat(a, &st))
			give_up("%s", a);
		if (S_ISDIR(st.st_mode))
			copy_tree(a, b);
		else if (S_ISLNK(st.st_mode))
			copy_link(a, b);
		else
			copy_file(a, b, st.st_mode);
	}
	closedir(d);
	if (fflush(stdout))
		give_up("stdout");
}

static void remove_tree(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *de;

	while (d && (de = readdir(d))) {
		char path[MAX_PATH];

		if (strcmp(de->d_name, ".") == 0 || strcmp(de->d_name, "..") == 0)
			continue;
		path_of(path, dir, de->d_name);
		if (unlink(path) && errno == EISDIR)
			remove_tree(path);
	}
	if (d)
		closedir(d);
	rmdir(dir);
}

/* ---- processes ---- */

static void split(char *text, char **words, size_t max)
{
	size_t n = 0;
	char *save = NULL;

	for (char *p = strtok_r(text, " ", &save); p && n + 1 < max; p = strtok_r(NULL, " ", &save))
		words[n++] = p;
	words[n] = NULL;
}

/* Run a program with its output in the world's "out"; its waitpid status. */
static int run(const struct world *w, const char *program, const char *line)
{
	char text[MAX_PATH], out[MAX_PATH], *words[32];
	int status, fd;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		snprintf(text, sizeof(text), "%s %s", program, line);
		split(text, words, 32);
		path_of(out, w->dir, "out");
		fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
			_exit(126);
		close(fd);
		/* A run that hangs is a failure, not the end of the test. */
		alarm(60);
		execvp(words[0], words);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		give_up("run %s", line);
	return status;
}

static int safexl(const struct plan *p, const struct world *w, const char *line)
{
	char program[MAX_PATH];

	path_of(program, p->build, "safexl");
	return run(w, program, line);
}

/* The same under a fault at call n; 0: only counted and logged. */
static int safexl_faulty(const struct plan *p, const struct world *w, const char *line,
			 const char *action, int n)
{
	char text[MAX_PATH];
	int status;

	path_of(text, w->dir, "calls");
	unlink(text);
	setenv("FAULT_LOG", text, 1);
	setenv("FAULT_EXE", "safexl", 1);
	setenv("LD_PRELOAD", w->preload, 1);
	if (n) {
		snprintf(text, sizeof(text), "%d", n);
		setenv("FAULT_AT", text, 1);
		setenv("FAULT_ACTION", action, 1);
		setenv("FAULT_ONWARD", p->onward ? "1" : "0", 1);
	}
	status = safexl(p, w, line);
	unsetenv("LD_PRELOAD");
	unsetenv("FAULT_AT");
	unsetenv("FAULT_LOG");
	return status;
}

/* ---- worlds ---- */

/* A fresh copy of the base, and the environment that points there; the first kill is done. */
static void world_fresh(const struct plan *p, const struct world *w)
{
	static const char *const parts[] = { "root", "xen" };

	for (size_t i = 0; i < 2; i++) {
		char from[MAX_PATH], to[MAX_PATH];

		path_of(from, p->base, parts[i]);
		path_of(to, w->dir, parts[i]);
		remove_tree(to);
		copy_tree(from, to);
		setenv(i ? "SAFEXL_FAKE" : "SAFEXL_ROOT", to, 1);
	}
	if (p->first_at &&
	    !WIFSIGNALED(safexl_faulty(p, w, p->command, "kill-before", p->first_at)))
		give_up("'%s' was not killed", p->command);
}

static void world_state(const struct world *w, struct state *out)
{
	char path[MAX_PATH];
	ssize_t n;

	read_text(w->dir, "root/etc/xen/web1.cfg", out->file);
	path_of(path, w->dir, "root/etc/xen/auto/web1");
	n = readlink(path, out->link, sizeof(out->link) - 1);
	out->link[n > 0 ? n : 0] = '\0';
	read_text(w->dir, "xen/1.dom", out->domain);
}

static void world_history(const struct world *w, struct state *out)
{
	char line[MAX_PATH];

	snprintf(line, sizeof(line), "-c safe.directory=* -C %s/root/etc/xen log --format=%%s",
		 w->dir);
	out->history[0] = '\0';
	if (run(w, "git", line) == 0)
		read_text(w->dir, "out", out->history);
}

static bool same_state(const struct state *a, const struct state *b)
{
	return strcmp(a->file, b->file) == 0 && strcmp(a->link, b->link) == 0 &&
	       strcmp(a->domain, b->domain) == 0;
}

/* Names in a directory that have no business there any more; appended to `out`. */
static void leftovers(const struct world *w, const char *sub, bool (*bad)(const char *name),
		      char *out, size_t size)
{
	char dir[MAX_PATH];
	struct dirent *de;
	DIR *d;

	path_of(dir, w->dir, sub);
	d = opendir(dir);
	while (d && (de = readdir(d))) {
		size_t len = strlen(out);

		if (strcmp(de->d_name, ".") != 0 && strcmp(de->d_name, "..") != 0 &&
		    bad(de->d_name))
			snprintf(out + len, size - len, " %s/%s", sub, de->d_name);
	}
	if (d)
		closedir(d);
}

static bool any(const char *name)
{
	(void)name;
	return true;
}

static bool not_config(const char *name)
{
	return strcmp(name, "web1.cfg") != 0 && strcmp(name, ".git") != 0 &&
	       strcmp(name, "auto") != 0;
}

static bool not_link(const char *name)
{
	return strcmp(name, "web1") != 0;
}

static bool temporary(const char *name)
{
	size_t len = strlen(name);

	if (strcmp(name, "deed") == 0)
		return true;

	return strstr(name, "safexl") || (len > 5 && strcmp(name + len - 5, ".lock") == 0);
}

/* What is wrong with the repository: "" when nothing is. */
static void judge_repository(const struct plan *p, const struct world *w, bool changed, char *out,
			     size_t size)
{
	char line[MAX_PATH], text[MAX_TEXT], path[MAX_PATH], *save = NULL;

	path_of(path, w->dir, "root/etc/xen/.git");
	if (access(path, F_OK)) {
		if (changed)
			snprintf(out, size, "no repository");
		return;
	}
	snprintf(line, sizeof(line), "-c safe.directory=* -C %s/root/etc/xen fsck --strict",
		 w->dir);
	if (run(w, "git", line))
		snprintf(out, size, "git fsck fails");
	read_text(w->dir, "out", text);
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		if (strncmp(l, "dangling", 8) != 0 && strncmp(l, "notice", 6) != 0)
			snprintf(out, size, "git fsck: %.200s", l);
	/* HEAD, index and file are one. */
	snprintf(line, sizeof(line),
		 "-c safe.directory=* -C %s/root/etc/xen status --porcelain --untracked-files=no",
		 w->dir);
	if (run(w, "git", line))
		snprintf(out, size, "git status fails");
	read_text(w->dir, "out", text);
	if (*text && (changed || !p->edited))
		snprintf(out, size, "git status: %.200s", text);
}

/* After NEXT: "" when all is well, else what is not. */
static void judge(const struct plan *p, const struct world *w, char *out, size_t size)
{
	static struct state now;
	bool with, without;

	out[0] = '\0';
	world_state(w, &now);
	with = same_state(&now, &p->with);
	without = same_state(&now, &p->without);
	if (!with && !without) {
		snprintf(out, size, "file and domain do not agree");
		return;
	}
	judge_repository(p, w, with, out, size);
	if (!*out && with) {
		world_history(w, &now);
		if (strcmp(now.history, p->with.history) != 0)
			snprintf(out, size, "the history is: %.300s", now.history);
	}
	if (*out)
		return;
	leftovers(w, "root/etc/xen", not_config, out, size);
	leftovers(w, "root/etc/xen/auto", not_link, out, size);
	leftovers(w, "root/var/lib/safexl/journal", any, out, size);
	leftovers(w, "root/var/lib/safexl", temporary, out, size);
	leftovers(w, "root/etc/xen/.git", temporary, out, size);
	leftovers(w, "root/etc/xen/.git/refs/heads", temporary, out, size);
}

/* ---- cases ---- */

static bool dir_is_empty(const struct world *w, const char *sub)
{
	char names[MAX_PATH] = "";

	leftovers(w, sub, any, names, sizeof(names));
	return !*names;
}

static bool exists(const struct world *w, const char *name)
{
	char path[MAX_PATH];

	path_of(path, w->dir, name);
	return access(path, F_OK) == 0;
}

/*
 * What a run that was given an error may do: succeed; refuse before the guest was touched; or
 * end with 74, the journal kept.
 */
static void judge_error(const struct plan *p, const struct world *w, int status, char *out,
			size_t size)
{
	static struct state now;
	char log[MAX_TEXT], path[MAX_PATH];
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	out[0] = '\0';
	world_state(w, &now);
	read_text(w->dir, "xen/log", log);
	path_of(path, w->dir, "out");
	if (code < 0)
		snprintf(out, size, "ended by signal %d", WTERMSIG(status));
	else if (code == 74 && dir_is_empty(w, "root/var/lib/safexl/journal") &&
		 !exists(w, "root/var/lib/safexl/deed"))
		snprintf(out, size, "status 74 without a journal entry");
	else if (code != 0 && code != 74 && *log)
		snprintf(out, size, "status %d after xl was run", code);
	else if (code != 0 && code != 74 && strcmp(now.domain, p->old_domain) != 0)
		snprintf(out, size, "status %d and the domain is changed", code);
}

/* The call that the fault was at, as logged. */
static void call_text(const struct world *w, int n, char *out, size_t size)
{
	char text[MAX_TEXT], *save = NULL;

	read_text(w->dir, "calls", text);
	snprintf(out, size, "?");
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		if (strtol(l, NULL, 10) == n)
			snprintf(out, size, "%s", l);
}

static void report(const struct plan *p, const struct world *w, int n, const char *what)
{
	char call[MAX_PATH], text[MAX_TEXT];

	call_text(w, n, call, sizeof(call));
	read_text(w->dir, "out", text);
	printf("%s%s at %s: %s\n", p->action, p->onward ? "+" : "", call, what);
	if (*text)
		printf("  said: %s", text);
	fflush(stdout);
}

/* One fault. False when the change was not reached by it: there are no more calls. */
static bool one_case(const struct plan *p, const struct world *w, int n, struct tally *tally)
{
	char what[MAX_PATH] = "";
	bool reached = true;
	int status;

	world_fresh(p, w);
	status = safexl_faulty(p, w, p->first ? "recover" : p->command, p->action, n);
	if (p->kills)
		reached = WIFSIGNALED(status);
	else
		judge_error(p, w, status, what, sizeof(what));
	if (!p->kills && WIFEXITED(status))
		*(WEXITSTATUS(status) == 0    ? &tally->done
		  : WEXITSTATUS(status) == 74 ? &tally->kept
					      : &tally->refused) += 1;
	if (!*what) {
		status = safexl(p, w, p->next);
		if (status)
			snprintf(what, sizeof(what), "'%s' ends with %d", p->next,
				 WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
		else
			judge(p, w, what, sizeof(what));
	}
	if (*what) {
		report(p, w, n, what);
		tally->failed++;
	}
	tally->cases++;
	return reached;
}

/* Whether the action means anything for this call: the kinds of preload_fault.c. */
static bool can_fail(const struct plan *p, int n)
{
	const char *kinds = p->torn			       ? "w"
			    : strcmp(p->action, "ENOSPC") == 0 ? "cwars"
			    : strcmp(p->action, "EIO") == 0    ? "cwarsmu"
							       : "cmur";

	return strchr(kinds, p->kinds[n]) != NULL;
}

static int work(const struct plan *p, int worker, int done_fd)
{
	struct world w;
	struct tally tally = { 0 };

	snprintf(w.dir, sizeof(w.dir), "%s.%d", p->base, worker);
	path_of(w.preload, p->build, "fake/preload_fault.so");
	mkdir(w.dir, 0755);
	/* Of the calls that come into question, every so many-th. */
	for (int n = 1, k = 0; n < MAX_CALLS; n++) {
		bool every = p->kills && !p->torn;

		if (!every && n > p->calls)
			break;
		if (!every && !can_fail(p, n))
			continue;
		if (k++ % (WORKERS * p->stride) != worker * p->stride)
			continue;
		/* Calls differ a little from run to run: the end is where none is reached. */
		if (!one_case(p, &w, n, &tally) && every)
			break;
	}
	remove_tree(w.dir);
	return write(done_fd, &tally, sizeof(tally)) != sizeof(tally);
}

/* ---- the plan ---- */

__attribute__((noreturn)) static void spoiled(const struct world *w, const char *line)
{
	char text[MAX_TEXT];

	read_text(w->dir, "out", text);
	printf("crash: '%s' does not work undisturbed: %s", line, text);
	fflush(stdout);
	_exit(2);
}

/* Learn the calls of an undisturbed run from its log. */
static void read_calls(struct plan *p, const struct world *w)
{
	static char text[16 * MAX_TEXT];
	char path[MAX_PATH], *save = NULL;
	FILE *f;

	path_of(path, w->dir, "calls");
	f = fopen(path, "r");
	if (!f)
		give_up("%s", path);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		size_t len = strlen(l), end = p->first ? strlen(p->first) : 0;

		p->calls = (int)strtol(l, &l, 10);
		if (p->calls < MAX_CALLS && *l)
			p->kinds[p->calls] = l[1];
		if (end && !p->first_at && len > end && strcmp(l + strlen(l) - end, p->first) == 0)
			p->first_at = p->calls;
	}
}

/* NEXT on a fresh world, after the change or not. */
static void undisturbed(struct plan *p, const struct world *w, bool change, struct state *out)
{
	world_fresh(p, w);
	if (change && safexl_faulty(p, w, p->first ? "recover" : p->command, "", 0))
		spoiled(w, p->first ? "recover" : p->command);
	if (safexl(p, w, p->next))
		spoiled(w, p->next);
	world_state(w, out);
	world_history(w, out);
}

static void prepare(struct plan *p)
{
	struct world w;

	snprintf(w.dir, sizeof(w.dir), "%s.0", p->base);
	path_of(w.preload, p->build, "fake/preload_fault.so");
	if (mkdir(w.dir, 0755) && errno != EEXIST)
		give_up("%s", w.dir);
	world_fresh(p, &w);
	read_text(w.dir, "xen/1.dom", p->old_domain);
	if (safexl_faulty(p, &w, p->command, "", 0))
		spoiled(&w, p->command);
	read_calls(p, &w);
	if (p->first && !p->first_at)
		give_up("no call on '%s'", p->first);
	undisturbed(p, &w, false, &p->without);
	undisturbed(p, &w, true, &p->with);
	if (!p->first && same_state(&p->with, &p->without))
		give_up("'%s' changes nothing", p->command);
	remove_tree(w.dir);
}

int main(int argc, char **argv)
{
	static struct plan p;
	int option, status, broken = 0, done[2];
	struct tally one, all = { 0 };
	size_t len;

	while ((option = getopt(argc, argv, "+ek:")) != -1) {
		if (option == 'e')
			p.edited = true;
		else if (option == 'k')
			p.first = optarg;
		else
			return 2;
	}
	argv += optind - 1;
	argc -= optind - 1;
	p.build = getenv("BUILD");
	p.stride = getenv("CRASH_STRIDE") ? (int)strtol(getenv("CRASH_STRIDE"), NULL, 10) : 1;
	p.stride = p.stride > 0 ? p.stride : 1;
	if (argc != 5 || !p.build || pipe(done))
		return 2;
	snprintf(p.action, sizeof(p.action), "%s", argv[1]);
	len = strlen(p.action);
	p.onward = len && p.action[len - 1] == '+';
	if (p.onward)
		p.action[len - 1] = '\0';
	p.kills = strncmp(p.action, "kill", 4) == 0;
	p.torn = strcmp(p.action, "kill-torn") == 0;
	p.base = argv[2];
	p.next = argv[3];
	p.command = argv[4];
	prepare(&p);
	for (int i = 0; i < WORKERS; i++)
		if (fork() == 0)
			_exit(work(&p, i, done[1]));
	close(done[1]);
	while (wait(&status) > 0)
		broken |= status;
	while (read(done[0], &one, sizeof(one)) == sizeof(one)) {
		all.cases += one.cases;
		all.failed += one.failed;
		all.done += one.done;
		all.refused += one.refused;
		all.kept += one.kept;
	}
	printf("%d cases, %d failed", all.cases, all.failed);
	if (!p.kills)
		printf("; %d went through, %d refused, %d with status 74", all.done, all.refused,
		       all.kept);
	printf("\n");
	/* A fault that never has an effect was none. */
	/* An undisturbed look at few or none proves nothing. */
	return broken || all.failed || all.cases * p.stride < 10 ||
	       (!p.kills && p.stride == 1 && !(all.refused && all.kept));
}
