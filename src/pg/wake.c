/*
 * wake.c: see wake.h.
 */
#include "postgres.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "libpq/pqsignal.h"
#include "miscadmin.h"
#include "storage/latch.h"

#include "pg/wake.h"

static volatile sig_atomic_t was_requested = false;
static int wake_pipe[2] = {-1, -1};

void
wake_up(void)
{
	int saved_errno = errno;

	if (wake_pipe[1] >= 0)
		(void) !write(wake_pipe[1], "", 1);
	SetLatch(MyLatch);
	errno = saved_errno;
}

static void
handle_request(SIGNAL_ARGS)
{
	was_requested = true;
	wake_up();
}

void
wake_init(void)
{
	Assert(wake_pipe[0] < 0);
	if (pipe2(wake_pipe, O_NONBLOCK | O_CLOEXEC) != 0)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not make a pipe: %m")));
	pqsignal(WAKE_SIGNAL, handle_request);
}

int
wake_fd(void)
{
	return wake_pipe[0];
}

void
wake_drain(void)
{
	char bytes[64];

	while (read(wake_pipe[0], bytes, sizeof(bytes)) > 0)
		;
}

bool
wake_was_requested(void)
{
	bool was = was_requested;

	was_requested = false;
	return was;
}
