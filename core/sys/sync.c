/*
 * fsync of several files side by side: see sync.h. A disk works on many requests at once, and a
 * file system's journal takes them in one go; one after the other each waits for its own turn,
 * which on a busy host is most of the time that a recorded change takes.
 */
#include <safexl/str.h>
#include <safexl/sync.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

/* Beside the calling thread; with more, starting them costs what they save (measured). */
#define HELPERS 2
/* Enough for open and fsync, also when a test's preloaded library stands in between. */
#define STACK_BYTES ((size_t)128 * 1024)

/* The paths, taken one by one by whoever is free. */
struct queue {
	char *const *paths;
	size_t count, next;
	int *errors; /* one for each path, 0: it is on disk */
};

static int sync_one(const char *path)
{
	SX_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || fsync(fd) ? errno : 0;
}

static void *drain(void *arg)
{
	struct queue *q = arg;
	size_t i;

	while ((i = __atomic_fetch_add(&q->next, 1, __ATOMIC_RELAXED)) < q->count)
		q->errors[i] = sync_one(q->paths[i]);
	return NULL;
}

/* The number of helpers that could be started: none is no failure, it only takes longer. */
static size_t start_helpers(struct queue *q, pthread_t helpers[HELPERS])
{
	pthread_attr_t small;
	sigset_t all, before;
	size_t started = 0;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	/* Signals stay with the thread that expects them. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (started < HELPERS && started + 1 < q->count &&
	       pthread_create(&helpers[started], &small, drain, q) == 0)
		started++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&small);
	return started;
}

int sync_paths(char *const *paths, struct sx_err *err)
{
	struct queue q = { .paths = paths };
	pthread_t helpers[HELPERS];
	SX_FREE int *errors = NULL;
	size_t started;

	while (paths[q.count])
		q.count++;
	errors = q.errors = sx_alloc(q.count * sizeof(*errors));
	started = start_helpers(&q, helpers);
	drain(&q);
	while (started)
		pthread_join(helpers[--started], NULL);
	for (size_t i = 0; i < q.count; i++) {
		errno = errors[i];
		if (errno)
			return sx_err_sys(err, SX_ECANTWRITE, "fsync %s", paths[i]);
	}
	return 0;
}
