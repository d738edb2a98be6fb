/*
 * sql.h: the statements of a run, prepared once, and the short transactions in which they run, as the owner of the extension's tables.
 * For store*.c only.
 */
#ifndef ESN_SQL_H
#define ESN_SQL_H

#include "utils/palloc.h"

typedef enum StatementId
{
	SQL_BEGIN_RUN,
	SQL_PROGRESS,
	SQL_END_RUN,
	SQL_RUN_ROW,
	SQL_CLAIM,
	SQL_CLAIM_CARDS,
	SQL_DUE_ACTIVITIES,
	SQL_FEED_PAGES,
	SQL_PLAN,
	SQL_MARK_REMOVED,
	SQL_FIND_SECTION,
	SQL_DUE_SECTIONS,
	SQL_KNOWN_SECTIONS,
	SQL_HAS_SECTIONS,
	SQL_ACCOUNTS_DUE,
	SQL_OTHER_RUN,
	SQL_NOTIFY,
	SQL_HOME,
	SQL_COUNTRIES,
	SQL_SECTIONS,
	SQL_PROBES,
	SQL_ACTIVITIES,
	SQL_STATISTICS,
	SQL_ERRORS,
	SQL_FETCHES,
	SQL_FAILURES,
	SQL_SECTIONS_DONE,
	SQL_CARDS,
	SQL_SAME,
	SQL_RULE_USAGE,
	SQL_WAITING_FAILURES,
	SQL_PAGES_WITH_ERRORS,
	SQL_KEPT_PAGE,
	SQL_KNOWN_ROBOTS,
	SQL_STORE_ROBOTS,
	SQL_LINK,
	SQL_KEEP_FIGURES
} StatementId;

/*
 * Begins a transaction as the owner, connected to SPI. The user is put back by sql_commit(), or by the abort. Each transaction looks
 * whether the extension is still the one that the run began with. activity: for pg_stat_activity. sql_commit() makes the memory
 * context current that was so at sql_begin().
 */
extern void sql_begin(const char *activity);
extern void sql_commit(void);

/* Runs a statement; its rows are in SPI_tuptable. nulls: as SPI has it ('n' is NULL), or NULL. */
extern void sql_execute(StatementId id, Datum *args, const char *nulls);

/*
 * Opens a cursor over a statement's rows that outlives its transaction, on disk where it is large, without holding a snapshot; it is the only
 * one, and closes the one before. sql_fetch() then brings the next rows, at most count, into SPI_tuptable.
 */
extern void sql_open_cursor(StatementId id, Datum *args, const char *nulls);
extern void sql_fetch(int count);

/* A column of a row of the last result: as text in the given context (NULL for NULL); as a Datum (ERROR for NULL). */
extern char *sql_text(MemoryContext context, uint64 row, int column);
extern Datum sql_datum(uint64 row, int column);

#endif
