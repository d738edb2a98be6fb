/*
 * api.c: the calls that start and stop runs: arguments and preconditions. How a run goes is decided elsewhere.
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
#include "storage/latch.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
#include "utils/wait_event.h"

#include "launch.h"
#include "store.h"

#define CANCEL_PATIENCE_MS 5000

/* Said here, as PostgreSQL 15 does not: nothing else of the library can be seen from outside. */
extern PGDLLEXPORT Datum esn_scrape_accounts(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_scrape_section(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_scrape_activities(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_scrape_all(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_retry_failed(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_fix_validation_errors(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_cancel(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(esn_scrape_accounts);
PG_FUNCTION_INFO_V1(esn_scrape_section);
PG_FUNCTION_INFO_V1(esn_scrape_activities);
PG_FUNCTION_INFO_V1(esn_scrape_all);
PG_FUNCTION_INFO_V1(esn_retry_failed);
PG_FUNCTION_INFO_V1(esn_fix_validation_errors);
PG_FUNCTION_INFO_V1(esn_cancel);

/* What must hold before any run. */
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
				 errhint("CREATE DATABASE esn TEMPLATE template0 ENCODING 'UTF8'; and create the "
						 "extension there.")));
}

/*
 * The run's row with the columns that scraper_status had when the caller's statement was planned: somebody may have added or dropped one
 * while the run went on.
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

	/* Nobody has told this session of it: it waits in the middle of a statement. */
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

/* A run that nobody waits for: where it can be looked at, and how it is stopped. */
static void
tell_begun(Datum row)
{
	bool isnull;
	int64 id = DatumGetInt64(GetAttributeByName(DatumGetHeapTupleHeader(row), "id", &isnull));

	ereport(NOTICE, (errmsg("run " INT64_FORMAT " goes on by itself", id),
					 errhint("SELECT * FROM esn_recent_runs; shows how it stands, SELECT "
							 "esn_cancel(" INT64_FORMAT "); stops it.",
							 id)));
}

static Datum
start(FunctionCallInfo fcinfo, RunRequest *request, bool wait)
{
	Datum row;

	check_preconditions();
	strlcpy(request->requested_by, GetUserNameFromId(GetSessionUserId(), false), NAMEDATALEN);
	row = launch_run(request, wait);
	if (!wait)
		tell_begun(row);
	return row_as_expected(fcinfo, row);
}

Datum
esn_scrape_accounts(PG_FUNCTION_ARGS)
{
	RunRequest request = {.kind = RUN_ACCOUNTS};

	return start(fcinfo, &request, PG_GETARG_BOOL(0));
}

/* The slug in what people paste: it itself, or the address of a section's page on either site. */
static char *
slug_of(char *given)
{
	static const char *const markers[] = {"/organisation/", "/section/"};

	for (int i = 0; i < lengthof(markers); i++)
	{
		char *found = strstr(given, markers[i]);

		if (found != NULL)
		{
			given = found + strlen(markers[i]);
			given[strcspn(given, "/?#")] = '\0';
		}
	}
	return given;
}

Datum
esn_scrape_section(PG_FUNCTION_ARGS)
{
	RunRequest request = {.kind = RUN_SECTION};
	char *slug;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	slug = slug_of(PG_ARGISNULL(0) ? pstrdup("") : text_to_cstring(PG_GETARG_TEXT_PP(0)));
	if (*slug == '\0' || strlen(slug) >= SLUG_SIZE || strpbrk(slug, "/?#% \t\n") != NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("\"%s\" is no slug", slug),
						errhint("A slug is the last part of a section's address, such as esn-metu "
								"or tr-anka-met.")));
	request.full = PG_GETARG_BOOL(1);
	strlcpy(request.slug, slug, SLUG_SIZE);
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
	/* Whether a page has changed since is not what is asked. */
	RunRequest request = {.kind = RUN_FIX, .full = true};

	return start(fcinfo, &request, PG_GETARG_BOOL(0));
}

/* The process that works on a run, 0 where none does; whether it has completed. ERROR where there is no such run. */
static int
find_worker(int64 run, bool *completed)
{
	Oid types[1] = {INT8OID};
	Datum args[1] = {Int64GetDatum(run)};
	bool isnull;
	int pid;

	SPI_connect();
	if (SPI_execute_with_args("SELECT CASE WHEN r.status = 'running' THEN r.worker_pid END, "
							  "r.status = 'completed' FROM esn_runs r WHERE r.id = $1",
							  1, types, args, NULL, false, 1) != SPI_OK_SELECT ||
		SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("there is no run " INT64_FORMAT, run),
				 errhint("SELECT id, request, status FROM esn_runs;")));
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
		ereport(NOTICE, (errmsg("run " INT64_FORMAT " had ended before", run),
						 errhint("SELECT * FROM esn_recent_runs; says how.")));
		PG_RETURN_BOOL(false);
	}
	if (kill(pid, SIGINT) != 0 && errno != ESRCH)
		ereport(ERROR,
				(errcode(ERRCODE_SYSTEM_ERROR), errmsg("could not signal process %d: %m", pid)));
	while (kill(pid, 0) == 0 && GetCurrentTimestamp() < end)
	{
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, 20,
						 PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	if (kill(pid, 0) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
				 errmsg("run " INT64_FORMAT " was asked to stop but has not stopped yet", run),
				 errhint("It stops as soon as it can: SELECT * FROM esn_recent_runs;")));
	/* A transaction with a snapshot of before sees the run as it was then: that it has stopped is known all the same. */
	(void) find_worker(run, &completed);
	if (!completed)
		ereport(NOTICE,
				(errmsg("run " INT64_FORMAT " has stopped; what it had committed stays", run),
				 errhint("Start it again: it goes on where it was.")));
	else
		ereport(NOTICE, (errmsg("run " INT64_FORMAT " ended just before it could be stopped", run),
						 errhint("SELECT * FROM esn_recent_runs; says how.")));
	PG_RETURN_BOOL(!completed);
}
