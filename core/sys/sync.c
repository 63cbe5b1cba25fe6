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

/* Enough for open and fsync, also when a test's preloaded library stands in between. */
#define STACK_BYTES ((size_t)128 * 1024)

struct job {
	const char *path;
	int error;
	bool threaded;
	pthread_t thread;
};

static void *run(void *arg)
{
	struct job *job = arg;
	SX_CLOSE int fd = open(job->path, O_RDONLY | O_CLOEXEC);

	job->error = fd < 0 || fsync(fd) ? errno : 0;
	return NULL;
}

/* Signals stay with the thread that expects them. */
static void start(struct job *jobs, size_t count)
{
	pthread_attr_t small;
	sigset_t all, before;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < count; i++)
		jobs[i].threaded = pthread_create(&jobs[i].thread, &small, run, &jobs[i]) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&small);
}

int sync_paths(char *const *paths, struct sx_err *err)
{
	size_t count = 0;
	SX_FREE struct job *jobs = NULL;

	while (paths[count])
		count++;
	if (!count)
		return 0;
	jobs = sx_alloc(count * sizeof(*jobs));
	for (size_t i = 0; i < count; i++)
		jobs[i].path = paths[i];
	/* The first is ours; so is one for which there is no thread. */
	start(jobs + 1, count - 1);
	for (size_t i = 0; i < count; i++)
		if (!jobs[i].threaded)
			run(&jobs[i]);
	for (size_t i = 0; i < count; i++)
		if (jobs[i].threaded)
			pthread_join(jobs[i].thread, NULL);
	for (size_t i = 0; i < count; i++) {
		errno = jobs[i].error;
		if (errno)
			return sx_err_sys(err, SX_ECANTWRITE, "fsync %s", jobs[i].path);
	}
	return 0;
}
