/*
 * progress.c: see progress.h. It decides nothing.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/timestamp.h"

#include "crawl/progress.h"
#include "pg/channel.h"
#include "pg/settings.h"

#define TICK_MS 1000
#define STILL_MS 10000   /* interval while nothing moves */
#define PATIENT_MS 60000 /* age of a run after which a line each second is too much */

/* A duration for readers. */
static char *
describe_seconds(double seconds)
{
	if (seconds < 90)
		return psprintf("%.0f s", seconds);
	if (seconds < 5400)
		return psprintf("%.0f min", seconds / 60);
	return psprintf("%.1f h", seconds / 3600);
}

/* How long a request takes: at the polite rate, or as long as the run's have taken so far. */
static double
seconds_per_request(const RunInfo *info, double requests)
{
	double elapsed = (double) (GetCurrentTimestamp() - info->begun_at) / 1000000.0;

	return Max(setting_request_delay / 1000.0, elapsed / Max(requests, 1));
}

/*
 * How long the remaining requests will take: those planned, and at least those queued. While lists
 * are read whose length nobody knew, the sections that are done say how many requests the others
 * take.
 */
static char *
time_left(const RunInfo *info, const RunResult *result, const HttpClient *http)
{
	const RunCounts *c = &result->counts;
	int done = c->sections_processed + c->sections_failed;
	double requests = (double) http_totals(http).requests;
	double left = Max((double) result->planned - requests, http_pending(http));

	if (result->is_unknown && (done == 0 || result->sections_due == 0))
		return "time left not known yet";
	if (result->is_unknown)
		left = Max(left, requests / done * (result->sections_due - done));
	return psprintf("about %s left", describe_seconds(left * seconds_per_request(info, requests)));
}

void
progress_show_plan(const RunResult *result)
{
	const char *time = describe_seconds((double) result->planned * setting_request_delay / 1000.0);

	if (result->planned > 0 && result->is_unknown)
		channel_notice(NOTICE, NULL,
					   "planned: at least " INT64_FORMAT
					   " requests; how many more is not known yet",
					   result->planned);
	else if (result->planned > 0)
		channel_notice(NOTICE, NULL,
					   "planned: about " INT64_FORMAT " requests, %s at the polite rate",
					   result->planned, time);
}

static char *
describe_count(int count, const char *thing)
{
	return psprintf("%d %s%s", count, thing, count == 1 ? "" : "s");
}

/* How many of the due sections are done, and the results. */
static char *
describe_counts(const RunInfo *info, const RunResult *result)
{
	const RunCounts *c = &result->counts;
	int done = c->sections_processed + c->sections_failed;
	const char *failed = c->sections_failed > 0 ? psprintf(" (%d failed)", c->sections_failed) : "";
	char *sections = psprintf("%d of %d sections%s", done, Max(done, result->sections_due), failed);

	if (strcmp(info->module, ACCOUNTS_MODULE) == 0)
		return sections;
	/* A retry may have no sections. */
	return psprintf("%s%sactivities: %d new, %d changed, %d unchanged",
					result->sections_due > 0 ? sections : "", result->sections_due > 0 ? "; " : "",
					c->added, c->changed, c->unchanged);
}

void
progress_show(Progress *progress, const RunInfo *info, const RunResult *result, HttpClient *http)
{
	const RunCounts *c = &result->counts;
	TimestampTz now = GetCurrentTimestamp();
	int64 moved =
		http_totals(http).bytes + c->pages_failed + c->sections_processed + c->sections_failed;
	bool still = moved == progress->moved;
	bool rarely = still || TimestampDifferenceExceeds(info->begun_at, now, PATIENT_MS);
	const char *waiting = http_waiting_for(http);
	int pending = http_pending(http);

	if (progress->shown_at == 0)
		progress->shown_at = info->begun_at;
	if (!TimestampDifferenceExceeds(progress->shown_at, now, rarely ? STILL_MS : TICK_MS))
		return;
	progress->shown_at = now;
	progress->moved = moved;
	channel_notice(NOTICE, NULL, "%s; %s failed; %s", describe_counts(info, result),
				   describe_count(c->pages_failed, "page"),
				   waiting != NULL ? waiting
				   : !still        ? time_left(info, result, http)
				   : pending > 0   ? psprintf("waiting for %s", describe_count(pending, "answer"))
								   : "storing the last pages");
}

/* What to do next; NULL: nothing. */
static const char *
next_step(const RunResult *result)
{
	StringInfoData hint;

	initStringInfo(&hint);
	if (result->blocked)
		appendStringInfoString(&hint, "Wait (a day if the site blocked the requests), then start "
									  "it again: it will resume where it stopped. ");
	else if (result->out_of_time)
		appendStringInfoString(&hint, "Start it again: it will resume where it stopped. ");
	if (result->counts.pages_failed > 0)
		appendStringInfoString(&hint, "To list the failures, run SELECT * FROM esn_failed_pages; ");
	if (result->counts.invalid > 0)
		appendStringInfoString(&hint, "For invalid fields: SELECT * FROM esn_invalid_fields; ");
	if (hint.len == 0)
		return NULL;
	hint.data[hint.len - 1] = '\0';
	return hint.data;
}

void
progress_show_end(const RunInfo *info, const RunResult *result, const char *status,
				  const char *message)
{
	const RunCounts *c = &result->counts;
	double seconds = (double) (GetCurrentTimestamp() - info->begun_at) / 1000000.0;
	StringInfoData detail;

	initStringInfo(&detail);
	appendStringInfoString(&detail, describe_counts(info, result));
	if (c->invalid > 0)
		appendStringInfo(&detail, ", %d invalid", c->invalid);
	appendStringInfo(&detail, "; %s failed", describe_count(c->pages_failed, "page"));
	if (message == NULL)
		message = psprintf("completed in %s, " INT64_FORMAT " requests",
						   seconds < 10 ? psprintf("%.1f s", seconds) : describe_seconds(seconds),
						   c->requests);
	channel_summary(strcmp(status, "failed") == 0 ? WARNING : NOTICE,
					psprintf("run " INT64_FORMAT ": %s", info->id, message), detail.data,
					next_step(result));
}
