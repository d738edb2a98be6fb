/*
 * checks.h: validates the values of a page. An invalid value becomes NULL, and a long one is cut.
 * Either is recorded as an error with the value as found.
 */
#ifndef ESN_CHECKS_H
#define ESN_CHECKS_H

#include "page/site_page.h"

/* The page being parsed. All its allocations live in the arena; page_parse() owns the tree. */
typedef struct PageParser
{
	Arena *arena;
	const PageOptions *options;
	SitePage *page;
	const HtmlNode *root;
	const RuleMatches *matches;
} PageParser;

/* Further errors of a page are not recorded: nobody needs a longer list. */
#define PAGE_MAX_ERRORS 1000

/* The length to which an invalid value is kept, in characters. */
#define PAGE_MAX_RAW 10000

/* Records that a field is invalid. raw may be NULL. It is redacted if the options say so. */
extern void page_error(PageParser *parser, const char *field, const char *message, const char *raw);

/* text, with personal data redacted if the options say so. NULL stays NULL. */
extern const char *page_redact(PageParser *parser, const char *text);

/*
 * Whether a link is an e-mail address without "mailto:", or one that Cloudflare has encoded. It
 * would otherwise be taken for the address of a page.
 */
extern bool is_email_link(const char *value);

/*
 * Each returns the valid part of the value, and records an error if that is not all of it. NULL is
 * not an error and stays NULL.
 */
extern const char *check_length(PageParser *parser, const char *field, const char *value,
								size_t max_chars);
extern const char *check_email(PageParser *parser, const char *field, const char *value);
extern const char *check_web_address(PageParser *parser, const char *field, const char *value);
extern const char *check_degrees(PageParser *parser, const char *field, const char *value,
								 int limit);

/* Returns -1 for NULL and for an invalid count. */
extern int check_count(PageParser *parser, const char *field, const char *value);

/* Finds the first and the last date in some texts, and checks their order; see Date in value.h. */
extern void check_dates(PageParser *parser, const StringList *texts, Date *start, Date *end);

#endif
