/*
 * runs.c: see runs.h. Each call is a short transaction of its own.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/lock.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "pg/wait_events.h"
#include "store/attempts.h"
#include "store/runs.h"
#include "store/session.h"

/*
 * The advisory lock of the run in progress: "ESNP", 1; and that of all runs that wait for it: 2.
 * The view esn_runs uses them, too.
 */
#define LOCK_CLASS 1163087440
#define RUN_LOCK 1
#define WAITING_LOCK 2
#define LOCK_PATIENCE_MS 3000

/* Takes an advisory lock until the process ends. Returns false if that is not possible now. */
static bool
take_lock(int object, LOCKMODE mode)
{
	LOCKTAG tag;
	MemoryContext caller = CurrentMemoryContext;
	LockAcquireResult result;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, LOCK_CLASS, object, 2);
	StartTransactionCommand();
	result = LockAcquire(&tag, mode, true, true);
	CommitTransactionCommand();
	MemoryContextSwitchTo(caller);
	return result != LOCKACQUIRE_NOT_AVAIL;
}

bool
store_try_lock(void)
{
	return take_lock(RUN_LOCK, ExclusiveLock);
}

/* Raises an ERROR that names the run in progress. Returns if none is visible. */
static void
report_other_run(const char *reason)
{
	MemoryContext caller = CurrentMemoryContext;
	char *id = NULL;
	char *since = NULL;
	char *request = NULL;

	sql_begin_with("esn_pulse: looking for the other run", SQL_OTHER_RUN, NULL, NULL);
	if (SPI_processed > 0)
	{
		id = sql_text(caller, 0, 1);
		since = sql_text(caller, 0, 2);
		request = sql_text(caller, 0, 3);
	}
	sql_commit();
	if (id != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("run %s (%s) is already running (started at %s)", id, request, since),
				 errdetail("%s", reason),
				 errhint("Wait for it, or stop it: SELECT esn_cancel(%s);", id)));
}

void
store_await_lock(const char *reason)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), LOCK_PATIENCE_MS);

	while (!store_try_lock())
	{
		/*
		 * A run that is just beginning has no row yet, and one that is just ending is no longer
		 * running.
		 */
		report_other_run(reason);
		if (GetCurrentTimestamp() >= end)
			ereport(
				ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("another session holds the lock of the run"),
				 errhint("To find it, run SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND "
						 "classid = %u;",
						 LOCK_CLASS)));
		wait_on_latch(WAIT_FOR_LOCK, 20);
	}
}

int64
store_begin_waiting(const char *requested_by, const char *request)
{
	Datum args[2];
	int64 run;

	if (!take_lock(WAITING_LOCK, ShareLock))
		ereport(ERROR, (errcode(ERRCODE_LOCK_NOT_AVAILABLE),
						errmsg("another session holds the lock of waiting runs")));
	args[0] = CStringGetTextDatum(requested_by);
	args[1] = CStringGetTextDatum(request);
	sql_begin_with("esn_pulse: beginning to wait", SQL_BEGIN_WAITING, args, NULL);
	run = DatumGetInt64(sql_datum(0, 1));
	sql_commit();
	return run;
}

Turn
store_turn(int64 run)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum args[1] = {Int64GetDatum(run)};
	Turn turn = {0};

	sql_begin_with("esn_pulse: waiting for another run", SQL_TURN, args, NULL);
	if (SPI_processed != 1)
		store_report_lost_row(run);
	turn.status = sql_text(caller, 0, 1);
	turn.taken_by = DatumGetInt64(sql_datum(0, 2));
	turn.other = DatumGetInt64(sql_datum(0, 3));
	turn.other_request = sql_text(caller, 0, 4);
	turn.other_pid = DatumGetInt32(sql_datum(0, 5));
	sql_commit();
	return turn;
}

void
store_end_waiting(int64 run, const char *failure)
{
	Datum args[2] = {Int64GetDatum(run)};

	args[1] = failure == NULL ? (Datum) 0 : CStringGetTextDatum(failure);
	sql_begin_with("esn_pulse: ending a waiting run", SQL_END_WAITING, args,
				   failure == NULL ? " n" : NULL);
	sql_commit();
}

int64
store_begin_run(const char *module, const char *requested_by, const char *request, int64 waited)
{
	Datum args[4];
	int64 run;

	args[0] = CStringGetTextDatum(module);
	args[1] = CStringGetTextDatum(requested_by);
	args[2] = CStringGetTextDatum(request);
	args[3] = Int64GetDatum(waited);
	sql_begin_with("esn_pulse: beginning a run", SQL_BEGIN_RUN, args, waited == 0 ? "   n" : NULL);
	run = DatumGetInt64(sql_datum(0, 1));
	sql_commit();
	return run;
}

void
store_keep_run(int64 run)
{
	Datum args[1] = {Int64GetDatum(run)};

	sql_execute(SQL_KEEP_RUN, args, NULL);
	if (!DatumGetBool(sql_datum(0, 1)))
		store_report_lost_row(run);
}

void
store_counts(int64 run, const RunCounts *counts)
{
	Datum activities[4] = {Int32GetDatum(counts->added), Int32GetDatum(counts->changed),
						   Int32GetDatum(counts->unchanged), Int32GetDatum(counts->invalid)};
	Datum args[8] = {Int64GetDatum(run),
					 Int32GetDatum(counts->sections_processed),
					 Int32GetDatum(counts->sections_failed),
					 Int64GetDatum(counts->requests),
					 Int64GetDatum(counts->not_modified),
					 Int64GetDatum(counts->bytes),
					 Int32GetDatum(counts->pages_failed)};

	args[7] = PointerGetDatum(construct_array(activities, 4, INT4OID, 4, true, TYPALIGN_INT));
	sql_execute(SQL_PROGRESS, args, NULL);
}

/* The arguments of esn_end_run(), and the counts, which are stored first. */
typedef struct RunEnd
{
	int64 run;
	const RunCounts *counts;
	Datum args[7];
	const char *nulls;
} RunEnd;

static void
end_run(void *state)
{
	RunEnd *end = state;

	sql_begin("esn_pulse: ending a run");
	store_counts(end->run, end->counts);
	sql_execute(SQL_END_RUN, end->args, end->nulls);
	sql_commit();
}

void
store_end_run(int64 run, const char *status, const char *message, bool unfinished, int64 wait_s,
			  const RunCounts *counts)
{
	RunEnd end = {.run = run, .counts = counts, .nulls = message == NULL ? "  n    " : NULL};

	end.args[0] = Int64GetDatum(run);
	end.args[1] = CStringGetTextDatum(status);
	end.args[2] = message == NULL ? (Datum) 0 : CStringGetTextDatum(message);
	end.args[3] = BoolGetDatum(unfinished);
	end.args[4] = Int64GetDatum(wait_s);
	end.args[5] = Float8GetDatum(counts->cpu_seconds);
	end.args[6] = Int64GetDatum(counts->peak_memory);
	attempt("esn_pulse: ending a run", end_run, &end);
}

void
store_link_organisers(void)
{
	sql_begin_with("esn_pulse: linking organisers", SQL_LINK, NULL, NULL);
	sql_commit();
}

void
store_refresh_summaries(void)
{
	sql_begin_with("esn_pulse: counting what the overviews show", SQL_REFRESH_SUMMARIES, NULL,
				   NULL);
	sql_commit();
}

void
store_report_lost_row(int64 run)
{
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("the row of run " INT64_FORMAT " is gone from scraper_status", run),
					errhint("Do not delete the row of a run in progress; esn_cancel() stops it.")));
}

Datum
store_run_row(int64 run)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext before;
	Datum args[1] = {Int64GetDatum(run)};
	Datum row;

	sql_begin_with("esn_pulse: reading the run's row", SQL_RUN_ROW, args, NULL);
	if (SPI_processed != 1)
		store_report_lost_row(run);
	before = MemoryContextSwitchTo(caller);
	row = PointerGetDatum(DatumGetHeapTupleHeaderCopy(sql_datum(0, 1)));
	MemoryContextSwitchTo(before);
	sql_commit();
	return row;
}

int64
store_plan(int64 run, const char *module, const char *section, bool full, bool *is_unknown)
{
	Datum args[4] = {Int64GetDatum(run)};
	int64 requests;

	args[1] = CStringGetTextDatum(module);
	args[2] = section == NULL ? (Datum) 0 : CStringGetTextDatum(section);
	args[3] = BoolGetDatum(full);
	sql_begin_with("esn_pulse: planning", SQL_PLAN, args, section == NULL ? "  n " : NULL);
	requests = DatumGetInt64(sql_datum(0, 1));
	*is_unknown = DatumGetBool(sql_datum(0, 2));
	sql_commit();
	return requests;
}

int
store_mark_removed(int64 run, double max_share, int *answered, int *marked)
{
	Datum args[2] = {Int64GetDatum(run), Float8GetDatum(max_share)};
	int gone;

	sql_begin_with("esn_pulse: marking what is gone", SQL_MARK_REMOVED, args, NULL);
	*marked = DatumGetInt32(sql_datum(0, 1));
	gone = DatumGetInt32(sql_datum(0, 2));
	*answered = DatumGetInt32(sql_datum(0, 3));
	sql_commit();
	return gone;
}
