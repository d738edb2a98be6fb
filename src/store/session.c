/*
 * session.c: see session.h. The extension's SQL functions (sql/) decide what to write.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_extension.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/lmgr.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "store/attempts.h"
#include "store/session.h"

/*
 * Settings of the worker's session. Every statement of a run looks up a few rows by key, in tables
 * that were empty when it was planned and grow while it is used. Only plans with indexes and nested
 * loops stay good. Rows that others commit meanwhile are visible and not an error.
 */
static const struct
{
	const char *name;
	const char *value;
} session_settings[] = {
	{"lock_timeout", "5s"},
	{"default_transaction_isolation", "read committed"},
	/* The caller's transaction may write: commands.c has checked that. */
	{"default_transaction_read_only", "off"},
#if PG_VERSION_NUM >= 170000
	/* It would end the worker without a message to its caller. */
	{"transaction_timeout", "0"},
#endif
	{"DateStyle", "ISO, YMD"},
	{"jit", "off"},
	{"enable_seqscan", "off"},
	{"enable_hashjoin", "off"},
	{"enable_mergejoin", "off"},
	{"plan_cache_mode", "force_generic_plan"},
};

#define MAX_ARGS 9
#define CURSOR_NAME "esn_pulse due"

/* What the owner's transactions need to know about the extension. */
static Oid extension_oid = InvalidOid;
static Oid owner_oid = InvalidOid;

/* The end of a transaction leaves TopMemoryContext current, where allocations are never freed. */
static MemoryContext caller_context = NULL;

typedef struct Statement
{
	const char *sql;
	int nargs;
	Oid types[MAX_ARGS];
	SPIPlanPtr plan;
} Statement;

/* As read_section() of sections.c reads them. */
#define SECTION_COLUMNS \
	"id, accounts_slug, activities_slug, name, list_due, false, coalesce(pages_read, '{}')"

static Statement statements[] = {
	[SQL_CHECK_SCHEMA] = {"SELECT esn_check_schema()", 0, {0}},
	[SQL_BEGIN_WAITING] = {"SELECT esn_begin_waiting($1, $2)", 2, {TEXTOID, TEXTOID}},
	[SQL_TURN] = {"SELECT ended_as, taken_by, other_run, other_request, other_pid "
				  "FROM esn_turn($1)",
				  1,
				  {INT8OID}},
	[SQL_END_WAITING] = {"SELECT esn_end_waiting($1, $2)", 2, {INT8OID, TEXTOID}},
	[SQL_BEGIN_RUN] = {"SELECT esn_begin_run($1, $2, $3, $4)",
					   4,
					   {TEXTOID, TEXTOID, TEXTOID, INT8OID}},
	[SQL_KEEP_RUN] = {"SELECT esn_keep_run($1)", 1, {INT8OID}},
	[SQL_PROGRESS] = {"SELECT esn_store_progress($1, $2, $3, $4, $5, $6, $7, $8)",
					  8,
					  {INT8OID, INT4OID, INT4OID, INT8OID, INT8OID, INT8OID, INT4OID,
					   INT4ARRAYOID}},
	[SQL_END_RUN] = {"SELECT esn_end_run($1, $2, $3, $4, $5, $6, $7)",
					 7,
					 {INT8OID, TEXTOID, TEXTOID, BOOLOID, INT8OID, FLOAT8OID, INT8OID}},
	[SQL_RUN_ROW] = {"SELECT esn_run_row($1)", 1, {INT8OID}},
	[SQL_CLAIM] = {"SELECT url, etag, last_modified FROM esn_claim_pages($1, $2, $3, $4, $5)",
				   5,
				   {INT8OID, TEXTOID, TEXTARRAYOID, INT8OID, BOOLOID}},
	[SQL_CLAIM_CARDS] = {"SELECT url, etag, last_modified, is_due, is_fresh, page FROM "
						 "esn_claim_cards($1, $2, $3, $4)",
						 4,
						 {INT8OID, JSONBOID, INT8OID, BOOLOID}},
	[SQL_DUE_ACTIVITIES] = {"SELECT url FROM esn_due_activities($1, $2) "
							"ORDER BY priority, hashtext(url)",
							2,
							{BOOLOID, INT4ARRAYOID}},
	[SQL_NETWORK_LISTING_PAGES] = {"SELECT esn_network_listing_pages()", 0, {0}},
	[SQL_PLAN] = {"SELECT requests, is_unknown FROM esn_plan_run($1, $2, $3, $4)",
				  4,
				  {INT8OID, TEXTOID, TEXTOID, BOOLOID}},
	[SQL_MARK_REMOVED] = {"SELECT marked, coalesce(gone, 0), coalesce(answered, 0) FROM "
						  "esn_mark_removed($1, $2)",
						  2,
						  {INT8OID, FLOAT8OID}},
	[SQL_FIND_SECTION] = {"SELECT " SECTION_COLUMNS " FROM esn_find_sections($1)", 1, {TEXTOID}},
	[SQL_DUE_SECTIONS] = {"SELECT " SECTION_COLUMNS " FROM esn_due_sections($1)", 1, {INT4OID}},
	[SQL_TAKE_SECTIONS] = {"SELECT " SECTION_COLUMNS ", waiting_run, requested_by "
						   "FROM esn_take_sections($1, $2)",
						   2,
						   {INT8OID, BOOLOID}},
	[SQL_RECOUNT] = {"SELECT id, accounts_slug, activities_slug, name, true, false, "
					 "coalesce(pages_read, '{}') FROM esn_recount($1, $2)",
					 2,
					 {INT8OID, INT4OID}},
	[SQL_KNOWN_SECTIONS] = {"SELECT id, accounts_slug, activities_slug, name, false, "
							"has_activities, '{}'::integer[] FROM esn_known_sections()",
							0,
							{0}},
	[SQL_NEAREST_SLUGS] = {"SELECT esn_nearest_names(lower($1), $2, $3)",
						   3,
						   {TEXTOID, TEXTARRAYOID, INT4OID}},
	[SQL_HAS_SECTIONS] = {"SELECT true WHERE esn_has_sections()", 0, {0}},
	[SQL_ACCOUNTS_DUE] = {"SELECT true WHERE esn_accounts_due()", 0, {0}},
	[SQL_OTHER_RUN] = {"SELECT id, started_at, request FROM esn_running_run()", 0, {0}},
	[SQL_SLUG_LOOKUPS] = {"SELECT esn_store_slug_lookups($1, $2)", 2, {INT8OID, JSONBOID}},
	[SQL_FETCHES] = {"SELECT esn_store_fetches($1, $2, $3)", 3, {INT8OID, TEXTOID, JSONBOID}},
	[SQL_FAILURES] = {"SELECT esn_store_failures($1, $2)", 2, {INT8OID, JSONBOID}},
	[SQL_SECTIONS_DONE] = {"SELECT section_id, missing, known FROM esn_finish_sections($1, $2, $3)",
						   3,
						   {INT8OID, JSONBOID, FLOAT8OID}},
	[SQL_UNCHANGED] = {"SELECT changed, unchanged, invalid FROM esn_changed_pages($1)",
					   1,
					   {JSONBOID}},
	[SQL_RULE_USAGE] = {"SELECT esn_store_rule_usage($1, $2)", 2, {INT8OID, JSONBOID}},
	[SQL_WAITING_FAILURES] = {"SELECT url, kind, section, false FROM esn_waiting_failures()",
							  0,
							  {0}},
	[SQL_PAGES_WITH_ERRORS] = {"SELECT url, kind, section, kept FROM esn_pages_with_errors()",
							   0,
							   {0}},
	[SQL_KNOWN_ROBOTS] = {"SELECT current, body FROM esn_known_robots($1)", 1, {TEXTOID}},
	[SQL_STORE_ROBOTS] = {"SELECT esn_store_robots($1, $2, $3)", 3, {TEXTOID, INT4OID, TEXTOID}},
	[SQL_KEPT_PAGE] = {"SELECT esn_kept_page($1)", 1, {TEXTOID}},
	[SQL_LINK] = {"SELECT esn_link_organisers()", 0, {0}},
	[SQL_REFRESH_SUMMARIES] = {"SELECT esn_refresh_summaries(with_planner => false)", 0, {0}},
};

#define STORE_STATEMENT(constant, name, type, subject) \
	[constant] = {"SELECT * FROM esn_store_" #name "($1, $2, $3)", 3, {INT8OID, JSONBOID, TEXTOID}},

static Statement store_statements[PAGE_KINDS] = {EACH_PAGE_KIND(STORE_STATEMENT)};

static void
begin_once(const char *activity)
{
	Assert(!IsTransactionState());
	caller_context = CurrentMemoryContext;
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	pgstat_report_activity(STATE_RUNNING, activity);
	if (OidIsValid(extension_oid))
	{
		/* Lock it, so that dropping it waits for the end of the transaction. */
		LockDatabaseObject(ExtensionRelationId, extension_oid, 0, AccessShareLock);
		if (get_extension_oid("esn_pulse", true) != extension_oid)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_OBJECT),
					 errmsg("the extension esn_pulse was dropped while the run was in progress")));
		SetUserIdAndSecContext(owner_oid,
							   SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION);
	}
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

void
sql_commit(void)
{
	Assert(IsTransactionState() && caller_context != NULL);
	SPI_finish();
	PopActiveSnapshot();
	/* Deferred triggers run as the owner, too. */
	CommitTransactionCommand();
	if (OidIsValid(extension_oid))
		SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, 0);
	MemoryContextSwitchTo(caller_context);
	pgstat_report_stat(true);
	pgstat_report_activity(STATE_IDLE, NULL);
}

/* Prepares a statement, once. cursor_options: see SPI_prepare_cursor(). */
static void
prepare(Statement *statement, int cursor_options)
{
	Assert(statement->sql != NULL && statement->nargs <= MAX_ARGS);
	if (statement->plan == NULL)
	{
		SPIPlanPtr plan =
			SPI_prepare_cursor(statement->sql, statement->nargs, statement->types, cursor_options);

		if (plan == NULL)
			elog(ERROR, "could not prepare \"%s\": %s", statement->sql,
				 SPI_result_code_string(SPI_result));
		SPI_keepplan(plan);
		statement->plan = plan;
	}
}

static void
execute(Statement *statement, Datum *args, const char *nulls)
{
	int result;

	prepare(statement, 0);
	result = SPI_execute_plan(statement->plan, args, nulls, false, 0);
	if (result < 0)
		elog(ERROR, "could not run \"%s\": %s", statement->sql, SPI_result_code_string(result));
}

/* What sql_begin() and sql_begin_with() try. */
typedef struct Beginning
{
	const char *activity;
	StatementId id;
	Datum *args;
	const char *nulls;
} Beginning;

static void
begin_transaction(void *state)
{
	begin_once(((Beginning *) state)->activity);
}

static void
begin_with_statement(void *state)
{
	const Beginning *beginning = state;

	begin_once(beginning->activity);
	sql_execute(beginning->id, beginning->args, beginning->nulls);
}

void
sql_begin(const char *activity)
{
	Beginning beginning = {.activity = activity};

	attempt(activity, begin_transaction, &beginning);
}

void
sql_begin_with(const char *activity, StatementId id, Datum *args, const char *nulls)
{
	Beginning beginning = {activity, id, args, nulls};

	attempt(activity, begin_with_statement, &beginning);
}

void
sql_execute(StatementId id, Datum *args, const char *nulls)
{
	Assert(id < lengthof(statements));
	execute(&statements[id], args, nulls);
}

void
sql_store(PageKind kind, Datum *args, const char *nulls)
{
	Assert(kind < PAGE_KINDS);
	execute(&store_statements[kind], args, nulls);
}

void
sql_open_cursor(StatementId id, Datum *args, const char *nulls)
{
	Portal open = SPI_cursor_find(CURSOR_NAME);

	Assert(id < lengthof(statements));
	prepare(&statements[id], CURSOR_OPT_HOLD | CURSOR_OPT_NO_SCROLL);
	if (open != NULL)
		SPI_cursor_close(open);
	if (SPI_cursor_open(CURSOR_NAME, statements[id].plan, args, nulls, true) == NULL)
		elog(ERROR, "could not open a cursor: %s", SPI_result_code_string(SPI_result));
}

void
sql_fetch(int count)
{
	Portal open = SPI_cursor_find(CURSOR_NAME);

	Assert(count > 0);
	if (open == NULL)
		elog(ERROR, "the cursor \"%s\" is not open", CURSOR_NAME);
	SPI_cursor_fetch(open, true, count);
}

char *
sql_text(MemoryContext context, uint64 row, int column)
{
	char *value;

	Assert(row < SPI_processed);
	value = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);
	return value == NULL ? NULL : MemoryContextStrdup(context, value);
}

Datum
sql_datum(uint64 row, int column)
{
	bool isnull;
	Datum value;

	Assert(row < SPI_processed);
	value = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &isnull);
	if (isnull)
		elog(ERROR, "unexpected null in column %d", column);
	return value;
}

List *
sql_list(RowReader read)
{
	MemoryContext before = MemoryContextSwitchTo(caller_context);
	List *list = NIL;

	for (uint64 i = 0; i < SPI_processed; i++)
		list = lappend(list, read(caller_context, i));
	MemoryContextSwitchTo(before);
	return list;
}

/* A new library with an old script would find missing or different functions. */
static void
check_version(const char *version)
{
	if (version == NULL || strcmp(version, EXTENSION_VERSION) != 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("esn_pulse is of version %s in this database, but its library is of "
					"version %s",
					version == NULL ? "?" : version, EXTENSION_VERSION),
			 errhint(
				 "Run ALTER EXTENSION esn_pulse UPDATE. If the library was replaced after it was "
				 "loaded, reconnect.")));
}

/*
 * As the owner, in its transaction: the version of what is installed from a checkout stays the same
 * while the script changes.
 */
static void
check_script(void)
{
	char *hash = NULL;

	if (SPI_execute("SELECT to_regprocedure('esn_internal.esn_script_hash()')::text", true, 1) ==
			SPI_OK_SELECT &&
		SPI_processed == 1 && sql_text(CurrentMemoryContext, 0, 1) != NULL &&
		SPI_execute("SELECT esn_internal.esn_script_hash()", true, 1) == SPI_OK_SELECT &&
		SPI_processed == 1)
		hash = sql_text(CurrentMemoryContext, 0, 1);
	if (hash == NULL || strcmp(hash, SCRIPT_HASH) != 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("the script of esn_pulse in this database is not the one of its library"),
			 errdetail("Both are of version %s, but the script is \"%s\", the library's \"%s\".",
					   EXTENSION_VERSION, hash == NULL ? "?" : hash, SCRIPT_HASH),
			 errhint("Install the library with which the extension was created, or restore a "
					 "backup into a database with this one.")));
}

void
store_open(void)
{
	Oid extension;
	Oid owner = InvalidOid;

	StartTransactionCommand();
	SetConfigOption("search_path", "pg_catalog", PGC_SUSET, PGC_S_OVERRIDE);
	CommitTransactionCommand();
	sql_begin("esn_pulse: looking for the extension");
	extension = get_extension_oid("esn_pulse", true);
	if (SPI_execute("SELECT c.relowner, e.extversion FROM pg_extension e JOIN pg_class c "
					"ON c.relnamespace = e.extnamespace AND c.relname = 'scraper_status' "
					"WHERE e.extname = 'esn_pulse'",
					true, 1) == SPI_OK_SELECT &&
		SPI_processed == 1)
	{
		check_version(sql_text(CurrentMemoryContext, 0, 2));
		owner = DatumGetObjectId(sql_datum(0, 1));
		SetConfigOption("search_path", "pg_catalog, esn_internal, pg_temp", PGC_SUSET,
						PGC_S_OVERRIDE);
	}
	sql_commit();
	if (!OidIsValid(owner))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("the extension esn_pulse is not installed in this database"),
						errhint("Run CREATE EXTENSION esn_pulse.")));
	StartTransactionCommand();
	for (int i = 0; i < lengthof(session_settings); i++)
		SetConfigOption(session_settings[i].name, session_settings[i].value, PGC_SUSET,
						PGC_S_OVERRIDE);
	CommitTransactionCommand();
	extension_oid = extension;
	owner_oid = owner;
	/* As the owner, to whom the function belongs. */
	sql_begin("esn_pulse: checking the schema");
	sql_execute(SQL_CHECK_SCHEMA, NULL, NULL);
	check_script();
	sql_commit();
}
