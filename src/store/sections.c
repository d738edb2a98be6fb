/*
 * sections.c: see sections.h.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "store/sections.h"
#include "store/session.h"

static bool
exists(StatementId id, Datum *args)
{
	bool found;

	sql_begin_with("esn_pulse: looking for sections", id, args, NULL);
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

/* A set of the numbers in an integer[], in that context. */
static Bitmapset *
number_set(MemoryContext context, Datum array)
{
	MemoryContext before = MemoryContextSwitchTo(context);
	Bitmapset *set = NULL;
	Datum *numbers;
	int count;

	deconstruct_array(DatumGetArrayTypeP(array), INT4OID, 4, true, TYPALIGN_INT, &numbers, NULL,
					  &count);
	for (int i = 0; i < count; i++)
		set = bms_add_member(set, DatumGetInt32(numbers[i]));
	MemoryContextSwitchTo(before);
	return set;
}

/*
 * Reads a row (id, accounts slug, activities slug, name, whether its list is due, whether it is
 * recognised, pages of its list that were read).
 */
static void
read_section(MemoryContext context, uint64 row, SectionRow *section)
{
	section->id = DatumGetInt32(sql_datum(row, 1));
	section->accounts_slug = sql_text(context, row, 2);
	section->activities_slug = sql_text(context, row, 3);
	section->name = sql_text(context, row, 4);
	section->list_due = DatumGetBool(sql_datum(row, 5));
	section->recognised = DatumGetBool(sql_datum(row, 6));
	section->pages_read = number_set(context, sql_datum(row, 7));
}

static void *
section_row(MemoryContext context, uint64 row)
{
	SectionRow *section = MemoryContextAllocZero(context, sizeof(SectionRow));

	read_section(context, row, section);
	return section;
}

/* As section_row(), and two columns more: the run that waits for it, and who requested that. */
static void *
section_request(MemoryContext context, uint64 row)
{
	SectionRequest *request = MemoryContextAllocZero(context, sizeof(SectionRequest));

	read_section(context, row, &request->section);
	request->run = DatumGetInt64(sql_datum(row, 8));
	request->requested_by = sql_text(context, row, 9);
	return request;
}

static List *
read_sections(StatementId id, Datum *args, const char *nulls, RowReader read)
{
	List *sections;

	sql_begin_with("esn_pulse: reading sections", id, args, nulls);
	sections = sql_list(read);
	sql_commit();
	return sections;
}

SectionRow *
store_find_section(const char *slug)
{
	Datum args[1] = {CStringGetTextDatum(slug)};
	List *found = read_sections(SQL_FIND_SECTION, args, NULL, section_row);

	return found == NIL ? NULL : linitial(found);
}

List *
store_due_sections(int max_sections)
{
	Datum args[1] = {Int32GetDatum(max_sections)};

	return read_sections(SQL_DUE_SECTIONS, args, max_sections == 0 ? "n" : NULL, section_row);
}

List *
store_recount(int64 run, int max_requests)
{
	Datum args[2] = {Int64GetDatum(run), Int32GetDatum(max_requests)};

	return read_sections(SQL_RECOUNT, args, NULL, section_row);
}

List *
store_take_sections(int64 run, bool full)
{
	Datum args[2] = {Int64GetDatum(run), BoolGetDatum(full)};

	return read_sections(SQL_TAKE_SECTIONS, args, NULL, section_request);
}

List *
store_known_sections(void)
{
	return read_sections(SQL_KNOWN_SECTIONS, NULL, NULL, section_row);
}

char *
store_nearest_slugs(const char *wanted, List *slugs, int most)
{
	MemoryContext context = CurrentMemoryContext;
	Datum *texts = palloc(sizeof(Datum) * (list_length(slugs) + 1));
	Datum args[3] = {CStringGetTextDatum(wanted), 0, Int32GetDatum(most)};
	char *nearest;
	ListCell *cell;

	foreach (cell, slugs)
		texts[foreach_current_index(cell)] = CStringGetTextDatum(lfirst(cell));
	args[1] = PointerGetDatum(
		construct_array(texts, list_length(slugs), TEXTOID, -1, false, TYPALIGN_INT));
	sql_begin_with("esn_pulse: looking for the nearest slugs", SQL_NEAREST_SLUGS, args, NULL);
	nearest = sql_text(context, 0, 1);
	sql_commit();
	return nearest;
}
