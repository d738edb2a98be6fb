/*
 * statistics_page.h: the statistics of one section on activities.esn.org.
 */
#ifndef ESN_STATISTICS_PAGE_H
#define ESN_STATISTICS_PAGE_H

#include "page/fields.h"

/* Fills in the page, or sets page->problem. */
extern void parse_statistics(PageParser *parser);

/* As parse_statistics(), for a body that is itself JSON. Returns false if it is not JSON. */
extern bool parse_statistics_json(PageParser *parser, const char *utf8);

#endif
