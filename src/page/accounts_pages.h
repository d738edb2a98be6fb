/*
 * accounts_pages.h: the pages of accounts.esn.org: home, country, section.
 */
#ifndef ESN_ACCOUNTS_PAGES_H
#define ESN_ACCOUNTS_PAGES_H

#include "page/fields.h"

/* Each fills in the page of its kind, or sets page->problem. */
extern void parse_home(PageParser *parser);
extern void parse_country(PageParser *parser);
extern void parse_section(PageParser *parser);

#endif
