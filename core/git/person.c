/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Persons in commits: what git's configuration says of them, and names made fit for a commit. */
#include "git/private.h"

#include <sys/utsname.h>

void repo_person_dispose(struct repo_person *p)
{
	free(p->name);
	free(p->email);
	*p = (struct repo_person){ 0 };
}

/* git strips these from both ends of a name ("crud" in its ident.c). */
static bool is_crud(char c)
{
	return (unsigned char)c <= ' ' || strchr(".,:;<>\"\\'", c);
}

/* A name or address as one line without '<' and '>', which delimit it in a commit. */
static char *clean(const char *text, const char *fallback)
{
	SX_FREE char *shown = sx_shown(text ? text : "");
	SX_STR s = { 0 };
	size_t start = 0;

	for (const char *p = shown; *p; p++) {
		if (*p != '<' && *p != '>')
			sx_str_addc(&s, *p);
	}
	while (s.len && is_crud(s.data[s.len - 1]))
		s.data[--s.len] = '\0';
	while (start < s.len && is_crud(s.data[start]))
		start++;
	sx_str_splice(&s, 0, start, NULL, 0);
	return s.len ? sx_str_take(&s) : (sx_str_dispose(&s), sx_strdup(fallback));
}

int repo_signature(const struct repo_person *person, git_signature **out, struct sx_err *err)
{
	SX_FREE char *name = clean(person->name, "unknown");
	SX_FREE char *email = clean(person->email, "unknown@localhost");

	if (git_signature_now(out, name, email) < 0)
		return repo_err_git(err, SX_EFAIL, "author %s <%s>", name, email);
	return 0;
}

int repo_signature_own(git_signature **out, struct sx_err *err)
{
	struct utsname host;
	const char *node = uname(&host) == 0 && host.nodename[0] ? host.nodename : "localhost";
	SX_FREE char *email = sx_format("safexl@%s", node);
	struct repo_person own = { (char[]){ "safexl" }, email };

	return repo_signature(&own, out, err);
}

/* The value of the last setting with this name; NULL when there is none. */
static const char *value_of(const struct sx_words *settings, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = settings->len; i-- > 0;) {
		const char *item = settings->items[i];

		if (sx_starts_with(item, name) && item[len] == ' ')
			return item + len + 1;
	}
	return NULL;
}

/* An empty one counts as none. */
static char *text_of(const struct sx_words *settings, const char *name)
{
	const char *value = value_of(settings, name);

	return value && *value ? repo_text(value, value_of(settings, "i18n.commitencoding")) : NULL;
}

char *repo_person_config(const struct repo_home *home, struct repo_person *out)
{
	const char *problem = value_of(&home->settings, "problem");

	out->name = text_of(&home->settings, "user.name");
	out->email = text_of(&home->settings, "user.email");
	return problem ? sx_shown(problem) : NULL;
}
