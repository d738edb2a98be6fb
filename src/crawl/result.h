/*
 * result.h: what a run is, its results so far, and what they say at its end.
 */
#ifndef ESN_RESULT_H
#define ESN_RESULT_H

#include "datatype/timestamp.h"
#include "store/runs.h"

/* As in scraper_status. */
#define ACCOUNTS_MODULE "AccountsScraper"
#define ACTIVITIES_MODULE "ActivitiesAndStatisticsScraper"

/* Fixed when the run begins. Only run.c sets it. */
typedef struct RunInfo
{
	int64 id;
	const char *module;
	bool full;           /* store unchanged pages, too */
	bool stores_nothing; /* it has no row, and what it reads is not kept */
	TimestampTz begun_at;
	TimestampTz deadline;
	MemoryContext context; /* lasts as long as the run */
} RunInfo;

typedef struct RunResult
{
	RunCounts counts;
	int sections_due;
	int64 planned;   /* requests; 0: nothing was planned */
	bool is_unknown; /* there are more, which nobody knows yet */
	bool out_of_time;
	bool blocked;            /* a site blocked us, or was given up */
	bool activities_blocked; /* one such site is activities.esn.org */
	char block_reason[256];
	int64 wait_s;     /* the site asked to be left alone for so long; 0: it did not */
	char *failure;    /* why the run as a whole failed; NULL: it did not */
	bool implausible; /* too much is gone; failure says what */
} RunResult;

/*
 * Counts what the run has cost: the CPU time of its process, less cpu_at_start (seconds), and the
 * most memory that this has had.
 */
extern void result_count_cost(RunResult *result, double cpu_at_start);

/* Tells the caller and the server's log if too few sections came in. */
extern void result_check_success(const RunInfo *info, const RunResult *result);

/*
 * Warns the caller if so many activities have invalid fields that it is rather the site's markup
 * that has changed.
 */
extern void result_check_validity(const RunResult *result);

/* Marks what is gone as removed. Fails the run instead if so much is gone that it is implausible.
 */
extern void result_mark_removed(const RunInfo *info, RunResult *result);

/* Whether the run ends before its work is done. */
extern bool result_is_unfinished(const RunResult *result);

/* Why the run ended, as in scraper_status (NULL: it completed), and its status. */
extern const char *result_final_message(const RunResult *result, const char **status);

#endif
