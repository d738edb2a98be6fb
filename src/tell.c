/*
 * tell.c: what a run tells its caller: the plan, how it stands, how it ended and what to do next. Nothing is decided here.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/timestamp.h"

#include "channel.h"
#include "guc.h"
#include "run.h"

#define TICK_MS 1000
#define STILL_MS 10000   /* where nothing moves */
#define PATIENT_MS 60000 /* after so long nobody wants to read a line each second */

/* How long something takes, for people. */
static char *
describe_seconds(double seconds)
{
	if (seconds < 90)
		return psprintf("%.0f s", seconds);
	if (seconds < 5400)
		return psprintf("%.0f min", seconds / 60);
	return psprintf("%.1f h", seconds / 3600);
}

/* How long what is known to be left will take at the polite rate: what was planned, and at least what is queued. */
static char *
time_left(const Run *run)
{
	double planned = (double) (run->planned - http_totals(run->http).requests);

	return describe_seconds(Max(planned, http_pending(run->http)) * guc_request_delay / 1000.0);
}

void
tell_plan(const Run *run)
{
	if (run->planned > 0)
		channel_notice(NOTICE, NULL,
					   "planned: about " INT64_FORMAT " requests, %s at the polite rate",
					   run->planned,
					   describe_seconds((double) run->planned * guc_request_delay / 1000.0));
}

/* Sections that are through, of those that are due, and what came of them. */
static char *
describe_counts(const Run *run)
{
	const RunCounts *c = &run->counts;
	int done = c->sections_processed + c->sections_failed;
	const char *failed = c->sections_failed > 0 ? psprintf(" (%d failed)", c->sections_failed) : "";
	char *sections = psprintf("%d of %d sections%s", done, Max(done, run->sections_due), failed);

	if (strcmp(run->module, ACCOUNTS_MODULE) == 0)
		return sections;
	/* Runs that mend need not have any. */
	return psprintf("%s%sactivities: %d new, %d changed, %d same",
					run->sections_due > 0 ? sections : "", run->sections_due > 0 ? "; " : "",
					c->added, c->changed, c->unchanged);
}

void
tell_progress(Run *run)
{
	const RunCounts *c = &run->counts;
	TimestampTz now = GetCurrentTimestamp();
	int64 moved =
		http_totals(run->http).bytes + c->pages_failed + c->sections_processed + c->sections_failed;
	bool still = moved == run->progress_moved;
	bool rarely = still || TimestampDifferenceExceeds(run->begun_at, now, PATIENT_MS);
	const char *waiting = http_waiting_for(run->http);
	int pending = http_pending(run->http);

	if (!TimestampDifferenceExceeds(run->progress_at, now, rarely ? STILL_MS : TICK_MS))
		return;
	run->progress_at = now;
	run->progress_moved = moved;
	channel_notice(NOTICE, NULL, "%s; %d pages failed; %s", describe_counts(run), c->pages_failed,
				   waiting != NULL ? waiting
				   : !still        ? psprintf("about %s left", time_left(run))
				   : pending > 0   ? psprintf("waiting for %d answers", pending)
								   : "writing what has come");
}

/* What to do next, NULL: nothing. */
static const char *
next_step(const Run *run)
{
	StringInfoData hint;

	initStringInfo(&hint);
	if (run->refused)
		appendStringInfoString(&hint,
							   "Wait, a day where the site refused to be asked, then start it "
							   "again: it goes on where it was. ");
	else if (run->out_of_time)
		appendStringInfoString(&hint, "Start it again: it goes on where it was. ");
	if (run->counts.pages_failed > 0)
		appendStringInfoString(&hint, "SELECT * FROM esn_failed_pages; says what failed and why. ");
	if (run->counts.invalid > 0)
		appendStringInfoString(&hint, "SELECT * FROM esn_wrong_fields; says which fields. ");
	if (hint.len == 0)
		return NULL;
	hint.data[hint.len - 1] = '\0';
	return hint.data;
}

void
tell_end(const Run *run, const char *status, const char *message)
{
	const RunCounts *c = &run->counts;
	double seconds = (double) (GetCurrentTimestamp() - run->begun_at) / 1000000.0;
	StringInfoData detail;

	initStringInfo(&detail);
	appendStringInfoString(&detail, describe_counts(run));
	if (c->invalid > 0)
		appendStringInfo(&detail, ", %d with a wrong field", c->invalid);
	appendStringInfo(&detail, "; %d pages failed", c->pages_failed);
	if (message == NULL)
		message = psprintf("completed in %s, " INT64_FORMAT " requests",
						   seconds < 10 ? psprintf("%.1f s", seconds) : describe_seconds(seconds),
						   c->requests);
	channel_summary(strcmp(status, "failed") == 0 ? WARNING : NOTICE,
					psprintf("run " INT64_FORMAT ": %s", run->id, message), detail.data,
					next_step(run));
}
