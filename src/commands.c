/*
 * commands.c: the functions that start and stop runs: arguments and preconditions. crawl/run.c
 * decides how a run goes.
 */
#include "postgres.h"

#include <signal.h>

#include "access/htup_details.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"

#include "base/slug.h"
#include "pg/runlog.h"
#include "pg/server_arena.h"
#include "pg/wait_events.h"
#include "store/rules.h"
#include "store/sections.h"
#include "launch.h"

#define CANCEL_PATIENCE_MS 5000

/*
 * PostgreSQL 15 does not declare them. Only what is exported here is visible outside the library.
 */
extern PGDLLEXPORT Datum esn_scrape_accounts(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_scrape_section(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_scrape_activities(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_scrape_all(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_retry_failed(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_fix_validation_errors(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_request_selftest(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_cancel(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(esn_scrape_accounts);
PG_FUNCTION_INFO_V1(esn_scrape_section);
PG_FUNCTION_INFO_V1(esn_scrape_activities);
PG_FUNCTION_INFO_V1(esn_scrape_all);
PG_FUNCTION_INFO_V1(esn_retry_failed);
PG_FUNCTION_INFO_V1(esn_fix_validation_errors);
PG_FUNCTION_INFO_V1(esn_request_selftest);
PG_FUNCTION_INFO_V1(esn_cancel);

/* Checks the preconditions of every run. */
static void
check_preconditions(void)
{
	if (RecoveryInProgress() || XactReadOnly)
		ereport(ERROR,
				(errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
				 errmsg("a run cannot write here: %s", RecoveryInProgress()
														   ? "the server is a read-only standby"
														   : "the transaction is read-only"),
				 errhint("Start it on the primary server, in a transaction that may write.")));
	if (GetDatabaseEncoding() != PG_UTF8)
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("the encoding of this database is %s, not UTF8", GetDatabaseEncodingName()),
				 errhint("Run CREATE DATABASE esn TEMPLATE template0 ENCODING 'UTF8'; then create "
						 "the extension there.")));
}

/*
 * The run's row with the columns that scraper_status had when the caller's statement was planned.
 * Somebody may have added or dropped one during the run.
 */
static Datum
row_as_expected(FunctionCallInfo fcinfo, Datum row)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	HeapTupleHeader header = DatumGetHeapTupleHeader(row);
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(header), .t_data = header};
	TupleDesc there;
	TupleDesc wanted;
	Datum *values;
	bool *nulls;

	/* The session is in the middle of a statement, so it has not processed invalidations. */
	AcceptInvalidationMessages();
	if (result == NULL || !IsA(result, ReturnSetInfo) || result->expectedDesc == NULL)
		return row;
	wanted = CreateTupleDescCopy(result->expectedDesc);
	there =
		lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(header), HeapTupleHeaderGetTypMod(header));
	values = palloc0(sizeof(Datum) * Max(wanted->natts, there->natts));
	nulls = palloc(sizeof(bool) * Max(wanted->natts, there->natts));
	memset(nulls, true, sizeof(bool) * Max(wanted->natts, there->natts));
	heap_deform_tuple(&tuple, there, values, nulls);
	ReleaseTupleDesc(there);
	wanted->tdtypeid = RECORDOID;
	wanted->tdtypmod = -1;
	return HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(wanted), values, nulls));
}

/* Shows where a run in the background can be watched, and how it is stopped. */
static void
show_started(Datum row)
{
	bool isnull;
	int64 id = DatumGetInt64(GetAttributeByName(DatumGetHeapTupleHeader(row), "id", &isnull));

	ereport(NOTICE, (errmsg("run " INT64_FORMAT " continues in the background", id),
					 errhint("To watch it, run SELECT * FROM esn_recent_runs; to stop it, SELECT "
							 "esn_cancel(" INT64_FORMAT ");",
							 id)));
}

/* Starts a run, and returns its row, or what it answers. */
static Datum
launch(RunRequest *request, bool wait)
{
	runlog_open();
	strlcpy(request->requested_by, GetUserNameFromId(GetSessionUserId(), false), NAMEDATALEN);
	PG_TRY();
	{
		check_preconditions();
	}
	PG_CATCH();
	{
		runlog_refusal(describe_request(request), request->requested_by);
		PG_RE_THROW();
	}
	PG_END_TRY();
	return launch_run(request, wait);
}

static Datum
start(FunctionCallInfo fcinfo, RunRequest *request, bool wait)
{
	Datum row = launch(request, wait);

	if (!wait)
		show_started(row);
	return row_as_expected(fcinfo, row);
}

Datum
esn_scrape_accounts(PG_FUNCTION_ARGS)
{
	RunRequest request = {.kind = RUN_ACCOUNTS};

	return start(fcinfo, &request, PG_GETARG_BOOL(0));
}

/* Reads the slug of a section, as slug_from_text() does. A comma would end it in a request. */
static void
read_slug(const char *given, char slug[SLUG_SIZE])
{
	Arena *arena = server_arena();
	const char *found = slug_from_text(arena, given);
	bool is_valid =
		found != NULL && *found != '\0' && strlen(found) < SLUG_SIZE && strchr(found, ',') == NULL;

	if (is_valid)
		strlcpy(slug, found, SLUG_SIZE);
	arena_destroy(arena);
	if (!is_valid)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid section slug: \"%s\"", given),
						errhint("A slug is the last part of a section's address, such as esn-metu "
								"or tr-anka-met.")));
}

Datum
esn_scrape_section(PG_FUNCTION_ARGS)
{
	RunRequest request = {.kind = RUN_SECTION};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	read_slug(PG_ARGISNULL(0) ? "" : text_to_cstring(PG_GETARG_TEXT_PP(0)), request.slug);
	request.full = PG_GETARG_BOOL(1);
	return start(fcinfo, &request, PG_GETARG_BOOL(2));
}

Datum
esn_scrape_activities(PG_FUNCTION_ARGS)
{
	RunRequest request = {.kind = RUN_ACTIVITIES};

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	request.full = PG_GETARG_BOOL(1);
	if (!PG_ARGISNULL(0))
	{
		request.max_sections = PG_GETARG_INT32(0);
		if (request.max_sections < 1)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("max_sections must be at least 1, not %d", request.max_sections),
							errhint("Leave it out, or give NULL, for all sections.")));
	}
	return start(fcinfo, &request, PG_GETARG_BOOL(2));
}

Datum
esn_scrape_all(PG_FUNCTION_ARGS)
{
	RunRequest request = {.kind = RUN_ALL, .full = PG_GETARG_BOOL(0)};

	return start(fcinfo, &request, PG_GETARG_BOOL(1));
}

Datum
esn_retry_failed(PG_FUNCTION_ARGS)
{
	RunRequest request = {.kind = RUN_RETRY};

	return start(fcinfo, &request, PG_GETARG_BOOL(0));
}

Datum
esn_fix_validation_errors(PG_FUNCTION_ARGS)
{
	/* Read unchanged pages, too. */
	RunRequest request = {.kind = RUN_FIX, .full = true};

	return start(fcinfo, &request, PG_GETARG_BOOL(0));
}

Datum
esn_request_selftest(PG_FUNCTION_ARGS)
{
	RunRequest request = {.kind = RUN_SELFTEST};

	return launch(&request, true);
}

/*
 * The process that works on a run, 0 if none does, and whether the run has completed. ERROR if the
 * run does not exist.
 */
static int
find_worker(int64 run, bool *completed)
{
	Oid types[1] = {INT8OID};
	Datum args[1] = {Int64GetDatum(run)};
	bool isnull;
	int pid;

	SPI_connect();
	if (SPI_execute_with_args("SELECT worker_pid, is_completed FROM esn_run_worker($1)", 1, types,
							  args, NULL, false, 1) != SPI_OK_SELECT ||
		SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("run " INT64_FORMAT " does not exist", run),
				 errhint("To list the runs, run SELECT id, request, status FROM esn_runs;")));
	pid = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	if (isnull)
		pid = 0;
	*completed =
		DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &isnull));
	SPI_finish();
	return pid;
}

Datum
esn_cancel(PG_FUNCTION_ARGS)
{
	int64 run = PG_GETARG_INT64(0);
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), CANCEL_PATIENCE_MS);
	bool completed;
	int pid = find_worker(run, &completed);

	if (pid == 0)
	{
		ereport(NOTICE, (errmsg("run " INT64_FORMAT " has already ended", run),
						 errhint("To see how it ended, run SELECT * FROM esn_recent_runs;")));
		PG_RETURN_BOOL(false);
	}
	if (kill(pid, SIGINT) != 0 && errno != ESRCH)
		ereport(ERROR,
				(errcode(ERRCODE_SYSTEM_ERROR), errmsg("could not signal process %d: %m", pid)));
	while (kill(pid, 0) == 0 && GetCurrentTimestamp() < end)
		wait_on_latch(WAIT_FOR_CANCEL, 20);
	if (kill(pid, 0) == 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
			 errmsg("run " INT64_FORMAT " was asked to stop but has not stopped yet", run),
			 errhint(
				 "It stops as soon as it can. To watch it, run SELECT * FROM esn_recent_runs;")));
	/*
	 * The snapshot of this transaction may be older than the end of the run: it has stopped even if
	 * its row does not say so yet.
	 */
	(void) find_worker(run, &completed);
	if (!completed)
		ereport(NOTICE, (errmsg("run " INT64_FORMAT " has stopped; committed data is kept", run),
						 errhint("Start it again: it will resume where it stopped.")));
	else
		ereport(NOTICE, (errmsg("run " INT64_FORMAT " ended just before it could be stopped", run),
						 errhint("To see how it ended, run SELECT * FROM esn_recent_runs;")));
	PG_RETURN_BOOL(!completed);
}
