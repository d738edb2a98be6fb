/*
 * selftest.h: requests one page of each kind, and says which rules match on it. Stores nothing.
 */
#ifndef ESN_SELFTEST_H
#define ESN_SELFTEST_H

#include "crawl/loop.h"

/*
 * {"pages": [{"page_kind", "url", "status", "problem"}], "rules": [{"page_kind", "field",
 * "position", "shipped", "matched"}]}, in the run's memory: every kind of page, and the rules of
 * those that were read. The loop must store nothing.
 */
extern char *selftest_run(Loop *loop);

#endif
