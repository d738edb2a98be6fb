/*
 * cancel.h: how a run is stopped: by signals, or because its caller has gone.
 */
#ifndef ESN_CANCEL_H
#define ESN_CANCEL_H

#include "port/atomics.h"

/* Installs the handlers of SIGTERM and SIGINT, after wake_init(). Signals must still be blocked. */
extern void cancel_init(void);

/* Sets the flag that the caller of the run raises when it goes away. */
extern void cancel_watch(pg_atomic_uint32 *flag);

/*
 * Why the run has to stop, and the status with which it ends: partial where only the server stops,
 * so that it is resumed. NULL: it does not have to.
 */
extern const char *cancel_reason(const char **status);

/*
 * While cancels are held, a request to stop is only recorded, so that the end of a run can be
 * stored. It takes effect when they are no longer held.
 */
extern void cancel_hold(bool hold);

#endif
