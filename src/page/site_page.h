/*
 * site_page.h: the contents of one page of the sites, and the options for parsing it.
 */
#ifndef ESN_SITE_PAGE_H
#define ESN_SITE_PAGE_H

#include "page/rules.h"
#include "page/schema.h"

/* An invalid field. Its value in the record is NULL, or the valid part. */
typedef struct FieldError
{
	const char *field;   /* the column's name */
	const char *message; /* the error, in lower case, without a full stop */
	const char *raw;     /* the value as found, redacted; NULL: none */
} FieldError;

#define PAGE_KIND_MEMBER(constant, name, type, subject) type name;

typedef struct SitePage
{
	PageKind kind;
	const char *url; /* absolute, as given to page_parse() */
	/* why this is not a page of its kind (everything else is then empty); NULL: it is one */
	const char *problem;
	union /* the struct of the kind, under its name; data is its first member */
	{
		char data[1];
		EACH_PAGE_KIND(PAGE_KIND_MEMBER)
	};
	int error_count;
	FieldError *errors;
} SitePage;

typedef struct PageOptions
{
	const RuleSet *rules;
	bool redact;      /* redact e-mail addresses and telephone numbers in free text */
	RuleTally *tally; /* updated with each page that is one of its kind; NULL: count nothing */
} PageOptions;

#endif
