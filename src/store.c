/*
 * store.c: what a run asks the database, and its row. Each call is a short transaction of its own. Pages are stored by store_batch.c; the rules
 * are read by store_rules.c.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "sql.h"
#include "store.h"

/* The advisory lock of the one run: "ESNP", 1. The view esn_runs knows it, too. */
#define LOCK_CLASS 1163087440
#define LOCK_OBJECT 1
#define LOCK_PATIENCE_MS 3000

static bool
take_lock(void)
{
	LOCKTAG tag;
	MemoryContext caller = CurrentMemoryContext;
	LockAcquireResult result;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, LOCK_CLASS, LOCK_OBJECT, 2);
	StartTransactionCommand();
	result = LockAcquire(&tag, ExclusiveLock, true, true);
	CommitTransactionCommand();
	MemoryContextSwitchTo(caller);
	return result != LOCKACQUIRE_NOT_AVAIL;
}

/* ERROR that names the run that goes on; returns where none is to be seen. */
static void
report_other_run(void)
{
	MemoryContext caller = CurrentMemoryContext;
	char *id = NULL;
	char *since = NULL;
	char *request = NULL;

	sql_begin("esn_pulse: looking for the other run");
	sql_execute(SQL_OTHER_RUN, NULL, NULL);
	if (SPI_processed > 0)
	{
		id = sql_text(caller, 0, 1);
		since = sql_text(caller, 0, 2);
		request = sql_text(caller, 0, 3);
	}
	sql_commit();
	if (id != NULL)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_IN_USE),
						errmsg("run %s (%s) is going on since %s", id, request, since),
						errdetail("There is one run at a time in a database."),
						errhint("Wait for it, or stop it: SELECT esn_cancel(%s);", id)));
}

void
store_await_lock(void)
{
	TimestampTz end = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), LOCK_PATIENCE_MS);

	while (!take_lock())
	{
		/* One that is just beginning has no row yet, one that is just ending has none any more. */
		report_other_run();
		if (GetCurrentTimestamp() >= end)
			ereport(ERROR, (errcode(ERRCODE_OBJECT_IN_USE),
							errmsg("another session holds the lock of the one run"),
							errhint("SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND "
									"classid = %u;",
									LOCK_CLASS)));
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, 20,
						 PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
}

int64
store_begin_run(const char *module, const char *requested_by, const char *request)
{
	Datum args[3];
	int64 run;

	sql_begin("esn_pulse: beginning a run");
	args[0] = CStringGetTextDatum(module);
	args[1] = CStringGetTextDatum(requested_by);
	args[2] = CStringGetTextDatum(request);
	sql_execute(SQL_BEGIN_RUN, args, NULL);
	run = DatumGetInt64(sql_datum(0, 1));
	sql_commit();
	return run;
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

void
store_end_run(int64 run, const char *status, const char *message, bool unfinished,
			  const RunCounts *counts)
{
	Datum args[4];

	sql_begin("esn_pulse: ending a run");
	store_counts(run, counts);
	args[0] = Int64GetDatum(run);
	args[1] = CStringGetTextDatum(status);
	args[2] = message == NULL ? (Datum) 0 : CStringGetTextDatum(message);
	args[3] = BoolGetDatum(unfinished);
	sql_execute(SQL_END_RUN, args, message == NULL ? "  n " : NULL);
	sql_commit();
}

void
store_link_organisers(void)
{
	sql_begin("esn_pulse: linking organisers");
	sql_execute(SQL_LINK, NULL, NULL);
	sql_commit();
}

void
store_keep_figures(void)
{
	sql_begin("esn_pulse: counting what the overviews show");
	sql_execute(SQL_KEEP_FIGURES, NULL, NULL);
	sql_commit();
}

void
store_alert(const char *payload)
{
	Datum args[1];

	sql_begin("esn_pulse: raising an alert");
	args[0] = CStringGetTextDatum(payload);
	sql_execute(SQL_NOTIFY, args, NULL);
	sql_commit();
}

void
store_report_lost_row(int64 run)
{
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("the row of run " INT64_FORMAT " is gone from scraper_status", run),
					errhint("Leave the row of a run that goes on; esn_cancel() stops it.")));
}

Datum
store_run_row(int64 run)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext before;
	Datum args[1] = {Int64GetDatum(run)};
	Datum row;

	sql_begin("esn_pulse: reading the run's row");
	sql_execute(SQL_RUN_ROW, args, NULL);
	if (SPI_processed != 1)
		store_report_lost_row(run);
	before = MemoryContextSwitchTo(caller);
	row = PointerGetDatum(DatumGetHeapTupleHeaderCopy(sql_datum(0, 1)));
	MemoryContextSwitchTo(before);
	sql_commit();
	return row;
}

static bool
exists(StatementId id, Datum *args)
{
	bool found;

	sql_begin("esn_pulse: looking for sections");
	sql_execute(id, args, NULL);
	found = SPI_processed > 0;
	sql_commit();
	return found;
}

bool
store_has_sections(void)
{
	return exists(SQL_HAS_SECTIONS, NULL);
}

bool
store_accounts_due(void)
{
	return exists(SQL_ACCOUNTS_DUE, NULL);
}

/* The rows (id, accounts slug, activities slug, name, whether its list is due, whether it is recognised) of a statement. */
static List *
read_sections(StatementId id, Datum *args, const char *nulls)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext before;
	List *sections = NIL;

	sql_begin("esn_pulse: reading sections");
	sql_execute(id, args, nulls);
	before = MemoryContextSwitchTo(caller);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		SectionRow *section = palloc0(sizeof(SectionRow));

		section->id = DatumGetInt32(sql_datum(i, 1));
		section->accounts_slug = sql_text(caller, i, 2);
		section->activities_slug = sql_text(caller, i, 3);
		section->name = sql_text(caller, i, 4);
		section->list_due = DatumGetBool(sql_datum(i, 5));
		section->recognised = DatumGetBool(sql_datum(i, 6));
		sections = lappend(sections, section);
	}
	MemoryContextSwitchTo(before);
	sql_commit();
	return sections;
}

SectionRow *
store_find_section(const char *slug)
{
	Datum args[1] = {CStringGetTextDatum(slug)};
	List *found = read_sections(SQL_FIND_SECTION, args, NULL);

	return found == NIL ? NULL : linitial(found);
}

List *
store_due_sections(int max_sections)
{
	Datum args[1] = {Int32GetDatum(max_sections)};

	return read_sections(SQL_DUE_SECTIONS, args, max_sections == 0 ? "n" : NULL);
}

List *
store_known_sections(void)
{
	return read_sections(SQL_KNOWN_SECTIONS, NULL, NULL);
}

static List *
read_pages_to_mend(StatementId id)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext before;
	List *pages = NIL;

	sql_begin("esn_pulse: reading what is to be mended");
	sql_execute(id, NULL, NULL);
	before = MemoryContextSwitchTo(caller);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		PageToMend *page = palloc0(sizeof(PageToMend));

		page->url = sql_text(caller, i, 1);
		page->kind = sql_text(caller, i, 2);
		page->section = sql_text(caller, i, 3);
		page->kept = DatumGetBool(sql_datum(i, 4));
		pages = lappend(pages, page);
	}
	MemoryContextSwitchTo(before);
	sql_commit();
	return pages;
}

List *
store_waiting_failures(void)
{
	return read_pages_to_mend(SQL_WAITING_FAILURES);
}

List *
store_pages_with_errors(void)
{
	return read_pages_to_mend(SQL_PAGES_WITH_ERRORS);
}

char *
store_kept_page(const char *url, size_t *len)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum args[1];
	Datum body;
	bool isnull;
	char *page = NULL;

	sql_begin("esn_pulse: reading a page that was kept");
	args[0] = CStringGetTextDatum(url);
	sql_execute(SQL_KEPT_PAGE, args, NULL);
	body = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	if (!isnull)
	{
		bytea *bytes = DatumGetByteaPP(body);

		*len = VARSIZE_ANY_EXHDR(bytes);
		page = MemoryContextAllocZero(caller, *len + 1);
		memcpy(page, VARDATA_ANY(bytes), *len);
	}
	sql_commit();
	return page;
}

char *
store_known_robots(const char *url, bool *current)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum args[1];
	char *body = NULL;

	*current = false;
	sql_begin("esn_pulse: reading what is known of a robots.txt");
	args[0] = CStringGetTextDatum(url);
	sql_execute(SQL_KNOWN_ROBOTS, args, NULL);
	if (SPI_processed > 0)
	{
		*current = DatumGetBool(sql_datum(0, 1));
		body = sql_text(caller, 0, 2);
	}
	sql_commit();
	return body;
}

void
store_robots(const char *url, int status, const char *body)
{
	Datum args[3];

	sql_begin("esn_pulse: storing a robots.txt");
	args[0] = CStringGetTextDatum(url);
	args[1] = Int32GetDatum(status);
	args[2] = body == NULL ? (Datum) 0 : CStringGetTextDatum(body);
	sql_execute(SQL_STORE_ROBOTS, args, body == NULL ? "  n" : NULL);
	sql_commit();
}
