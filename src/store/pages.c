/*
 * pages.c: see pages.h.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "store/pages.h"
#include "store/session.h"

/* From a row (address, kind, section, whether the page is kept). */
static void *
page_to_retry(MemoryContext context, uint64 row)
{
	PageToRetry *page = MemoryContextAllocZero(context, sizeof(PageToRetry));

	page->url = sql_text(context, row, 1);
	page->kind = sql_text(context, row, 2);
	page->section = sql_text(context, row, 3);
	page->kept = DatumGetBool(sql_datum(row, 4));
	return page;
}

static List *
read_pages_to_retry(StatementId id)
{
	List *pages;

	sql_begin_with("esn_pulse: reading what is to be mended", id, NULL, NULL);
	pages = sql_list(page_to_retry);
	sql_commit();
	return pages;
}

List *
store_waiting_failures(void)
{
	return read_pages_to_retry(SQL_WAITING_FAILURES);
}

List *
store_pages_with_errors(void)
{
	return read_pages_to_retry(SQL_PAGES_WITH_ERRORS);
}

char *
store_kept_page(const char *url, size_t *len)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum args[1];
	Datum body;
	bool isnull;
	char *page = NULL;

	args[0] = CStringGetTextDatum(url);
	sql_begin_with("esn_pulse: reading a page that was kept", SQL_KEPT_PAGE, args, NULL);
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
	args[0] = CStringGetTextDatum(url);
	sql_begin_with("esn_pulse: reading what is known of a robots.txt", SQL_KNOWN_ROBOTS, args,
				   NULL);
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

	args[0] = CStringGetTextDatum(url);
	args[1] = Int32GetDatum(status);
	args[2] = body == NULL ? (Datum) 0 : CStringGetTextDatum(body);
	sql_begin_with("esn_pulse: storing a robots.txt", SQL_STORE_ROBOTS, args,
				   body == NULL ? "  n" : NULL);
	sql_commit();
}
