/*
 * run.c: the loop of a run: submit, wait, read, store, tell. What to ask for next is decided in accounts.c and activities.c.
 */
#include "postgres.h"

#include "access/xact.h"
#include "common/base64.h"
#include "common/hashfn.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/ipc.h"
#include "storage/pmsignal.h"
#include "utils/fmgrprotos.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "arena_server.h"
#include "channel.h"
#include "core/politeness.h"
#include "guc.h"
#include "jsonlog.h"
#include "run.h"

#define TICK_MS 1000
#define BATCH_RECORDS 256
#define BATCH_BYTES (1024 * 1024)
#define READY_REQUESTS 4
#define MAX_PENDING_REQUESTS 256

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
	[TASK_ROBOTS] = {PAGE_KINDS, RECORD_KINDS, "robots", robots_handle},
};

/* Room for further requests: enough are queued to keep the line busy, no more, so that what is found on a list comes soon. */
bool
run_has_room(const Run *run)
{
	int enough = guc_request_delay == 0 ? guc_max_parallel_requests + 2 : READY_REQUESTS;

	return !run->refused && http_ready(run->http) < enough &&
		   http_pending(run->http) < MAX_PENDING_REQUESTS;
}

Task *
run_submit(Run *run, TaskKind kind, HttpMethod method, const ClaimedPage *page, const char *subject,
		   SectionWork *section)
{
	Task *task = MemoryContextAllocZero(run->context, sizeof(Task));
	HttpRequest request = {.method = method,
						   .url = page->url,
						   .etag = page->etag,
						   .last_modified = page->last_modified,
						   .owner = task};

	task->kind = kind;
	task->url = MemoryContextStrdup(run->context, page->url);
	task->subject = subject == NULL ? NULL : MemoryContextStrdup(run->context, subject);
	task->section = section;
	if (section != NULL)
		section->pending++;
	if (!http_submit(run->http, &request))
		report_out_of_memory(NULL);
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
	{
		run->batch_since = GetCurrentTimestamp();
		run->batch_bytes = 0;
	}
	run->batch_bytes += strlen(json);
	run->batch = lappend(run->batch, record);
	MemoryContextSwitchTo(before);
}

static bool
batch_is_full(const Run *run)
{
	return list_length(run->batch) >= BATCH_RECORDS || run->batch_bytes >= BATCH_BYTES;
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

static void
append_section(StringInfo out, const Task *task)
{
	append_member(out, "section", task->section == NULL ? NULL : task->section->row.accounts_slug);
}

static void
log_failure(const Run *run, const Task *task, const HttpResponse *response, const char *message)
{
	StringInfoData line;

	jsonlog_begin(&line, run->id, "failure");
	jsonlog_text(&line, "kind", task_traits[task->kind].name);
	jsonlog_text(&line, "url", task->url);
	if (response->status != 0)
		jsonlog_number(&line, "http_status", response->status);
	jsonlog_number(&line, "attempts", response->attempts);
	jsonlog_text(&line, "error", message);
	jsonlog_end(&line);
}

/*
 * Of a list and of statistics it is the address that says whose they are: a redirect to another path shows something else. An activity or a
 * section may have got another slug, but is still one, and so is what is probed.
 */
static bool
is_elsewhere(Run *run, const Task *task, const HttpResponse *response)
{
	size_t path = strcspn(task->url, "?");

	if (response->outcome != HTTP_ANSWERED || strcmp(task->url, response->effective_url) == 0)
		return false;
	if (task->kind == TASK_ACTIVITY || task->kind == TASK_SECTION)
		return slug_from_url(run->arena, response->effective_url, task_traits[task->kind].name) ==
			   NULL;
	if (task->kind == TASK_PROBE)
		return probe_answered_slug(run, response) == NULL;
	return (task->kind == TASK_LISTING || task->kind == TASK_STATISTICS) &&
		   (path != strcspn(response->effective_url, "?") ||
			strncmp(task->url, response->effective_url, path) != 0);
}

void
run_fail_page(Run *run, const Task *task, const HttpResponse *response, const char *message)
{
	StringInfoData json;
	bool healing = response->outcome == HTTP_FAILED ? response->can_heal
				   : response->outcome == HTTP_REFUSED || task->elsewhere
					   ? true
					   : response->status >= 200 && response->status < 300;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"kind\": \"%s\", \"attempts\": %d, \"will_retry\": %s",
					 task_traits[task->kind].name, response->attempts, healing ? "true" : "false");
	if (response->status != 0)
		appendStringInfo(&json, ", \"status\": %d", response->status);
	/* That another page is not there says nothing of this one. */
	if (task->elsewhere)
		appendStringInfoString(&json, ", \"gone\": false");
	append_section(&json, task);
	append_member(&json, "url", task->url);
	append_member(&json, "subject", task->subject);
	append_member(&json, "message", message);
	appendStringInfoChar(&json, '}');
	run_add_record(run, RECORD_FAILURE, PAGE_KINDS, json.data);
	log_failure(run, task, response, message);
	strlcpy(run->page_failure, message, sizeof(run->page_failure));
}

void
run_fail_elsewhere(Run *run, const Task *task, const HttpResponse *response)
{
	run_fail_page(run, task, response,
				  psprintf("redirected to %s, which is another page", response->effective_url));
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
		text = redact_page(run->arena, text);
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
					 response->status, run->rules.hash);
	append_member(&json, "etag", response->etag);
	append_member(&json, "last_modified", response->last_modified);
	if (page_json != NULL)
		appendStringInfo(&json, ", \"content_hash\": " INT64_FORMAT,
						 (int64) hash_bytes_extended((const unsigned char *) page_json,
													 (int) strlen(page_json), 0));
	appendStringInfoChar(&json, '}');
	append_section(&json, task);
	append_member(&json, "url", task->url);
	append_body(run, &json, response, page);
	if (page_json != NULL)
		appendStringInfo(&json, ", \"page\": %s", page_json);
	appendStringInfoChar(&json, '}');
	run_add_record(run, page_json == NULL ? RECORD_NOT_MODIFIED : traits->record, traits->page,
				   json.data);
}

void
run_take_totals(Run *run)
{
	HttpTotals totals;

	if (run->http == NULL)
		return;
	totals = http_totals(run->http);
	run->counts.requests = totals.requests;
	run->counts.not_modified = totals.not_modified;
	run->counts.bytes = totals.bytes;
}

void
run_flush(Run *run)
{
	Batch batch = {.run = run->id,
				   .only_section = run->only_section,
				   .full = run->request->full,
				   .max_removed_ratio = guc_max_removed_ratio,
				   .counts = &run->counts};
	MemoryContext before;
	ListCell *cell;

	if (run->batch == NIL)
		return;
	run_take_totals(run);
	/* Once a list's page is stored its cards are no news any more. */
	if (!run->refused && !run->out_of_time)
		activities_claim_listed(run);
	batch.records = run->batch;
	before = MemoryContextSwitchTo(run->batch_context);
	store_batch(&batch);
	MemoryContextSwitchTo(before);
	activities_stored(run, batch.disbelieved);
	foreach (cell, run->handled_activities)
		hash_search(run->open_activities, lfirst(cell), HASH_REMOVE, NULL);
	run->handled_activities = NIL;
	run->batch = NIL;
	MemoryContextReset(run->batch_context);
}

/* What a page says, never NULL; page->problem says where it is no page of its kind. */
static SitePage *
parse_page(Run *run, PageKind kind, const char *url, const char *body, size_t len,
		   const char *content_type)
{
	PageOptions options = {.rules = run->rules.rules,
						   .redact = guc_redact_personal_data,
						   .tally = &run->tally};
	SitePage *page = page_parse(run->arena, &options, kind, url, body, len, content_type);

	if (page == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory"),
						errdetail("While reading %s.", url)));
	if (page->problem == NULL && kind == PAGE_STATISTICS && page->statistics.json != NULL &&
		!store_is_jsonb(page->statistics.json))
		page->problem = "the statistics are no JSON";
	return page;
}

static const char *
make_json(Run *run, const SitePage *page)
{
	const char *json = page_to_json(run->arena, page);

	if (json == NULL)
		report_out_of_memory(NULL);
	return json;
}

/* Reads an answer that is a page. Returns the page, or NULL where it is no such page (then its failure is recorded). */
static const SitePage *
read_page(Run *run, Task *task, const HttpResponse *response)
{
	SitePage *page = parse_page(run, task_traits[task->kind].page, task->url, response->body,
								response->body_len, response->content_type);

	if (page->problem != NULL)
	{
		run_fail_page(run, task, response, page->problem);
		return NULL;
	}
	task->json = make_json(run, page);
	add_page(run, task, response, page, task->json);
	return page;
}

bool
run_read_kept(Run *run, TaskKind kind, const char *url, const char *section, const char *body,
			  size_t len)
{
	const TaskTraits *traits = &task_traits[kind];
	SitePage *page = parse_page(run, traits->page, url, body, len, "utf-8");
	bool is_page = page->problem == NULL;
	StringInfoData json;

	if (is_page)
	{
		initStringInfo(&json);
		appendStringInfo(&json, "{\"kept\": {\"rules_hash\": " INT64_FORMAT "}, \"page\": %s",
						 run->rules.hash, make_json(run, page));
		append_member(&json, "url", url);
		append_member(&json, "section", section);
		appendStringInfoChar(&json, '}');
		run_add_record(run, traits->record, traits->page, json.data);
		pfree(json.data);
	}
	arena_reset(run->arena);
	if (batch_is_full(run))
		run_flush(run);
	return is_page;
}

static void
handle_response(Run *run, const HttpResponse *response)
{
	Task *task = response->owner;
	const SitePage *page = NULL;

	task->elsewhere = is_elsewhere(run, task, response);
	if (response->outcome == HTTP_NOT_ASKED)
		strlcpy(run->page_failure, response->error, sizeof(run->page_failure));
	else if (response->outcome != HTTP_ANSWERED)
	{
		if (response->outcome == HTTP_REFUSED && !run->refused)
		{
			run->refused = true;
			strlcpy(run->refusal, response->error, sizeof(run->refusal));
		}
		run_fail_page(run, task, response, response->error);
	}
	else if (task->kind == TASK_PROBE || task->kind == TASK_ROBOTS)
		/* no page of a kind */;
	else if (response->status == 304)
		add_page(run, task, response, NULL, NULL);
	else if (task->elsewhere)
		run_fail_elsewhere(run, task, response);
	else if (response->status == 200 || response->status == 203)
		page = read_page(run, task, response);
	/* Where its list failed, too, it is rather the site than the section that has none. */
	else if (task->kind == TASK_STATISTICS && task->section->failure == NULL &&
			 (response->status == 404 || response->status == 410))
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
handle_responses(Run *run)
{
	while ((run->response = http_next(run->http)) != NULL)
	{
		handle_response(run, run->response);
		http_release(run->response);
		run->response = NULL;
		if (batch_is_full(run))
			run_flush(run);
	}
}

/* Works until nothing is pending and feed (NULL: none) brings nothing more, or time is up. */
void
run_pump(Run *run, FeedFunction feed)
{
	MemoryContext before = MemoryContextSwitchTo(run->scratch);

	for (;;)
	{
		bool more;
		bool waited;

		CHECK_FOR_INTERRUPTS();
		if (!PostmasterIsAlive())
			proc_exit(1);
		MemoryContextReset(run->scratch);
		if (GetCurrentTimestamp() >= run->deadline)
			run->out_of_time = true;
		more = feed != NULL && !run->out_of_time && feed(run);
		if ((http_pending(run->http) == 0 && !more) || run->out_of_time)
			break;
		pgstat_report_wait_start(PG_WAIT_EXTENSION);
		waited = http_wait(run->http, more ? 0 : TICK_MS, run->wake_fd);
		pgstat_report_wait_end();
		if (!waited)
			ereport(ERROR, (errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
							errmsg("could not fetch: %s", http_error(run->http))));
		handle_responses(run);
		if (run->batch != NIL &&
			TimestampDifferenceExceeds(run->batch_since, GetCurrentTimestamp(), TICK_MS))
			run_flush(run);
		tell_progress(run);
	}
	run_flush(run);
	MemoryContextSwitchTo(before);
}
