/* The domain files of the fake xl: lines "key=value", as tests/fake/live.c reads them. */
#ifndef XL_DOMAIN_H
#define XL_DOMAIN_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct domain {
	char path[4200];
	char lines[600][1024];
	size_t count;
};

static const char *world;

static bool load(struct domain *d, unsigned id)
{
	FILE *f;

	snprintf(d->path, sizeof(d->path), "%s/%u.dom", world, id);
	d->count = 0;
	f = fopen(d->path, "r");
	if (!f)
		return false;
	while (d->count < 600 && fgets(d->lines[d->count], sizeof(d->lines[0]), f)) {
		d->lines[d->count][strcspn(d->lines[d->count], "\n")] = '\0';
		d->count++;
	}
	fclose(f);
	return true;
}

static void store(const struct domain *d)
{
	char temp[4300];
	FILE *f;

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
	size_t len = strlen(key);

	for (size_t i = 0; i < d->count; i++)
		if (strncmp(d->lines[i], key, len) == 0 && d->lines[i][len] == '=') {
			snprintf(d->lines[i], sizeof(d->lines[0]), "%s=%s", key, text);
			return;
		}
	snprintf(d->lines[d->count++], sizeof(d->lines[0]), "%s=%s", key, text);
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

#endif
