/*
 * run.c: the loop of a run: submit, wait, read, store, tell. What to ask for next is decided in accounts.c and activities.c.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/base64.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "channel.h"
#include "core/politeness.h"
#include "guc.h"
#include "run.h"

#define TICK_MS 1000
#define BATCH_RECORDS 64
#define ACCOUNTS_MODULE "AccountsScraper"
#define ACTIVITIES_MODULE "ActivitiesAndStatisticsScraper"
#define MAX_USER_AGENTS 64

typedef void (*RunBody)(Run *run);

/* How a kind of task is read and stored. */
typedef struct TaskTraits
{
	PageKind page; /* PAGE_KINDS: nothing to read */
	RecordKind record;
	const char *name; /* in failures */
	void (*handle)(Run *run, Task *task, const HttpResponse *response, const SitePage *page);
} TaskTraits;

static const TaskTraits task_traits[] = {
	[TASK_HOME] = {PAGE_HOME, RECORD_HOME, "home", accounts_handle},
	[TASK_COUNTRY] = {PAGE_COUNTRY, RECORD_COUNTRY, "country", accounts_handle},
	[TASK_SECTION] = {PAGE_SECTION, RECORD_SECTION, "section", accounts_handle},
	[TASK_PROBE] = {PAGE_KINDS, RECORD_PROBE, "probe", accounts_handle},
	[TASK_LISTING] = {PAGE_LISTING, RECORD_LISTING, "listing", activities_handle},
	[TASK_ACTIVITY] = {PAGE_ACTIVITY, RECORD_ACTIVITY, "activity", activities_handle},
	[TASK_STATISTICS] = {PAGE_STATISTICS, RECORD_STATISTICS, "statistics", activities_handle},
};

/* Room for further requests: enough are queued to keep the line busy, no more. */
bool
run_has_room(const Run *run)
{
	return !run->refused && http_pending(run->http) < 2 * guc_max_parallel_requests + 2;
}

Task *
run_submit(Run *run, TaskKind kind, HttpMethod method, const ClaimedPage *page, const char *subject,
		   SectionWork *section)
{
	Task *task = palloc0(sizeof(Task));
	HttpRequest request = {.method = method,
						   .url = page->url,
						   .etag = page->etag,
						   .last_modified = page->last_modified,
						   .owner = task};

	task->kind = kind;
	task->url = pstrdup(page->url);
	task->subject = subject == NULL ? NULL : pstrdup(subject);
	task->section = section;
	if (section != NULL)
		section->pending++;
	if (!http_submit(run->http, &request))
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	return task;
}

void
run_add_record(Run *run, RecordKind kind, PageKind page, const char *json)
{
	MemoryContext before = MemoryContextSwitchTo(run->batch_context);
	Record *record = palloc0(sizeof(Record));

	record->kind = kind;
	record->page = page;
	record->json = pstrdup(json);
	if (run->batch == NIL)
		run->batch_since = GetCurrentTimestamp();
	run->batch = lappend(run->batch, record);
	MemoryContextSwitchTo(before);
}

static void
append_member(StringInfo out, const char *name, const char *value)
{
	appendStringInfo(out, ", \"%s\": ", name);
	if (value == NULL)
		appendStringInfoString(out, "null");
	else
		escape_json(out, value);
}

void
run_fail_page(Run *run, const Task *task, const HttpResponse *response, const char *message)
{
	StringInfoData json;
	bool healing = response->outcome == HTTP_FAILED ? response->can_heal
				   : response->outcome == HTTP_REFUSED
					   ? true
					   : response->status >= 200 && response->status < 300;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"kind\": \"%s\", \"attempts\": %d, \"will_retry\": %s",
					 task_traits[task->kind].name, response->attempts, healing ? "true" : "false");
	if (response->status != 0)
		appendStringInfo(&json, ", \"status\": %d", response->status);
	if (task->section != NULL && task->section->row.id != 0)
		appendStringInfo(&json, ", \"section_id\": %d", task->section->row.id);
	append_member(&json, "url", task->url);
	append_member(&json, "subject", task->subject);
	append_member(&json, "message", message);
	appendStringInfoChar(&json, '}');
	run_add_record(run, RECORD_FAILURE, PAGE_KINDS, json.data);
	run->counts.pages_failed++;
	pfree(json.data);
}

/* The page itself, redacted, as base64, where esn_pulse.keep_pages says so. */
static void
append_body(Run *run, StringInfo json, const HttpResponse *response, const SitePage *page)
{
	size_t len;
	const char *text;
	int size;
	int written;

	if (guc_keep_pages == KEEP_PAGES_OFF || page == NULL ||
		(guc_keep_pages == KEEP_PAGES_INVALID && page->error_count == 0))
		return;
	text =
		text_to_utf8(run->arena, response->body, response->body_len, response->content_type, &len);
	if (guc_redact_personal_data)
		text = redact_personal_data(run->arena, text);
	len = strlen(text);
	size = pg_b64_enc_len((int) len);
	appendStringInfoString(json, ", \"body\": \"");
	enlargeStringInfo(json, size + 2);
	written = pg_b64_encode(text, (int) len, json->data + json->len, size);
	if (written < 0)
		elog(ERROR, "could not encode a page");
	json->len += written;
	json->data[json->len] = '\0';
	appendStringInfoChar(json, '"');
}

/* Puts an answer into the batch: what was read of it (page_json), or, where that is NULL, that it hasn't changed. */
static void
add_page(Run *run, const Task *task, const HttpResponse *response, const SitePage *page,
		 const char *page_json)
{
	const TaskTraits *traits = &task_traits[task->kind];
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"fetch\": {\"status\": %d, \"rules_hash\": " INT64_FORMAT,
					 response->status, run->rules_hash);
	append_member(&json, "etag", response->etag);
	append_member(&json, "last_modified", response->last_modified);
	appendStringInfoChar(&json, '}');
	if (task->section != NULL && task->section->row.id != 0)
		appendStringInfo(&json, ", \"section_id\": %d", task->section->row.id);
	append_member(&json, "url", task->url);
	append_body(run, &json, response, page);
	if (page_json != NULL)
		appendStringInfo(&json, ", \"page\": %s", page_json);
	appendStringInfoChar(&json, '}');
	run_add_record(run, page_json == NULL ? RECORD_NOT_MODIFIED : traits->record, traits->page,
				   json.data);
	pfree(json.data);
}

/* Reads an answer of status 200. Returns the page, or NULL where it is no such page (then its failure is recorded). */
static const SitePage *
read_page(Run *run, const Task *task, const HttpResponse *response)
{
	PageOptions options = {.rules = run->rules, .redact = guc_redact_personal_data};
	SitePage *page = page_parse(run->arena, &options, task_traits[task->kind].page, task->url,
								response->body, response->body_len, response->content_type);
	char *json;

	if (page == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"),
						errdetail("While reading %s.", task->url)));
	if (page->problem != NULL)
	{
		run_fail_page(run, task, response, page->problem);
		return NULL;
	}
	json = page_to_json(run->arena, page);
	if (json == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	add_page(run, task, response, page, json);
	return page;
}

static void
handle_response(Run *run, const HttpResponse *response)
{
	Task *task = response->owner;
	const SitePage *page = NULL;

	if (response->outcome != HTTP_ANSWERED)
	{
		run->refused = run->refused || response->outcome == HTTP_REFUSED;
		run_fail_page(run, task, response, response->error);
	}
	else if (task->kind == TASK_PROBE)
		/* the status is all there is */;
	else if (response->status == 304)
		add_page(run, task, response, NULL, NULL);
	else if (response->status >= 200 && response->status < 300)
		page = read_page(run, task, response);
	else if (task->kind == TASK_STATISTICS && (response->status == 404 || response->status == 410))
		add_page(run, task, response, NULL,
				 "{\"kind\": \"statistics\", \"data\": {\"json\": null}, \"errors\": []}");
	else
		run_fail_page(run, task, response, psprintf("the site answered %d", response->status));
	if (task->section != NULL)
		task->section->pending--;
	task_traits[task->kind].handle(run, task, response, page);
	arena_reset(run->arena);
	pfree(task->url);
	if (task->subject != NULL)
		pfree(task->subject);
	pfree(task);
}

static void
flush_batch(Run *run)
{
	HttpTotals totals = http_totals(run->http);
	MemoryContext before;
	ListCell *cell;

	if (run->batch == NIL)
		return;
	run->counts.requests = totals.requests;
	run->counts.not_modified = totals.not_modified;
	run->counts.bytes = totals.bytes;
	before = MemoryContextSwitchTo(run->batch_context);
	store_batch(run->id, run->batch, run->only_section, &run->counts);
	MemoryContextSwitchTo(before);
	foreach (cell, run->handled_activities)
		hash_search(run->open_activities, lfirst(cell), HASH_REMOVE, NULL);
	run->handled_activities = NIL;
	run->batch = NIL;
	MemoryContextReset(run->batch_context);
}

/* How long what is known to be left will take at the polite rate: requests queued, and sections at the average so far. */
static char *
time_left(const Run *run)
{
	int done = run->counts.sections_processed + run->counts.sections_failed;
	double requests = http_pending(run->http);
	double seconds;

	if (done > 0 && run->sections_due > done)
		requests += (double) (run->sections_due - done) * http_totals(run->http).requests / done;
	seconds = requests * guc_request_delay / 1000.0;
	if (seconds < 90)
		return psprintf("%.0f s", seconds);
	if (seconds < 5400)
		return psprintf("%.0f min", seconds / 60);
	return psprintf("%.1f h", seconds / 3600);
}

static void
tell_progress(Run *run)
{
	const RunCounts *c = &run->counts;
	TimestampTz now = GetCurrentTimestamp();

	if (!TimestampDifferenceExceeds(run->progress_at, now, TICK_MS))
		return;
	run->progress_at = now;
	channel_notice(NOTICE, NULL,
				   "%d of %d sections (%d failed); activities: %d new, %d changed, %d unchanged; "
				   "%d pages failed; " INT64_FORMAT " requests made, about %s left",
				   c->sections_processed + c->sections_failed, run->sections_due,
				   c->sections_failed, c->added, c->changed, c->unchanged, c->pages_failed,
				   http_totals(run->http).requests, time_left(run));
}

static void
handle_responses(Run *run)
{
	while ((run->response = http_next(run->http)) != NULL)
	{
		handle_response(run, run->response);
		http_release(run->response);
		run->response = NULL;
		if (list_length(run->batch) >= BATCH_RECORDS)
			flush_batch(run);
	}
}

/* Works until nothing is pending and feed (NULL: none) brings nothing more, or time is up. */
void
run_pump(Run *run, FeedFunction feed)
{
	for (;;)
	{
		bool waited;

		CHECK_FOR_INTERRUPTS();
		if (GetCurrentTimestamp() >= run->deadline)
			run->out_of_time = true;
		if (feed != NULL && !run->out_of_time)
			feed(run);
		if (http_pending(run->http) == 0 || run->out_of_time)
			break;
		pgstat_report_wait_start(PG_WAIT_EXTENSION);
		waited = http_wait(run->http, TICK_MS, run->wake_fd);
		pgstat_report_wait_end();
		if (!waited)
			ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
							errmsg("could not fetch: %s", http_error(run->http))));
		handle_responses(run);
		if (run->batch != NIL &&
			TimestampDifferenceExceeds(run->batch_since, GetCurrentTimestamp(), TICK_MS))
			flush_batch(run);
		tell_progress(run);
	}
	flush_batch(run);
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
	const char *error;
	HASHCTL control = {.keysize = SLUG_SIZE, .entrysize = SLUG_SIZE, .hcxt = TopMemoryContext};

	run->request = request;
	run->wake_fd = wake_fd;
	run->batch_context =
		AllocSetContextCreate(TopMemoryContext, "esn_pulse batch", ALLOCSET_DEFAULT_SIZES);
	run->open_activities = hash_create("esn_pulse open activities", 256, &control,
									   HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
	run->arena = arena_create();
	run->slugger = slugger_open(&error);
	if (run->arena == NULL || run->slugger == NULL)
		ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
						errmsg("could not start reading pages: %s",
							   run->arena == NULL ? "out of memory" : error)));
	run->rules = store_load_rules(guc_redact_personal_data, &run->rules_hash);
}

static void
close_run(Run *run)
{
	http_release(run->response);
	http_close(run->http);
	rules_free(run->rules);
	slugger_close(run->slugger);
	arena_destroy(run->arena);
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
	channel_notice(WARNING, "SELECT * FROM failed_scrapes WHERE resolved_at IS NULL;",
				   "%d of %d sections failed, more than esn_pulse.min_success_ratio allows", failed,
				   all);
}

static const char *
final_message(const Run *run, const char **status)
{
	int left = run->sections_due - run->counts.sections_processed - run->counts.sections_failed;

	*status = run->failure != NULL ? "failed" : "completed";
	if (run->failure == NULL && run->counts.sections_processed == 0 &&
		run->counts.sections_failed > 0)
	{
		*status = "failed";
		return run->refused ? "the site refuses to be asked; see failed_scrapes"
							: "no section came in; see failed_scrapes";
	}
	if (run->failure == NULL && run->refused)
		return "the site refuses to be asked: stopped; what is left comes first next time";
	if (run->failure == NULL && run->out_of_time)
		return psprintf("time limit reached; %d sections are left and come first next time",
						Max(left, 0));
	return run->failure;
}

/* Writes the end of a run that an ERROR has ended: a cancel, or a fault that is the caller's to hear. */
static void
end_in_error(Run *run)
{
	const char *reason = worker_stop_reason();
	ErrorData *error;

	MemoryContextSwitchTo(TopMemoryContext);
	error = CopyErrorData();
	HOLD_CANCEL_INTERRUPTS();
	FlushErrorState();
	AbortOutOfAnyTransaction();
	MemoryContextSwitchTo(TopMemoryContext);
	store_end_run(run->id, reason != NULL ? "cancelled" : "failed",
				  reason != NULL
					  ? reason
					  : psprintf("%s: %s", unpack_sql_state(error->sqlerrcode), error->message),
				  &run->counts);
	if (reason == NULL)
	{
		RESUME_CANCEL_INTERRUPTS();
		ReThrowError(error);
	}
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
	run->out_of_time = run->refused = false;
	run->sections_due = 0;
	run->waiting = NIL;
	run->phase = NULL;
	run->progress_at = GetCurrentTimestamp();
	run->deadline = TimestampTzPlusMilliseconds(run->progress_at, (int64) seconds * 1000);
	run->id = store_begin_run(module, run->request->requested_by, what);
	PG_TRY();
	{
		channel_row(MESSAGE_STARTED, store_run_row(run->id));
		open_http(run);
		body(run);
		check_success(run);
	}
	PG_CATCH();
	{
		end_in_error(run);
	}
	PG_END_TRY();
	run->counts.requests = http_totals(run->http).requests;
	http_close(run->http);
	run->http = NULL;
	message = final_message(run, &status);
	store_end_run(run->id, status, message, &run->counts);
	if (message != NULL)
		channel_notice(strcmp(status, "failed") == 0 ? WARNING : NOTICE, NULL,
					   "run " INT64_FORMAT ": %s", run->id, message);
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
		if (run->failure != NULL)
			return;
		section = store_find_section(section == NULL ? slug : section->accounts_slug);
	}
	if (section == NULL || section->activities_slug == NULL)
		run->failure = psprintf(
			"activities.esn.org shows no section \"%s\" under any slug that its name suggests",
			slug);
	else
		activities_run(run, list_make1(section));
}

static void
activities_body(Run *run)
{
	activities_run(run, store_due_sections(run->request->max_sections));
}

/* Accounts first where that is due; false where activities has nothing to go on with. */
static bool
prepare_sections(Run *run)
{
	bool empty = !store_has_sections();

	if (!empty && !(run->request->kind == RUN_ALL && store_accounts_due(guc_accounts_max_age)))
		return true;
	channel_notice(NOTICE, NULL,
				   empty ? "no section is known yet: reading accounts first"
						 : "the last good reading of accounts is old: reading accounts first");
	perform(run, ACCOUNTS_MODULE, "accounts", guc_accounts_time_limit, accounts_run);
	if (store_has_sections())
		return true;
	channel_notice(WARNING, "See its error_message and failed_scrapes.",
				   "accounts brought no section: there is nothing to read activities of");
	return false;
}

void
run_execute(const RunRequest *request, int wake_fd)
{
	Run *run = MemoryContextAllocZero(TopMemoryContext, sizeof(Run));
	const char *full = request->full ? ", full" : "";

	MemoryContextSwitchTo(TopMemoryContext);
	store_open();
	if (!store_lock())
		store_report_other_run();
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
				perform(run, ACTIVITIES_MODULE, psprintf("activities%s", full),
						guc_activities_time_limit, activities_body);
			break;
	}
	channel_row(MESSAGE_ENDED, store_run_row(run->id));
	close_run(run);
}
