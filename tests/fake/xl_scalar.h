/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the fake xl makes of vcpu-set, vcpu-pin, sched-*, cpupool-migrate, rename, config-update,
 * cd-insert, cd-eject: the lines that tests/fake/live_vcpu.c and live.c read.
 */
#pragma once

#include "xl_domain.h"

#include <getopt.h>
#include <unistd.h>

/* Is the line "START" + "NAME " + something? */
static bool is_line(const char *line, const char *start, const char *name)
{
	size_t len = strlen(start);

	return strncmp(line, start, len) == 0 && strncmp(line + len, name, strlen(name)) == 0 &&
	       line[len + strlen(name)] == ' ';
}

/* The value of a line "fact=KEY VALUE", or what holds without it. */
static const char *fact(const struct domain *d, const char *key, const char *otherwise)
{
	for (size_t i = 0; i < d->count; i++)
		if (is_line(d->lines[i], "fact=", key))
			return d->lines[i] + strlen("fact=") + strlen(key) + 1;
	return otherwise;
}

static void set_fact(struct domain *d, const char *key, const char *text)
{
	size_t at = 0;

	while (at < d->count && !is_line(d->lines[at], "fact=", key))
		at++;
	set_line(d, at, "fact=%s %s", key, text);
}

static unsigned long most_vcpus(const struct domain *d)
{
	const char *most = *value(d, "maxvcpus") ? value(d, "maxvcpus") : value(d, "vcpus");

	return *most ? strtoul(most, NULL, 10) : 1;
}

static int vcpu_set(struct domain *d, const char *word)
{
	unsigned long count = strtoul(word, NULL, 10), most = most_vcpus(d);
	char text[32];

	if (!count || count > most) {
		fprintf(stderr, "libxl_set_vcpuonline failed\n");
		return 1;
	}
	snprintf(text, sizeof(text), "%lu", most);
	set(d, "maxvcpus", text);
	snprintf(text, sizeof(text), "%lu", count);
	set(d, "vcpus", text);
	return 0;
}

/* A line "pin=VCPU HARD SOFT"; "-" leaves one as it is. */
static void pin(struct domain *d, unsigned long vcpu, const char *hard, const char *soft)
{
	char start[32], old_hard[64] = "all", old_soft[64] = "all";
	size_t at = 0;

	snprintf(start, sizeof(start), "pin=%lu ", vcpu);
	while (at < d->count && strncmp(d->lines[at], start, strlen(start)) != 0)
		at++;
	if (at < d->count)
		sscanf(d->lines[at] + strlen(start), "%63s %63s", old_hard, old_soft);
	set_line(d, at, "%s%s %s", start, strcmp(hard, "-") ? hard : old_hard,
		 strcmp(soft, "-") ? soft : old_soft);
}

static int vcpu_pin(struct domain *d, char **words)
{
	bool all = strcmp(words[1], "all") == 0;
	unsigned long first = all ? 0 : strtoul(words[1], NULL, 10);
	unsigned long last = all ? most_vcpus(d) - 1 : first;

	if (last >= most_vcpus(d))
		return 1;
	for (unsigned long i = first; i <= last; i++)
		pin(d, i, words[2], words[3] ? words[3] : "-");
	return 0;
}

static const char sched_letters[] = "d:w:c:p:b:e:v:r:s";
static const struct option sched_longs[] = { { "domain", required_argument, NULL, 'd' },
					     { "weight", required_argument, NULL, 'w' },
					     { "cap", required_argument, NULL, 'c' },
					     { NULL, 0, NULL, 0 } };

static const char *sched_key(int letter)
{
	switch (letter) {
	case 'w':
		return "cpu_weight";
	case 'c':
		return "cap";
	case 'p':
		return "period";
	case 'b':
		return "budget";
	case 'e':
		return "extratime";
	default:
		return NULL;
	}
}

/* sched-credit, sched-credit2, sched-rtds: with -d and something to set, else a heading. */
static int sched(int argc, char **argv)
{
	static struct domain d;
	const char *running;
	bool sets = false, found = false;
	int c;

	while ((c = getopt_long(argc, argv, sched_letters, sched_longs, NULL)) != -1) {
		if (c == '?')
			return 2;
		found |= c == 'd' && find(&d, optarg);
		sets |= sched_key(c) != NULL;
	}
	if (!found || !sets) {
		printf("Name ID Weight Cap\n");
		return 0;
	}
	running = *value(&d, "sched") ? value(&d, "sched") : "credit2";
	if (strcmp(running, argv[0] + strlen("sched-")) != 0) {
		fprintf(stderr, "libxl_domain_sched_params_set failed.\n");
		return 1;
	}
	optind = 1;
	while ((c = getopt_long(argc, argv, sched_letters, sched_longs, NULL)) != -1)
		if (sched_key(c))
			set_fact(&d, sched_key(c), optarg);
	store(&d);
	return 0;
}

/* The line disk=VDEV STATE TARGET of a drive gets this target. */
static int medium(struct domain *d, const char *vdev, const char *path)
{
	if (strcmp(fact(d, "type", "pv"), "hvm") != 0) {
		fprintf(stderr, "libxl: error: cdrom-insert requires an HVM domain\n");
		return 1;
	}
	if (*path && access(path, F_OK)) {
		fprintf(stderr, "Cannot stat file: %s\n", path);
		return 1;
	}
	for (size_t i = 0; i < d->count; i++) {
		if (!is_line(d->lines[i], "disk=", vdev))
			continue;
		set_line(d, i, "disk=%s connected %s", vdev, path);
		/* A domain that a test wrote by hand need not say what it has open. */
		if (find_open(d, vdev) < d->count)
			set_open(d, vdev, path);
		return 0;
	}
	fprintf(stderr, "libxl: error: Virtual device not found\n");
	return 1;
}

/* The file goes to DOMID.update. */
static int config_update(const struct domain *d, const char *file)
{
	char path[4300];
	FILE *in = fopen(file, "r"), *out;
	int c;

	snprintf(path, sizeof(path), "%.*s.update", (int)strlen(d->path) - 4, d->path);
	out = fopen(path, "w");
	if (!in || !out)
		return 1;
	while ((c = fgetc(in)) != EOF)
		fputc(c, out);
	fclose(in);
	return fclose(out) ? 1 : 0;
}

static int rename_domain(struct domain *d, const char *name)
{
	static struct domain other;

	if (find(&other, name)) {
		fprintf(stderr, "Domain with name \"%s\" already exists.\n", name);
		return 1;
	}
	set(d, "name", name);
	return 0;
}

static int move_to_pool(struct domain *d, const char *pool)
{
	set_fact(d, "pool", pool);
	return 0;
}

/* argv[0] is the command, argv[1] the domain, options are none. False: none of these commands. */
static bool scalar_command(struct domain *d, int argc, char **argv, int *status)
{
	const char *command = argv[0];

	*status = 2;
	if (argc < 3)
		return false;
	if (strcmp(command, "vcpu-set") == 0)
		*status = vcpu_set(d, argv[2]);
	else if (strcmp(command, "vcpu-pin") == 0 && argc > 3)
		*status = vcpu_pin(d, argv + 1);
	else if (strcmp(command, "cpupool-migrate") == 0)
		*status = move_to_pool(d, argv[2]);
	else if (strcmp(command, "rename") == 0)
		*status = rename_domain(d, argv[2]);
	else if (strcmp(command, "config-update") == 0)
		*status = config_update(d, argv[2]);
	else if (strcmp(command, "cd-insert") == 0)
		*status = medium(d, argv[2], argv[3]);
	else if (strcmp(command, "cd-eject") == 0)
		*status = medium(d, argv[2], "");
	else
		return false;
	if (*status == 0)
		store(d);
	return true;
}
