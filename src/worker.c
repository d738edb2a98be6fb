/*
 * worker.c: the background worker of one run: signals, database, settings, and reporting an error
 * to the caller and the run's row.
 */
#include "postgres.h"

#include <signal.h>

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

#include "crawl/run.h"
#include "pg/cancel.h"
#include "pg/channel.h"
#include "pg/runlog.h"
#include "pg/settings.h"
#include "pg/wake.h"
#include "launch.h"

extern PGDLLEXPORT void esn_worker_main(Datum main_arg);

static Launch *launch = NULL;

static dsm_segment *
attach_launch(Datum main_arg)
{
	dsm_segment *segment;

	CurrentResourceOwner = ResourceOwnerCreate(NULL, "esn_pulse run");
	segment = dsm_attach(DatumGetUInt32(main_arg));
	if (segment == NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the session that requested the run is gone")));
	dsm_pin_mapping(segment);
	launch = dsm_segment_address(segment);
	if (launch->magic != LAUNCH_MAGIC)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("could not read the request of the run"),
						errdetail("Two versions of esn_pulse are loaded."),
						errhint("Reconnect and try again.")));
	return segment;
}

static void
apply_settings(void)
{
	StartTransactionCommand();
	settings_restore(launch->settings);
	runlog_open();
	CommitTransactionCommand();
}

void
esn_worker_main(Datum main_arg)
{
	dsm_segment *segment;
	RunRequest request;

	wake_init();
	cancel_init();
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();

	segment = attach_launch(main_arg);
	channel_open(segment, (shm_mq *) ((char *) launch + launch->queue_offset));
	request = launch->request;
	cancel_watch(&launch->abandoned);
	BackgroundWorkerInitializeConnectionByOid(launch->database, InvalidOid, 0);

	PG_TRY();
	{
		apply_settings();
		run_execute(&request);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(TopMemoryContext);
		error = CopyErrorData();
		EmitErrorReport();
		FlushErrorState();
		if (error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE && error->hint == NULL)
			error->hint =
				"Another session holds a lock on a row that the run needs. If it is the session "
				"that waits for the run, end its transaction first.";
		HOLD_INTERRUPTS();
		AbortOutOfAnyTransaction();
		channel_error(error);
		RESUME_INTERRUPTS();
	}
	PG_END_TRY();
	proc_exit(0);
}
