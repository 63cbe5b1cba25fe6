/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Candidates that are hosts to migrate to: those in ssh's files and /etc/hosts. */
#include "host/file.h"
#include "offer/private.h"

#include <string.h>

/* Take the next word off *line, ended by a NUL; NULL: none left. */
static char *next_word(char **line)
{
	char *word = *line + strspn(*line, " \t");

	if (!*word || *word == '#')
		return NULL;
	*line = word + strcspn(word, " \t");
	if (**line)
		*(*line)++ = '\0';
	return word;
}

static void each_line(const char *path, void (*use)(struct offer *o, char *line), struct offer *o)
{
	FILE_IMAGE image = { 0 };
	SX_ERR none = { 0 };
	char *line, *rest;

	if (file_read(path, &image, &none) || !image.text.len)
		return;
	rest = image.text.data;
	while ((line = strsep(&rest, "\n")))
		use(o, line);
}

/* Skip patterns, hashed names and names with a port: nobody can type them as a host. */
static void add_host(struct offer *o, const char *name)
{
	if (*name && !strpbrk(name, "*?!|[]="))
		offer_add(o, name, NULL, ' ');
}

static void use_known_hosts(struct offer *o, char *line)
{
	char *names = next_word(&line), *name;

	if (names && *names == '@')
		names = next_word(&line);
	while (names && (name = strsep(&names, ",")))
		add_host(o, name);
}

static void use_config(struct offer *o, char *line)
{
	char *key = next_word(&line), *name;

	if (!key || strcasecmp(key, "host"))
		return;
	while ((name = next_word(&line)))
		add_host(o, name);
}

static void use_hosts(struct offer *o, char *line)
{
	char *name = next_word(&line);

	while (name && (name = next_word(&line)))
		if (!sx_starts_with(name, "ip6-") && !sx_starts_with(name, "localhost"))
			add_host(o, name);
}

static void offer_host_names(struct offer *o)
{
	const char *home = getenv("HOME"), *root = o->env->paths.root;
	SX_FREE char *known = sx_format("%s/.ssh/known_hosts", home ? home : "");
	SX_FREE char *config = sx_format("%s/.ssh/config", home ? home : "");
	SX_FREE char *all_known = sx_format("%s/etc/ssh/ssh_known_hosts", root);
	SX_FREE char *all_config = sx_format("%s/etc/ssh/ssh_config", root);
	SX_FREE char *hosts = sx_format("%s/etc/hosts", root);

	each_line(known, use_known_hosts, o);
	each_line(all_known, use_known_hosts, o);
	each_line(config, use_config, o);
	each_line(all_config, use_config, o);
	each_line(hosts, use_hosts, o);
}

/* ssh also accepts "user@host". */
static void offer_hosts(struct offer *o)
{
	const char *at = strchr(o->q->word, '@');

	if (at)
		offer_behind(o, (size_t)(at + 1 - o->q->word), offer_host_names);
	else
		offer_host_names(o);
}

const struct offer_kind offer_host_kinds[] = {
	{ "host", offer_hosts },
	{ NULL, NULL },
};
