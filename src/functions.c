/*
 * functions.c: the core as SQL functions: slugs, selectors, redaction, one page as jsonb; and the
 * free disk space. It writes no table.
 */
#include "postgres.h"

#include <sys/statvfs.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/backend_status.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "base/slug.h"
#include "html/selector_set.h"
#include "page/page.h"
#include "page/page_json.h"
#include "page/redact.h"
#include "page/rules.h"
#include "pg/server_arena.h"
#include "pg/server_slugger.h"
#include "pg/settings.h"
#include "store/rules.h"
#include "store/sections.h"

/*
 * PostgreSQL 15 does not declare them. Only what is exported here is visible outside the library.
 */
extern PGDLLEXPORT Datum esn_slugify(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_slug_candidates(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_slug_of(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_country_key(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_selector_is_valid(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_rule_is_known(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_page_fields(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_free_space(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_used_worker_slots(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_policy(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_redact(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_redact_contacts(PG_FUNCTION_ARGS);
extern PGDLLEXPORT Datum esn_parse(PG_FUNCTION_ARGS);

PG_FUNCTION_INFO_V1(esn_slugify);
PG_FUNCTION_INFO_V1(esn_slug_candidates);
PG_FUNCTION_INFO_V1(esn_slug_of);
PG_FUNCTION_INFO_V1(esn_country_key);
PG_FUNCTION_INFO_V1(esn_selector_is_valid);
PG_FUNCTION_INFO_V1(esn_rule_is_known);
PG_FUNCTION_INFO_V1(esn_page_fields);
PG_FUNCTION_INFO_V1(esn_free_space);
PG_FUNCTION_INFO_V1(esn_used_worker_slots);
PG_FUNCTION_INFO_V1(esn_policy);
PG_FUNCTION_INFO_V1(esn_redact);
PG_FUNCTION_INFO_V1(esn_redact_contacts);
PG_FUNCTION_INFO_V1(esn_parse);

/* One arena per backend: it keeps a chunk, also what an ERROR left in it until the next call. */
static Arena *arena = NULL;

static Arena *
get_arena(void)
{
	if (arena == NULL)
		arena = server_arena();
	arena_reset(arena);
	return arena;
}

/* The text as a result, after which nothing in the arena is needed. */
static Datum
text_result(const char *text)
{
	Datum result = CStringGetTextDatum(text);

	if (arena != NULL)
		arena_reset(arena);
	return result;
}

static const char *
text_argument(FunctionCallInfo fcinfo, int n)
{
	return text_to_cstring(PG_GETARG_TEXT_PP(n));
}

Datum
esn_slugify(PG_FUNCTION_ARGS)
{
	return text_result(slug_make(server_slugger(), get_arena(), text_argument(fcinfo, 0)));
}

Datum
esn_slug_candidates(PG_FUNCTION_ARGS)
{
	char *candidates[SLUG_MAX_CANDIDATES];
	int count =
		slug_candidates(server_slugger(), get_arena(), text_argument(fcinfo, 0), candidates);
	Datum texts[SLUG_MAX_CANDIDATES];

	for (int i = 0; i < count; i++)
		texts[i] = CStringGetTextDatum(candidates[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(texts, count, TEXTOID, -1, false, TYPALIGN_INT));
}

Datum
esn_slug_of(PG_FUNCTION_ARGS)
{
	const char *given = text_argument(fcinfo, 0);
	const char *slug = slug_from_text(get_arena(), given);

	return text_result(slug != NULL ? slug : given);
}

Datum
esn_country_key(PG_FUNCTION_ARGS)
{
	return text_result(country_key(server_slugger(), get_arena(), text_argument(fcinfo, 0)));
}

Datum
esn_selector_is_valid(PG_FUNCTION_ARGS)
{
	const char *selector = text_argument(fcinfo, 0);
	SelectorError error;

	if (selector_compile(get_arena(), selector, &error) == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("invalid selector \"%s\": %s", selector, error.message),
						errdetail("It fails at byte %d.", error.position + 1)));
	PG_RETURN_BOOL(true);
}

static PageKind
kind_from_name(const char *name)
{
	PageKind kind;
	StringInfoData kinds;

	if (page_kind_from_name(name, &kind))
		return kind;
	initStringInfo(&kinds);
	for (int i = 0; i < PAGE_KINDS; i++)
		appendStringInfo(&kinds, "%s%s", i == 0 ? "" : ", ", page_kind_name((PageKind) i));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown kind of page \"%s\"", name),
			 errhint("The kinds are %s.", kinds.data)));
}

Datum
esn_rule_is_known(PG_FUNCTION_ARGS)
{
	const char *name = text_argument(fcinfo, 0);
	const char *field = text_argument(fcinfo, 1);
	PageKind kind = kind_from_name(name);
	StringInfoData fields;

	if (page_has_rule_field(kind, field))
		PG_RETURN_BOOL(true);
	initStringInfo(&fields);
	for (int n = 0; page_rule_field(kind, n) != NULL; n++)
		appendStringInfo(&fields, "%s%s", n == 0 ? "" : ", ", page_rule_field(kind, n));
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("pages of the kind %s have no field \"%s\"", name, field),
					errhint("The fields are %s.", fields.data)));
}

Datum
esn_page_fields(PG_FUNCTION_ARGS)
{
	int count;
	const PageField *fields = page_fields(kind_from_name(text_argument(fcinfo, 0)), &count);
	Datum *names = palloc((Size) count * sizeof(Datum));
	int members = 0;

	for (int i = 0; i < count; i++)
	{
		if (fields[i].type != FIELD_NONE)
			names[members++] = CStringGetTextDatum(fields[i].name);
	}
	PG_RETURN_ARRAYTYPE_P(construct_array(names, members, TEXTOID, -1, false, TYPALIGN_INT));
}

Datum
esn_redact(PG_FUNCTION_ARGS)
{
	const char *value = text_argument(fcinfo, 0);

	settings_require_chosen();
	if (setting_redact_personal_data)
		value = redact_personal_data(get_arena(), value);
	return text_result(value);
}

Datum
esn_redact_contacts(PG_FUNCTION_ARGS)
{
	return text_result(redact_personal_data(get_arena(), text_argument(fcinfo, 0)));
}

/* A page passed to esn_parse() has the same limit as a fetched one. */
static void
check_page_size(const char *html)
{
	if (strlen(html) > (size_t) setting_max_page_size * 1024)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("the page is larger than %d kB", setting_max_page_size),
						errhint("The limit is esn_pulse.max_page_size.")));
}

Datum
esn_parse(PG_FUNCTION_ARGS)
{
	PageOptions options = {.redact = setting_redact_personal_data};
	const char *name = text_argument(fcinfo, 0);
	const char *html = text_argument(fcinfo, 1);
	const char *url = text_argument(fcinfo, 2);
	RuleSet *rules;
	PageKind kind = kind_from_name(name);
	SitePage *page;
	char *json = NULL;
	Datum value;

	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("invalid page address: \"%s\"", url),
						errhint("An address begins with https:// or http://.")));
	check_page_size(html);
	settings_require_chosen();
	rules = store_compile_rules();
	options.rules = rules;
	page = page_parse(get_arena(), &options, kind, url, html, strlen(html), "utf-8");
	if (page != NULL)
		json = page_to_json(arena, page);
	rules_free(rules);
	if (json == NULL)
		report_out_of_memory(NULL);
	value = DirectFunctionCall1(jsonb_in, CStringGetDatum(json));
	arena_reset(arena);
	PG_RETURN_DATUM(value);
}

Datum
esn_policy(PG_FUNCTION_ARGS)
{
	TupleDesc description;
	Datum values[4] = {Int32GetDatum(setting_recent_days), Int32GetDatum(setting_refresh_days),
					   Int32GetDatum(setting_request_delay),
					   Int32GetDatum(setting_accounts_max_age)};
	bool nulls[4] = {false};

	settings_require_chosen();
	if (get_call_result_type(fcinfo, NULL, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(description, values, nulls)));
}

Datum
esn_free_space(PG_FUNCTION_ARGS)
{
	struct statvfs space;
	TupleDesc description;
	Datum values[2];
	bool nulls[2] = {false, false};

	if (get_call_result_type(fcinfo, NULL, &description) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	if (statvfs(DataDir, &space) != 0)
		ereport(ERROR, (errcode_for_file_access(),
						errmsg("could not get the free space of \"%s\": %m", DataDir)));
	values[0] = Int64GetDatum((int64) space.f_bavail * (int64) space.f_frsize);
	values[1] = Int64GetDatum((int64) space.f_blocks * (int64) space.f_frsize);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(description), values, nulls)));
}

Datum
esn_used_worker_slots(PG_FUNCTION_ARGS)
{
	int backends = pgstat_fetch_stat_numbackends();
	int32 used = 0;

	for (int i = 1; i <= backends; i++)
	{
#if PG_VERSION_NUM >= 160000
		LocalPgBackendStatus *backend = pgstat_get_local_beentry_by_index(i);
#else
		LocalPgBackendStatus *backend = pgstat_fetch_stat_local_beentry(i);
#endif

		if (backend != NULL && backend->backendStatus.st_procpid > 0 &&
			backend->backendStatus.st_backendType == B_BG_WORKER)
			used++;
	}
	PG_RETURN_INT32(used);
}
