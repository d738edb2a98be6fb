/*
 * rules.c: see rules.h.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"

#include "page/page.h"
#include "store/attempts.h"
#include "store/rules.h"
#include "store/session.h"

/* Not a cryptographic hash: it only has to detect that the rules have changed. */
static uint64
hash_text(uint64 hash, const char *s)
{
	if (s == NULL)
		return hash_combine64(hash, 1);
	return hash_combine64(hash, DatumGetUInt64(hash_any_extended((const unsigned char *) s,
																 strlen(s) + 1, 0)));
}

/* The members of an extraction_rule_usage that identify the rule. */
static char *
describe_rule(int row, const char *kind, const char *field)
{
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "\"page_kind\": ");
	escape_json(&out, kind);
	appendStringInfoString(&out, ", \"field\": ");
	escape_json(&out, field);
	appendStringInfo(&out, ", \"position\": %d, \"shipped\": %s", DatumGetInt32(sql_datum(row, 6)),
					 DatumGetBool(sql_datum(row, 7)) ? "true" : "false");
	return out.data;
}

/*
 * Compiles the rules of extraction_rules and adds their hash to *sum. Needs an SPI connection.
 * Fills in loaded (NULL: not wanted), in the given context.
 */
static RuleSet *
compile_rules(uint64 *sum, LoadedRules *loaded, MemoryContext context)
{
	Rule *rules;
	RuleSet *compiled;
	SelectorError error;
	int culprit;
	int count;

	if (SPI_execute("SELECT page_kind, field, selector, attribute, required, \"position\", shipped "
					"FROM esn_rules()",
					true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read extraction_rules");
	count = (int) SPI_processed;
	rules = palloc0(sizeof(Rule) * Max(count, 1));
	if (loaded != NULL)
	{
		loaded->count = count;
		loaded->names = MemoryContextAllocZero(context, sizeof(LoadedRule) * Max(count, 1));
	}
	for (int i = 0; i < count; i++)
	{
		char *kind = sql_text(CurrentMemoryContext, i, 1);

		if (!page_kind_from_name(kind, &rules[i].kind))
			elog(ERROR, "unknown page kind \"%s\" in extraction_rules", kind);
		rules[i].field = sql_text(CurrentMemoryContext, i, 2);
		rules[i].selector = sql_text(CurrentMemoryContext, i, 3);
		rules[i].attribute = sql_text(CurrentMemoryContext, i, 4);
		rules[i].required = DatumGetBool(sql_datum(i, 5));
		*sum = hash_text(*sum, kind);
		*sum = hash_text(*sum, rules[i].field);
		*sum = hash_text(*sum, rules[i].selector);
		*sum = hash_text(*sum, rules[i].attribute);
		*sum = hash_combine64(*sum, rules[i].required);
		if (loaded != NULL)
		{
			loaded->names[i].kind = rules[i].kind;
			loaded->names[i].json =
				MemoryContextStrdup(context, describe_rule(i, kind, rules[i].field));
		}
	}
	compiled = rules_compile(rules, count, &culprit, &error);
	if (compiled == NULL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("extraction rule \"%s\" cannot be used: %s",
							   culprit >= 0 && culprit < count ? rules[culprit].selector : "?",
							   error.message)));
	return compiled;
}

/* Starts from the hash that is there. */
static void
load_rules(void *state)
{
	LoadedRules *loaded = state;
	MemoryContext caller = CurrentMemoryContext;
	uint64 sum = (uint64) loaded->hash;

	sql_begin("esn_pulse: reading extraction_rules");
	loaded->rules = compile_rules(&sum, loaded, caller);
	sql_commit();
	loaded->hash = (int64) sum;
}

void
store_load_rules(bool redact, LoadedRules *loaded)
{
	loaded->hash = (int64) hash_combine64(PAGE_PARSER_VERSION, redact);
	attempt("esn_pulse: reading extraction_rules", load_rules, loaded);
}

RuleSet *
store_compile_rules(void)
{
	uint64 sum = 0;
	RuleSet *compiled;

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	compiled = compile_rules(&sum, NULL, NULL);
	SPI_finish();
	return compiled;
}

void
store_rule_usage(int64 run, const LoadedRules *loaded, const RuleTally *tally)
{
	StringInfoData json;
	Datum args[2] = {Int64GetDatum(run)};

	initStringInfo(&json);
	for (int i = 0; i < loaded->count; i++)
	{
		const LoadedRule *rule = &loaded->names[i];

		if (tally->pages[rule->kind] == 0)
			continue;
		appendStringInfo(&json, "%s{%s, \"pages\": %d, \"matched\": %d}",
						 json.len == 0 ? "[" : ", ", rule->json, tally->pages[rule->kind],
						 tally->matched[i]);
	}
	if (json.len == 0)
		return;
	appendStringInfoChar(&json, ']');
	args[1] = DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
	sql_begin_with("esn_pulse: storing how the rules matched", SQL_RULE_USAGE, args, NULL);
	sql_commit();
}
