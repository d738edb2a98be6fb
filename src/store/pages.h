/*
 * pages.h: pages that are to be read again, pages that were kept, and robots.txt.
 */
#ifndef ESN_STORE_PAGES_H
#define ESN_STORE_PAGES_H

#include "nodes/pg_list.h"

/* A page that something is wrong with. */
typedef struct PageToRetry
{
	char *url;
	char *kind;
	char *section; /* slug on accounts.esn.org; NULL: none */
	bool kept;     /* store_kept_page() has it */
} PageToRetry;

extern List *store_waiting_failures(void);  /* of PageToRetry: those worth another try */
extern List *store_pages_with_errors(void); /* of PageToRetry: those with open validation errors */

/* A page as it was kept, *len bytes; NULL where it is no longer there. */
extern char *store_kept_page(const char *url, size_t *len);

/* A robots.txt as it was last read within 30 days; NULL: it was not. *current: within a day. */
extern char *store_known_robots(const char *url, bool *current);

/* Keeps a robots.txt; body NULL: the site has none. */
extern void store_robots(const char *url, int status, const char *body);

#endif
