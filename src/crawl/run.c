/*
 * run.c: see run.h. One run from its row's first state to its last, whatever happens in between.
 */
#include "postgres.h"

#include "access/xact.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "crawl/accounts.h"
#include "crawl/activities.h"
#include "crawl/loop.h"
#include "crawl/retry.h"
#include "crawl/robots_fetch.h"
#include "crawl/run.h"
#include "crawl/selftest.h"
#include "crawl/turn.h"
#include "pg/cancel.h"
#include "pg/channel.h"
#include "pg/runlog.h"
#include "pg/settings.h"
#include "store/sections.h"
#include "store/session.h"

/* In a row, of pages that are known to fail. */
#define RETRY_PATIENCE 100

/* For the few pages of a self-test. */
#define SELFTEST_TIME_LIMIT_S 300

typedef struct Run
{
	const RunRequest *request;
	RunInfo info;
	RunResult result;
	PageReader reader;
	Progress progress;
	Loop loop;
	double cpu_at_start;
	char *ended_as; /* the status with which another run has ended it, having read its section */
} Run;

typedef void (*RunBody)(Run *run);

static void
log_begin(const Run *run, const char *what)
{
	StringInfoData line;

	runlog_begin(&line, RUNLOG_INFO, run->info.id, "trigger");
	runlog_text(&line, "module", run->info.module);
	runlog_text(&line, "request", what);
	runlog_text(&line, "requested_by", run->request->requested_by);
	runlog_end(&line);
}

static void
log_end(const Run *run, const char *status, const char *message)
{
	const RunCounts *c = &run->result.counts;
	StringInfoData line;

	runlog_begin(&line,
				 strcmp(status, "failed") == 0      ? RUNLOG_ERROR
				 : strcmp(status, "completed") == 0 ? RUNLOG_INFO
													: RUNLOG_WARNING,
				 run->info.id, "end");
	runlog_text(&line, "module", run->info.module);
	runlog_text(&line, "status", status);
	runlog_text(&line, "error", message);
	runlog_number(&line, "sections_processed", c->sections_processed);
	runlog_number(&line, "sections_failed", c->sections_failed);
	runlog_number(&line, "activities_new", c->added);
	runlog_number(&line, "activities_changed", c->changed);
	runlog_number(&line, "activities_unchanged", c->unchanged);
	runlog_number(&line, "activities_invalid", c->invalid);
	runlog_number(&line, "pages_failed", c->pages_failed);
	runlog_number(&line, "requests", c->requests);
	runlog_number(&line, "not_modified", c->not_modified);
	runlog_number(&line, "bytes", c->bytes);
	runlog_number(&line, "cpu_milliseconds", (int64) (c->cpu_seconds * 1000));
	runlog_number(&line, "peak_memory", c->peak_memory);
	runlog_number(&line, "milliseconds", runlog_since(run->info.begun_at));
	runlog_end(&line);
}

static void
close_run(Run *run)
{
	loop_close(&run->loop);
	reader_close(&run->reader);
}

/* Whether the run only reads what has failed or was invalid, which says little of the site. */
static bool
is_retry(const Run *run)
{
	return run->request->kind == RUN_RETRY || run->request->kind == RUN_FIX;
}

/*
 * Writes what the run will request into its row, and shows it; not of retries, nor of runs over
 * some sections, or over one that is not known yet.
 */
static void
plan(Run *run)
{
	const RunRequest *request = run->request;
	bool accounts = strcmp(run->info.module, ACCOUNTS_MODULE) == 0;

	if (is_retry(run) || request->max_sections > 0 ||
		(request->kind == RUN_SECTION && store_find_section(request->slug) == NULL))
		return;
	run->result.planned = store_plan(run->info.id, accounts ? "accounts" : "activities",
									 request->kind == RUN_SECTION ? request->slug : NULL,
									 request->full, &run->result.is_unknown);
	progress_show_plan(&run->result);
}

/*
 * Writes the final status of a run that an ERROR has ended. If even that fails, the next session
 * that looks marks the row.
 */
static void
end_row(Run *run, const char *status, const char *message, bool is_unfinished)
{
	result_count_cost(&run->result, run->cpu_at_start);
	log_end(run, status, message);
	PG_TRY();
	{
		store_end_run(run->info.id, status, message, is_unfinished, run->result.wait_s,
					  &run->result.counts);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(run->info.context);
		EmitErrorReport();
		FlushErrorState();
		AbortOutOfAnyTransaction();
		MemoryContextSwitchTo(run->info.context);
	}
	PG_END_TRY();
}

/*
 * Writes the end of a run that an ERROR has ended: a cancel, or a fault that is the caller's to
 * hear. A section that does not exist is not there for another run, either.
 */
static void
end_in_error(Run *run)
{
	const char *status;
	const char *reason = cancel_reason(&status);
	ErrorData *error;

	MemoryContextSwitchTo(run->info.context);
	error = CopyErrorData();
	cancel_hold(true);
	loop_count_requests(&run->loop);
	FlushErrorState();
	AbortOutOfAnyTransaction();
	MemoryContextSwitchTo(run->info.context);
	end_row(run, reason != NULL ? status : "failed",
			reason != NULL
				? reason
				: psprintf("%s: %s", unpack_sql_state(error->sqlerrcode), error->message),
			run->request->kind != RUN_SECTION || error->sqlerrcode != ERRCODE_UNDEFINED_OBJECT);
	if (reason == NULL)
		ReThrowError(error);
	channel_notice(WARNING,
				   "Committed data is kept. Start it again: it will resume where it stopped.",
				   "run " INT64_FORMAT " %s", run->info.id, reason);
	channel_row(MESSAGE_ENDED, store_run_row(run->info.id));
	close_run(run);
	proc_exit(0);
}

/* A zeroed run, in a memory context of its own. */
static Run *
begin_run(const RunRequest *request, const char *module)
{
	MemoryContext context =
		AllocSetContextCreate(TopMemoryContext, "esn_pulse run", ALLOCSET_DEFAULT_SIZES);
	Run *run = MemoryContextAllocZero(context, sizeof(Run));

	MemoryContextSwitchTo(context);
	run->request = request;
	run->info.context = context;
	run->info.module = module;
	run->info.full = request->full;
	run->info.begun_at = GetCurrentTimestamp();
	result_count_cost(&run->result, run->cpu_at_start);
	run->cpu_at_start = run->result.counts.cpu_seconds;
	run->loop.info = &run->info;
	run->loop.result = &run->result;
	run->loop.reader = &run->reader;
	run->loop.progress = &run->progress;
	reader_open(&run->reader);
	return run;
}

/*
 * Ends a run before its first request if activities.esn.org has just blocked the run before: what
 * follows another run is always one over activities.
 */
static bool
is_still_blocked(Run *run, const RunResult *before)
{
	if (!before->activities_blocked)
		return false;
	run->result.blocked = run->result.activities_blocked = true;
	run->result.wait_s = before->wait_s;
	strlcpy(run->result.block_reason, before->block_reason, sizeof(run->result.block_reason));
	return true;
}

/* What a run does between its beginning and its end. */
static void
work(Run *run, RunBody body, int seconds, const RunResult *before)
{
	run->info.begun_at = GetCurrentTimestamp();
	run->info.deadline = TimestampTzPlusMilliseconds(run->info.begun_at, (int64) seconds * 1000);
	channel_row(MESSAGE_STARTED, store_run_row(run->info.id));
	plan(run);
	loop_open(&run->loop, run->request->kind == RUN_RETRY ? RETRY_PATIENCE : 0);
	if (!is_still_blocked(run, before))
	{
		robots_fetch(&run->loop);
		body(run);
	}
	/* If a site blocked the run, the sections that were not read yet count as failed. */
	if (run->result.blocked)
		run->result.counts.sections_failed =
			run->result.sections_due - run->result.counts.sections_processed;
	result_mark_removed(&run->info, &run->result);
	store_link_organisers();
	store_rule_usage(run->info.id, &run->reader.rules, &run->reader.tally);
	if (!is_retry(run))
	{
		result_check_success(&run->info, &run->result);
		result_check_validity(&run->result);
	}
}

/*
 * One run from its row's first state to its last. Returns its id. *last: the result of the run
 * before in this process, zeroed if there is none; then that of this run.
 */
static int64
perform(const RunRequest *request, const char *module, const char *what, int seconds, RunBody body,
		RunResult *last)
{
	Run *run = begin_run(request, module);
	bool waits = !store_try_lock();
	const char *status;
	const char *message;

	cancel_hold(false);
	run->info.id = waits ? store_begin_waiting(request->requested_by, what)
						 : store_begin_run(module, request->requested_by, what, 0);
	log_begin(run, what);
	PG_TRY();
	{
		if (waits)
			run->ended_as = turn_await(run->info.id);
		if (run->ended_as == NULL)
		{
			if (waits)
				run->info.id = store_begin_run(module, request->requested_by, what, run->info.id);
			work(run, body, seconds, last);
		}
	}
	PG_CATCH();
	{
		end_in_error(run);
	}
	PG_END_TRY();
	if (run->ended_as != NULL)
	{
		log_end(run, run->ended_as, NULL);
		close_run(run);
		return run->info.id;
	}
	loop_count_requests(&run->loop);
	message = result_final_message(&run->result, &status);
	cancel_hold(true);
	result_count_cost(&run->result, run->cpu_at_start);
	store_end_run(run->info.id, status, message, result_is_unfinished(&run->result),
				  run->result.wait_s, &run->result.counts);
	log_end(run, status, message);
	progress_show_end(&run->info, &run->result, status, message);
	*last = run->result;
	close_run(run);
	return run->info.id;
}

static void
accounts_body(Run *run)
{
	accounts_run(&run->loop);
}

static void
section_body(Run *run)
{
	const char *slug = run->request->slug;
	const char *failure = "none of the slugs that its name suggests is known there";
	SectionRow *section = store_find_section(slug);
	ActivitiesSpider *spider;

	run->result.sections_due = 1;
	if (section == NULL || section->activities_slug == NULL)
	{
		const char *found =
			accounts_find_section(&run->loop, section == NULL ? slug : section->accounts_slug,
								  &failure);

		if (run->result.failure != NULL || run->result.out_of_time)
			return;
		if (found != NULL)
			section = store_find_section(found);
	}
	if (section == NULL || section->activities_slug == NULL)
		run->result.failure = psprintf("the section %s has no page on %s that could be found: %s",
									   slug, setting_activities_url, failure);
	else
	{
		run->result.sections_due = 0;
		spider = activities_open(&run->loop);
		activities_refresh(spider, list_make1(section), false);
		activities_recount(spider);
	}
}

/* Activities name sections whose slug nobody could guess: those come last, until none is new. */
static void
activities_body(Run *run)
{
	ActivitiesSpider *spider = activities_open(&run->loop);
	int max_sections = run->request->max_sections;
	bool more = activities_refresh(spider, store_due_sections(max_sections), max_sections == 0);

	while (more && max_sections == 0 && !run->result.out_of_time && !run->result.blocked)
		more = activities_run(spider, store_due_sections(0));
	activities_recount(spider);
}

static void
retry_body(Run *run)
{
	retry_failures(&run->loop);
}

static void
fix_body(Run *run)
{
	retry_invalid_pages(&run->loop);
}

static int64
run_accounts(const RunRequest *request, RunResult *last)
{
	return perform(request, ACCOUNTS_MODULE, "accounts", setting_accounts_time_limit, accounts_body,
				   last);
}

static int64
run_activities(const RunRequest *request, RunBody body, RunResult *last)
{
	return perform(request, ACTIVITIES_MODULE, describe_request(request),
				   setting_activities_time_limit, body, last);
}

/*
 * Runs accounts first if they are due; *run is then that run's id, and *last its result. Returns
 * false if no section is known afterwards.
 */
static bool
prepare_sections(const RunRequest *request, int64 *run, RunResult *last)
{
	bool empty = !store_has_sections();

	if (!empty && !(request->kind == RUN_ALL && store_accounts_due()))
		return true;
	if (empty)
		channel_notice(NOTICE, NULL, "no section is known yet: reading accounts first");
	else
		channel_notice(
			NOTICE, NULL,
			"no successful accounts run is younger than esn_pulse.accounts_max_age (%s): "
			"reading accounts first",
			GetConfigOptionByName("esn_pulse.accounts_max_age", NULL, false));
	*run = run_accounts(request, last);
	if (store_has_sections())
		return true;
	channel_notice(WARNING,
				   "To list the failures, run SELECT * FROM esn_failed_pages; then start it again.",
				   "accounts brought no section: there is nothing to read activities of");
	return false;
}

/* A run without a row: it only answers its caller. */
static void
run_selftest(const RunRequest *request)
{
	Run *run = begin_run(request, NULL);
	char *answer;

	run->info.stores_nothing = true;
	run->info.deadline =
		TimestampTzPlusMilliseconds(run->info.begun_at, (int64) SELFTEST_TIME_LIMIT_S * 1000);
	run->loop.progress = NULL;
	run->reader.tally.since = (Date){0};
	run->reader.tally.also_bad = true;
	/* As many requests as pages: what fails is an answer, too. */
	SetConfigOption("esn_pulse.max_retries", "0", PGC_USERSET, PGC_S_SESSION);
	log_begin(run, describe_request(request));
	cancel_hold(false);
	loop_open(&run->loop, 0);
	robots_fetch(&run->loop);
	answer = selftest_run(&run->loop);
	loop_count_requests(&run->loop);
	cancel_hold(true);
	log_end(run, "completed", NULL);
	channel_answer(answer);
	close_run(run);
}

/*
 * Finds the extension, and waits for the run's lock where that is worth it. ERROR, with a line in
 * the log, if the run cannot begin.
 */
static void
admit(const RunRequest *request)
{
	PG_TRY();
	{
		store_open();
		/* A section that is known can wait: the run in progress may read it meanwhile. */
		if (request->kind != RUN_SECTION)
			store_await_lock("A database has one run at a time.");
		else if (store_find_section(request->slug) == NULL)
			store_await_lock(psprintf("The section \"%s\" is not known yet; to look for it takes a "
									  "run of its own.",
									  request->slug));
	}
	PG_CATCH();
	{
		runlog_refusal(describe_request(request), request->requested_by);
		PG_RE_THROW();
	}
	PG_END_TRY();
}

void
run_execute(const RunRequest *request)
{
	RunResult last = {0};
	int64 run = 0;

	admit(request);
	switch (request->kind)
	{
		case RUN_ACCOUNTS:
			run = run_accounts(request, &last);
			break;
		case RUN_SECTION:
			run = run_activities(request, section_body, &last);
			break;
		case RUN_ACTIVITIES:
		case RUN_ALL:
			if (prepare_sections(request, &run, &last))
				run = run_activities(request, activities_body, &last);
			break;
		case RUN_RETRY:
			run = run_activities(request, retry_body, &last);
			break;
		case RUN_FIX:
			run = run_activities(request, fix_body, &last);
			break;
		case RUN_SELFTEST:
			run_selftest(request);
			return;
	}
	/* No part of a run: it has ended, and stands as it ended, whatever becomes of this. */
	store_refresh_summaries();
	channel_row(MESSAGE_ENDED, store_run_row(run));
}
