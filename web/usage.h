/*
 * usage.h: how many requests were answered, by route and status. Neither addresses nor keys are
 * kept. All functions may be called from any thread, usage_report() from one.
 */
#ifndef WEB_USAGE_H
#define WEB_USAGE_H

#include <stdint.h>

/* The number of a route, for usage_count(). */
extern unsigned usage_route(const char *name);

extern void usage_count(unsigned route, unsigned status, int64_t milliseconds);

/*
 * What was counted since the last report, as esn_api() takes it, in memory of malloc(). NULL:
 * nothing. The caller sends it until it is stored; what is stored twice counts once.
 */
extern char *usage_report(void);

#endif
