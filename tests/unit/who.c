/* The person at the keyboard, and what git's configuration says of them. */
#include "repo_git.h"

#include <safexl/who.h>

#include <pwd.h>

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

static void person_is(struct world *w, const char *name, const char *email, const char *what)
{
	struct repo_person p;

	repo_person_config(w->dir, &p);
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
	put(w, ".gitconfig", "[include]\n\tpath = ../elsewhere\n[user]\n\tname =\n");
	sh_do(w, "printf '[user]\\n\\tname = Included\\n' >../elsewhere");
	person_is(w, NULL, "xdg@example.org", "includes are not followed, empty is unset");
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

/* The same values as git itself reads. */
static void test_like_git(struct world *w)
{
	SX_FREE char *want = NULL, *got = NULL;
	struct repo_person p;

	sh_do(w,
	      "rm -rf .gitconfig .config; printf '[user]\\n\\tname = \"  x;y\" # \\n\\temail = a b\\t c  \\n' "
	      ">.gitconfig");
	want = sh(w, "HOME=$PWD git config user.name; HOME=$PWD git config user.email");
	repo_person_config(w->dir, &p);
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
	test_like_git(&w);
	return world_end(&w);
}
