/*
 * attempts.c: see attempts.h. It does not know what the transactions do.
 */
#include "postgres.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "pg/wait_events.h"
#include "store/attempts.h"

#define MAX_TRIES 4
#define FIRST_PAUSE_MS 500 /* between the first two; doubled for each further one */

static bool within_attempt = false;

/* Whether the same may succeed when tried again: a deadlock is over, and a lock ends some time. */
static bool
is_retryable(int sqlerrcode)
{
	return ERRCODE_TO_CATEGORY(sqlerrcode) == ERRCODE_TRANSACTION_ROLLBACK ||
		   sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE;
}

/* Waits, without a transaction, for another session to end its own. */
static void
pause_before(int tries)
{
	TimestampTz end =
		TimestampTzPlusMilliseconds(GetCurrentTimestamp(), FIRST_PAUSE_MS << (tries - 2));
	long left;

	Assert(!IsTransactionState());
	while ((left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), end)) > 0)
		wait_on_latch(WAIT_FOR_LOCK, left);
}

/* Returns NULL on success. Undoes the transaction and returns the error if it is to be repeated. */
static ErrorData *
try_once(Attempt make, void *state, bool is_last)
{
	MemoryContext caller = CurrentMemoryContext;
	ErrorData *volatile error = NULL;

	within_attempt = true;
	PG_TRY();
	{
		make(state);
	}
	PG_CATCH();
	{
		within_attempt = false;
		if (is_last || !is_retryable(geterrcode()))
			PG_RE_THROW();
		MemoryContextSwitchTo(caller);
		error = CopyErrorData();
		FlushErrorState();
		AbortCurrentTransaction();
		MemoryContextSwitchTo(caller);
	}
	PG_END_TRY();
	within_attempt = false;
	return error;
}

void
attempt(const char *activity, Attempt make, void *state)
{
	if (within_attempt)
	{
		make(state);
		return;
	}
	for (int tries = 1;; tries++)
	{
		ErrorData *error = try_once(make, state, tries == MAX_TRIES);

		if (error == NULL)
			return;
		ereport(LOG, (errmsg("%s: tried again: %s", activity, error->message)));
		FreeErrorData(error);
		pause_before(tries + 1);
	}
}
