/*
 * activity_page.h: one activity of activities.esn.org.
 */
#ifndef ESN_ACTIVITY_PAGE_H
#define ESN_ACTIVITY_PAGE_H

#include "page/fields.h"

/* Fills in the page, or sets page->problem. */
extern void parse_activity(PageParser *parser);

#endif
