/* SPDX-FileCopyrightText: 2026 The safexl authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work in a child that a library may end: see trial.h. */
#include "host/trial.h"
#include "base/str.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static SX_NORETURN void child_main(int (*work)(struct trial *trial, void *arg), void *arg,
				   struct trial *shared)
{
	sigaction(SIGABRT, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0); /* it is expected to die: no core file */
	shared->result = work(shared, arg);
	fflush(NULL);
	shared->done = true;
	_exit(EXIT_SUCCESS);
}

int trial_run(int (*work)(struct trial *trial, void *arg), void *arg, struct trial *out,
	      struct sx_err *err)
{
	struct sigaction wait_for = { .sa_handler = SIG_DFL }, was;
	struct trial *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid = -1, ended;

	if (shared == MAP_FAILED)
		return sx_err_sys(err, SX_EFAIL, "cannot share memory with a child");
	fflush(NULL); /* else the child would print it, too */
	/* With SIGCHLD ignored, the kernel would discard the child's status. */
	sigaction(SIGCHLD, &wait_for, &was);
	pid = fork();
	if (pid == 0)
		child_main(work, arg, shared);
	if (pid < 0)
		sx_err_sys(err, SX_EFAIL, "cannot start a child");
	do
		ended = pid < 0 ? pid : waitpid(pid, &shared->status, 0);
	while (ended < 0 && pid > 0 && errno == EINTR);
	sigaction(SIGCHLD, &was, NULL);
	*out = *shared;
	munmap(shared, sizeof(*shared));
	return pid < 0 ? -1 : 0;
}

void trial_at(struct trial *trial, const char *what)
{
	snprintf(trial->at, sizeof(trial->at), "%s", what);
}

char *trial_end(const struct trial *trial)
{
	return WIFSIGNALED(trial->status) ? sx_format("signal %d", WTERMSIG(trial->status))
					  : sx_format("exit status %d", WEXITSTATUS(trial->status));
}
