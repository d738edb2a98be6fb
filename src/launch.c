/*
 * launch.c: the caller's side of a run: starts its worker, shows its progress, returns its row. No
 * SQL, no network.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "tcop/dest.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "pg/channel.h"
#include "pg/runlog.h"
#include "pg/settings.h"
#include "pg/wait_events.h"
#include "launch.h"

/* From libpq/libpq.h, which would require the headers of GSSAPI. */
extern bool pq_check_connection(void);

/* What the callback needs when the caller lets go of the segment, however it ends. */
typedef struct Launched
{
	Launch *launch;
	BackgroundWorkerHandle *worker;
	bool released; /* the run may continue without the caller */
} Launched;

char *
describe_request(const RunRequest *request)
{
	const char *full = request->full ? ", full" : "";

	switch (request->kind)
	{
		case RUN_ACCOUNTS:
			return pstrdup("accounts");
		case RUN_SECTION:
			return psprintf("section %s%s", request->slug, full);
		case RUN_ACTIVITIES:
		case RUN_ALL:
			return request->max_sections == 0
					   ? psprintf("activities%s", full)
					   : psprintf("activities, %d sections%s", request->max_sections, full);
		case RUN_RETRY:
			return pstrdup("retry of failures");
		case RUN_FIX:
			return pstrdup("fix of validation errors");
		case RUN_SELFTEST:
			return pstrdup("self-test");
	}
	return NULL;
}

static dsm_segment *
create_segment(const RunRequest *request, shm_mq **queue)
{
	StringInfoData settings;
	dsm_segment *segment;
	Launch *launch;
	Size offset;

	settings_check();
	initStringInfo(&settings);
	settings_serialize(&settings);
	offset = MAXALIGN(offsetof(Launch, settings) + settings.len);
	segment = dsm_create(offset + LAUNCH_QUEUE_SIZE, 0);
	launch = dsm_segment_address(segment);
	launch->magic = LAUNCH_MAGIC;
	launch->database = MyDatabaseId;
	launch->request = *request;
	pg_atomic_init_u32(&launch->abandoned, 0);
	launch->queue_offset = offset;
	memcpy(launch->settings, settings.data, settings.len);
	pfree(settings.data);

	*queue = shm_mq_create((char *) launch + offset, LAUNCH_QUEUE_SIZE);
	shm_mq_set_receiver(*queue, MyProc);
	return segment;
}

/* Stops the run because its caller has gone or was cancelled. */
static void
abandon_run(dsm_segment *segment, Datum arg)
{
	Launched *launched = (Launched *) DatumGetPointer(arg);

	Assert(launched->launch == dsm_segment_address(segment));
	if (launched->released)
		return;
	pg_atomic_write_u32(&launched->launch->abandoned, 1);
	TerminateBackgroundWorker(launched->worker);
}

static BackgroundWorkerHandle *
start_worker(dsm_segment *segment)
{
	BackgroundWorker worker = {0};
	BackgroundWorkerHandle *handle;

	snprintf(worker.bgw_name, BGW_MAXLEN, "esn_pulse run");
	snprintf(worker.bgw_type, BGW_MAXLEN, "esn_pulse run");
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	snprintf(worker.bgw_library_name, BGW_MAXLEN, "esn_pulse");
	snprintf(worker.bgw_function_name, BGW_MAXLEN, "esn_worker_main");
	worker.bgw_main_arg = UInt32GetDatum(dsm_segment_handle(segment));
	worker.bgw_notify_pid = MyProcPid;
	if (!RegisterDynamicBackgroundWorker(&worker, &handle))
		ereport(
			ERROR,
			(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
			 errmsg("no background worker is free for the run"),
			 errhint("Raise max_worker_processes (now %d) and restart the server, or wait until "
					 "another worker has ended.",
					 max_worker_processes)));
	return handle;
}

static void
report_lost_worker(void)
{
	ereport(ERROR, (errcode(ERRCODE_OPERATOR_INTERVENTION),
					errmsg("the background worker of the run exited unexpectedly"),
					errdetail("Committed data is kept."),
					errhint("See the server log for the reason. Start the run again: it will "
							"resume where it stopped.")));
}

/* Detects a client that has disconnected, even if there is no progress to send. */
static void
check_client(void)
{
	if (MyProcPort != NULL && whereToSendOutput == DestRemote && !pq_check_connection())
	{
		ClientConnectionLost = true;
		InterruptPending = true;
	}
}

/* Reads messages until the run's row, or its answer, arrives. */
static Datum
await_row(shm_mq_handle *queue, MessageKind awaited)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext messages =
		AllocSetContextCreate(caller, "esn_pulse messages", ALLOCSET_SMALL_SIZES);

	for (;;)
	{
		Size len;
		void *data;
		Message message;
		shm_mq_result result = shm_mq_receive(queue, &len, &data, true);

		if (result == SHM_MQ_DETACHED)
			report_lost_worker();
		if (result == SHM_MQ_WOULD_BLOCK)
		{
			(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, 500,
							 wait_event(WAIT_FOR_RUN));
			ResetLatch(MyLatch);
			check_client();
			CHECK_FOR_INTERRUPTS();
			continue;
		}
		MemoryContextReset(messages);
		MemoryContextSwitchTo(messages);
		channel_decode(data, len, &message);
		MemoryContextSwitchTo(caller);
		if (message.kind == MESSAGE_NOTICE || message.kind == MESSAGE_ERROR)
			ThrowErrorData(message.report);
		else if (message.kind == MESSAGE_ANSWER)
			return CStringGetTextDatum(message.answer);
		else if (message.kind == awaited || message.kind == MESSAGE_ENDED)
			return PointerGetDatum(DatumGetHeapTupleHeaderCopy(message.row));
	}
}

/* Gives the worker a moment to end after a cancel, so that the next call does not meet the run. */
static void
await_worker_end(BackgroundWorkerHandle *worker)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), 1000);
	pid_t pid;

	HOLD_INTERRUPTS();
	TerminateBackgroundWorker(worker);
	while (GetBackgroundWorkerPid(worker, &pid) == BGWH_STARTED && GetCurrentTimestamp() < end)
		wait_on_latch(WAIT_FOR_CANCEL, 20);
	RESUME_INTERRUPTS();
}

Datum
launch_run(const RunRequest *request, bool wait)
{
	shm_mq *queue;
	dsm_segment *segment = create_segment(request, &queue);
	MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);
	Launched *launched = palloc0(sizeof(Launched));
	shm_mq_handle *messages;
	Datum row;

	launched->launch = dsm_segment_address(segment);
	PG_TRY();
	{
		launched->worker = start_worker(segment);
	}
	PG_CATCH();
	{
		runlog_refusal(describe_request(request), request->requested_by);
		PG_RE_THROW();
	}
	PG_END_TRY();
	on_dsm_detach(segment, abandon_run, PointerGetDatum(launched));
	messages = shm_mq_attach(queue, segment, launched->worker);
	MemoryContextSwitchTo(before);

	Assert(request->slug[0] != '\0' || request->kind != RUN_SECTION);
	PG_TRY();
	{
		row = await_row(messages, wait ? MESSAGE_ENDED : MESSAGE_STARTED);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(before);
		error = CopyErrorData();
		FlushErrorState();
		pg_atomic_write_u32(&launched->launch->abandoned, 1);
		await_worker_end(launched->worker);
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED)
			ereport(NOTICE, (errmsg("the run was stopped; committed data is kept"),
							 errhint("Start it again: it will resume where it stopped.")));
		ReThrowError(error);
	}
	PG_END_TRY();
	/* Release its lock for the next command of this session. */
	if (wait)
		(void) WaitForBackgroundWorkerShutdown(launched->worker);
	launched->released = true;
	dsm_detach(segment);
	return row;
}
