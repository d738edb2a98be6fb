/*
 * batch.c: see batch.h.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "store/attempts.h"
#include "store/batch.h"
#include "store/session.h"

/*
 * Collects the records of one kind, and of one kind of page, as a jsonb array. Returns false if
 * there are none.
 */
static bool
collect(List *records, RecordKind kind, PageKind page, Datum *array)
{
	StringInfoData text;
	ListCell *cell;

	initStringInfo(&text);
	foreach (cell, records)
	{
		Record *record = lfirst(cell);

		if (record->kind != kind || record->page != page)
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

/*
 * Removes the pages that have not changed since they were last stored from an array. Returns false
 * if none is left.
 */
static bool
remove_unchanged(PageKind page, Datum *array, RunCounts *counts)
{
	bool isnull;

	sql_execute(SQL_UNCHANGED, array, NULL);
	if (page == PAGE_ACTIVITY)
	{
		counts->unchanged += DatumGetInt32(sql_datum(0, 2));
		counts->invalid += DatumGetInt32(sql_datum(0, 3));
	}
	*array = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	return !isnull;
}

/* Stores pages of one kind by the kind's own function. A run counts activities only. */
static void
store_contents(const Batch *batch, PageKind page, Datum array)
{
	RunCounts *counts = batch->counts;
	Datum args[3] = {Int64GetDatum(batch->run), array};

	if (batch->only_section != NULL)
		args[2] = CStringGetTextDatum(batch->only_section);
	sql_store(page, args, batch->only_section == NULL ? "  n" : NULL);
	if (page == PAGE_ACTIVITY)
	{
		counts->added += DatumGetInt32(sql_datum(0, 1));
		counts->changed += DatumGetInt32(sql_datum(0, 2));
		counts->unchanged += DatumGetInt32(sql_datum(0, 3));
		counts->invalid += DatumGetInt32(sql_datum(0, 4));
	}
}

/* Stores pages of one kind: their contents, and that they were fetched. */
static void
store_pages(const Batch *batch, PageKind page)
{
	Datum all;
	Datum changed;

	if (!collect(batch->records, RECORD_PAGE, page, &all))
		return;
	changed = all;
	if (batch->full || remove_unchanged(page, &changed, batch->counts))
		store_contents(batch, page, changed);
	/* Last, because the tables now determine when a page is due next. */
	store_fetches(batch->run, page, all);
}

/* Finishes sections. Allocates implausible lists in context. */
static void
finish_sections(Batch *batch, Datum done, MemoryContext context)
{
	Datum args[3] = {Int64GetDatum(batch->run), done, Float8GetDatum(batch->max_removed_ratio)};
	MemoryContext before;

	sql_execute(SQL_SECTIONS_DONE, args, NULL);
	before = MemoryContextSwitchTo(context);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		ImplausibleList *list = palloc(sizeof(ImplausibleList));

		list->section = DatumGetInt32(sql_datum(i, 1));
		list->missing = DatumGetInt32(sql_datum(i, 2));
		list->known = DatumGetInt32(sql_datum(i, 3));
		batch->implausible = lappend(batch->implausible, list);
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
	store_keep_run(batch->run);
	for (PageKind page = 0; page < PAGE_KINDS; page++)
		store_pages(batch, page);
	if (collect(records, RECORD_SLUG_LOOKUP, PAGE_KINDS, &args[1]))
		sql_execute(SQL_SLUG_LOOKUPS, args, NULL);
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

/* Whether an error (its SQLSTATE) is about rejected data rather than the state of the server. */
static bool
is_about_content(int sqlerrcode)
{
	int category = ERRCODE_TO_CATEGORY(sqlerrcode);

	return category == ERRCODE_DATA_EXCEPTION ||
		   category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION ||
		   category == ERRCODE_PROGRAM_LIMIT_EXCEEDED ||
		   /* RAISE EXCEPTION in a trigger of the user's, and the like */
		   category == ERRCODE_PLPGSQL_ERROR || category == ERRCODE_TRIGGERED_ACTION_EXCEPTION ||
		   category == ERRCODE_TRIGGERED_DATA_CHANGE_VIOLATION ||
		   category == ERRCODE_WITH_CHECK_OPTION_VIOLATION;
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
		if (!is_about_content(geterrcode()))
			PG_RE_THROW();
		FlushErrorState();
		taken = false;
	}
	PG_END_TRY();
	return taken;
}

/* A batch, and what an attempt to write it changes outside of its transaction, as it was before. */
typedef struct BatchAttempt
{
	Batch *batch;
	RunCounts counts;
	int implausible;
} BatchAttempt;

static void
undo(const BatchAttempt *before)
{
	*before->batch->counts = before->counts;
	before->batch->implausible = list_truncate(before->batch->implausible, before->implausible);
}

static void
write_again(void *state)
{
	undo(state);
	write_batch(((BatchAttempt *) state)->batch);
}

/* Returns false if the database rejects the content of a record, with the reason in *reason. */
static bool
try_batch(Batch *batch, char **reason)
{
	MemoryContext caller = CurrentMemoryContext;
	BatchAttempt before = {batch, *batch->counts, list_length(batch->implausible)};
	volatile bool stored = true;

	PG_TRY();
	{
		attempt("esn_pulse: storing pages", write_again, &before);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		if (!is_about_content(error->sqlerrcode))
			PG_RE_THROW();
		FlushErrorState();
		AbortCurrentTransaction();
		MemoryContextSwitchTo(caller);
		undo(&before);
		*reason = error->message;
		stored = false;
	}
	PG_END_TRY();
	Assert(!IsTransactionState());
	MemoryContextSwitchTo(caller);
	return stored;
}

/* Appends ", "name": value" if the object has such a text. */
static void
copy_text(StringInfo out, Jsonb *object, const char *name)
{
	JsonbValue *value = getKeyJsonValueFromContainer(&object->root, name, (int) strlen(name), NULL);

	if (value == NULL || value->type != jbvString)
		return;
	appendStringInfo(out, ", \"%s\": ", name);
	escape_json(out, pnstrdup(value->val.string.val, value->val.string.len));
}

/* The kind of the page that failed if a record is rejected; NULL: there is none. */
static const char *
rejected_kind(const Record *record)
{
	if (record->kind == RECORD_SLUG_LOOKUP)
		return "slug_lookup";
	/* Its list is then read again. */
	if (record->kind == RECORD_SECTION_DONE)
		return page_kind_name(PAGE_LISTING);
	return record->page == PAGE_KINDS ? NULL : page_kind_name(record->page);
}

/* The failure that replaces a rejected record; NULL: there is none for such records. */
static Record *
make_rejection(const Record *record, const char *reason)
{
	static const char *const copied[] = {"url", "section", "subject"};
	Record *failure = palloc0(sizeof(Record));
	Jsonb *json = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(record->json)));
	const char *kind = rejected_kind(record);
	StringInfoData out;

	if (kind == NULL)
		return NULL;
	initStringInfo(&out);
	appendStringInfo(&out,
					 "{\"kind\": \"%s\", \"will_retry\": true, \"attempts\": 1, \"rejected\": true",
					 kind);
	for (int i = 0; i < lengthof(copied); i++)
		copy_text(&out, json, copied[i]);
	appendStringInfoString(&out, ", \"message\": ");
	escape_json(&out, psprintf("the database rejected the page: %s", reason));
	appendStringInfoChar(&out, '}');
	failure->kind = RECORD_FAILURE;
	failure->page = PAGE_KINDS;
	failure->json = out.data;
	return failure;
}

void
store_batch(Batch *batch)
{
	char *reason = NULL;
	List *records = batch->records;
	ListCell *cell;

	Assert(batch->counts != NULL && batch->records != NIL && batch->implausible == NIL);
	if (try_batch(batch, &reason))
		return;
	foreach (cell, records)
	{
		Record *record = lfirst(cell);

		batch->records = list_make1(record);
		if (!try_batch(batch, &reason))
		{
			Record *failure = make_rejection(record, reason);

			if (failure == NULL)
				ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
								errmsg("could not store a record: %s", reason)));
			batch->records = list_make1(failure);
			if (!try_batch(batch, &reason))
				ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
								errmsg("could not store a failure: %s", reason)));
		}
	}
}
