/*
 * turn.c: see turn.h. The row of the waiting run in scraper_status says what is asked for; the
 * signal only says that there is something to look for. So a lost signal costs nothing but time.
 */
#include "postgres.h"

#include <signal.h>

#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/pmsignal.h"
#include "utils/timestamp.h"

#include "crawl/turn.h"
#include "pg/channel.h"
#include "pg/wait_events.h"
#include "pg/wake.h"
#include "store/runs.h"

#define TICK_MS 200
#define PATIENCE_MS 1000 /* by then, a run that reads sections of others has taken this one */
#define STILL_MS 10000   /* interval of messages while nothing changes */

/* What the caller was told. */
typedef struct Announcement
{
	TimestampTz at; /* 0: nothing yet */
	int64 other;
	int64 taken_by;
} Announcement;

static void
announce(Announcement *last, int64 run, const Turn *turn)
{
	TimestampTz now = GetCurrentTimestamp();
	bool is_taken = turn->taken_by == turn->other;

	if (last->other == turn->other && last->taken_by == turn->taken_by &&
		!TimestampDifferenceExceeds(last->at, now, STILL_MS))
		return;
	channel_notice(NOTICE, NULL, "run " INT64_FORMAT " (%s) is in progress: %s", turn->other,
				   turn->other_request,
				   is_taken ? "it reads the section next"
							: "the section is read when it has ended");
	if (last->at == 0)
		channel_row(MESSAGE_STARTED, store_run_row(run));
	*last = (Announcement){.at = now, .other = turn->other, .taken_by = turn->taken_by};
}

char *
turn_await(int64 run)
{
	TimestampTz begun_at = GetCurrentTimestamp();
	Announcement last = {0};

	for (;;)
	{
		/* In this order: before the other run lets go of the lock, it may have read the section. */
		bool is_locked = store_try_lock();
		Turn turn = store_turn(run);

		if (turn.status != NULL || is_locked)
			return turn.status;
		if (turn.other != 0 && turn.taken_by != turn.other)
			(void) kill(turn.other_pid, WAKE_SIGNAL);
		if (turn.other != 0 &&
			(turn.taken_by == turn.other ||
			 TimestampDifferenceExceeds(begun_at, GetCurrentTimestamp(), PATIENCE_MS)))
			announce(&last, run, &turn);
		wait_on_latch(WAIT_FOR_LOCK, TICK_MS);
	}
}
