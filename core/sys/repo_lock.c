/*
 * Locks of git itself (index.lock, HEAD.lock, refs/heads/NAME.lock), taken as git does. Ours hold
 * the text "safexl PID START", so that one left by a killed safexl is told from one of git. Locks
 * between running safexls are in lock.c.
 */
#include "repo_private.h"

#include <safexl/path.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <time.h>

#define WAIT_MS 2000
/* A lock older than this is no passing one: an editor open in "git commit", or a killed git. */
#define PASSING_AGE_S 10
#define OWNER_PREFIX "safexl "

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* The owner text in a lock of ours, heap string; NULL: the lock is not there, or not ours. */
static char *lock_owner(const char *lock)
{
	char text[128];
	SX_CLOSE int fd = open(lock, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		return NULL;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return sx_starts_with(text, OWNER_PREFIX) ? sx_strdup(text + strlen(OWNER_PREFIX)) : NULL;
}

static void add_age(struct sx_str *s, const struct stat *st)
{
	long seconds = (long)(time(NULL) - st->st_mtime);

	if (seconds < 120)
		sx_str_addf(s, "%ld seconds", seconds < 0 ? 0 : seconds);
	else if (seconds < 120 * 60)
		sx_str_addf(s, "%ld minutes", seconds / 60);
	else if (seconds < 48 * 3600)
		sx_str_addf(s, "%ld hours", seconds / 3600);
	else
		sx_str_addf(s, "%ld days", seconds / 86400);
}

static int err_locked(const char *lock, struct sx_err *err)
{
	SX_STR age = { 0 }, quoted = { 0 };
	struct stat st;

	if (lstat(lock, &st))
		sx_str_add(&age, "some time");
	else
		add_age(&age, &st);
	sx_err_set(err, SX_ELOCKED, "git is at work, or was killed: %s is there for %s", lock,
		   sx_str_text(&age));
	sx_str_add_quoted(&quoted, lock);
	return sx_err_hint(err, "if no git runs there: rm %s", sx_str_text(&quoted));
}

/* Wait until something was removed from the directory of the lock; false when time is up. */
static bool await_removal(int notify, long deadline_ms)
{
	struct pollfd poll_in = { .fd = notify, .events = POLLIN };
	long left = deadline_ms - now_ms();
	struct timespec timeout = { left / 1000, left % 1000 * 1000000L };
	char events[4096];

	if (left <= 0 || ppoll(&poll_in, 1, &timeout, NULL) <= 0)
		return false;
	return read(notify, events, sizeof(events)) > 0 || errno == EAGAIN;
}

/*
 * Call attempt(arg) until it says done (0) or fails (-1); 1 means "somebody holds the lock": try
 * again when it may have gone.
 */
static int attempt_until(const char *lock, int (*attempt)(void *arg), void *arg, struct sx_err *err)
{
	SX_FREE char *dir = sx_path_dir(lock);
	SX_CLOSE int notify = -1;
	long deadline_ms = now_ms() + WAIT_MS;
	struct stat st;
	int r = attempt(arg);

	if (r != 1)
		return r;
	if (lstat(lock, &st) == 0 && time(NULL) - st.st_mtime > PASSING_AGE_S)
		return err_locked(lock, err);
	notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (notify < 0 || inotify_add_watch(notify, dir, IN_DELETE | IN_MOVED_FROM) < 0)
		return err_locked(lock, err);
	/* Again after each event, and once after the watch began: it may have gone before. */
	while ((r = attempt(arg)) == 1) {
		if (!await_removal(notify, deadline_ms))
			return err_locked(lock, err);
	}
	return r;
}

static int attempt_look(void *arg)
{
	const char *lock = arg;
	SX_FREE char *owner = NULL;
	struct stat st;

	if (lstat(lock, &st))
		return 0;
	/* A safexl's: a dead one's goes in repo_commit, and a live one has the repository lock. */
	owner = lock_owner(lock);
	return owner ? 0 : 1;
}

int repo_lock_await(const char *file, struct sx_err *err)
{
	SX_FREE char *lock = sx_format("%s.lock", file);

	return attempt_until(lock, attempt_look, lock, err);
}

struct taking {
	const char *marker, *lock;
	struct sx_err *err;
};

static int attempt_take(void *arg)
{
	struct taking *t = arg;
	SX_FREE char *owner = NULL;

	if (link(t->marker, t->lock) == 0)
		return 0;
	if (errno != EEXIST)
		return sx_err_sys(t->err, SX_ECANTWRITE, "lock %s", t->lock);
	/* The caller holds the repository lock: no other safexl clears this lock up meanwhile. */
	owner = lock_owner(t->lock);
	if (owner && !repo_owner_alive(owner) && unlink(t->lock) == 0)
		return attempt_take(arg);
	return 1;
}

int repo_lock_take(struct repo *repo, struct repo_locks *locks, const char *file,
		   struct sx_err *err)
{
	SX_FREE char *marker = repo_scratch_path(repo, "owner");
	SX_FREE char *lock = sx_format("%s.lock", file);
	SX_FREE char *dir = sx_path_dir(lock);
	struct taking taking = { marker, lock, err };

	/* The directory of a branch like team/main goes away when git packs its refs. */
	if (sx_path_mkdirs(dir, 0777, err))
		return -1;
	if (attempt_until(lock, attempt_take, &taking, err))
		return -1;
	sx_words_add(&locks->paths, lock);
	return 0;
}

void repo_lock_sweep(const char *file)
{
	SX_FREE char *lock = sx_format("%s.lock", file);
	SX_FREE char *owner = lock_owner(lock);

	if (owner && !repo_owner_alive(owner))
		unlink(lock);
}

void repo_locks_release(struct repo_locks *locks)
{
	for (size_t i = locks->paths.len; i-- > 0;)
		unlink(locks->paths.items[i]);
	sx_words_dispose(&locks->paths);
}
