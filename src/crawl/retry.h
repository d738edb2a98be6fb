/*
 * retry.h: the runs that retry failures and invalid pages.
 */
#ifndef ESN_RETRY_H
#define ESN_RETRY_H

#include "crawl/loop.h"

/* Requests the failed pages that a retry may find. */
extern void retry_failures(Loop *loop);

/* Reads the pages with invalid fields again, from a kept copy or from the site. */
extern void retry_invalid_pages(Loop *loop);

#endif
