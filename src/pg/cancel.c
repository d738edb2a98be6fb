/*
 * cancel.c: see cancel.h.
 */
#include "postgres.h"

#include <signal.h>

#include "libpq/pqsignal.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/pidfile.h"
#include "utils/timeout.h"

#include "pg/cancel.h"
#include "pg/wake.h"

static volatile sig_atomic_t terminated = false;
static volatile sig_atomic_t cancelled = false;
static volatile sig_atomic_t cancels_held = false;
static pg_atomic_uint32 *abandoned = NULL;

/* Ends a statement at its next check, and any wait. */
static void
interrupt(void)
{
	InterruptPending = true;
	QueryCancelPending = true;
	wake_up();
}

static void
handle_terminate(SIGNAL_ARGS)
{
	terminated = true;
	if (!cancels_held)
		interrupt();
}

static void
handle_cancel(SIGNAL_ARGS)
{
	/* A lock time-out signals in the same way. It must end its wait even while cancels are held. */
	bool lock_timeout = get_timeout_indicator(LOCK_TIMEOUT, false);

	if (!lock_timeout)
		cancelled = true;
	if (lock_timeout || !cancels_held)
		interrupt();
}

static bool
is_abandoned(void)
{
	return abandoned != NULL && pg_atomic_read_u32(abandoned);
}

/*
 * Whether it is the server that stops: its signal is the one of pg_terminate_backend(), but the
 * postmaster writes its status into its file before it signals anybody.
 */
static bool
server_is_stopping(void)
{
	FILE *file = AllocateFile("postmaster.pid", "r");
	char line[MAXPGPATH];
	int lines = 0;

	if (file == NULL)
		return false;
	while (lines < LOCK_FILE_LINE_PM_STATUS && fgets(line, sizeof(line), file) != NULL)
		lines++;
	FreeFile(file);
	return lines == LOCK_FILE_LINE_PM_STATUS &&
		   strncmp(line, PM_STATUS_STOPPING, strlen(PM_STATUS_STOPPING)) == 0;
}

const char *
cancel_reason(const char **status)
{
	*status = "cancelled";
	if (cancelled)
		return "cancelled by esn_cancel() or pg_cancel_backend()";
	if (!terminated && !is_abandoned())
		return NULL;
	if (server_is_stopping())
	{
		*status = "partial";
		return "stopped: the server was shut down; the rest comes first in the next run";
	}
	return is_abandoned() ? "cancelled: the session that waited for it was cancelled or ended"
						  : "cancelled: the worker was terminated";
}

void
cancel_hold(bool hold)
{
	cancels_held = hold;
	if (hold)
		QueryCancelPending = false;
	else if (cancelled || terminated || is_abandoned())
		interrupt();
}

void
cancel_init(void)
{
	pqsignal(SIGTERM, handle_terminate);
	pqsignal(SIGINT, handle_cancel);
}

void
cancel_watch(pg_atomic_uint32 *flag)
{
	Assert(abandoned == NULL && flag != NULL);
	abandoned = flag;
}
