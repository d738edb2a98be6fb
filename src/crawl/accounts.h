/*
 * accounts.h: the requests of a run to accounts.esn.org: every country and every section.
 */
#ifndef ESN_ACCOUNTS_H
#define ESN_ACCOUNTS_H

#include "crawl/loop.h"

/* Reads all countries and sections. */
extern void accounts_run(Loop *loop);

/*
 * Reads the one section with a slug of either platform. Returns its slug on accounts.esn.org, or
 * NULL if it was not found: the run failed or ran out of time, or the site does not list a section
 * that is known. ERROR if no section has the slug.
 * *failure: why its slug on activities.esn.org could not be checked; otherwise unchanged.
 */
extern const char *accounts_find_section(Loop *loop, const char *slug, const char **failure);

/* Reads the pages of some countries (a List of addresses) and sections (of SectionRow) again. */
extern void accounts_read_again(Loop *loop, List *countries, List *sections);

#endif
