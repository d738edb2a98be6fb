/*
 * cancel.c: see cancel.h.
 */
#include "postgres.h"

#include <signal.h>

#include "libpq/pqsignal.h"
#include "miscadmin.h"
#include "utils/timeout.h"

#include "pg/cancel.h"
#include "pg/wake.h"

static volatile sig_atomic_t terminated = false;
static volatile sig_atomic_t cancelled = false;
static volatile sig_atomic_t cancels_held = false;
static pg_atomic_uint32 *abandoned = NULL;

/* Ends a statement at its next check, and any wait. */
static void
interrupt(void)
{
	InterruptPending = true;
	QueryCancelPending = true;
	wake_up();
}

static void
handle_terminate(SIGNAL_ARGS)
{
	terminated = true;
	if (!cancels_held)
		interrupt();
}

static void
handle_cancel(SIGNAL_ARGS)
{
	/* A lock time-out signals in the same way. It must end its wait even while cancels are held. */
	bool lock_timeout = get_timeout_indicator(LOCK_TIMEOUT, false);

	if (!lock_timeout)
		cancelled = true;
	if (lock_timeout || !cancels_held)
		interrupt();
}

const char *
cancel_reason(void)
{
	if (abandoned != NULL && pg_atomic_read_u32(abandoned))
		return "cancelled: the session that waited for it was cancelled or ended";
	if (cancelled)
		return "cancelled by esn_cancel() or pg_cancel_backend()";
	if (terminated)
		return "cancelled: the worker was terminated, by an administrator or with the server";
	return NULL;
}

void
cancel_hold(bool hold)
{
	cancels_held = hold;
	if (hold)
		QueryCancelPending = false;
	else if (cancel_reason() != NULL)
		interrupt();
}

void
cancel_init(void)
{
	pqsignal(SIGTERM, handle_terminate);
	pqsignal(SIGINT, handle_cancel);
}

void
cancel_watch(pg_atomic_uint32 *flag)
{
	Assert(abandoned == NULL && flag != NULL);
	abandoned = flag;
}
