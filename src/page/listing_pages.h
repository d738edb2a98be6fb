/*
 * listing_pages.h: the lists of activities of activities.esn.org.
 */
#ifndef ESN_LISTING_PAGES_H
#define ESN_LISTING_PAGES_H

#include "page/fields.h"

/* Fills in the page, or sets page->problem. */
extern void parse_listing(PageParser *parser);

/* The slug in /organisation/<slug>/<part> of an address; NULL for another address. */
extern const char *organisation_of(Arena *arena, const char *url, const char *part);

/*
 * Whether the page links to the organisation. A page without the expected contents may be empty, or
 * another page answered with 200 (an error, maintenance, a log-in). Only the organisation's own
 * pages link to it.
 */
extern bool is_page_of(PageParser *parser, const char *organisation);

#endif
