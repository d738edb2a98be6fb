/*
 * parsers.h: the parsers, one per kind of page. Each is in the file of its kind.
 */
#ifndef ESN_PARSERS_H
#define ESN_PARSERS_H

#include "page/checks.h"

/* Fills in the page of its kind, or sets page->problem. */
#define DECLARE_PARSER(constant, name, type, subject) \
	extern void parse_##name##_page(PageParser *parser);

EACH_PAGE_KIND(DECLARE_PARSER)

#endif
