/*
 * fields.h: reads the fields of a page by their rules.
 */
#ifndef ESN_FIELDS_H
#define ESN_FIELDS_H

#include "page/checks.h"

/* Fills the members of the page's struct that need no parser (see PageField). */
extern void fields_read(PageParser *parser);

/* Marks what the rules for "label" found as left out of the texts around it. */
extern void fields_leave_out_labels(PageParser *parser);

/* The elements that one rule found. None lies within another. */
typedef struct Found
{
	int count;
	HtmlNode **elements;
	const char *attribute; /* as in the rule; NULL: use the text */
} Found;

/*
 * Finds the elements of a field's n-th rule (from 0). Returns false if it has no such rule. The
 * rule may have found nothing.
 */
extern bool field_found(PageParser *parser, const char *field, int n, Found *found);

/* The trimmed value of one element, by its rule; NULL if it is empty. */
extern const char *found_value(PageParser *parser, const Found *found, int i);

/*
 * The href (or the rule's attribute) of one element as an absolute URL; NULL if there is none. A
 * link of the site is canonical.
 */
extern const char *found_url(PageParser *parser, const Found *found, int i);

/* The one address of what the page's site also shows below /index.php. */
extern const char *url_canonical(PageParser *parser, const char *url);

/*
 * What is stored of a field's value: redacted if the field says so, and cut with an error at the
 * field's length. NULL if value is NULL.
 */
extern const char *field_value(PageParser *parser, const char *name, const char *value);

/* All values of a field, each as field_value() gives it, without repeats. */
extern StringList field_names(PageParser *parser, const char *name);

/* The first value of a field, by the first rule that yields one; NULL if none does. */
extern const char *field_text(PageParser *parser, const char *field);

/* All values of the first rule that yields one, with repeats. */
extern StringList field_texts(PageParser *parser, const char *field);

/*
 * The links of the first rule that yields one: those whose address ends in /<marker>/<slug>. Each
 * slug comes once, with the first text of a link to it; name is NULL if none has a text.
 */
extern NamedSlugList field_links(PageParser *parser, const char *field, const char *marker);

/*
 * Marks elements by their place in the array, so that elements_holding() finds the one that is
 * another element or the nearest around it; -1: none. Only one array may be marked at a time. The
 * caller unmarks it.
 */
extern void elements_mark(HtmlNode *const *elements, int count);
extern void elements_unmark(HtmlNode *const *elements, int count);
extern int elements_holding(const HtmlNode *element);

/* text without commas and spaces at its ends; NULL if nothing is left or text is NULL. */
extern const char *trim_commas(Arena *arena, const char *text);

#endif
