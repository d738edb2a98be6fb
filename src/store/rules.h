/*
 * rules.h: the extraction rules of a run, and how often they matched.
 */
#ifndef ESN_STORE_RULES_H
#define ESN_STORE_RULES_H

#include "page/rules.h"

typedef struct LoadedRule
{
	PageKind kind;
	char *json; /* members of a JSON object that identify the rule */
} LoadedRule;

typedef struct LoadedRules
{
	RuleSet *rules;
	int64 hash;
	int count;
	LoadedRule *names; /* by the rule's index */
} LoadedRules;

/*
 * Loads and compiles the rules of a run, with a hash of them and of everything else that determines
 * what a page yields.
 */
extern void store_load_rules(bool redact, LoadedRules *loaded);

/* Compiles the rules within the caller's transaction, for esn_parse(). */
extern RuleSet *store_compile_rules(void);

/* Stores the number of pages on which each rule matched. */
extern void store_rule_usage(int64 run, const LoadedRules *loaded, const RuleTally *tally);

#endif
