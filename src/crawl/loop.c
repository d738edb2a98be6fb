/*
 * loop.c: see loop.h.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "storage/pmsignal.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "base/slug.h"
#include "crawl/loop.h"
#include "pg/runlog.h"
#include "pg/server_arena.h"
#include "pg/settings.h"
#include "pg/wait_events.h"
#include "pg/wake.h"

#define TICK_MS 1000
#define READY_REQUESTS 4
#define REFILL 4
#define MAX_PENDING_REQUESTS 256
#define MAX_USER_AGENTS 64

static void
open_http(Loop *loop, int patience)
{
	const char *agents[MAX_USER_AGENTS];
	HttpOptions options = {.origins = {setting_accounts_url, setting_activities_url},
						   .delay_ms = setting_request_delay,
						   .max_parallel = setting_max_parallel_requests,
						   .timeout_ms = setting_request_timeout,
						   .max_retries = setting_max_retries,
						   .retry_base_ms = setting_retry_base_delay,
						   .max_body = (size_t) setting_max_page_size * 1024,
						   .user_agents = agents,
						   .patience = patience};
	char error[256];
	char *rest = pstrdup(setting_user_agents);
	char *agent;

	while ((agent = strsep(&rest, "\n")) != NULL && options.user_agent_count < MAX_USER_AGENTS)
	{
		if (*agent != '\0')
			agents[options.user_agent_count++] =
				*setting_contact == '\0' ? agent
										 : psprintf("%s (contact: %s)", agent, setting_contact);
	}
	options.ca_file = *setting_ca_file == '\0' ? NULL : setting_ca_file;
	options.seed = (uint64) GetCurrentTimestamp() ^ ((uint64) MyProcPid << 32);
	loop->http = http_open(&options, error, sizeof(error));
	if (loop->http == NULL)
		ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
						errmsg("could not start fetching: %s", error)));
}

void
loop_open(Loop *loop, int patience)
{
	MemoryContext parent = loop->info->context;

	Assert(loop->http == NULL && loop->result != NULL && loop->reader != NULL);
	loop->pass = AllocSetContextCreate(parent, "esn_pulse pass", ALLOCSET_DEFAULT_SIZES);
	records_init(&loop->records, parent);
	loop->robots_arena = server_arena();
	open_http(loop, patience);
}

void
loop_close(Loop *loop)
{
	http_release(loop->response);
	http_close(loop->http);
	arena_destroy(loop->robots_arena);
	loop->robots_arena = NULL;
	loop->response = NULL;
	loop->http = NULL;
}

/*
 * Decides how many requests are wanted in the queue. Without a delay, where the database is what
 * takes time, it is refilled for several passes at once, so that a statement claims many pages.
 */
static void
set_wanted(Loop *loop)
{
	int busy = setting_max_parallel_requests + 2; /* all connections */

	if (setting_request_delay > 0)
		loop->wanted = READY_REQUESTS;
	else
		loop->wanted = http_ready(loop->http) < busy ? REFILL * busy : 0;
}

bool
loop_has_room(const Loop *loop)
{
	return !loop->result->blocked && http_ready(loop->http) < loop->wanted &&
		   http_pending(loop->http) < MAX_PENDING_REQUESTS;
}

Task *
loop_submit(Loop *loop, const TaskType *type, HttpMethod method, const ClaimedPage *page,
			const char *subject, const char *section_slug, void *work)
{
	MemoryContext context = loop->info->context;
	Task *task = MemoryContextAllocZero(context, sizeof(Task));
	HttpRequest request = {.method = method,
						   .url = page->url,
						   .etag = page->etag,
						   .last_modified = page->last_modified,
						   .is_robots = type->is_robots,
						   .owner = task};

	elog(DEBUG1, "esn_pulse: submit %s %s", type->name, page->url);
	task->type = type;
	task->url = MemoryContextStrdup(context, page->url);
	task->subject = subject == NULL ? NULL : MemoryContextStrdup(context, subject);
	task->section_slug = section_slug;
	task->work = work;
	if (!http_submit(loop->http, &request))
		report_out_of_memory(NULL);
	return task;
}

List *
loop_append(const Loop *loop, List *list, void *item)
{
	MemoryContext before = MemoryContextSwitchTo(loop->info->context);

	list = lappend(list, item);
	MemoryContextSwitchTo(before);
	return list;
}

List *
loop_prepend(const Loop *loop, List *list, void *item)
{
	MemoryContext before = MemoryContextSwitchTo(loop->info->context);

	list = lcons(item, list);
	MemoryContextSwitchTo(before);
	return list;
}

static bool
has_work(const void *owner, const void *work)
{
	return ((const Task *) owner)->work == work;
}

void
loop_prefer(Loop *loop, const void *work)
{
	http_prefer(loop->http, has_work, work);
}

static void
log_failure(const Loop *loop, const Task *task, const HttpResponse *response)
{
	StringInfoData line;

	runlog_begin(&line, RUNLOG_WARNING, loop->info->id, "failure");
	runlog_text(&line, "kind", task->type->name);
	runlog_text(&line, "url", task->url);
	if (response->status != 0)
		runlog_number(&line, "http_status", response->status);
	runlog_number(&line, "attempts", response->attempts);
	runlog_text(&line, "error", task->failure);
	runlog_end(&line);
}

/*
 * Whether another run may find the page. Refusals pass, however final they sound. Only a page that
 * is gone, and one that robots.txt disallows, will not be back soon.
 */
static bool
is_retryable(const Task *task, const HttpResponse *response)
{
	if (response->outcome == HTTP_FAILED)
		return response->retryable;
	return response->outcome == HTTP_BLOCKED || task->wrong_target ||
		   (response->status != 404 && response->status != 410);
}

void
loop_fail(Loop *loop, Task *task, const HttpResponse *response, const char *reason)
{
	StringInfoData json;

	Assert(task->failure == NULL && reason != NULL);
	task->failure = reason;
	initStringInfo(&json);
	appendStringInfo(&json, "{\"kind\": \"%s\", \"attempts\": %d, \"will_retry\": %s",
					 task->type->name, response->attempts,
					 is_retryable(task, response) ? "true" : "false");
	if (response->status != 0)
		appendStringInfo(&json, ", \"status\": %d", response->status);
	/* A missing page elsewhere proves nothing about this one. */
	if (task->wrong_target)
		appendStringInfoString(&json, ", \"gone\": false");
	records_append_member(&json, "section", task->section_slug);
	records_append_member(&json, "url", task->url);
	records_append_member(&json, "subject", task->subject);
	records_append_member(&json, "message", reason);
	appendStringInfoChar(&json, '}');
	records_add(&loop->records, RECORD_FAILURE, PAGE_KINDS, json.data);
	log_failure(loop, task, response);
}

void
loop_fail_wrong_target(Loop *loop, Task *task, const HttpResponse *response)
{
	loop_fail(loop, task, response,
			  psprintf("redirected to %s, which is another page", response->effective_url));
}

/*
 * Adds an answer to the batch: the page (page_json), or, if that is NULL, that it has not changed.
 */
static void
add_page(Loop *loop, const Task *task, const HttpResponse *response, const SitePage *page,
		 const char *page_json)
{
	StringInfoData json;
	char *body = reader_kept_body(loop->reader, page, response->body, response->body_len,
								  response->content_type);

	initStringInfo(&json);
	appendStringInfo(&json, "{\"fetch\": {\"status\": %d, \"rules_hash\": " INT64_FORMAT,
					 response->status, loop->reader->rules.hash);
	records_append_member(&json, "etag", response->etag);
	records_append_member(&json, "last_modified", response->last_modified);
	if (page_json != NULL)
		appendStringInfo(&json, ", \"content_hash\": " INT64_FORMAT,
						 (int64) hash_bytes_extended((const unsigned char *) page_json,
													 (int) strlen(page_json), 0));
	appendStringInfoChar(&json, '}');
	records_append_member(&json, "section", task->section_slug);
	records_append_member(&json, "url", task->moved_to != NULL ? task->moved_to : task->url);
	if (task->moved_to != NULL)
		records_append_member(&json, "moved_from", task->url);
	else
		records_append_member(&json, "subject", task->subject);
	if (body != NULL)
		appendStringInfo(&json, ", \"body\": \"%s\"", body);
	if (page_json != NULL)
		appendStringInfo(&json, ", \"page\": %s", page_json);
	appendStringInfoChar(&json, '}');
	records_add(&loop->records, page_json == NULL ? RECORD_NOT_MODIFIED : RECORD_PAGE,
				task->type->page, json.data);
}

void
loop_count_requests(Loop *loop)
{
	RunCounts *counts = &loop->result->counts;
	HttpTotals totals;

	if (loop->http == NULL)
		return;
	totals = http_totals(loop->http);
	counts->requests = totals.requests;
	counts->not_modified = totals.not_modified;
	counts->bytes = totals.bytes;
}

void
loop_flush(Loop *loop)
{
	const Spider *spider = loop->spider;
	Batch batch = {.run = loop->info->id,
				   .only_section = loop->only_section,
				   .full = loop->info->full,
				   .max_removed_ratio = setting_max_removed_ratio,
				   .counts = &loop->result->counts};
	MemoryContext before;

	if (loop->records.list == NIL)
		return;
	if (loop->info->stores_nothing)
	{
		records_reset(&loop->records);
		return;
	}
	loop_count_requests(loop);
	if (spider != NULL && spider->before_store != NULL && !loop->result->blocked &&
		!loop->result->out_of_time)
		spider->before_store(loop->state);
	batch.records = loop->records.list;
	elog(DEBUG1, "esn_pulse: store %d records", list_length(batch.records));
	before = MemoryContextSwitchTo(loop->records.context);
	store_batch(&batch);
	MemoryContextSwitchTo(before);
	elog(DEBUG1, "esn_pulse: committed %d records", list_length(batch.records));
	if (spider != NULL && spider->after_store != NULL)
		spider->after_store(loop->state, batch.implausible);
	records_reset(&loop->records);
}

/* Reads an answer that is a page. Returns NULL, and records a failure, if it is not such a page. */
static const SitePage *
read_page(Loop *loop, Task *task, const HttpResponse *response)
{
	const char *url = task->moved_to != NULL ? task->moved_to : task->url;
	SitePage *page = reader_parse(loop->reader, task->type->page, url, response->body,
								  response->body_len, response->content_type);

	if (page->problem != NULL)
	{
		loop_fail(loop, task, response, page->problem);
		return NULL;
	}
	task->json = reader_json(loop->reader, page);
	add_page(loop, task, response, page, task->json);
	return page;
}

bool
loop_read_kept(Loop *loop, const TaskType *type, const char *url, const char *section,
			   const char *body, size_t len)
{
	SitePage *page = reader_parse(loop->reader, type->page, url, body, len, "utf-8");
	bool is_page = page->problem == NULL;
	StringInfoData json;

	if (is_page)
	{
		initStringInfo(&json);
		appendStringInfo(&json, "{\"kept\": {\"rules_hash\": " INT64_FORMAT "}, \"page\": %s",
						 loop->reader->rules.hash, reader_json(loop->reader, page));
		records_append_member(&json, "url", url);
		records_append_member(&json, "section", section);
		appendStringInfoChar(&json, '}');
		records_add(&loop->records, RECORD_PAGE, type->page, json.data);
		pfree(json.data);
	}
	arena_reset(loop->reader->arena);
	if (records_are_due(&loop->records, INT_MAX))
		loop_flush(loop);
	return is_page;
}

/* Reads an answer with a final status, if its type wants a page. */
static const SitePage *
read_answer(Loop *loop, Task *task, const HttpResponse *response)
{
	int status = response->status;
	bool is_absent = status == 404 || status == 410;
	const char *empty =
		is_absent && task->type->absent_json != NULL ? task->type->absent_json(task) : NULL;

	if (status == 304)
		add_page(loop, task, response, NULL, NULL);
	else if (task->wrong_target)
		loop_fail_wrong_target(loop, task, response);
	else if (status == 200 || status == 203)
		return read_page(loop, task, response);
	else if (empty != NULL)
		add_page(loop, task, response, NULL, empty);
	else
		loop_fail(loop, task, response, psprintf("the site answered %d", status));
	return NULL;
}

/* Sees what a redirect means: the page is the same, has moved, or is another one. */
static void
follow_redirect(Loop *loop, Task *task, const HttpResponse *response)
{
	const TaskType *type = task->type;
	const char *target = response->effective_url;
	Arena *arena = loop->reader->arena;
	const char *slug;

	if (response->outcome != HTTP_ANSWERED || strcmp(task->url, target) == 0)
		return;
	if (type->moves_within == NULL)
	{
		task->wrong_target =
			type->is_wrong_target != NULL && type->is_wrong_target(task, target, arena);
		return;
	}
	slug = slug_from_url(arena, target, type->moves_within);
	task->wrong_target = slug == NULL;
	if (slug != NULL && strcmp(slug, task->subject) != 0 && response->status == 200)
		task->moved_to = pstrdup(target);
}

/* Notes that a site blocks the run. Of two, the reason is that of activities.esn.org. */
static void
note_block(RunResult *result, const char *url, const HttpResponse *response)
{
	bool is_activities = strncmp(url, setting_activities_url, strlen(setting_activities_url)) == 0;

	if (!result->blocked || is_activities)
		strlcpy(result->block_reason, response->error, sizeof(result->block_reason));
	result->wait_s = Max(result->wait_s, response->wait_s);
	result->activities_blocked |= is_activities;
	result->blocked = true;
}

static void
handle_response(Loop *loop, const HttpResponse *response)
{
	Task *task = response->owner;
	const TaskType *type = task->type;
	const SitePage *page = NULL;

	Assert(task->failure == NULL && task->json == NULL);
	follow_redirect(loop, task, response);
	if (response->outcome == HTTP_NOT_REQUESTED)
		task->failure = response->error;
	else if (response->outcome != HTTP_ANSWERED)
	{
		if (response->outcome == HTTP_BLOCKED)
			note_block(loop->result, task->url, response);
		loop_fail(loop, task, response, response->error);
	}
	else if (type->page != PAGE_KINDS)
		page = read_answer(loop, task, response);
	type->handle(loop->state, task, response, page);
	arena_reset(loop->reader->arena);
	pfree(task->url);
	if (task->subject != NULL)
		pfree(task->subject);
	pfree(task);
}

static void
handle_responses(Loop *loop)
{
	while ((loop->response = http_next(loop->http)) != NULL)
	{
		handle_response(loop, loop->response);
		http_release(loop->response);
		loop->response = NULL;
		if (records_are_due(&loop->records, INT_MAX))
			loop_flush(loop);
	}
}

static void
wait_for_answers(Loop *loop, int max_ms)
{
	bool waited;

	Assert(!IsTransactionState());
	pgstat_report_wait_start(wait_event(WAIT_FOR_SITES));
	waited = http_wait(loop->http, max_ms, wake_fd());
	pgstat_report_wait_end();
	wake_drain();
	if (!waited)
		ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
						errmsg("could not fetch: %s", http_error(loop->http))));
}

void
loop_run(Loop *loop, const Spider *spider, void *state)
{
	MemoryContext before = MemoryContextSwitchTo(loop->pass);
	RunResult *result = loop->result;

	loop->spider = spider;
	loop->state = state;
	for (;;)
	{
		bool more;

		CHECK_FOR_INTERRUPTS();
		if (!PostmasterIsAlive())
			proc_exit(1);
		MemoryContextReset(loop->pass);
		if (GetCurrentTimestamp() >= loop->info->deadline)
			result->out_of_time = true;
		set_wanted(loop);
		more = spider != NULL && !result->out_of_time && spider->submit_more(state);
		if ((http_pending(loop->http) == 0 && !more) || result->out_of_time)
			break;
		wait_for_answers(loop, more ? 0 : TICK_MS);
		handle_responses(loop);
		if (records_are_due(&loop->records, TICK_MS))
			loop_flush(loop);
		if (loop->progress != NULL)
			progress_show(loop->progress, loop->info, result, loop->http);
	}
	loop_flush(loop);
	MemoryContextSwitchTo(before);
}
