/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person at the keyboard, and what git's configuration says of them. */
#include "repo_git.h"

#include "host/who.h"

#include <pwd.h>
#include <time.h>

static void test_sudo(struct world *w)
{
	WHO_PERSON p = { 0 };
	struct passwd *entry = getpwnam("daemon");

	if (geteuid() || !entry) {
		setenv("SUDO_USER", "root", 1);
		who_find(&p);
		tap_ok(&w->t, strcmp(p.login, "root") != 0, "SUDO_USER counts for root only");
		unsetenv("SUDO_USER");
		return;
	}
	setenv("SUDO_USER", "daemon", 1);
	who_find(&p);
	tap_is(&w->t, p.login, "daemon", "SUDO_USER is the person");
	tap_is_num(&w->t, (long)p.uid, (long)entry->pw_uid, "with their uid");
	tap_is(&w->t, p.home, entry->pw_dir, "and home");
	who_dispose(&p);
	setenv("SUDO_USER", "no-such\nuser", 1);
	setenv("SUDO_UID", "54321", 1);
	who_find(&p);
	tap_is_num(&w->t, (long)p.uid, 54321, "an unknown SUDO_USER keeps SUDO_UID");
	tap_is(&w->t, p.login, "no-such\\nuser", "and the login, made safe");
	tap_is(&w->t, p.name, "no-such\\nuser", "which is the name too");
	tap_is(&w->t, p.home, "", "without a home");
	unsetenv("SUDO_USER");
	unsetenv("SUDO_UID");
}

static void test_plain(struct world *w)
{
	WHO_PERSON p = { 0 };

	who_find(&p);
	tap_ok(&w->t, p.login && *p.login && p.name && *p.name && p.host && *p.host && p.home,
	       "every field is filled");
}

static char *config_of(struct world *w, uid_t uid, struct repo_person *out)
{
	struct repo_home home;
	char *problem;

	repo_home_read(uid, w->dir, &home);
	problem = repo_person_config(&home, out);
	repo_home_dispose(&home);
	return problem;
}

static void person_is(struct world *w, const char *name, const char *email, const char *what)
{
	struct repo_person p;

	free(config_of(w, geteuid(), &p));
	tap_is(&w->t, p.name, name, what);
	tap_is(&w->t, p.email, email, what);
	repo_person_dispose(&p);
}

static void test_config(struct world *w)
{
	person_is(w, NULL, NULL, "no configuration");
	put(w, ".gitconfig",
	    "# c\n[core]\n\tname = wrong\n[User]\n  Name = Jane \"Q. \" Doe ; c\n"
	    "\temail=jane@example.org # c\n[user \"x\"]\nname = other\n");
	person_is(w, "Jane Q.  Doe", "jane@example.org", "quotes, comments, sections");
	sh_do(w, "mkdir -p .config/git");
	put(w, ".config/git/config", "[user]\n\tname = From XDG\n\temail = xdg@example.org\n");
	put(w, ".gitconfig", "[user] name = \"A\\tB\\\\\" \\\nC\n[user]\n\temail\n");
	person_is(w, "A\tB\\ C", "xdg@example.org", "escapes, joined lines, two files");
	put(w, ".gitconfig", "[user]\n\tname =\n[include]\n\tpath = ../elsewhere\n");
	sh_do(w, "printf '[user]\\n\\tname = Included\\n' >../elsewhere");
	person_is(w, "Included", "xdg@example.org", "includes are followed");
	put(w, ".gitconfig", "[include]\n\tpath = ~/own\n");
	sh_do(w, "printf '[user]\n\tname = Own\n' >own");
	person_is(w, "Own", "xdg@example.org", "from that person's home, too");
	put(w, ".gitconfig", "[include]\n\tpath = ../elsewhere\n[user]\n\tname =\n");
	person_is(w, NULL, "xdg@example.org", "empty is unset");
	sh_do(w, "rm .gitconfig; mkfifo .gitconfig");
	person_is(w, "From XDG", "xdg@example.org", "a fifo does not stop us");
	sh_do(w, "rm .gitconfig");
	if (geteuid() == 0) {
		put(w, ".gitconfig", "[user]\n\tname = Foreign\n");
		sh_do(w, "chown 54321 .gitconfig");
		person_is(w, "From XDG", "xdg@example.org", "another user's file is not believed");
	} else {
		tap_ok(&w->t, true, "another user's file # SKIP needs root");
	}
}

/* Read with a file in the way: what there is besides, soon, and with what is said of it. */
static void held_up(struct world *w, const char *setup, const char *name, const char *problem,
		    const char *what)
{
	SX_FREE char *said = NULL, *timely = sx_format("%s: soon", what);
	struct timespec start, end;
	struct repo_person p = { 0 };

	sh_do(w, "rm -rf .gitconfig .config; mkdir -p .config/git; "
		 "printf '[user]\\nname = Ada\\n' >.config/git/config");
	sh_do(w, setup);
	clock_gettime(CLOCK_MONOTONIC, &start);
	said = config_of(w, geteuid(), &p);
	clock_gettime(CLOCK_MONOTONIC, &end);
	tap_ok(&w->t, end.tv_sec - start.tv_sec < 4, timely);
	tap_is(&w->t, p.name, name, what);
	if (!tap_ok(&w->t, problem ? said && strstr(said, problem) : !said, "and what is said"))
		printf("#   said: %s\n", said ? said : "nothing");
	repo_person_dispose(&p);
}

static void test_hostile(struct world *w)
{
	held_up(w, "mkfifo .gitconfig", "Ada", NULL, "a fifo");
	held_up(w, "ln -s /proc/self/pagemap .gitconfig", "Ada", NULL, "a file without an end");
	held_up(w, "ln -s /dev/zero .gitconfig", "Ada", NULL, "a device");
	held_up(w, "truncate -s 3G .gitconfig", "Ada", "", "a file of 3 GiB");
	held_up(w, "mkfifo pipe; printf '[include]\\npath = pipe\\n' >.gitconfig", NULL,
		"takes too long", "an included fifo");
	held_up(w,
		"printf '[include]\\npath = ../pipe\\n' >.config/git/two; "
		"printf '[include]\\npath = .config/git/two\\n' >.gitconfig; "
		"mv pipe .config/pipe",
		NULL, "takes too long", "one that an included file includes");
	held_up(w, "printf '[include]\\npath = .gitconfig\\n' >.gitconfig", "Ada", "include",
		"a file that includes itself");
	held_up(w, "printf '[core]\\n[user\\n' >.gitconfig", "Ada", ".gitconfig:2",
		"a syntax error");
}

/* root reads for others with their rights. */
static void test_rights(struct world *w)
{
	struct repo_person p = { 0 };

	if (geteuid() != 0) {
		tap_ok(&w->t, true, "the rights of others # SKIP needs root");
		return;
	}
	sh_do(w,
	      "rm -rf .gitconfig .config; chmod 755 ..; printf '[user]\\nname = Secret\\n' >../secret; "
	      "chmod 600 ../secret; ln -s ../secret .gitconfig; chown -h 54321 . .gitconfig");
	free(config_of(w, 54321, &p));
	tap_is(&w->t, p.name, NULL, "a link to what only root may read shows nothing of it");
	free(config_of(w, 0, &p));
	tap_is(&w->t, p.name, NULL, "nor with another's home in root's environment");
	sh_do(w, "chmod 644 ../secret");
	free(config_of(w, 54321, &p));
	tap_is(&w->t, p.name, "Secret", "a file that the person may read is read");
	repo_person_dispose(&p);
	sh_do(w, "chmod 600 ../secret; chown 0 .; chmod 777 .");
	free(config_of(w, 0, &p));
	tap_is(&w->t, p.name, NULL, "nothing from a home of root's that all may write to");
	sh_do(w, "chmod 755 .; rm .gitconfig ../secret");
}

static void test_encoding(struct world *w)
{
	sh_do(w, "rm -rf .gitconfig .config");
	put(w, ".gitconfig", "[user]\n\tname = J\xf6rg\n\temail = j@example.org\n");
	person_is(w, "J\xef\xbf\xbdrg", "j@example.org", "bytes that are no UTF-8 are replaced");
	sh_do(w, "printf '[i18n]\\n\\tcommitEncoding = ISO-8859-1\\n' >>.gitconfig");
	person_is(w, "J\xc3\xb6rg", "j@example.org", "and read in the encoding that is told");
}

/* The same values as git itself reads. */
static void test_like_git(struct world *w)
{
	SX_FREE char *want = NULL, *got = NULL;
	struct repo_person p;

	sh_do(w,
	      "rm -rf .gitconfig .config; printf '[user]\\n\\tname = \"  x;y\" # \\n\\temail = a b  c  \\n' "
	      ">.gitconfig");
	want = sh(w, "HOME=$PWD git config user.name; HOME=$PWD git config user.email");
	free(config_of(w, geteuid(), &p));
	got = sx_format("%s\n%s", p.name ? p.name : "", p.email ? p.email : "");
	tap_is(&w->t, got, want, "read as git reads it");
	repo_person_dispose(&p);
}

int main(void)
{
	struct world w;

	world_init(&w);
	test_plain(&w);
	test_sudo(&w);
	test_config(&w);
	test_hostile(&w);
	test_rights(&w);
	test_encoding(&w);
	test_like_git(&w);
	return world_end(&w);
}
