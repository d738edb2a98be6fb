/*
 * runner.c: one run from its row's first state to its last, whatever happens in between.
 */
#include "postgres.h"

#include "access/xact.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "arena_server.h"
#include "channel.h"
#include "guc.h"
#include "jsonlog.h"
#include "run.h"

#define MAX_USER_AGENTS 64
#define MIN_INVALID 20
#define RETRY_PATIENCE 100

typedef void (*RunBody)(Run *run);

static void
log_begin(const Run *run, const char *what)
{
	StringInfoData line;

	jsonlog_begin(&line, run->id, "trigger");
	jsonlog_text(&line, "module", run->module);
	jsonlog_text(&line, "request", what);
	jsonlog_text(&line, "requested_by", run->request->requested_by);
	jsonlog_end(&line);
}

static void
log_end(const Run *run, const char *status, const char *message)
{
	const RunCounts *c = &run->counts;
	StringInfoData line;

	jsonlog_begin(&line, run->id, "end");
	jsonlog_text(&line, "module", run->module);
	jsonlog_text(&line, "status", status);
	jsonlog_text(&line, "error", message);
	jsonlog_number(&line, "sections_processed", c->sections_processed);
	jsonlog_number(&line, "sections_failed", c->sections_failed);
	jsonlog_number(&line, "activities_new", c->added);
	jsonlog_number(&line, "activities_changed", c->changed);
	jsonlog_number(&line, "activities_unchanged", c->unchanged);
	jsonlog_number(&line, "activities_invalid", c->invalid);
	jsonlog_number(&line, "pages_failed", c->pages_failed);
	jsonlog_number(&line, "requests", c->requests);
	jsonlog_number(&line, "not_modified", c->not_modified);
	jsonlog_number(&line, "bytes", c->bytes);
	jsonlog_number(&line, "milliseconds", jsonlog_since(run->begun_at));
	jsonlog_end(&line);
}

static void
open_http(Run *run)
{
	const char *agents[MAX_USER_AGENTS];
	HttpOptions options = {.origins = {guc_accounts_url, guc_activities_url},
						   .delay_ms = guc_request_delay,
						   .max_parallel = guc_max_parallel_requests,
						   .timeout_ms = guc_request_timeout,
						   .max_retries = guc_max_retries,
						   .retry_base_ms = guc_retry_base_delay,
						   .max_body = (size_t) guc_max_page_size * 1024,
						   .user_agents = agents};
	char error[256];
	char *rest = pstrdup(guc_user_agents);
	char *agent;

	while ((agent = strsep(&rest, "\n")) != NULL && options.user_agent_count < MAX_USER_AGENTS)
	{
		if (*agent != '\0')
			agents[options.user_agent_count++] = agent;
	}
	/* Pages that are known to fail say little of the site. */
	if (run->request->kind == RUN_RETRY)
		options.patience = RETRY_PATIENCE;
	options.ca_file = *guc_ca_file == '\0' ? NULL : guc_ca_file;
	options.seed = (uint64) GetCurrentTimestamp() ^ ((uint64) MyProcPid << 32);
	run->http = http_open(&options, error, sizeof(error));
	if (run->http == NULL)
		ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
						errmsg("could not start fetching: %s", error)));
}

static void
open_run(Run *run, const RunRequest *request, int wake_fd)
{
	HASHCTL control = {.keysize = SLUG_SIZE, .entrysize = SLUG_SIZE, .hcxt = run->context};

	run->request = request;
	run->wake_fd = wake_fd;
	run->scratch = AllocSetContextCreate(run->context, "esn_pulse turn", ALLOCSET_DEFAULT_SIZES);
	run->batch_context =
		AllocSetContextCreate(run->context, "esn_pulse batch", ALLOCSET_DEFAULT_SIZES);
	run->claim_context =
		AllocSetContextCreate(run->context, "esn_pulse claims", ALLOCSET_DEFAULT_SIZES);
	run->open_activities = hash_create("esn_pulse open activities", 256, &control,
									   HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	run->arena = server_arena();
	run->robots_arena = server_arena();
	store_load_rules(guc_redact_personal_data, &run->rules);
	run->tally.matched = palloc0(sizeof(int) * (run->rules.count + 1));
}

static void
close_run(Run *run)
{
	http_release(run->response);
	http_close(run->http);
	rules_free(run->rules.rules);
	arena_destroy(run->arena);
	arena_destroy(run->robots_arena);
}

/* Too few sections came in: says so to the caller, the log and whoever listens. */
static void
check_success(Run *run)
{
	int failed = run->counts.sections_failed;
	int all = run->counts.sections_processed + failed;
	StringInfoData payload;

	if (all == 0 || run->counts.sections_processed >= guc_min_success_ratio * all)
		return;
	initStringInfo(&payload);
	appendStringInfo(&payload,
					 "{\"run_id\": " INT64_FORMAT
					 ", \"scraper_module\": \"%s\", \"sections_processed\": %d, "
					 "\"sections_failed\": %d}",
					 run->id, run->module, all - failed, failed);
	store_alert(payload.data);
	ereport(LOG, (errmsg("esn_pulse run " INT64_FORMAT ": %d of %d sections failed", run->id,
						 failed, all)));
	channel_notice(WARNING, "SELECT id, status FROM esn_retry_failed(); tries again what can heal.",
				   "%d of %d sections failed, more than esn_pulse.min_success_ratio allows", failed,
				   all);
}

static bool
has_read_activities(const Run *run)
{
	return run->counts.added + run->counts.changed + run->counts.unchanged > 0;
}

/* So many activities with wrong fields that it is not they but the site's markup that has changed. */
static void
check_validity(Run *run)
{
	int all = run->counts.added + run->counts.changed + run->counts.unchanged;

	if (run->counts.invalid < MIN_INVALID || run->counts.invalid * 2 < all)
		return;
	channel_notice(
		WARNING,
		"The site's markup may have changed: SELECT * FROM esn_rule_shares; shows where, a "
		"rule of yours mends it.",
		"%d of %d activities have a wrong field", run->counts.invalid, all);
}

/* Marks what was found gone, or says loudly that it is too much to be believed. */
static void
mark_removed(Run *run)
{
	int answered;
	int marked;
	int gone = store_mark_removed(run->id, guc_max_removed_ratio, &answered, &marked);

	if (marked > 0)
		channel_notice(NOTICE, NULL, "%d activities or sections are gone: marked as removed",
					   marked);
	if (gone > 0 && !run->disbelieved)
	{
		run->disbelieved = true;
		run->failure = psprintf("%d of %d pages are gone, more than esn_pulse.max_removed_ratio "
								"allows; nothing was marked as removed",
								gone, answered);
	}
	if (run->disbelieved)
		channel_notice(
			WARNING,
			"Look at the site. If they are gone for good: SET esn_pulse.max_removed_ratio "
			"= 1; and start the run again.",
			"%s", run->failure);
}

/* Writes what the run will ask for into its row, and tells the caller; not of runs that mend, nor of those over some sections, or one not yet known. */
static void
plan(Run *run)
{
	const RunRequest *request = run->request;
	bool accounts = strcmp(run->module, ACCOUNTS_MODULE) == 0;

	run->planned = 0;
	if (request->kind == RUN_RETRY || request->kind == RUN_FIX || request->max_sections > 0 ||
		(request->kind == RUN_SECTION && store_find_section(request->slug) == NULL))
		return;
	run->planned = store_plan(run->id, accounts ? "accounts" : "activities",
							  request->kind == RUN_SECTION ? request->slug : NULL, request->full);
	tell_plan(run);
}

static const char *
final_message(const Run *run, const char **status)
{
	int left = run->sections_due - run->counts.sections_processed - run->counts.sections_failed;

	*status = run->failure != NULL ? "failed" : "completed";
	if (run->failure == NULL && run->counts.sections_processed == 0 &&
		run->counts.sections_failed > 0 && !has_read_activities(run))
	{
		*status = "failed";
		return run->refused ? psprintf("stopped: %s; see failed_scrapes", run->refusal)
							: "no section came in; see failed_scrapes";
	}
	if (run->failure == NULL && run->refused)
		return psprintf("stopped: %s; what is left comes first next time", run->refusal);
	if (run->failure == NULL && run->out_of_time)
		return psprintf("time limit reached; %d sections are left and come first next time",
						Max(left, 0));
	return run->failure;
}

/* Writes how a run ended by an ERROR stands; where even that fails, its row is marked by whoever looks next. */
static void
end_row(Run *run, const char *status, const char *message)
{
	log_end(run, status, message);
	PG_TRY();
	{
		store_end_run(run->id, status, message, true, &run->counts);
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(run->context);
		EmitErrorReport();
		FlushErrorState();
		AbortOutOfAnyTransaction();
		MemoryContextSwitchTo(run->context);
	}
	PG_END_TRY();
}

/* Writes the end of a run that an ERROR has ended: a cancel, or a fault that is the caller's to hear. */
static void
end_in_error(Run *run)
{
	const char *reason = worker_stop_reason();
	ErrorData *error;

	MemoryContextSwitchTo(run->context);
	error = CopyErrorData();
	worker_hold_stops(true);
	run_take_totals(run);
	FlushErrorState();
	AbortOutOfAnyTransaction();
	MemoryContextSwitchTo(run->context);
	end_row(run, reason != NULL ? "cancelled" : "failed",
			reason != NULL
				? reason
				: psprintf("%s: %s", unpack_sql_state(error->sqlerrcode), error->message));
	if (reason == NULL)
		ReThrowError(error);
	channel_notice(WARNING, "What it had committed stays. Start it again: it goes on where it was.",
				   "run " INT64_FORMAT " %s", run->id, reason);
	channel_row(MESSAGE_ENDED, store_run_row(run->id));
	close_run(run);
	proc_exit(0);
}

/* One run from its row's first state to its last. */
static void
perform(Run *run, const char *module, const char *what, int seconds, RunBody body)
{
	const char *status;
	const char *message;

	run->module = module;
	memset(&run->counts, 0, sizeof(run->counts));
	run->failure = NULL;
	memset(run->tally.pages, 0, sizeof(run->tally.pages));
	memset(run->tally.matched, 0, sizeof(int) * run->rules.count);
	run->out_of_time = run->refused = false;
	run->page_failure[0] = '\0';
	run->sections_due = 0;
	run->feed_read = run->due_open = run->disbelieved = false;
	run->feed = NULL;
	run->begun = NULL;
	run->waiting = run->listed = run->reading = run->finished = NIL;
	run->phase = NULL;
	run->recognised = 0;
	run->unrecognised = NIL;
	run->begun_at = run->progress_at = GetCurrentTimestamp();
	run->progress_moved = 0;
	run->deadline = TimestampTzPlusMilliseconds(run->begun_at, (int64) seconds * 1000);
	worker_hold_stops(false);
	run->id = store_begin_run(module, run->request->requested_by, what);
	log_begin(run, what);
	PG_TRY();
	{
		channel_row(MESSAGE_STARTED, store_run_row(run->id));
		plan(run);
		open_http(run);
		robots_read(run);
		body(run);
		/* Sections that a site which said stop has not been asked for have not come in. */
		if (run->refused)
			run->counts.sections_failed = run->sections_due - run->counts.sections_processed;
		mark_removed(run);
		store_link_organisers();
		store_rule_usage(run->id, &run->rules, &run->tally);
		check_success(run);
		check_validity(run);
	}
	PG_CATCH();
	{
		end_in_error(run);
	}
	PG_END_TRY();
	run_take_totals(run);
	http_close(run->http);
	run->http = NULL;
	arena_reset(run->robots_arena);
	message = final_message(run, &status);
	worker_hold_stops(true);
	store_end_run(run->id, status, message, run->out_of_time || run->refused, &run->counts);
	log_end(run, status, message);
	tell_end(run, status, message);
}

static void
section_body(Run *run)
{
	const char *slug = run->request->slug;
	SectionRow *section = store_find_section(slug);

	run->sections_due = 1;
	if (section == NULL || section->activities_slug == NULL)
	{
		accounts_find_section(run, section == NULL ? slug : section->accounts_slug);
		if (run->failure != NULL || run->out_of_time)
			return;
		section = store_find_section(run->only_section);
	}
	if (section == NULL || section->activities_slug == NULL)
		run->failure = psprintf("the section %s has no page on %s that could be found: %s", slug,
								guc_activities_url,
								*run->page_failure != '\0'
									? run->page_failure
									: "none of the slugs that its name suggests is known there");
	else
	{
		run->sections_due = 0;
		activities_refresh(run, list_make1(section), false);
	}
}

/* Activities name sections whose slug nobody could guess: those come last, until none is new. */
static void
activities_body(Run *run)
{
	int max_sections = run->request->max_sections;
	bool more = activities_refresh(run, store_due_sections(max_sections), max_sections == 0);

	while (more && max_sections == 0 && !run->out_of_time && !run->refused)
		more = activities_run(run, store_due_sections(0));
}

/* Accounts first where that is due; false where activities has nothing to go on with. */
static bool
prepare_sections(Run *run)
{
	bool empty = !store_has_sections();

	if (!empty && !(run->request->kind == RUN_ALL && store_accounts_due()))
		return true;
	if (empty)
		channel_notice(NOTICE, NULL, "no section is known yet: reading accounts first");
	else
		channel_notice(
			NOTICE, NULL,
			"no good reading of accounts is younger than esn_pulse.accounts_max_age (%s): "
			"reading accounts first",
			GetConfigOptionByName("esn_pulse.accounts_max_age", NULL, false));
	perform(run, ACCOUNTS_MODULE, "accounts", guc_accounts_time_limit, accounts_run);
	if (store_has_sections())
		return true;
	channel_notice(WARNING, "SELECT * FROM esn_failed_pages; says why; then start it again.",
				   "accounts brought no section: there is nothing to read activities of");
	return false;
}

void
run_execute(const RunRequest *request, int wake_fd)
{
	Run *run = MemoryContextAllocZero(TopMemoryContext, sizeof(Run));
	const char *full = request->full ? ", full" : "";

	store_open();
	store_await_lock();
	run->context = AllocSetContextCreate(TopMemoryContext, "esn_pulse run", ALLOCSET_DEFAULT_SIZES);
	MemoryContextSwitchTo(run->context);
	open_run(run, request, wake_fd);
	switch (request->kind)
	{
		case RUN_ACCOUNTS:
			perform(run, ACCOUNTS_MODULE, "accounts", guc_accounts_time_limit, accounts_run);
			break;
		case RUN_SECTION:
			perform(run, ACTIVITIES_MODULE, psprintf("section %s%s", request->slug, full),
					guc_activities_time_limit, section_body);
			break;
		case RUN_ACTIVITIES:
		case RUN_ALL:
			if (prepare_sections(run))
				perform(run, ACTIVITIES_MODULE,
						psprintf("activities%s%s",
								 request->max_sections > 0
									 ? psprintf(", %d sections", request->max_sections)
									 : "",
								 full),
						guc_activities_time_limit, activities_body);
			break;
		case RUN_RETRY:
			perform(run, ACTIVITIES_MODULE, "retry of failures", guc_activities_time_limit,
					mend_failures);
			break;
		case RUN_FIX:
			perform(run, ACTIVITIES_MODULE, "fix of validation errors", guc_activities_time_limit,
					mend_errors);
			break;
	}
	/* No part of a run: it has ended, and stands as it ended, whatever becomes of this. */
	store_keep_figures();
	channel_row(MESSAGE_ENDED, store_run_row(run->id));
	close_run(run);
}
