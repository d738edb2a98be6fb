/*
 * frontier.c: see frontier.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "store/attempts.h"
#include "store/frontier.h"
#include "store/runs.h"
#include "store/sections.h"
#include "store/session.h"

/* An array of ids, in the current memory context. */
static Datum
id_array(Datum *ids, int count)
{
	return PointerGetDatum(construct_array(ids, count, INT4OID, 4, true, TYPALIGN_INT));
}

/* The arguments of the cursor over what is due. */
typedef struct DueArgs
{
	Datum args[2];
	const char *nulls;
} DueArgs;

static void
open_due(void *state)
{
	DueArgs *due = state;

	sql_begin("esn_pulse: looking for what is due");
	sql_open_cursor(SQL_DUE_ACTIVITIES, due->args, due->nulls);
	/* Here the rows are read. */
	sql_commit();
}

void
store_open_due(List *sections, bool all, bool full)
{
	DueArgs due = {.args = {BoolGetDatum(full)}, .nulls = all ? " n" : NULL};
	Datum *ids = palloc(sizeof(Datum) * (list_length(sections) + 1));
	int count = 0;
	ListCell *cell;

	foreach (cell, sections)
		ids[count++] = Int32GetDatum(((SectionRow *) lfirst(cell))->id);
	due.args[1] = id_array(ids, count);
	attempt("esn_pulse: looking for what is due", open_due, &due);
}

static void *
address(MemoryContext context, uint64 row)
{
	return sql_text(context, row, 1);
}

List *
store_next_due(int count)
{
	List *urls;

	sql_begin("esn_pulse: looking for what is due");
	sql_fetch(count);
	urls = sql_list(address);
	sql_commit();
	return urls;
}

List *
store_due_activities(int32 section, bool full)
{
	Datum id = Int32GetDatum(section);
	Datum args[2] = {BoolGetDatum(full)};
	List *urls;

	args[1] = id_array(&id, 1);
	sql_begin_with("esn_pulse: looking for what is due", SQL_DUE_ACTIVITIES, args, NULL);
	urls = sql_list(address);
	sql_commit();
	return urls;
}

/* The page that a row (address, ETag, Last-Modified, and more) says is to be asked for. */
static void *
claimed_page(MemoryContext context, uint64 row)
{
	ClaimedPage *page = MemoryContextAllocZero(context, sizeof(ClaimedPage));

	page->url = sql_text(context, row, 1);
	page->etag = sql_text(context, row, 2);
	page->last_modified = sql_text(context, row, 3);
	return page;
}

List *
store_claim(int64 run, PageKind kind, char **urls, int count, int64 rules_hash, bool full)
{
	Datum *texts;
	Datum args[5];
	List *claimed;

	if (count == 0)
		return NIL;
	texts = palloc(sizeof(Datum) * count);
	for (int i = 0; i < count; i++)
		texts[i] = CStringGetTextDatum(urls[i]);
	args[0] = Int64GetDatum(run);
	args[1] = CStringGetTextDatum(page_kind_name(kind));
	args[2] = PointerGetDatum(construct_array(texts, count, TEXTOID, -1, false, TYPALIGN_INT));
	args[3] = Int64GetDatum(rules_hash);
	args[4] = BoolGetDatum(full);
	sql_begin_with("esn_pulse: claiming pages", SQL_CLAIM, args, NULL);
	claimed = sql_list(claimed_page);
	sql_commit();
	if (kind == PAGE_SECTION && list_length(claimed) != count)
		store_report_lost_row(run);
	return claimed;
}

void
store_claim_cards(int64 run, List *pages, int64 rules_hash, bool full)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext before;
	Datum args[4] = {Int64GetDatum(run), 0, Int64GetDatum(rules_hash), BoolGetDatum(full)};
	StringInfoData array;
	ListCell *cell;

	initStringInfo(&array);
	foreach (cell, pages)
	{
		appendStringInfoChar(&array, array.len == 0 ? '[' : ',');
		appendStringInfoString(&array, ((ListedCards *) lfirst(cell))->json);
	}
	appendStringInfoChar(&array, ']');
	args[1] = DirectFunctionCall1(jsonb_in, CStringGetDatum(array.data));
	sql_begin_with("esn_pulse: claiming pages", SQL_CLAIM_CARDS, args, NULL);
	before = MemoryContextSwitchTo(caller);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		ListedCards *cards = list_nth(pages, DatumGetInt32(sql_datum(i, 6)) - 1);

		cards->is_fresh = cards->is_fresh || DatumGetBool(sql_datum(i, 5));
		if (DatumGetBool(sql_datum(i, 4)))
			cards->claimed = lappend(cards->claimed, claimed_page(caller, i));
	}
	MemoryContextSwitchTo(before);
	sql_commit();
}

int
store_network_listing_pages(void)
{
	int pages;

	sql_begin_with("esn_pulse: looking for what is due", SQL_NETWORK_LISTING_PAGES, NULL, NULL);
	pages = DatumGetInt32(sql_datum(0, 1));
	sql_commit();
	return pages;
}
