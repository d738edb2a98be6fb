/*
 * session.h: the statements of a run, prepared once, and the short transactions in which they run
 * as the owner of the extension's tables. Only this folder includes it, except for store_open().
 */
#ifndef ESN_STORE_SESSION_H
#define ESN_STORE_SESSION_H

#include "nodes/pg_list.h"
#include "page/schema.h"

typedef enum StatementId
{
	SQL_CHECK_SCHEMA,
	SQL_BEGIN_WAITING,
	SQL_TURN,
	SQL_END_WAITING,
	SQL_BEGIN_RUN,
	SQL_KEEP_RUN,
	SQL_PROGRESS,
	SQL_END_RUN,
	SQL_RUN_ROW,
	SQL_CLAIM,
	SQL_CLAIM_CARDS,
	SQL_DUE_ACTIVITIES,
	SQL_NETWORK_LISTING_PAGES,
	SQL_PLAN,
	SQL_MARK_REMOVED,
	SQL_FIND_SECTION,
	SQL_DUE_SECTIONS,
	SQL_TAKE_SECTIONS,
	SQL_RECOUNT,
	SQL_KNOWN_SECTIONS,
	SQL_NEAREST_SLUGS,
	SQL_HAS_SECTIONS,
	SQL_ACCOUNTS_DUE,
	SQL_OTHER_RUN,
	SQL_SLUG_LOOKUPS,
	SQL_FETCHES,
	SQL_FAILURES,
	SQL_SECTIONS_DONE,
	SQL_UNCHANGED,
	SQL_RULE_USAGE,
	SQL_WAITING_FAILURES,
	SQL_PAGES_WITH_ERRORS,
	SQL_KEPT_PAGE,
	SQL_KNOWN_ROBOTS,
	SQL_STORE_ROBOTS,
	SQL_LINK,
	SQL_REFRESH_SUMMARIES
} StatementId;

/*
 * Finds the extension. Later transactions run as the owner of its tables with a pinned search_path.
 * ERROR if it is not installed.
 */
extern void store_open(void);

/*
 * Begins a transaction as the owner, connected to SPI. sql_commit() or an abort restores the user.
 * Each transaction checks that the extension is still the one with which the run began.
 * activity: for pg_stat_activity. sql_commit() restores the memory context that was current at
 * sql_begin().
 */
extern void sql_begin(const char *activity);
extern void sql_commit(void);

/* sql_begin() and sql_execute(). Both are tried again while a lock is in the way: see attempts.h.
 */
extern void sql_begin_with(const char *activity, StatementId id, Datum *args, const char *nulls);

/* Runs a statement. Its rows are in SPI_tuptable. nulls: as in SPI ('n' is NULL), or NULL. */
extern void sql_execute(StatementId id, Datum *args, const char *nulls);

/* Likewise the one that stores pages of a kind: esn_store_<kind>(run, pages, only_section). */
extern void sql_store(PageKind kind, Datum *args, const char *nulls);

/*
 * Opens a cursor over a statement's rows. It outlives its transaction, on disk if it is large,
 * without holding a snapshot. There is one cursor: opening it closes the one before. sql_fetch()
 * puts the next rows, at most count, into SPI_tuptable.
 */
extern void sql_open_cursor(StatementId id, Datum *args, const char *nulls);
extern void sql_fetch(int count);

/*
 * A column of a row of the last result: as text in the given context (NULL for NULL), or as a Datum
 * (ERROR for NULL).
 */
extern char *sql_text(MemoryContext context, uint64 row, int column);
extern Datum sql_datum(uint64 row, int column);

/*
 * Converts each row of the last result. The list and its elements are in the memory context that
 * was current at sql_begin(); read() gets that context.
 */
typedef void *(*RowReader)(MemoryContext context, uint64 row);
extern List *sql_list(RowReader read);

#endif
