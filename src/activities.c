/*
 * activities.c: what a run asks of activities.esn.org: each section's list, the activities on it, its statistics. No SQL, no parsing.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "guc.h"
#include "jsonlog.h"
#include "run.h"

#define ADDRESSES_AT_ONCE 16

/* Asks for the next page of a section's list. */
static void
submit_listing(Run *run, SectionWork *section)
{
	ClaimedPage page = {.url = psprintf("%s/organisation/%s/activities?page=%d", guc_activities_url,
										section->row.activities_slug, section->pages++)};

	run_submit(run, TASK_LISTING, HTTP_GET, &page, section->row.activities_slug, section);
}

static void
submit_statistics(Run *run, SectionWork *section)
{
	char *url =
		psprintf("%s/organisation/%s/statistics", guc_activities_url, section->row.activities_slug);
	List *claimed =
		store_claim(run->id, PAGE_STATISTICS, &url, 1, run->rules.hash, run->request->full);

	run_submit(run, TASK_STATISTICS, HTTP_GET, linitial(claimed), section->row.activities_slug,
			   section);
}

static void
open_section(Run *run, const SectionRow *row)
{
	SectionWork *section = MemoryContextAllocZero(run->context, sizeof(SectionWork));

	section->row = *row;
	section->begun_at = GetCurrentTimestamp();
	if (run->only_statistics)
		section->pages = 1;
	else
		submit_listing(run, section);
	submit_statistics(run, section);
}

/* While the queue has room, goes on with the lists that are being read, then opens the next sections: so that little is open at once. */
static void
feed_sections(Run *run)
{
	while (run_has_room(run) && (run->reading != NIL || run->waiting != NIL))
	{
		if (run->reading != NIL)
		{
			SectionWork *section = linitial(run->reading);

			submit_listing(run, section);
			if (section->pages > section->last_page)
				run->reading = list_delete_first(run->reading);
		}
		else
		{
			open_section(run, linitial(run->waiting));
			run->waiting = list_delete_first(run->waiting);
		}
	}
}

/* Has the pages of the list that have become known asked for. */
static void
note_last_page(Run *run, SectionWork *section, int last_page)
{
	MemoryContext before = MemoryContextSwitchTo(run->context);

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

/* Submits those activities that this run has not read yet. slugs and urls: of the activities, count of them. */
static void
submit_activities(Run *run, SectionWork *section, const char **slugs, char **urls, int count)
{
	List *claimed =
		store_claim(run->id, PAGE_ACTIVITY, urls, count, run->rules.hash, run->request->full);
	ListCell *cell;

	for (int i = 0; i < count; i++)
		hash_search(run->open_activities, slugs[i], HASH_REMOVE, NULL);
	foreach (cell, claimed)
	{
		ClaimedPage *page = lfirst(cell);
		char *slug = slug_from_url(run->arena, page->url, "activity");

		open_activity(run, slug);
		run_submit(run, TASK_ACTIVITY, HTTP_GET, page, slug, section);
	}
}

static void
submit_cards(Run *run, SectionWork *section, const ListingPage *listing)
{
	char **urls = palloc(sizeof(char *) * Max(listing->card_count, 1));
	const char **slugs = palloc(sizeof(char *) * Max(listing->card_count, 1));
	int count = 0;

	for (int i = 0; i < listing->card_count; i++)
	{
		const Card *card = &listing->cards[i];

		if (!open_activity(run, card->event_slug))
			continue;
		urls[count] = unconstify(char *, card->url);
		slugs[count++] = card->event_slug;
	}
	submit_activities(run, section, slugs, urls, count);
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

static void
finish_section(Run *run, SectionWork *section)
{
	if (section->failure != NULL)
		run->counts.sections_failed++;
	else
	{
		run->counts.sections_processed++;
		if (!run->only_statistics)
			run_add_record(run, RECORD_SECTION_DONE, PAGE_KINDS, psprintf("%d", section->row.id));
	}
	log_section(run, section);
	pfree(section);
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
	{
		note_last_page(run, section, page->listing.last_page);
		submit_cards(run, section, &page->listing);
	}
	else if (task->kind == TASK_LISTING)
		section->failure = "a page of its list failed";
	else if (page == NULL && !has_no_statistics(response))
		section->failure = "its statistics failed";
	if (section->pending == 0 && section->pages > section->last_page)
		finish_section(run, section);
}

static bool
run_sections(Run *run, List *sections)
{
	ListCell *cell;

	run->waiting = run->reading = NIL;
	foreach (cell, sections)
	{
		SectionRow *row = lfirst(cell);

		if (bms_is_member(row->id, run->begun))
			continue;
		run->begun = bms_add_member(run->begun, row->id);
		run->waiting = lappend(run->waiting, row);
	}
	if (run->waiting == NIL)
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

void
activities_read_statistics(Run *run, List *sections)
{
	run->only_statistics = true;
	run_sections(run, sections);
}

/* Submits some of the addresses that wait, while the queue has room. */
static void
feed_addresses(Run *run)
{
	char *urls[ADDRESSES_AT_ONCE];
	const char *slugs[ADDRESSES_AT_ONCE];

	while (run_has_room(run) && run->waiting != NIL)
	{
		int count = 0;

		while (count < ADDRESSES_AT_ONCE && run->waiting != NIL)
		{
			char *url = linitial(run->waiting);
			const char *slug = slug_from_url(run->arena, url, "activity");

			run->waiting = list_delete_first(run->waiting);
			if (slug == NULL || !open_activity(run, slug))
				continue;
			urls[count] = url;
			slugs[count++] = slug;
		}
		submit_activities(run, NULL, slugs, urls, count);
	}
}

void
activities_read(Run *run, List *urls)
{
	run->waiting = urls;
	if (urls != NIL)
		run_pump(run, feed_addresses);
}
