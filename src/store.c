/*
 * store.c: all SQL of a run. What to write and how stands in the extension's SQL functions (sql/install/); here they are
 * called, each call in a short transaction of its own, as the owner of the extension's tables.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "commands/extension.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/lock.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "guc.h"
#include "store.h"

/* The advisory lock of the one run: "ESNP", 1. The view esn_runs knows it, too. */
#define LOCK_CLASS 1163087440
#define LOCK_OBJECT 1
#define LOCK_TIMEOUT "5s"
#define MAX_ARGS 9

/* What the owner's transactions need to know of the extension. */
static Oid extension_oid = InvalidOid;
static Oid owner_oid = InvalidOid;

typedef struct Statement
{
	const char *sql;
	int nargs;
	Oid types[MAX_ARGS];
	SPIPlanPtr plan;
} Statement;

typedef enum StatementId
{
	SQL_BEGIN_RUN,
	SQL_PROGRESS,
	SQL_END_RUN,
	SQL_RUN_ROW,
	SQL_CLAIM,
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
	SQL_LINK
} StatementId;

static Statement statements[] = {
	[SQL_BEGIN_RUN] = {"SELECT esn_begin_run($1, $2, $3)", 3, {TEXTOID, TEXTOID, TEXTOID}},
	[SQL_PROGRESS] =
		{"UPDATE scraper_status SET sections_processed = $2, sections_failed = $3, requests = $4, "
		 "not_modified = $5, bytes_received = $6, pages_failed = $7, "
		 "activities_new = ($8)[1], activities_changed = ($8)[2], activities_unchanged = ($8)[3], "
		 "activities_invalid = ($8)[4] WHERE id = $1",
		 8,
		 {INT8OID, INT4OID, INT4OID, INT8OID, INT8OID, INT8OID, INT4OID, INT4ARRAYOID}},
	[SQL_END_RUN] = {"UPDATE scraper_status SET status = $2, completed_at = clock_timestamp(), "
					 "error_message = $3 WHERE id = $1",
					 3,
					 {INT8OID, TEXTOID, TEXTOID}},
	[SQL_RUN_ROW] = {"SELECT s FROM scraper_status s WHERE id = $1", 1, {INT8OID}},
	[SQL_CLAIM] = {"SELECT url, etag, last_modified FROM esn_claim_pages($1, $2, $3, $4, $5)",
				   5,
				   {INT8OID, TEXTOID, TEXTARRAYOID, INT8OID, BOOLOID}},
	[SQL_FIND_SECTION] =
		{"SELECT id, accounts_slug, activities_slug, name FROM esn_find_sections($1)",
		 1,
		 {TEXTOID}},
	[SQL_DUE_SECTIONS] =
		{"SELECT id, accounts_slug, activities_slug, name FROM esn_due_sections($1)", 1, {INT4OID}},
	[SQL_KNOWN_SECTIONS] =
		{"SELECT id, accounts_platform_slug, activities_platform_slug, name FROM sections", 0, {0}},
	[SQL_HAS_SECTIONS] = {"SELECT true FROM sections LIMIT 1", 0, {0}},
	[SQL_ACCOUNTS_DUE] = {"SELECT true WHERE NOT EXISTS (SELECT FROM sections) OR NOT EXISTS "
						  "(SELECT FROM scraper_status "
						  "WHERE scraper_module = 'AccountsScraper' AND status = 'completed' "
						  "AND started_at > now() - make_interval(mins => $1))",
						  1,
						  {INT4OID}},
	[SQL_OTHER_RUN] =
		{"SELECT id, started_at::text, request FROM scraper_status WHERE status = 'running'",
		 0,
		 {0}},
	[SQL_NOTIFY] = {"SELECT pg_notify('esn_pulse_alert', $1)", 1, {TEXTOID}},
	[SQL_HOME] = {"SELECT esn_store_home($1, $2, $3)", 3, {INT8OID, JSONBOID, TEXTOID}},
	[SQL_COUNTRIES] = {"SELECT esn_store_countries($1, $2)", 2, {INT8OID, JSONBOID}},
	[SQL_SECTIONS] = {"SELECT esn_store_sections($1, $2)", 2, {INT8OID, JSONBOID}},
	[SQL_PROBES] = {"SELECT esn_store_probes($1, $2)", 2, {INT8OID, JSONBOID}},
	[SQL_ACTIVITIES] =
		{"SELECT added, changed, unchanged, invalid FROM esn_store_activities($1, $2, $3)",
		 3,
		 {INT8OID, JSONBOID, TEXTOID}},
	[SQL_STATISTICS] = {"SELECT esn_store_statistics($1, $2)", 2, {INT8OID, JSONBOID}},
	[SQL_ERRORS] = {"SELECT esn_store_errors($1, $2)", 2, {INT8OID, JSONBOID}},
	[SQL_FETCHES] = {"SELECT esn_store_fetches($1, $2, $3)", 3, {INT8OID, TEXTOID, JSONBOID}},
	[SQL_FAILURES] = {"SELECT esn_store_failures($1, $2)", 2, {INT8OID, JSONBOID}},
	[SQL_SECTIONS_DONE] =
		{"SELECT esn_finish_sections(ARRAY(SELECT jsonb_array_elements_text($1)::integer))",
		 1,
		 {JSONBOID}},
	[SQL_LINK] = {"SELECT esn_link_organisers()", 0, {0}},
};

/*
 * Begins a transaction as the owner. The user is put back by store_commit(), or by the abort. Each transaction looks whether the
 * extension is still the one that the run began with.
 */
static void
store_begin(const char *activity)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	pgstat_report_activity(STATE_RUNNING, activity);
	if (OidIsValid(extension_oid))
	{
		if (get_extension_oid("esn_pulse", true) != extension_oid)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_OBJECT),
					 errmsg("the extension esn_pulse was dropped while the run was going on")));
		SetUserIdAndSecContext(owner_oid, SECURITY_LOCAL_USERID_CHANGE);
	}
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

static void
store_commit(void)
{
	SPI_finish();
	if (OidIsValid(extension_oid))
		SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, 0);
	PopActiveSnapshot();
	CommitTransactionCommand();
	pgstat_report_stat(true);
	pgstat_report_activity(STATE_IDLE, NULL);
}

/* Runs a statement; its rows are in SPI_tuptable. args: MAX_ARGS Datums at most; a '\1' in nulls (as SPI has it, 'n') is NULL. */
static void
execute(StatementId id, Datum *args, const char *nulls)
{
	Statement *statement = &statements[id];
	int result;

	if (statement->plan == NULL)
	{
		SPIPlanPtr plan = SPI_prepare(statement->sql, statement->nargs, statement->types);

		if (plan == NULL)
			elog(ERROR, "could not prepare \"%s\": %s", statement->sql,
				 SPI_result_code_string(SPI_result));
		SPI_keepplan(plan);
		statement->plan = plan;
	}
	result = SPI_execute_plan(statement->plan, args, nulls, false, 0);
	if (result < 0)
		elog(ERROR, "could not run \"%s\": %s", statement->sql, SPI_result_code_string(result));
}

/* A column of a row of the last result, as text in the given context; NULL for NULL. */
static char *
get_text(MemoryContext context, uint64 row, int column)
{
	char *value = SPI_getvalue(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column);

	return value == NULL ? NULL : MemoryContextStrdup(context, value);
}

static Datum
get_datum(uint64 row, int column)
{
	bool isnull;
	Datum value = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &isnull);

	if (isnull)
		elog(ERROR, "unexpected null in column %d", column);
	return value;
}

void
store_open(void)
{
	char *path = NULL;
	Oid extension;
	Oid owner = InvalidOid;

	StartTransactionCommand();
	SetConfigOption("search_path", "pg_catalog", PGC_SUSET, PGC_S_OVERRIDE);
	CommitTransactionCommand();
	store_begin("esn_pulse: looking for the extension");
	extension = get_extension_oid("esn_pulse", true);
	if (SPI_execute("SELECT quote_ident(n.nspname), c.relowner FROM pg_extension e "
					"JOIN pg_namespace n ON n.oid = e.extnamespace "
					"JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'scraper_status' "
					"WHERE e.extname = 'esn_pulse'",
					true, 1) == SPI_OK_SELECT &&
		SPI_processed == 1)
	{
		path = psprintf("pg_catalog, %s, pg_temp", get_text(CurrentMemoryContext, 0, 1));
		owner = DatumGetObjectId(get_datum(0, 2));
		SetConfigOption("search_path", path, PGC_SUSET, PGC_S_OVERRIDE);
	}
	store_commit();
	if (!OidIsValid(owner))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("the extension esn_pulse is not installed in this database"),
						errhint("CREATE EXTENSION esn_pulse;")));
	StartTransactionCommand();
	SetConfigOption("lock_timeout", LOCK_TIMEOUT, PGC_SUSET, PGC_S_OVERRIDE);
	SetConfigOption("DateStyle", "ISO, YMD", PGC_SUSET, PGC_S_OVERRIDE);
	CommitTransactionCommand();
	extension_oid = extension;
	owner_oid = owner;
}

bool
store_lock(void)
{
	LOCKTAG tag;
	LockAcquireResult result;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, LOCK_CLASS, LOCK_OBJECT, 2);
	StartTransactionCommand();
	result = LockAcquire(&tag, ExclusiveLock, true, true);
	CommitTransactionCommand();
	return result != LOCKACQUIRE_NOT_AVAIL;
}

void
store_report_other_run(void)
{
	MemoryContext caller = CurrentMemoryContext;
	char *id = NULL;
	char *since = NULL;
	char *request = NULL;

	store_begin("esn_pulse: looking for the other run");
	execute(SQL_OTHER_RUN, NULL, NULL);
	if (SPI_processed > 0)
	{
		id = get_text(caller, 0, 1);
		since = get_text(caller, 0, 2);
		request = get_text(caller, 0, 3);
	}
	store_commit();
	if (id == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE), errmsg("another run is just beginning or ending"),
				 errhint("Try again in a moment.")));
	ereport(ERROR, (errcode(ERRCODE_OBJECT_IN_USE),
					errmsg("run %s (%s) is going on since %s", id, request, since),
					errdetail("There is one run at a time in a database."),
					errhint("Wait for it, or stop it: SELECT esn_cancel(%s);", id)));
}

/* Not a cryptographic hash: it has to tell yesterday's rules from today's. */
static uint64
hash_text(uint64 hash, const char *s)
{
	if (s == NULL)
		return hash_combine64(hash, 1);
	return hash_combine64(hash, DatumGetUInt64(hash_any_extended((const unsigned char *) s,
																 strlen(s) + 1, 0)));
}

/* The rules of extraction_rules, compiled, with a hash added to *sum. Needs an SPI connection. */
static RuleSet *
compile_rules(uint64 *sum)
{
	Rule *rules;
	RuleSet *compiled;
	CssError error;
	int culprit;
	int count;

	if (SPI_execute("SELECT page_kind, field, selector, attribute, required FROM esn_rules()", true,
					0) != SPI_OK_SELECT)
		elog(ERROR, "could not read extraction_rules");
	count = (int) SPI_processed;
	rules = palloc0(sizeof(Rule) * Max(count, 1));
	for (int i = 0; i < count; i++)
	{
		char *kind = get_text(CurrentMemoryContext, i, 1);

		if (!page_kind_from_name(kind, &rules[i].kind))
			elog(ERROR, "unknown page kind \"%s\" in extraction_rules", kind);
		rules[i].field = get_text(CurrentMemoryContext, i, 2);
		rules[i].selector = get_text(CurrentMemoryContext, i, 3);
		rules[i].attribute = get_text(CurrentMemoryContext, i, 4);
		rules[i].required = DatumGetBool(get_datum(i, 5));
		*sum = hash_text(*sum, kind);
		*sum = hash_text(*sum, rules[i].field);
		*sum = hash_text(*sum, rules[i].selector);
		*sum = hash_text(*sum, rules[i].attribute);
	}
	compiled = rules_compile(rules, count, &culprit, &error);
	if (compiled == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("extraction rule \"%s\" cannot be used: %s",
							   culprit >= 0 && culprit < count ? rules[culprit].selector : "?",
							   error.message)));
	return compiled;
}

RuleSet *
store_load_rules(bool redact, int64 *hash)
{
	uint64 sum = redact;
	RuleSet *compiled;

	store_begin("esn_pulse: reading extraction_rules");
	compiled = compile_rules(&sum);
	store_commit();
	*hash = (int64) sum;
	return compiled;
}

RuleSet *
store_compile_rules(void)
{
	uint64 sum = 0;
	RuleSet *compiled;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	compiled = compile_rules(&sum);
	SPI_finish();
	return compiled;
}

int64
store_begin_run(const char *module, const char *requested_by, const char *request)
{
	Datum args[3];
	int64 run;

	store_begin("esn_pulse: beginning a run");
	args[0] = CStringGetTextDatum(module);
	args[1] = CStringGetTextDatum(requested_by);
	args[2] = CStringGetTextDatum(request);
	execute(SQL_BEGIN_RUN, args, NULL);
	run = DatumGetInt64(get_datum(0, 1));
	store_commit();
	return run;
}

static void
write_counts(int64 run, const RunCounts *counts)
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
	execute(SQL_PROGRESS, args, NULL);
}

void
store_end_run(int64 run, const char *status, const char *message, const RunCounts *counts)
{
	Datum args[3];

	store_begin("esn_pulse: ending a run");
	execute(SQL_LINK, NULL, NULL);
	write_counts(run, counts);
	args[0] = Int64GetDatum(run);
	args[1] = CStringGetTextDatum(status);
	args[2] = message == NULL ? (Datum) 0 : CStringGetTextDatum(message);
	execute(SQL_END_RUN, args, message == NULL ? "  n" : NULL);
	store_commit();
}

void
store_alert(const char *payload)
{
	Datum args[1];

	store_begin("esn_pulse: raising an alert");
	args[0] = CStringGetTextDatum(payload);
	execute(SQL_NOTIFY, args, NULL);
	store_commit();
}

Datum
store_run_row(int64 run)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext before;
	Datum args[1] = {Int64GetDatum(run)};
	Datum row;

	store_begin("esn_pulse: reading the run's row");
	execute(SQL_RUN_ROW, args, NULL);
	if (SPI_processed != 1)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("the row of run " INT64_FORMAT " is gone from scraper_status", run)));
	before = MemoryContextSwitchTo(caller);
	row = PointerGetDatum(DatumGetHeapTupleHeaderCopy(get_datum(0, 1)));
	MemoryContextSwitchTo(before);
	store_commit();
	return row;
}

static bool
exists(StatementId id, Datum *args)
{
	bool found;

	store_begin("esn_pulse: looking for sections");
	execute(id, args, NULL);
	found = SPI_processed > 0;
	store_commit();
	return found;
}

bool
store_has_sections(void)
{
	return exists(SQL_HAS_SECTIONS, NULL);
}

bool
store_accounts_due(int max_age_minutes)
{
	Datum args[1] = {Int32GetDatum(max_age_minutes)};

	return exists(SQL_ACCOUNTS_DUE, args);
}

/* The rows (id, accounts slug, activities slug, name) of a statement. */
static List *
read_sections(StatementId id, Datum *args, const char *nulls)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext before;
	List *sections = NIL;

	store_begin("esn_pulse: reading sections");
	execute(id, args, nulls);
	before = MemoryContextSwitchTo(caller);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		SectionRow *section = palloc0(sizeof(SectionRow));

		section->id = DatumGetInt32(get_datum(i, 1));
		section->accounts_slug = get_text(caller, i, 2);
		section->activities_slug = get_text(caller, i, 3);
		section->name = get_text(caller, i, 4);
		sections = lappend(sections, section);
	}
	MemoryContextSwitchTo(before);
	store_commit();
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

List *
store_claim(int64 run, PageKind kind, char **urls, int count, int64 rules_hash, bool full)
{
	MemoryContext caller = CurrentMemoryContext;
	MemoryContext before;
	Datum *texts;
	Datum args[5];
	List *claimed = NIL;

	if (count == 0)
		return NIL;
	store_begin("esn_pulse: claiming pages");
	texts = palloc(sizeof(Datum) * count);
	for (int i = 0; i < count; i++)
		texts[i] = CStringGetTextDatum(urls[i]);
	args[0] = Int64GetDatum(run);
	args[1] = CStringGetTextDatum(page_kind_name(kind));
	args[2] = PointerGetDatum(construct_array(texts, count, TEXTOID, -1, false, TYPALIGN_INT));
	args[3] = Int64GetDatum(rules_hash);
	args[4] = BoolGetDatum(full);
	execute(SQL_CLAIM, args, NULL);
	before = MemoryContextSwitchTo(caller);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		ClaimedPage *page = palloc0(sizeof(ClaimedPage));

		page->url = get_text(caller, i, 1);
		page->etag = get_text(caller, i, 2);
		page->last_modified = get_text(caller, i, 3);
		claimed = lappend(claimed, page);
	}
	MemoryContextSwitchTo(before);
	store_commit();
	return claimed;
}

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

	execute(SQL_FETCHES, args, NULL);
}

/* Pages of one kind: the data by the kind's own function, the errors and the fetches by those of all. */
static void
store_pages(int64 run, List *records, RecordKind kind, PageKind page, StatementId id,
			const char *third, RunCounts *counts)
{
	Datum args[3] = {Int64GetDatum(run)};

	if (!collect(records, kind, page, &args[1]))
		return;
	store_fetches(run, page, args[1]);
	execute(SQL_ERRORS, args, NULL);
	if (third != NULL)
		args[2] = CStringGetTextDatum(third);
	execute(id, args, third == NULL && statements[id].nargs == 3 ? "  n" : NULL);
	if (id == SQL_ACTIVITIES)
	{
		counts->added += DatumGetInt32(get_datum(0, 1));
		counts->changed += DatumGetInt32(get_datum(0, 2));
		counts->unchanged += DatumGetInt32(get_datum(0, 3));
		counts->invalid += DatumGetInt32(get_datum(0, 4));
	}
}

static void
write_batch(int64 run, List *records, const char *only_section, RunCounts *counts)
{
	Datum args[3] = {Int64GetDatum(run)};

	store_begin("esn_pulse: storing pages");
	store_pages(run, records, RECORD_HOME, PAGE_HOME, SQL_HOME, only_section, counts);
	store_pages(run, records, RECORD_COUNTRY, PAGE_COUNTRY, SQL_COUNTRIES, NULL, counts);
	store_pages(run, records, RECORD_SECTION, PAGE_SECTION, SQL_SECTIONS, NULL, counts);
	if (collect(records, RECORD_PROBE, PAGE_KINDS, &args[1]))
		execute(SQL_PROBES, args, NULL);
	if (collect(records, RECORD_LISTING, PAGE_LISTING, &args[1]))
	{
		store_fetches(run, PAGE_LISTING, args[1]);
		execute(SQL_ERRORS, args, NULL);
	}
	store_pages(run, records, RECORD_ACTIVITY, PAGE_ACTIVITY, SQL_ACTIVITIES, guc_activities_url,
				counts);
	store_pages(run, records, RECORD_STATISTICS, PAGE_STATISTICS, SQL_STATISTICS, NULL, counts);
	for (PageKind page = 0; page < PAGE_KINDS; page++)
	{
		if (collect(records, RECORD_NOT_MODIFIED, page, &args[1]))
			store_fetches(run, page, args[1]);
	}
	if (collect(records, RECORD_FAILURE, PAGE_KINDS, &args[1]))
		execute(SQL_FAILURES, args, NULL);
	if (collect(records, RECORD_SECTION_DONE, PAGE_KINDS, &args[0]))
		execute(SQL_SECTIONS_DONE, args, NULL);
	write_counts(run, counts);
	store_commit();
}

/* Whether an error speaks of the data in a record rather than of the state of the server. */
static bool
is_about_content(const ErrorData *error)
{
	int category = ERRCODE_TO_CATEGORY(error->sqlerrcode);

	return category == ERRCODE_DATA_EXCEPTION ||
		   category == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION ||
		   category == ERRCODE_PROGRAM_LIMIT_EXCEEDED;
}

/* As write_batch(), but false instead of an ERROR where the database refuses what is in a record; *reason says why. */
static bool
try_batch(int64 run, List *records, const char *only_section, RunCounts *counts, char **reason)
{
	MemoryContext caller = CurrentMemoryContext;
	RunCounts before = *counts;
	volatile bool stored = true;

	PG_TRY();
	{
		write_batch(run, records, only_section, counts);
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		if (!is_about_content(error))
			PG_RE_THROW();
		FlushErrorState();
		AbortCurrentTransaction();
		MemoryContextSwitchTo(caller);
		*counts = before;
		*reason = error->message;
		stored = false;
	}
	PG_END_TRY();
	MemoryContextSwitchTo(caller);
	return stored;
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
	appendStringInfoString(
		&out, "{\"kind\": \"refused\", \"will_retry\": true, \"attempts\": 1, \"url\": ");
	escape_json(&out, pnstrdup(url->val.string.val, url->val.string.len));
	appendStringInfoString(&out, ", \"message\": ");
	escape_json(&out, psprintf("the database refuses the page: %s", reason));
	appendStringInfoChar(&out, '}');
	failure->kind = RECORD_FAILURE;
	failure->json = out.data;
	return failure;
}

void
store_batch(int64 run, List *records, const char *only_section, RunCounts *counts)
{
	char *reason = NULL;
	ListCell *cell;

	if (try_batch(run, records, only_section, counts, &reason))
		return;
	foreach (cell, records)
	{
		Record *record = lfirst(cell);

		if (!try_batch(run, list_make1(record), only_section, counts, &reason))
		{
			Record *failure = refused(record, reason);

			if (failure == NULL)
				ereport(ERROR, (errcode(ERRCODE_DATA_EXCEPTION),
								errmsg("could not store a record: %s", reason)));
			counts->pages_failed++;
			write_batch(run, list_make1(failure), only_section, counts);
		}
	}
}
