/*
 * wait_events.c: see wait_events.h.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "storage/latch.h"
#include "utils/wait_event.h"

#include "pg/wait_events.h"

uint32
wait_event(RunWait event)
{
#if PG_VERSION_NUM >= 170000
	static const char *const names[RUN_WAITS] = {[WAIT_FOR_SITES] = "EsnPulseSites",
												 [WAIT_FOR_RUN] = "EsnPulseRun",
												 [WAIT_FOR_LOCK] = "EsnPulseLock",
												 [WAIT_FOR_CANCEL] = "EsnPulseCancel"};
	static uint32 events[RUN_WAITS];

	Assert(event < RUN_WAITS);
	if (events[event] == 0)
		events[event] = WaitEventExtensionNew(names[event]);
	return events[event];
#else
	Assert(event < RUN_WAITS);
	return PG_WAIT_EXTENSION;
#endif
}

void
wait_on_latch(RunWait event, long milliseconds)
{
	(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, milliseconds,
					 wait_event(event));
	ResetLatch(MyLatch);
	CHECK_FOR_INTERRUPTS();
}
