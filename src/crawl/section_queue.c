/*
 * section_queue.c: see section_queue.h.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "crawl/listings.h"
#include "crawl/section_queue.h"
#include "pg/channel.h"
#include "pg/settings.h"

#define SECTIONS_AT_ONCE 16

void
section_queue_init(SectionQueue *queue, Loop *loop)
{
	queue->loop = loop;
	queue->claims =
		AllocSetContextCreate(loop->info->context, "esn_pulse claims", ALLOCSET_DEFAULT_SIZES);
}

static void
forget_claims(SectionQueue *queue)
{
	queue->claimed = 0;
	queue->pages = NIL;
}

int
section_queue_fill(SectionQueue *queue, List *sections, bool again)
{
	MemoryContext before = MemoryContextSwitchTo(queue->loop->info->context);
	ListCell *cell;

	forget_claims(queue);
	queue->waiting = NIL;
	foreach (cell, sections)
	{
		SectionRow *row = lfirst(cell);

		if (!again && bms_is_member(row->id, queue->begun))
			continue;
		queue->begun = bms_add_member(queue->begun, row->id);
		queue->waiting = lappend(queue->waiting, row);
	}
	MemoryContextSwitchTo(before);
	return list_length(queue->waiting);
}

static char *
statistics_address(Loop *loop, const SectionRow *section)
{
	return psprintf("%s/statistics", organisation_address(loop, section->activities_slug));
}

/* store_claim() keeps the order of the sections. */
static void
claim_statistics(SectionQueue *queue)
{
	Loop *loop = queue->loop;
	MemoryContext before;
	char *urls[SECTIONS_AT_ONCE];
	int count = Min(list_length(queue->waiting), SECTIONS_AT_ONCE);

	elog(DEBUG1, "esn_pulse: claim the statistics of %d sections", count);
	MemoryContextReset(queue->claims);
	before = MemoryContextSwitchTo(queue->claims);
	for (int i = 0; i < count; i++)
		urls[i] = statistics_address(loop, list_nth(queue->waiting, i));
	queue->pages = store_claim(loop->info->id, PAGE_STATISTICS, urls, count,
							   loop->reader->rules.hash, loop->info->full);
	queue->claimed = count;
	MemoryContextSwitchTo(before);
}

/* The claimed statistics of the first section that waits; NULL: they were not claimed. */
static const ClaimedPage *
next_statistics(SectionQueue *queue)
{
	const SectionRow *section = linitial(queue->waiting);
	const ClaimedPage *page;

	Assert(queue->claimed >= 0 && queue->claimed <= SECTIONS_AT_ONCE);
	if (queue->claimed == 0)
		claim_statistics(queue);
	queue->claimed--;
	page = queue->pages == NIL ? NULL : linitial(queue->pages);
	if (page == NULL || strcmp(page->url, statistics_address(queue->loop, section)) != 0)
		return NULL;
	queue->pages = list_delete_first(queue->pages);
	return page;
}

static Listing *
open_section(SectionQueue *queue, const SectionRow *row)
{
	Listing *section = listing_of_section(queue->loop->info, row);

	queue->open = loop_append(queue->loop, queue->open, section);
	return section;
}

Listing *
section_queue_open_next(SectionQueue *queue, const ClaimedPage **statistics)
{
	const SectionRow *row = linitial(queue->waiting);

	*statistics = next_statistics(queue);
	queue->waiting = list_delete_first(queue->waiting);
	return open_section(queue, row);
}

Listing *
section_queue_open_again(SectionQueue *queue, const SectionRow *row)
{
	Listing *section = open_section(queue, row);

	section->full_listing = false;
	section->pages = 1;
	return section;
}

Listing *
section_queue_find_open(const SectionQueue *queue, int32 id)
{
	ListCell *cell;

	foreach (cell, queue->open)
	{
		if (((Listing *) lfirst(cell))->row.id == id)
			return lfirst(cell);
	}
	return NULL;
}

bool
section_queue_put_first(SectionQueue *queue, SectionRow *row)
{
	bool is_new = !bms_is_member(row->id, queue->begun);
	bool found = is_new || bms_is_member(row->id, queue->failed);
	MemoryContext before = MemoryContextSwitchTo(queue->loop->info->context);
	ListCell *cell;

	foreach (cell, queue->waiting)
	{
		if (((SectionRow *) lfirst(cell))->id != row->id)
			continue;
		queue->waiting = foreach_delete_current(queue->waiting, cell);
		found = true;
	}
	if (is_new)
	{
		queue->begun = bms_add_member(queue->begun, row->id);
		queue->loop->result->sections_due++;
	}
	if (found)
	{
		queue->waiting = lcons(row, queue->waiting);
		forget_claims(queue);
	}
	MemoryContextSwitchTo(before);
	return found;
}

void
section_queue_finish(SectionQueue *queue, Listing *section)
{
	queue->open = list_delete_ptr(queue->open, section);
}

/* Moves an id from one set to the other, and counts both. */
static void
move(int32 id, Bitmapset **from, int *from_count, Bitmapset **to, int *to_count)
{
	if (bms_is_member(id, *from))
		(*from_count)--;
	if (!bms_is_member(id, *to))
		(*to_count)++;
	*from = bms_del_member(*from, id);
	*to = bms_add_member(*to, id);
}

void
section_queue_count(SectionQueue *queue, const Listing *section)
{
	RunCounts *counts = &queue->loop->result->counts;
	MemoryContext before = MemoryContextSwitchTo(queue->loop->info->context);

	if (section->failure != NULL)
		move(section->row.id, &queue->processed, &counts->sections_processed, &queue->failed,
			 &counts->sections_failed);
	else
		move(section->row.id, &queue->failed, &counts->sections_failed, &queue->processed,
			 &counts->sections_processed);
	MemoryContextSwitchTo(before);
}

void
section_queue_take_requests(SectionQueue *queue)
{
	const RunInfo *info = queue->loop->info;
	MemoryContext before = MemoryContextSwitchTo(info->context);
	List *requests = store_take_sections(info->id, info->full);
	ListCell *cell;

	foreach (cell, requests)
	{
		const SectionRequest *request = lfirst(cell);

		channel_notice(NOTICE, NULL, "%s asks for the section %s: it comes next",
					   request->requested_by, request->section.accounts_slug);
	}
	queue->requests = list_concat(queue->requests, requests);
	MemoryContextSwitchTo(before);
}
