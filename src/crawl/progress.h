/*
 * progress.h: what a run shows to its caller: the plan, its progress, how it ended, and what to do
 * next.
 */
#ifndef ESN_PROGRESS_H
#define ESN_PROGRESS_H

#include "crawl/result.h"
#include "http/client.h"

/* The last progress that was shown. */
typedef struct Progress
{
	TimestampTz shown_at;
	int64 moved; /* the measure of progress at that time */
} Progress;

extern void progress_show_plan(const RunResult *result);

/*
 * Shows the progress of the run: every second at first, every tenth later and while nothing moves.
 */
extern void progress_show(Progress *progress, const RunInfo *info, const RunResult *result,
						  HttpClient *http);

/*
 * Shows how the run ended, with figures, and what to do next. message: as in its row, NULL: it
 * completed.
 */
extern void progress_show_end(const RunInfo *info, const RunResult *result, const char *status,
							  const char *message);

#endif
