/*
 * runs.h: the row of a run in scraper_status, and the lock that allows only one run at a time. All
 * functions of this folder return their results in the memory context that is current at the call.
 */
#ifndef ESN_STORE_RUNS_H
#define ESN_STORE_RUNS_H

typedef struct RunCounts
{
	int sections_processed;
	int sections_failed;
	int64 requests;
	int64 not_modified;
	int64 bytes;
	int pages_failed;
	int added;
	int changed;
	int unchanged;
	int invalid;
	/* known when it ends */
	double cpu_seconds;
	int64 peak_memory;
} RunCounts;

/* How a run stands that waits until it may begin. */
typedef struct Turn
{
	char *status;        /* with which another run has ended it; NULL: it waits */
	int64 taken_by;      /* the run that reads its section; 0: none does */
	int64 other;         /* the run in progress; 0: none */
	char *other_request; /* of that run */
	int other_pid;       /* its worker; 0: none */
} Turn;

/*
 * Takes the lock of the run, which is held until the process ends. Returns false if another process
 * has it.
 */
extern bool store_try_lock(void);

/*
 * Takes the lock of the run, which is held until the process ends. ERROR (object_in_use), with the
 * name of the other run, if that has it. reason: why this one cannot run beside it.
 */
extern void store_await_lock(const char *reason);

/*
 * Stores the row of a run that waits for the run in progress; reads how it stands.
 * store_begin_run() begins it. store_end_waiting() ends it, as its section was read; failure: why
 * it was not (NULL: it was).
 */
extern int64 store_begin_waiting(const char *requested_by, const char *request);
extern Turn store_turn(int64 run);
extern void store_end_waiting(int64 run, const char *failure);

/*
 * Begins a run, and returns its id. waited: its row if it has waited; 0: it has none yet.
 */
extern int64 store_begin_run(const char *module, const char *requested_by, const char *request,
							 int64 waited);
/* unfinished: the next such run resumes it; not before wait_s seconds have passed. */
extern void store_end_run(int64 run, const char *status, const char *message, bool unfinished,
						  int64 wait_s, const RunCounts *counts);

/* Keeps the run's row until the end of the caller's transaction. An error if it is gone. */
extern void store_keep_run(int64 run);

/* Writes the counts into the run's row, within the caller's transaction. */
extern void store_counts(int64 run, const RunCounts *counts);

/* Links activities with organisers that have become known sections since. */
extern void store_link_organisers(void);

/* Computes the figures of the overviews at a run's end. */
extern void store_refresh_summaries(void);

/* The run's row, a composite Datum of scraper_status. */
extern Datum store_run_row(int64 run);

/*
 * Returns what esn_plan() says, and stores it in the run's row. section: a slug, NULL: all.
 * *is_unknown: there is more to request that nobody knows yet.
 */
extern int64 store_plan(int64 run, const char *module, const char *section, bool full,
						bool *is_unknown);

/* Raises an ERROR: somebody has deleted the run's row. */
extern void store_report_lost_row(int64 run);

/*
 * Marks removed rows. Returns 0 or, if the result is implausible, how many of *answered pages are
 * gone. *marked is the number of marked rows.
 */
extern int store_mark_removed(int64 run, double max_share, int *answered, int *marked);

#endif
