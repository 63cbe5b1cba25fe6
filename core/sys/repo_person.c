/* People in commits: what git's configuration of a person says, and names made fit for a commit. */
#include "repo_private.h"

#include <safexl/path.h>

#include <ctype.h>
#include <fcntl.h>
#include <sys/utsname.h>
#include <time.h>

#define CONFIG_MAX_BYTES (1024 * 1024)

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

/* The text of a file that belongs to this user or root; NULL else. */
static char *read_owned(const char *path, uid_t owner)
{
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	SX_STR text = { 0 };
	char part[4096];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size > CONFIG_MAX_BYTES ||
	    (st.st_uid != owner && st.st_uid != 0))
		return NULL;
	while ((n = read(fd, part, sizeof(part))) > 0)
		sx_str_addn(&text, part, (size_t)n);
	if (n < 0) {
		sx_str_dispose(&text);
		return NULL;
	}
	return sx_str_take(&text);
}

/*
 * The value behind '=', in the grammar of git-config(1): quotes, backslash escapes, comments, lines
 * joined by a backslash. Moves *text behind it. Heap string.
 */
static char *config_value(const char **text)
{
	SX_STR s = { 0 };
	size_t keep = 0;
	bool quoted = false;
	const char *p = *text + strspn(*text, " \t");

	for (; *p && *p != '\n'; p++) {
		if (*p == '"') {
			quoted = !quoted;
			keep = s.len;
		} else if (!quoted && (*p == '#' || *p == ';')) {
			p += strcspn(p, "\n");
			break;
		} else if (*p == '\\' && p[1]) {
			p++;
			if (*p != '\n')
				sx_str_addc(&s, *p == 'n' ? '\n' : *p == 't' ? '\t' : *p);
			keep = s.len;
		} else {
			/* As git does, any blank is a plain one unless it is quoted. */
			sx_str_addc(&s, !quoted && isspace((unsigned char)*p) ? ' ' : *p);
			if (quoted || !isspace((unsigned char)*p))
				keep = s.len;
		}
	}
	*text = p;
	/* Blanks at the end that were not quoted do not count. */
	sx_str_splice(&s, keep, s.len - keep, NULL, 0);
	return sx_str_take(&s);
}

/* One "key = value" of the user section; *text stands at the key. */
static void config_user_key(const char **text, struct repo_person *out)
{
	size_t len =
		strspn(*text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
	SX_FREE char *key = sx_strndup(*text, len);
	char **field = strcasecmp(key, "name") == 0    ? &out->name
		       : strcasecmp(key, "email") == 0 ? &out->email
						       : NULL;

	*text += len;
	*text += strspn(*text, " \t");
	if (**text != '=')
		return;
	++*text;
	if (field) {
		free(*field);
		*field = config_value(text);
	} else {
		free(config_value(text));
	}
}

static void config_parse(const char *text, struct repo_person *out)
{
	bool in_user = false;

	while (*text) {
		text += strspn(text, " \t\r\n");
		if (*text == '[') {
			in_user = strncasecmp(text, "[user]", 6) == 0;
			text += strcspn(text, "]\n");
			text += *text == ']';
		} else if (in_user && isalpha((unsigned char)*text)) {
			config_user_key(&text, out);
			text += strcspn(text, "\n");
		} else {
			text += strcspn(text, "\n");
		}
	}
}

/*
 * Read by hand, not by libgit2: this runs as root on a file that its owner writes, and libgit2
 * would follow include.path to wherever it points.
 */
void repo_person_config(const char *home, struct repo_person *out)
{
	static const char *const files[] = { ".config/git/config", ".gitconfig" };
	struct stat st;

	*out = (struct repo_person){ 0 };
	if (home[0] != '/' || stat(home, &st))
		return;
	/* As in git, the second file overrides the first. */
	for (size_t i = 0; i < SX_COUNT(files); i++) {
		SX_FREE char *path = sx_path_join(home, files[i]);
		SX_FREE char *text = read_owned(path, st.st_uid);

		if (text)
			config_parse(text, out);
	}
	if (out->name && !*out->name)
		free(sx_steal(&out->name));
	if (out->email && !*out->email)
		free(sx_steal(&out->email));
}
