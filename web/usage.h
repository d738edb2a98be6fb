/*
 * usage.h: how many requests were answered, by route and status. Neither addresses nor keys are
 * kept. Requests may be counted in any thread; one thread makes the reports.
 */
#ifndef WEB_USAGE_H
#define WEB_USAGE_H

#include <stdint.h>
#include <time.h>

/* The number of a route, for usage_count(). */
extern unsigned usage_route(const char *name);

extern void usage_count(unsigned route, unsigned status, int64_t milliseconds);

/* The first report begins. */
extern void usage_begin(time_t now);

/* Ends the report, and begins the next one. It counts for the hour in which it has begun. */
extern void usage_close(time_t now);

/* Ends the report if its hour is over. */
extern void usage_turn(time_t now);

/*
 * The oldest report that has ended, as esn_api() takes it. NULL: there is none. The caller sends it
 * until it is stored, and says so by usage_stored(); what is stored twice counts once. A day's
 * reports wait at most.
 */
extern const char *usage_waiting(void);
extern void usage_stored(void);

/* Forgets the reports that wait. */
extern void usage_end(void);

#endif
