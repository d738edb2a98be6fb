/*
 * activities.c: what a run asks of activities.esn.org: each section's list, the activities on it, its statistics. No SQL, no parsing.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "channel.h"
#include "guc.h"
#include "jsonlog.h"
#include "run.h"

#define ADDRESSES_AT_ONCE 16

/* The address of a page of a section's list, or of the network's own. */
static char *
list_address(const Run *run, const SectionWork *section, int page)
{
	if (section == run->feed)
		return psprintf("%s/activities?page=%d", guc_activities_url, page);
	return psprintf("%s/organisation/%s/activities?page=%d", guc_activities_url,
					section->row.activities_slug, page);
}

/* Asks for the next page of a list. */
static void
submit_listing(Run *run, SectionWork *section)
{
	ClaimedPage page = {.url = list_address(run, section, section->pages++)};

	run_submit(run, TASK_LISTING, HTTP_GET, &page, section->row.activities_slug, section);
}

/* Has the pages of the list that have become known asked for: all of a whole one, else the next where the last brought something. */
static void
note_last_page(Run *run, SectionWork *section, int last_page, bool young)
{
	MemoryContext before = MemoryContextSwitchTo(run->context);

	if (!section->whole)
		last_page = young ? Min(last_page, section->pages) : -1;
	if (section == run->feed && last_page >= run->feed_limit)
	{
		section->failure = "it is longer than the sections' lists";
		last_page = -1;
	}
	if (last_page >= section->pages && section->pages > section->last_page)
		run->reading = lappend(run->reading, section);
	section->last_page = Max(section->last_page, last_page);
	MemoryContextSwitchTo(before);
}

/* Notes that an activity has been asked for and its answer is not yet stored; false where that is noted already. */
static bool
open_activity(Run *run, const char *slug)
{
	char key[SLUG_SIZE] = {0};
	bool found;

	strlcpy(key, slug, SLUG_SIZE);
	hash_search(run->open_activities, key, HASH_ENTER, &found);
	return !found;
}

/* Its answer is in the batch: once that is stored, the tables know. */
static void
close_activity(Run *run, const char *slug)
{
	MemoryContext before = MemoryContextSwitchTo(run->batch_context);
	char *key = palloc0(SLUG_SIZE);

	strlcpy(key, slug, SLUG_SIZE);
	run->handled_activities = lappend(run->handled_activities, key);
	MemoryContextSwitchTo(before);
}

/* Submits claimed pages of activities (a List of ClaimedPage) that are not open. */
static void
submit_activities(Run *run, SectionWork *section, List *claimed)
{
	ListCell *cell;

	foreach (cell, claimed)
	{
		ClaimedPage *page = lfirst(cell);
		char *slug = slug_from_url(run->arena, page->url, "activity");

		if (slug == NULL || !open_activity(run, slug))
			continue;
		run_submit(run, TASK_ACTIVITY, HTTP_GET, page, slug, section);
	}
}

/* Claims and submits those of some addresses of activities that this run has not read yet. */
static void
submit_addresses(Run *run, List *addresses)
{
	char *urls[ADDRESSES_AT_ONCE];
	int count = 0;
	ListCell *cell;

	foreach (cell, addresses)
		urls[count++] = lfirst(cell);
	submit_activities(run, NULL,
					  store_claim(run->id, PAGE_ACTIVITY, urls, count, run->rules.hash,
								  run->request->full));
}

/* Goes on with what is due: some addresses, of which perhaps none is still to be asked for. */
static void
submit_due(Run *run)
{
	List *urls = store_next_due(ADDRESSES_AT_ONCE);

	run->due_open = urls != NIL;
	submit_addresses(run, urls);
}

/* What the page shows waits to be claimed together with what others show, until there is room for more requests, or it is to be stored. */
static void
handle_listing(Run *run, const Task *task, const ListingPage *listing)
{
	SectionWork *section = task->section;
	MemoryContext before = MemoryContextSwitchTo(run->context);
	ListedPage *page = palloc0(sizeof(ListedPage));

	page->section = section;
	page->last_page = listing->last_page;
	page->cards.json = pstrdup(task->json);
	run->listed = lappend(run->listed, page);
	MemoryContextSwitchTo(before);
	section->pending++;
	for (int i = 0; section->whole && i < listing->card_count; i++)
	{
		if (section->shown->len > 0)
			appendStringInfoChar(section->shown, ',');
		escape_json(section->shown, listing->cards[i].event_slug);
		appendStringInfoString(section->shown, ":null");
	}
}

static void
log_section(const Run *run, const SectionWork *section)
{
	StringInfoData line;

	jsonlog_begin(&line, run->id, "section");
	jsonlog_text(&line, "section", section->row.accounts_slug);
	jsonlog_text(&line, "status", section->failure == NULL ? "completed" : "failed");
	jsonlog_text(&line, "error", section->failure);
	jsonlog_number(&line, "list_pages", run->only_statistics ? 0 : section->pages);
	jsonlog_number(&line, "activities", section->activities);
	jsonlog_number(&line, "milliseconds", jsonlog_since(section->begun_at));
	jsonlog_end(&line);
}

/* The network's own list has been read, or was of no use. */
static void
finish_feed(Run *run)
{
	run->feed_read = run->feed->failure == NULL;
	if (!run->feed_read)
		channel_notice(NOTICE, NULL,
					   "the network's own list could not be used (%s): reading the sections' lists",
					   run->feed->failure);
	pfree(run->feed);
	run->feed = NULL;
}

static void
close_section(Run *run, SectionWork *section)
{
	if (section->failure != NULL)
		run->counts.sections_failed++;
	else
		run->counts.sections_processed++;
	log_section(run, section);
	if (section->shown != NULL)
	{
		pfree(section->shown->data);
		pfree(section->shown);
	}
	pfree(section);
}

/* Nothing of a section is pending. Whether its list is believed shows when the batch is stored. */
static void
finish_section(Run *run, SectionWork *section)
{
	MemoryContext before;

	if (section == run->feed)
		finish_feed(run);
	else if (section->failure != NULL || run->only_statistics)
		close_section(run, section);
	else
	{
		before = MemoryContextSwitchTo(run->context);
		run->finished = lappend(run->finished, section);
		MemoryContextSwitchTo(before);
		run_add_record(run, RECORD_SECTION_DONE, PAGE_KINDS,
					   section->whole ? psprintf("{\"id\": %d, \"shown\": {%s}}", section->row.id,
												 section->shown->data)
									  : psprintf("{\"id\": %d}", section->row.id));
	}
}

static char *
statistics_address(const SectionRow *section)
{
	return psprintf("%s/organisation/%s/statistics", guc_activities_url, section->activities_slug);
}

/* Claims the statistics of the sections that come next; store_claim() keeps their order. */
static void
claim_statistics(Run *run)
{
	MemoryContext before;
	char *urls[ADDRESSES_AT_ONCE];
	int count = Min(list_length(run->waiting), ADDRESSES_AT_ONCE);

	MemoryContextReset(run->claim_context);
	before = MemoryContextSwitchTo(run->claim_context);
	for (int i = 0; i < count; i++)
		urls[i] = statistics_address(list_nth(run->waiting, i));
	run->statistics =
		store_claim(run->id, PAGE_STATISTICS, urls, count, run->rules.hash, run->request->full);
	run->statistics_claimed = count;
	MemoryContextSwitchTo(before);
}

/* Nothing of it is pending, and no page of its list is left to be asked for. */
static void
finish_if_done(Run *run, SectionWork *section)
{
	if (section->pending == 0 && section->pages > section->last_page)
		finish_section(run, section);
}

void
activities_claim_listed(Run *run)
{
	List *listed = run->listed;
	ListCell *cell;

	if (listed == NIL)
		return;
	run->listed = NIL;
	store_claim_cards(run->id, listed, run->rules.hash, run->request->full);
	foreach (cell, listed)
	{
		ListedPage *page = lfirst(cell);
		SectionWork *section = page->section;

		submit_activities(run, section, page->cards.claimed);
		section->pending--;
		note_last_page(run, section, page->last_page, page->cards.young);
		finish_if_done(run, section);
		pfree(page->cards.json);
		pfree(page);
	}
	list_free(listed);
}

/* Asks for a section's statistics, which have been claimed, unless that has been done: by the run that this one goes on with. */
static void
submit_statistics(Run *run, SectionWork *section)
{
	ClaimedPage *page = run->statistics == NIL ? NULL : linitial(run->statistics);

	if (page == NULL || strcmp(page->url, statistics_address(&section->row)) != 0)
		return;
	run_submit(run, TASK_STATISTICS, HTTP_GET, page, section->row.activities_slug, section);
	run->statistics = list_delete_first(run->statistics);
}

static void
open_section(Run *run, const SectionRow *row)
{
	MemoryContext before = MemoryContextSwitchTo(run->context);
	SectionWork *section = palloc0(sizeof(SectionWork));

	section->row = *row;
	section->begun_at = GetCurrentTimestamp();
	section->whole = row->list_due || run->request->full;
	if (section->whole)
		section->shown = makeStringInfo();
	MemoryContextSwitchTo(before);
	if (run->only_statistics || (run->feed_read && !section->whole))
		section->pages = 1;
	else
		submit_listing(run, section);
	submit_statistics(run, section);
	if (section->pending == 0)
		finish_section(run, section);
}

/*
 * While the queue has room: what lists show, the next pages of those that are being read, then the next sections, so that little is open at
 * once; then what is due. While the network's own list is read, page by page, what is due comes between: only its end says which lists of
 * sections are needed.
 */
static bool
feed_sections(Run *run)
{
	while (run_has_room(run))
	{
		if (run->listed != NIL)
			activities_claim_listed(run);
		else if (run->reading != NIL)
		{
			SectionWork *section = linitial(run->reading);

			submit_listing(run, section);
			if (section->pages > section->last_page)
				run->reading = list_delete_first(run->reading);
		}
		else if (run->feed == NULL && run->waiting != NIL)
		{
			if (run->statistics_claimed == 0)
				claim_statistics(run);
			open_section(run, linitial(run->waiting));
			run->waiting = list_delete_first(run->waiting);
			run->statistics_claimed--;
		}
		else if (run->due_open)
		{
			/* One step at a time: that there is much of which nothing is left to ask must not hold up the line. */
			submit_due(run);
			return run->due_open;
		}
		else
			return false;
	}
	return false;
}

/* So much is missing from a section's list that rather the list is broken. */
static void
disbelieve(Run *run, SectionWork *section, const DisbelievedList *list)
{
	MemoryContext before = MemoryContextSwitchTo(run->context);

	section->failure =
		psprintf("%d of %d activities are missing from its list", list->missing, list->known);
	run->disbelieved = true;
	run->failure = psprintf("%s: %s, more than esn_pulse.max_removed_ratio allows; nothing was "
							"marked as removed",
							section->row.accounts_slug, section->failure);
	MemoryContextSwitchTo(before);
}

void
activities_stored(Run *run, List *disbelieved)
{
	ListCell *cell;
	ListCell *other;

	foreach (cell, run->finished)
	{
		SectionWork *section = lfirst(cell);

		foreach (other, disbelieved)
		{
			const DisbelievedList *list = lfirst(other);

			if (list->section == section->row.id)
				disbelieve(run, section, list);
		}
		close_section(run, section);
	}
	list_free(run->finished);
	run->finished = NIL;
}

/* An answer that needs no page: they have not changed, or the section has none. */
static bool
has_no_statistics(const HttpResponse *response)
{
	return response->outcome == HTTP_ANSWERED &&
		   (response->status == 304 || response->status == 404 || response->status == 410);
}

void
activities_handle(Run *run, Task *task, const HttpResponse *response, const SitePage *page)
{
	SectionWork *section = task->section;

	if (task->kind == TASK_ACTIVITY)
	{
		close_activity(run, task->subject);
		if (section == NULL)
			return;
		section->activities++;
	}
	else if (task->kind == TASK_LISTING && page != NULL)
		handle_listing(run, task, &page->listing);
	else if (task->kind == TASK_LISTING)
		section->failure = "a page of its list failed";
	else if (page == NULL && (task->elsewhere || !has_no_statistics(response)))
		section->failure = "its statistics failed";
	finish_if_done(run, section);
}

static bool
run_sections(Run *run, List *sections)
{
	ListCell *cell;

	run->waiting = run->reading = run->listed = run->statistics = NIL;
	run->statistics_claimed = 0;
	foreach (cell, sections)
	{
		SectionRow *row = lfirst(cell);

		if (bms_is_member(row->id, run->begun))
			continue;
		run->begun = bms_add_member(run->begun, row->id);
		run->waiting = lappend(run->waiting, row);
	}
	if (run->waiting == NIL && !run->due_open)
		return false;
	run->sections_due += list_length(run->waiting);
	run_pump(run, feed_sections);
	return true;
}

bool
activities_run(Run *run, List *sections)
{
	run->only_statistics = false;
	return run_sections(run, sections);
}

/* Begins to read the network's own list, where that takes fewer requests than the first pages of the sections' lists. */
static void
open_feed(Run *run, List *sections)
{
	int lists = 0;
	ListCell *cell;

	foreach (cell, sections)
		lists += ((SectionRow *) lfirst(cell))->list_due ? 0 : 1;
	if (run->request->full || store_feed_pages() >= lists)
		return;
	run->feed = MemoryContextAllocZero(run->context, sizeof(SectionWork));
	run->feed_limit = lists;
	submit_listing(run, run->feed);
}

bool
activities_refresh(Run *run, List *sections, bool all)
{
	if (all)
		open_feed(run, sections);
	store_open_due(sections, all, run->request->full);
	run->due_open = true;
	return activities_run(run, sections);
}

void
activities_read_statistics(Run *run, List *sections)
{
	run->only_statistics = true;
	run_sections(run, sections);
}

/* Submits some of the addresses that wait, while the queue has room. */
static bool
feed_addresses(Run *run)
{
	while (run_has_room(run) && run->waiting != NIL)
	{
		List *urls = NIL;

		while (list_length(urls) < ADDRESSES_AT_ONCE && run->waiting != NIL)
		{
			urls = lappend(urls, linitial(run->waiting));
			run->waiting = list_delete_first(run->waiting);
		}
		submit_addresses(run, urls);
	}
	return false;
}

void
activities_read(Run *run, List *urls)
{
	run->waiting = urls;
	if (urls != NIL)
		run_pump(run, feed_addresses);
}
