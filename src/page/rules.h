/*
 * rules.h: where each field of a page is, as data. A rule is a row of the table extraction_rules.
 */
#ifndef ESN_RULES_H
#define ESN_RULES_H

#include <stdbool.h>

#include "base/arena.h"
#include "html/selector_set.h"
#include "page/schema.h"

typedef struct Rule
{
	PageKind kind;
	const char *field;     /* one that page_has_rule_field() knows */
	const char *selector;  /* CSS */
	const char *attribute; /* whose value is used; NULL: use the text */
	/* the field identifies the page: if none of its rules matches, it is not such a page */
	bool required;
} Rule;

/* All rules, compiled and immutable. They live in an arena of their own. */
typedef struct RuleSet RuleSet;

/*
 * Compiles rules, given in the order in which they are tried: the first rule of a field that yields
 * a value wins. If a rule cannot be compiled or names an unknown field, returns NULL, with its
 * index in *culprit and the reason in *error.
 */
extern RuleSet *rules_compile(const Rule *rules, int count, int *culprit, SelectorError *error);
extern void rules_free(RuleSet *rules);

/* The elements that each rule of one kind found on one page, in document order. */
typedef struct RuleMatches RuleMatches;

extern RuleMatches *rules_match(const RuleSet *rules, PageKind kind, Arena *arena, HtmlNode *root);

/*
 * Whether the page needed more than SELECTOR_MAX_STEPS: it is hostile, and the matches are
 * incomplete.
 */
extern bool rules_gave_up(const RuleMatches *matches);

/*
 * The elements that a field's n-th rule (from 0) found: *count of them, and *attribute as in the
 * rule. NULL if there is no such rule; *count may be 0.
 */
extern HtmlNode *const *rules_found(const RuleMatches *matches, const char *field, int n,
									int *count, const char **attribute);

/* The name of a required field that none of its rules found; NULL if all were found. */
extern const char *rules_missing(const RuleMatches *matches);

/*
 * The number of pages of each kind on which rules were tried, and on which each matched. Older
 * pages of activities have other fields: they say nothing of the markup of today.
 */
typedef struct RuleTally
{
	Date since;    /* activities that began earlier do not count; all zeros: all count */
	bool also_bad; /* pages that are not of their kind count, too */
	int pages[PAGE_KINDS];
	int *matched; /* by the rule's index in rules_compile() */
} RuleTally;

extern void rules_count(const RuleMatches *matches, PageKind kind, RuleTally *tally);

#endif
