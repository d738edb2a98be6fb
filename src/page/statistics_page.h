/*
 * statistics_page.h: the statistics of one section on activities.esn.org.
 */
#ifndef ESN_STATISTICS_PAGE_H
#define ESN_STATISTICS_PAGE_H

#include "page/fields.h"

/* As parse_statistics_page() of parsers.h, for a body that is itself JSON. Returns false if it is
 * not JSON. */
extern bool parse_statistics_json(PageParser *parser, const char *utf8);

#endif
