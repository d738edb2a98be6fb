/*
 * page_internal.h: what the parsers of the six kinds of page share: reading a field by its rules (page_fields.c) and judging
 * what was read (validate.c). Only page*.c and validate.c include it.
 */
#ifndef ESN_PAGE_INTERNAL_H
#define ESN_PAGE_INTERNAL_H

#include "core/page.h"

/* One page at work. All that it allocates lives in the arena; the tree is page_parse()'s. */
typedef struct PageParser
{
	Arena *arena;
	const PageOptions *options;
	SitePage *page;
	const HtmlNode *root;
	const RuleMatches *matches;
} PageParser;

/* What one rule found: no element of it lies within another. */
typedef struct Found
{
	int count;
	HtmlNode **elements;
	const char *attribute; /* as in the rule: NULL: the text counts */
} Found;

/* The n-th rule (from 0) of a field; false: it has no such rule. The rule may have found nothing. */
extern bool field_found(PageParser *parser, const char *field, int n, Found *found);

/* The value of one element as its rule wants it, trimmed; NULL where it is empty. */
extern const char *found_value(PageParser *parser, const Found *found, int i);

/* The href (or the rule's attribute) of one element as an absolute URL; NULL where there is none. */
extern const char *found_url(PageParser *parser, const Found *found, int i);

/* The first value of a field by the first rule that yields one; NULL: none does. */
extern const char *field_text(PageParser *parser, const char *field);

/* All values of the first rule that yields one, a line each and more where the element holds blocks; NULL: none does. */
extern const char *field_lines(PageParser *parser, const char *field);

/* The first value as an absolute URL; one that is no URL of the web is an error. NULL: there is none, or it is wrong. */
extern const char *field_url(PageParser *parser, const char *field);

/* All values of the first rule that yields one, repeats included. */
extern StringList field_texts(PageParser *parser, const char *field);

/* The same, cut with an error at max_chars, without repeats. */
extern StringList field_names(PageParser *parser, const char *field, size_t max_chars);

/*
 * The links of the first rule that yields one: those whose address ends in /<marker>/<slug>, each slug once, under the first
 * text that a link to it has; name is NULL where none has any.
 */
extern NamedSlugList field_links(PageParser *parser, const char *field, const char *marker);

/* Room for one more item in an array that has so many now; the array, or a larger copy of it. */
extern void *list_grow(Arena *arena, void *items, int count, size_t item_size);

extern void string_list_add(Arena *arena, StringList *list, const char *item);
extern void named_slug_add(Arena *arena, NamedSlugList *list, NamedSlug item);

/* Strings seen so far, each with a number. */
typedef struct Seen
{
	Arena *arena;
	int used;
	int capacity; /* 0, or a power of two */
	const char **keys;
	int *numbers;
} Seen;

/* The number that the key was first put with; -1: it is new, and now has this one. The key must outlive the set. */
extern int seen_put(Seen *seen, const char *key, int number);

/*
 * Marks elements by their place in the array, so that elements_holding() can tell which of them is another element or the nearest
 * around it; -1: none. One array at a time may be marked; it is to be unmarked.
 */
extern void elements_mark(HtmlNode *const *elements, int count);
extern void elements_unmark(HtmlNode *const *elements, int count);
extern int elements_holding(const HtmlNode *element);

/* text without commas and spaces at its ends; NULL where nothing is left or text is NULL. */
extern const char *trim_commas(Arena *arena, const char *text);

/* More errors than this are not noted: who made such a page doesn't deserve a longer list. */
#define PAGE_MAX_ERRORS 1000

/* Of a value that is wrong so much is kept, in characters. */
#define PAGE_MAX_RAW 10000

/* Notes that a field is wrong. raw may be NULL, and is redacted where that is asked for. */
extern void page_error(PageParser *parser, const char *field, const char *message, const char *raw);

/* text with personal data redacted where that is asked for; NULL stays NULL. */
extern const char *page_redact(PageParser *parser, const char *text);

/* Each returns what of the value can be kept, having noted what is wrong with it. NULL is no error and stays NULL. */
extern const char *check_length(PageParser *parser, const char *field, const char *value,
								size_t max_chars);
extern const char *check_email(PageParser *parser, const char *field, const char *value);
extern const char *check_web_address(PageParser *parser, const char *field, const char *value);
extern const char *check_degrees(PageParser *parser, const char *field, const char *value,
								 int limit);

/* -1 for NULL and for what is no count. */
extern int check_count(PageParser *parser, const char *field, const char *value);

/* The dates of an activity, from the texts in which they are written. */
extern void check_dates(PageParser *parser, const StringList *texts, ActivityPage *activity);

/* Each fills in the page of its kind, or sets page->problem. */
extern void parse_home(PageParser *parser);
extern void parse_country(PageParser *parser);
extern void parse_section(PageParser *parser);
extern void parse_listing(PageParser *parser);
extern void parse_activity(PageParser *parser);
extern void parse_statistics(PageParser *parser);

/* The statistics where the body is JSON itself; false: it is not. */
extern bool parse_statistics_json(PageParser *parser, const char *utf8);

#endif
