/*
 * wait_events.h: the wait events of our processes in pg_stat_activity.
 */
#ifndef ESN_WAIT_EVENTS_H
#define ESN_WAIT_EVENTS_H

typedef enum RunWait
{
	WAIT_FOR_SITES,  /* the worker, for answers */
	WAIT_FOR_RUN,    /* the caller of a run, for its progress and end */
	WAIT_FOR_LOCK,   /* the worker, for another run or transaction to end */
	WAIT_FOR_CANCEL, /* for a run to stop */
	RUN_WAITS
} RunWait;

/*
 * Waits until the latch is set, or so long, and handles interrupts. ERROR if this session is
 * cancelled.
 */
extern void wait_on_latch(RunWait event, long milliseconds);

/*
 * The event as the server's number; "Extension" before PostgreSQL 17, where events have no names.
 */
extern uint32 wait_event(RunWait event);

#endif
