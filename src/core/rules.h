/*
 * rules.h: where on a page each field stands, as data. A rule is a row of the table extraction_rules.
 */
#ifndef ESN_RULES_H
#define ESN_RULES_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/css.h"

typedef enum PageKind
{
	PAGE_HOME,       /* accounts: every country, and the map of every section */
	PAGE_COUNTRY,    /* accounts: the sections of one country */
	PAGE_SECTION,    /* accounts: one section */
	PAGE_LISTING,    /* activities: cards of activities and a pager */
	PAGE_ACTIVITY,   /* activities: one activity */
	PAGE_STATISTICS, /* activities: one section's statistics */
	PAGE_KINDS
} PageKind;

/* "home", "country", "section", "listing", "activity", "statistics": the names in SQL. */
extern const char *page_kind_name(PageKind kind);
extern bool page_kind_from_name(const char *name, PageKind *kind);

typedef struct Rule
{
	PageKind kind;
	const char *field;     /* one of the names that rules_field_known() knows */
	const char *selector;  /* CSS */
	const char *attribute; /* whose value counts; NULL: the text */
	bool
		required; /* field is part of the page's identity: a page on which none of its rules match is not such a page */
} Rule;

/* All rules, compiled; immutable. They live in an arena of their own. */
typedef struct RuleSet RuleSet;

/* Whether pages of this kind have such a field: a rule for any other field is a mistake. */
extern bool rules_field_known(PageKind kind, const char *field);

/* The n-th of those fields, from 0; NULL: there are no more. */
extern const char *rules_field_name(PageKind kind, int n);

/*
 * Compiles rules given in the order in which they are to be tried (the first rule of a field that yields something wins). NULL with
 * the culprit's index in *culprit and the reason in *error where one can't compile or names an unknown field.
 */
extern RuleSet *rules_compile(const Rule *rules, int count, int *culprit, CssError *error);
extern void rules_free(RuleSet *rules);

/* What the rules of one kind found on one page: for each rule, the elements in document order. */
typedef struct RuleMatches RuleMatches;

extern RuleMatches *rules_match(const RuleSet *rules, PageKind kind, Arena *arena, HtmlNode *root);

/* Whether the page asked for more work than CSS_MAX_STEPS: then it is hostile, and what was found is not all. */
extern bool rules_gave_up(const RuleMatches *matches);

/*
 * The elements found for a field by its n-th rule (from 0): *count of them, *attribute as in the rule. NULL when there is no such rule;
 * *count may be 0.
 */
extern HtmlNode *const *rules_found(const RuleMatches *matches, const char *field, int n,
									int *count, const char **attribute);

/* The name of a field that is required and was not found by any of its rules; NULL when all were. */
extern const char *rules_missing(const RuleMatches *matches);

/* On how many pages of each kind rules were tried, and on how many of them each matched. */
typedef struct RuleTally
{
	int pages[PAGE_KINDS];
	int *matched; /* by the rule's index in what rules_compile() was given */
} RuleTally;

extern void rules_count(const RuleMatches *matches, PageKind kind, RuleTally *tally);

#endif
