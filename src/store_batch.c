/*
 * store_batch.c: writing what a run has read, many pages in one transaction.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "guc.h"
#include "sql.h"
#include "store.h"

#define MAX_TRIES 3 /* of a batch that meets a deadlock */

/* The records of one kind (of RECORD_NOT_MODIFIED: and of one kind of page) as a jsonb array; false where there are none. */
static bool
collect(List *records, RecordKind kind, PageKind page, Datum *array)
{
	StringInfoData text;
	ListCell *cell;

	initStringInfo(&text);
	foreach (cell, records)
	{
		Record *record = lfirst(cell);

		if (record->kind != kind || (kind == RECORD_NOT_MODIFIED && record->page != page))
			continue;
		appendStringInfoChar(&text, text.len == 0 ? '[' : ',');
		appendStringInfoString(&text, record->json);
	}
	if (text.len == 0)
		return false;
	appendStringInfoChar(&text, ']');
	*array = DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data));
	return true;
}

static void
store_fetches(int64 run, PageKind page, Datum array)
{
	Datum args[3] = {Int64GetDatum(run), CStringGetTextDatum(page_kind_name(page)), array};

	sql_execute(SQL_FETCHES, args, NULL);
}

/* Takes out of an array of pages those that say what they said when they were last stored; false where no other is left. */
static bool
leave_changed(PageKind page, Datum *array, RunCounts *counts)
{
	bool isnull;

	sql_execute(SQL_SAME, array, NULL);
	if (page == PAGE_ACTIVITY)
	{
		counts->unchanged += DatumGetInt32(sql_datum(0, 2));
		counts->invalid += DatumGetInt32(sql_datum(0, 3));
	}
	*array = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	return !isnull;
}

/* Pages of one kind: the data by the kind's own function, the errors and the fetches by those of all. third: its third argument; NULL: none. */
static void
store_pages(const Batch *batch, RecordKind kind, PageKind page, StatementId id, const char *third)
{
	RunCounts *counts = batch->counts;
	Datum args[3] = {Int64GetDatum(batch->run)};
	Datum all;

	if (!collect(batch->records, kind, page, &args[1]))
		return;
	all = args[1];
	if (batch->full || (page != PAGE_ACTIVITY && page != PAGE_STATISTICS) ||
		leave_changed(page, &args[1], counts))
	{
		/* What is wrong with statistics shows only where they are stored. */
		if (id != SQL_STATISTICS)
			sql_execute(SQL_ERRORS, args, NULL);
		if (third != NULL)
			args[2] = CStringGetTextDatum(third);
		sql_execute(id, args, third == NULL ? "  n" : NULL);
		if (id == SQL_ACTIVITIES)
		{
			counts->added += DatumGetInt32(sql_datum(0, 1));
			counts->changed += DatumGetInt32(sql_datum(0, 2));
			counts->unchanged += DatumGetInt32(sql_datum(0, 3));
			counts->invalid += DatumGetInt32(sql_datum(0, 4));
		}
	}
	/* Last: when a page is due next depends on what the tables now say. */
	store_fetches(batch->run, page, all);
}

/* Sections that came in. Lists that are not believed are allocated in context. */
static void
finish_sections(Batch *batch, Datum done, MemoryContext context)
{
	Datum args[3] = {Int64GetDatum(batch->run), done, Float8GetDatum(batch->max_removed_ratio)};
	MemoryContext before;

	sql_execute(SQL_SECTIONS_DONE, args, NULL);
	before = MemoryContextSwitchTo(context);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		DisbelievedList *list = palloc(sizeof(DisbelievedList));

		list->section = DatumGetInt32(sql_datum(i, 1));
		list->missing = DatumGetInt32(sql_datum(i, 2));
		list->known = DatumGetInt32(sql_datum(i, 3));
		batch->disbelieved = lappend(batch->disbelieved, list);
	}
	MemoryContextSwitchTo(before);
}

static void
write_batch(Batch *batch)
{
	MemoryContext caller = CurrentMemoryContext;
	List *records = batch->records;
	Datum args[3] = {Int64GetDatum(batch->run)};

	sql_begin("esn_pulse: storing pages");
	store_pages(batch, RECORD_HOME, PAGE_HOME, SQL_HOME, batch->only_section);
	store_pages(batch, RECORD_COUNTRY, PAGE_COUNTRY, SQL_COUNTRIES, NULL);
	store_pages(batch, RECORD_SECTION, PAGE_SECTION, SQL_SECTIONS, NULL);
	if (collect(records, RECORD_PROBE, PAGE_KINDS, &args[1]))
		sql_execute(SQL_PROBES, args, NULL);
	store_pages(batch, RECORD_LISTING, PAGE_LISTING, SQL_CARDS, guc_activities_url);
	store_pages(batch, RECORD_ACTIVITY, PAGE_ACTIVITY, SQL_ACTIVITIES, guc_activities_url);
	store_pages(batch, RECORD_STATISTICS, PAGE_STATISTICS, SQL_STATISTICS, NULL);
	for (PageKind page = 0; page < PAGE_KINDS; page++)
	{
		if (!collect(records, RECORD_NOT_MODIFIED, page, &args[1]))
			continue;
		store_fetches(batch->run, page, args[1]);
		if (page == PAGE_ACTIVITY)
			batch->counts->unchanged += JsonContainerSize(&DatumGetJsonbP(args[1])->root);
	}
	if (collect(records, RECORD_FAILURE, PAGE_KINDS, &args[1]))
	{
		sql_execute(SQL_FAILURES, args, NULL);
		batch->counts->pages_failed += DatumGetInt32(sql_datum(0, 1));
	}
	if (collect(records, RECORD_SECTION_DONE, PAGE_KINDS, &args[1]))
		finish_sections(batch, args[1], caller);
	store_counts(batch->run, batch->counts);
	sql_commit();
}

bool
store_is_about_content(int sqlerrcode)
{
	int category = ERRCODE_TO_CATEGORY(sqlerrcode);

	return category == ERRCODE_DATA_EXCEPTION ||
		   category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION ||
		   category == ERRCODE_PROGRAM_LIMIT_EXCEEDED;
}

bool
store_is_jsonb(const char *text)
{
	MemoryContext caller = CurrentMemoryContext;
	volatile bool taken = true;

	PG_TRY();
	{
		(void) DirectFunctionCall1(jsonb_in, CStringGetDatum(text));
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		if (!store_is_about_content(geterrcode()))
			PG_RE_THROW();
		FlushErrorState();
		taken = false;
	}
	PG_END_TRY();
	return taken;
}

/* Whether the same again may work: a deadlock has taken what the other session waited for out of its way. */
static bool
may_pass(int sqlerrcode)
{
	return ERRCODE_TO_CATEGORY(sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK;
}

/* As write_batch(), but the error instead of an ERROR, and nothing done, where that is about the content or, unless it is the last try, may pass; else NULL. */
static ErrorData *
write_or_undo(Batch *batch, bool last)
{
	MemoryContext caller = CurrentMemoryContext;
	RunCounts counts = *batch->counts;
	int disbelieved = list_length(batch->disbelieved);
	ErrorData *volatile error = NULL;

	PG_TRY();
	{
		write_batch(batch);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		if (!store_is_about_content(error->sqlerrcode) && (last || !may_pass(error->sqlerrcode)))
			PG_RE_THROW();
		FlushErrorState();
		AbortCurrentTransaction();
		MemoryContextSwitchTo(caller);
		*batch->counts = counts;
		batch->disbelieved = list_truncate(batch->disbelieved, disbelieved);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	return error;
}

/* False where the database refuses what is in a record; *reason says why. */
static bool
try_batch(Batch *batch, char **reason)
{
	ErrorData *error = NULL;

	for (int tries = 1; tries <= MAX_TRIES; tries++)
	{
		error = write_or_undo(batch, tries == MAX_TRIES);
		if (error == NULL)
			return true;
		if (!may_pass(error->sqlerrcode))
			break;
		ereport(LOG, (errmsg("esn_pulse run " INT64_FORMAT ": pages are stored again: %s",
							 batch->run, error->message)));
	}
	*reason = error->message;
	return false;
}

/* The failure that stands for a record that the database refuses. */
static Record *
refused(const Record *record, const char *reason)
{
	Record *failure = palloc0(sizeof(Record));
	Jsonb *json = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(record->json)));
	JsonbValue *url = getKeyJsonValueFromContainer(&json->root, "url", 3, NULL);
	StringInfoData out;

	if (url == NULL || url->type != jbvString)
		return NULL;
	initStringInfo(&out);
	appendStringInfo(&out, "{\"kind\": \"%s\", \"will_retry\": true, \"attempts\": 1, \"url\": ",
					 record->kind == RECORD_PROBE ? "probe" : page_kind_name(record->page));
	escape_json(&out, pnstrdup(url->val.string.val, url->val.string.len));
	appendStringInfoString(&out, ", \"message\": ");
	escape_json(&out, psprintf("the database refuses the page: %s", reason));
	appendStringInfoChar(&out, '}');
	failure->kind = RECORD_FAILURE;
	failure->json = out.data;
	return failure;
}

void
store_batch(Batch *batch)
{
	char *reason = NULL;
	List *records = batch->records;
	ListCell *cell;

	if (try_batch(batch, &reason))
		return;
	foreach (cell, records)
	{
		Record *record = lfirst(cell);

		batch->records = list_make1(record);
		if (!try_batch(batch, &reason))
		{
			Record *failure = refused(record, reason);

			if (failure == NULL)
				ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
								errmsg("could not store a record: %s", reason)));
			batch->records = list_make1(failure);
			write_batch(batch);
		}
	}
}
