/*
 * listener.h: a thread that hears of changes, and reports usage.
 */
#ifndef WEB_LISTENER_H
#define WEB_LISTENER_H

#include <stdbool.h>

/* For how many seconds answers are kept while nobody hears of changes. */
#define UNHEARD_LIFETIME 5

extern bool listener_open(const char *dsn);

/* Whether changes are heard of now. */
extern bool listener_hears(void);

/* Reports the usage a last time, and ends the thread. */
extern void listener_close(void);

#endif
