/*
 * listing_pages.h: what pages of one organisation on activities.esn.org have in common.
 */
#ifndef ESN_LISTING_PAGES_H
#define ESN_LISTING_PAGES_H

#include "page/fields.h"

/* The slug in /organisation/<slug>/<part> of an address; NULL for another address. */
extern const char *organisation_of(Arena *arena, const char *url, const char *part);

/*
 * Whether the page links to the organisation. A page without the expected contents may be empty, or
 * another page answered with 200 (an error, maintenance, a log-in). Only the organisation's own
 * pages link to it.
 */
extern bool is_page_of(PageParser *parser, const char *organisation);

#endif
