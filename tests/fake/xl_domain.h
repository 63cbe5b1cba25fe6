/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The domain files of the fake xl: lines "key=value", as tests/fake/live.c reads them. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Zeroed is one without lines; an empty line is one that was removed. */
struct domain {
	char path[4200];
	char **lines;
	size_t count, room;
};

static const char *world;

/* Change a line, or add one when `at` is the count of them. */
static void __attribute__((format(printf, 3, 4)))
set_line(struct domain *d, size_t at, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		exit(9);
	va_end(ap);
	if (at == d->room) {
		d->room = d->room ? 2 * d->room : 64;
		d->lines = realloc(d->lines, d->room * sizeof(*d->lines));
		if (!d->lines)
			exit(9);
	}
	if (at == d->count)
		d->count++;
	else
		free(d->lines[at]);
	d->lines[at] = text;
}

/* Add to a text as much as has room in it. */
static void __attribute__((format(printf, 3, 4)))
add_text(char *text, size_t size, const char *fmt, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + len, size - len, fmt, ap);
	va_end(ap);
}

/* The line that says what the backend of a disk has open; the count when there is none. */
static size_t find_open(const struct domain *d, const char *vdev)
{
	char start[80];
	size_t i = 0;

	snprintf(start, sizeof(start), "open=%.64s ", vdev);
	while (i < d->count && strncmp(d->lines[i], start, strlen(start)) != 0)
		i++;
	return i;
}

/* What the target of a disk leads to now: its backend has that open from now on. */
static void set_open(struct domain *d, const char *vdev, const char *target)
{
	char *real = realpath(target, NULL);
	size_t at = find_open(d, vdev);

	if (real)
		set_line(d, at, "open=%s %s", vdev, real);
	else if (at < d->count)
		d->lines[at][0] = '\0';
	free(real);
}

static bool load(struct domain *d, unsigned id)
{
	char *line = NULL;
	size_t size = 0;
	FILE *f;

	snprintf(d->path, sizeof(d->path), "%s/%u.dom", world, id);
	while (d->count)
		free(d->lines[--d->count]);
	f = fopen(d->path, "r");
	if (!f)
		return false;
	while (getline(&line, &size, f) > 0)
		set_line(d, d->count, "%.*s", (int)strcspn(line, "\n"), line);
	free(line);
	fclose(f);
	return true;
}

static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	int c;

	if (!in || !out)
		exit(9);
	while ((c = fgetc(in)) != EOF)
		fputc(c, out);
	fclose(in);
	fclose(out);
}

static bool is_device(const char *line)
{
	static const char *const keys[] = {
		"disk=", "vif=", "vtpm=", "vdispl=", "usbctrl=", "pci="
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strncmp(line, keys[i], strlen(keys[i])) == 0)
			return true;
	return false;
}

static bool has_line(const char *path, const char *line)
{
	FILE *f = fopen(path, "r");
	char have[1024];
	bool found = false;

	while (f && !found && fgets(have, sizeof(have), f)) {
		have[strcspn(have, "\n")] = '\0';
		found = strcmp(have, line) == 0;
	}
	if (f)
		fclose(f);
	return found;
}

/*
 * DOMID.stored: the domain as it was made, as libxl keeps it. Devices that come are added, and none
 * that goes is taken out; nothing else changes. `made`: this is what it was made with.
 */
static void store_made(const struct domain *d, bool made)
{
	char path[4300];
	FILE *f;

	snprintf(path, sizeof(path), "%.*s.stored", (int)strlen(d->path) - 4, d->path);
	if (made || access(path, F_OK))
		copy_file(d->path, path);
	for (size_t i = 0; i < d->count; i++) {
		if (!is_device(d->lines[i]) || has_line(path, d->lines[i]))
			continue;
		f = fopen(path, "a");
		if (!f || fprintf(f, "%s\n", d->lines[i]) < 0 || fclose(f))
			exit(9);
	}
}

static void store(const struct domain *d)
{
	char temp[4300];
	bool made = access(d->path, F_OK);
	FILE *f;

	if (!made)
		store_made(d, false);
	snprintf(temp, sizeof(temp), "%s.new", d->path);
	f = fopen(temp, "w");
	if (!f)
		exit(9);
	for (size_t i = 0; i < d->count; i++)
		if (d->lines[i][0])
			fprintf(f, "%s\n", d->lines[i]);
	fclose(f);
	if (rename(temp, d->path))
		exit(9);
	if (made)
		store_made(d, true);
}

static const char *value(const struct domain *d, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < d->count; i++)
		if (strncmp(d->lines[i], key, len) == 0 && d->lines[i][len] == '=')
			return d->lines[i] + len + 1;
	return "";
}

static void set(struct domain *d, const char *key, const char *text)
{
	size_t len = strlen(key), at = 0;

	while (at < d->count && (strncmp(d->lines[at], key, len) || d->lines[at][len] != '='))
		at++;
	set_line(d, at, "%s=%s", key, text);
}

static bool find(struct domain *d, const char *word)
{
	if (*word && strspn(word, "0123456789") == strlen(word))
		return load(d, (unsigned)strtoul(word, NULL, 10));
	for (unsigned id = 0; id < 400; id++)
		if (load(d, id) && strcmp(value(d, "name"), word) == 0)
			return true;
	return false;
}
