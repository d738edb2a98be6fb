/*
 * wake.h: what wakes the worker of a run while it waits for the sites: a request to stop, or the
 * request for a section.
 */
#ifndef ESN_WAKE_H
#define ESN_WAKE_H

/* The signal with which another session asks a run to look for the sections it has requested. */
#define WAKE_SIGNAL SIGUSR2

/* Opens the descriptor and installs the handler of WAKE_SIGNAL. Signals must still be blocked. */
extern void wake_init(void);

/* Ends a wait on the network by the descriptor, and any other wait by the latch. For handlers. */
extern void wake_up(void);

/* A descriptor that is readable after wake_up(), until wake_drain(). */
extern int wake_fd(void);
extern void wake_drain(void);

/* Whether WAKE_SIGNAL has come since the last call. */
extern bool wake_was_requested(void);

#endif
