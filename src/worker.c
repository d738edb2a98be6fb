/*
 * worker.c: the background worker of one run: signals, database, settings, and the report of an error to the caller and the run's row.
 */
#include "postgres.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "access/xact.h"
#include "libpq/pqsignal.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/timeout.h"

#include "channel.h"
#include "guc.h"
#include "launch.h"
#include "run.h"

extern PGDLLEXPORT void esn_worker_main(Datum main_arg);

static volatile sig_atomic_t terminated = false;
static volatile sig_atomic_t cancelled = false;
static volatile sig_atomic_t stops_held = false;
static int wake_pipe[2] = {-1, -1};
static Launch *launch = NULL;

/* Ends a statement at its next check, a wait on the network by the pipe, any other wait by the latch. */
static void
wake_up(void)
{
	int saved_errno = errno;

	InterruptPending = true;
	QueryCancelPending = true;
	if (wake_pipe[1] >= 0)
		(void) !write(wake_pipe[1], "", 1);
	SetLatch(MyLatch);
	errno = saved_errno;
}

static void
handle_terminate(SIGNAL_ARGS)
{
	terminated = true;
	if (!stops_held)
		wake_up();
}

static void
handle_cancel(SIGNAL_ARGS)
{
	/* A lock time-out signals in the same way, and must end its wait even while stops are held. */
	bool lock_timeout = get_timeout_indicator(LOCK_TIMEOUT, false);

	if (!lock_timeout)
		cancelled = true;
	if (lock_timeout || !stops_held)
		wake_up();
}

const char *
worker_stop_reason(void)
{
	if (launch != NULL && pg_atomic_read_u32(&launch->abandoned))
		return "cancelled: the session that waited for it was cancelled or ended";
	if (cancelled)
		return "cancelled by esn_cancel() or pg_cancel_backend()";
	if (terminated)
		return "cancelled: the worker was terminated, by an administrator or with the server";
	return NULL;
}

void
worker_hold_stops(bool hold)
{
	stops_held = hold;
	if (hold)
		QueryCancelPending = false;
	else if (worker_stop_reason() != NULL)
		wake_up();
}

static void
open_wake_pipe(void)
{
	int ends[2];

	if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0)
		ereport(ERROR, (errcode_for_file_access(), errmsg("could not make a pipe: %m")));
	wake_pipe[0] = ends[0];
	wake_pipe[1] = ends[1];
}

static dsm_segment *
attach_launch(Datum main_arg)
{
	dsm_segment *segment;

	CurrentResourceOwner = ResourceOwnerCreate(NULL, "esn_pulse run");
	segment = dsm_attach(DatumGetUInt32(main_arg));
	if (segment == NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the session that asked for the run has gone")));
	dsm_pin_mapping(segment);
	launch = dsm_segment_address(segment);
	if (launch->magic != LAUNCH_MAGIC)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg(
					 "the request of the run cannot be read: two versions of esn_pulse are loaded"),
				 errhint("Reconnect, and try again.")));
	return segment;
}

static void
apply_settings(void)
{
	StartTransactionCommand();
	guc_restore(launch->settings);
	CommitTransactionCommand();
}

void
esn_worker_main(Datum main_arg)
{
	dsm_segment *segment;
	RunRequest request;

	pqsignal(SIGTERM, handle_terminate);
	pqsignal(SIGINT, handle_cancel);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	open_wake_pipe();
	BackgroundWorkerUnblockSignals();

	segment = attach_launch(main_arg);
	channel_open(segment, (shm_mq *) ((char *) launch + launch->queue_offset));
	request = launch->request;
	BackgroundWorkerInitializeConnectionByOid(launch->database, InvalidOid, 0);

	PG_TRY();
	{
		apply_settings();
		run_execute(&request, wake_pipe[0]);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(TopMemoryContext);
		error = CopyErrorData();
		EmitErrorReport();
		FlushErrorState();
		if (error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE && error->hint == NULL)
			error->hint = "Another session holds a lock on a row that the run needs; if it is the "
						  "session that "
						  "waits for the run, end its transaction first.";
		HOLD_INTERRUPTS();
		AbortOutOfAnyTransaction();
		channel_error(error);
		RESUME_INTERRUPTS();
	}
	PG_END_TRY();
	proc_exit(0);
}
