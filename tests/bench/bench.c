/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Times processes against each other: A B A B ..., each run from its start to its end as its
 * parent sees it, after a few runs that do not count. Prints median, least and most of each side,
 * of the pairs' ratios and differences, and the peak memory; goals are told as met or missed, and
 * nothing fails for being slow. A run that fails ends everything: an error is quick to say.
 *
 *   bench compare [-r ROUNDS] [-w WARMUPS] [-s SECONDS] [-g GOAL:LIMIT]... TITLE SIDE [/ SIDE]
 *   bench fsync DIR
 *
 * SIDE is NAME STEP [, STEP]...; a STEP is a command, in which %i is the number of the round, or,
 * not timed: @edit FILE (give it a last line of its own in each round), @remove PATH.
 * GOAL: ratio (A/B less than), added (A-B at most, ms), time (A at most, ms), memory (A at most, MiB).
 */
#include "base/str.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

struct numbers {
	SX_VEC_OF(double);
};

struct step {
	char **words; /* borrowed from argv, NULL-terminated */
	char *text; /* @edit: the file as it was first */
};

struct side {
	const char *name;
	struct {
		SX_VEC_OF(struct step);
	} steps;
	struct numbers ms, cpu_ms;
	long peak_kib;
};

/* What one round of a side took: by the clock, and of the processors. */
struct cost {
	double ms, cpu_ms;
};

struct goals {
	double ratio, added_ms, time_ms, memory_mib; /* 0: none */
};

struct plan {
	const char *title;
	int rounds, warmups;
	double seconds;
	struct goals goals;
	struct side sides[2];
	int count;
	int null_fd, complaint_fd;
};

static void die(const char *what, const char *subject)
{
	fprintf(stderr, "bench: %s: %s: %s\n", what, subject, strerror(errno));
	exit(EXIT_FAILURE);
}

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* ---- numbers ---- */

static int compare_doubles(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(struct numbers *n)
{
	qsort(n->items, n->len, sizeof(*n->items), compare_doubles);
	return (n->items[(n->len - 1) / 2] + n->items[n->len / 2]) / 2;
}

/* "  name  median unit  (least .. most)"; returns the median. Sorts the numbers. */
static double print_numbers(const char *name, struct numbers *n, const char *unit)
{
	double m = median(n);

	printf("  %-34s %9.2f %-3s (%.2f .. %.2f)", name, m, unit, n->items[0],
	       n->items[n->len - 1]);
	return m;
}

static void print_goal(const char *relation, double limit, const char *unit, bool met)
{
	if (limit > 0)
		printf("   goal %s %g%s: %s", relation, limit, unit, met ? "met" : "missed");
}

/* ---- one run ---- */

static char *read_text(const char *path)
{
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	SX_STR text = { 0 };
	char part[4096];
	ssize_t n = -1;

	while (fd >= 0 && (n = read(fd, part, sizeof(part))) > 0)
		sx_str_addn(&text, part, (size_t)n);
	if (n < 0)
		die("read", path);
	return sx_str_take(&text);
}

static void edit(struct step *step, int round)
{
	const char *path = step->words[1];
	SX_CLOSE int fd = -1;
	SX_FREE char *text = NULL;

	if (!step->text)
		step->text = read_text(path);
	text = sx_format("%s# edit %d\n", step->text, round);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("write", path);
}

static int remove_one(const char *path, const struct stat *st SX_UNUSED, int type SX_UNUSED,
		      struct FTW *ftw SX_UNUSED)
{
	return remove(path);
}

/* The child's words: %i replaced by the round. */
static void fill_words(char *const *words, int round, struct sx_words *out)
{
	for (; *words; words++) {
		const char *mark = strstr(*words, "%i");

		if (mark)
			sx_words_give(out, sx_format("%.*s%d%s", (int)(mark - *words), *words,
						     round, mark + 2));
		else
			sx_words_add(out, *words);
	}
}

static void show_failure(const struct plan *plan, const char *command, int status)
{
	char text[4096];
	ssize_t n = pread(plan->complaint_fd, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	fprintf(stderr, "bench: %s: %s failed (status %#x):\n%s", plan->title, command, status,
		text);
	exit(EXIT_FAILURE);
}

static double milliseconds(const struct timeval *t)
{
	return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

static void run_command(const struct plan *plan, struct side *side, char *const *words, int round,
			struct cost *cost)
{
	SX_WORDS filled = { 0 };
	posix_spawn_file_actions_t files;
	struct rusage usage;
	double began;
	pid_t pid;
	int status;

	fill_words(words, round, &filled);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, plan->null_fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, plan->null_fd, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, plan->complaint_fd, STDERR_FILENO);
	began = now_ms();
	errno = posix_spawnp(&pid, words[0], &files, NULL, sx_words_argv(&filled), environ);
	if (errno)
		die("run", words[0]);
	if (wait4(pid, &status, 0, &usage) != pid)
		die("wait for", words[0]);
	cost->ms += now_ms() - began;
	cost->cpu_ms += milliseconds(&usage.ru_utime) + milliseconds(&usage.ru_stime);
	posix_spawn_file_actions_destroy(&files);
	if (status)
		show_failure(plan, words[0], status);
	if (usage.ru_maxrss > side->peak_kib)
		side->peak_kib = usage.ru_maxrss;
}

/* All steps of one side in one round. */
static struct cost run_side(const struct plan *plan, struct side *side, int round)
{
	struct cost cost = { 0 };

	for (size_t i = 0; i < side->steps.len; i++) {
		struct step *step = &side->steps.items[i];

		if (sx_streq(step->words[0], "@edit"))
			edit(step, round);
		else if (!sx_streq(step->words[0], "@remove"))
			run_command(plan, side, step->words, round, &cost);
		else if (nftw(step->words[1], remove_one, 16, FTW_DEPTH | FTW_PHYS) &&
			 errno != ENOENT)
			die("remove", step->words[1]);
	}
	return cost;
}

/* ---- compare ---- */

static void print_pairs(const struct plan *plan, struct numbers *ratios, struct numbers *added)
{
	double m = print_numbers("ratio of the pairs", ratios, "");

	print_goal("<", plan->goals.ratio, "", m < plan->goals.ratio);
	putchar('\n');
	m = print_numbers("added, in pairs", added, "ms");
	print_goal("<=", plan->goals.added_ms, " ms", m <= plan->goals.added_ms);
	putchar('\n');
}

static double print_side(struct side *side)
{
	double m = print_numbers(side->name, &side->ms, "ms");

	printf("   processor %.2f ms, memory %.1f MiB", median(&side->cpu_ms),
	       (double)side->peak_kib / 1024);
	return m;
}

static void print_result(const struct plan *plan, struct side *a, struct side *b)
{
	double m, peak_mib = (double)a->peak_kib / 1024;

	printf("%s (%zu round%s)\n", plan->title, a->ms.len, a->ms.len == 1 ? "" : "s");
	m = print_side(a);
	print_goal("<=", plan->goals.time_ms, " ms", m <= plan->goals.time_ms);
	print_goal("<=", plan->goals.memory_mib, " MiB", peak_mib <= plan->goals.memory_mib);
	putchar('\n');
	if (plan->count == 2) {
		print_side(b);
		putchar('\n');
	}
}

static void compare(struct plan *plan)
{
	struct side *sides = plan->sides;
	struct numbers ratios = { 0 }, added = { 0 };
	double deadline;

	for (int i = 0; i < plan->warmups; i++)
		for (int s = 0; s < plan->count; s++)
			run_side(plan, &sides[s], i);
	deadline = now_ms() + plan->seconds * 1e3;
	for (int i = 0; i < plan->rounds && (!i || now_ms() < deadline); i++) {
		struct cost cost[2] = { { 0 } };

		for (int s = 0; s < plan->count; s++) {
			cost[s] = run_side(plan, &sides[s], plan->warmups + i);
			sx_vec_push(&sides[s].ms, cost[s].ms);
			sx_vec_push(&sides[s].cpu_ms, cost[s].cpu_ms);
		}
		sx_vec_push(&ratios, cost[0].ms / cost[1].ms);
		sx_vec_push(&added, cost[0].ms - cost[1].ms);
	}
	print_result(plan, &sides[0], &sides[1]);
	if (plan->count == 2)
		print_pairs(plan, &ratios, &added);
	sx_vec_free(&ratios);
	sx_vec_free(&added);
}

/* ---- words ---- */

static void usage(void)
{
	fputs("usage: bench compare [-r ROUNDS] [-w WARMUPS] [-s SECONDS] [-g GOAL:LIMIT]... "
	      "TITLE NAME STEP [, STEP]... [/ NAME STEP [, STEP]...]\n"
	      "       bench fsync DIR\n",
	      stderr);
	exit(2);
}

static double number(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || value < 0)
		usage();
	return value;
}

static void take_goal(struct goals *goals, const char *text)
{
	struct {
		const char *name;
		double *limit;
	} known[] = { { "ratio:", &goals->ratio },
		      { "added:", &goals->added_ms },
		      { "time:", &goals->time_ms },
		      { "memory:", &goals->memory_mib } };

	for (size_t i = 0; i < SX_COUNT(known); i++) {
		if (sx_starts_with(text, known[i].name)) {
			*known[i].limit = number(text + strlen(known[i].name));
			return;
		}
	}
	usage();
}

/* Cut argv into sides and steps; the separators become the NULLs behind the words. */
static void take_sides(char **argv, struct plan *plan)
{
	while (*argv) {
		struct side *side = &plan->sides[plan->count++];
		bool more = true;

		side->name = *argv++;
		while (more) {
			struct step step = { .words = argv };

			while (*argv && !sx_streq(*argv, ",") && !sx_streq(*argv, "/"))
				argv++;
			if (argv == step.words)
				usage();
			more = sx_streq(*argv, ",");
			if (*argv)
				*argv++ = NULL;
			sx_vec_push(&side->steps, step);
		}
		if (plan->count == (int)SX_COUNT(plan->sides) && *argv)
			usage();
	}
	if (!plan->count)
		usage();
}

static void run_compare(int argc, char **argv)
{
	struct plan plan = { .rounds = 30, .warmups = 3, .seconds = 15 };
	int option;

	while ((option = getopt(argc, argv, "+r:w:s:g:")) != -1) {
		if (option == 'r')
			plan.rounds = (int)number(optarg);
		else if (option == 'w')
			plan.warmups = (int)number(optarg);
		else if (option == 's')
			plan.seconds = number(optarg);
		else if (option == 'g')
			take_goal(&plan.goals, optarg);
		else
			usage();
	}
	if (optind >= argc || plan.rounds < 1)
		usage();
	plan.title = argv[optind];
	take_sides(argv + optind + 1, &plan);
	plan.null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	plan.complaint_fd = memfd_create("stderr", MFD_CLOEXEC);
	if (plan.null_fd < 0 || plan.complaint_fd < 0)
		die("open", "/dev/null");
	compare(&plan);
	for (int s = 0; s < plan.count; s++) {
		for (size_t i = 0; i < plan.sides[s].steps.len; i++)
			free(plan.sides[s].steps.items[i].text);
		sx_vec_free(&plan.sides[s].steps);
		sx_vec_free(&plan.sides[s].ms);
		sx_vec_free(&plan.sides[s].cpu_ms);
	}
}

/* ---- fsync ---- */

static void timed_fsync(int fd, const char *path, struct numbers *out)
{
	double began = now_ms();

	if (fsync(fd))
		die("fsync", path);
	sx_vec_push(out, now_ms() - began);
}

/* What the disk asks for keeping a promise: a small new file, then the directory it is in. */
static void run_fsync(const char *dir)
{
	SX_CLOSE int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct numbers file = { 0 }, directory = { 0 };
	static const char block[4096];

	for (int i = 0; i < 40; i++) {
		SX_FREE char *path = sx_format("%s/fsync.%d", dir, i);
		SX_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

		if (dir_fd < 0 || fd < 0 || write(fd, block, sizeof(block)) != sizeof(block))
			die("write", path);
		timed_fsync(fd, path, &file);
		timed_fsync(dir_fd, dir, &directory);
		unlink(path);
	}
	print_numbers("fsync of a new file of 4 KiB", &file, "ms");
	putchar('\n');
	print_numbers("fsync of its directory after that", &directory, "ms");
	putchar('\n');
	sx_vec_free(&file);
	sx_vec_free(&directory);
}

int main(int argc, char **argv)
{
	if (argc > 2 && sx_streq(argv[1], "compare"))
		run_compare(argc - 1, argv + 1);
	else if (argc == 3 && sx_streq(argv[1], "fsync"))
		run_fsync(argv[2]);
	else
		usage();
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
