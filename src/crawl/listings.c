/*
 * listings.c: see listings.h. No SQL, no parsing.
 */
#include "postgres.h"

#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/url.h"
#include "crawl/listings.h"
#include "pg/runlog.h"
#include "pg/settings.h"

Listing *
listing_of_section(const RunInfo *info, const SectionRow *row)
{
	MemoryContext before = MemoryContextSwitchTo(info->context);
	Listing *listing = palloc0(sizeof(Listing));

	listing->row = *row;
	listing->begun_at = GetCurrentTimestamp();
	listing->full_listing = row->list_due || info->full;
	if (listing->full_listing)
		listing->seen_urls = makeStringInfo();
	MemoryContextSwitchTo(before);
	return listing;
}

Listing *
listing_of_network(const RunInfo *info, List *sections)
{
	Listing *listing;
	int lists = 0;
	ListCell *cell;

	foreach (cell, sections)
		lists += ((SectionRow *) lfirst(cell))->list_due ? 0 : 1;
	if (info->full || store_network_listing_pages() >= lists)
		return NULL;
	listing = MemoryContextAllocZero(info->context, sizeof(Listing));
	listing->max_pages = lists;
	return listing;
}

char *
organisation_address(Loop *loop, const char *slug)
{
	return psprintf("%s/organisation/%s", setting_activities_url,
					url_part(loop->reader->arena, slug));
}

static char *
page_address(Loop *loop, const Listing *listing, int page)
{
	const char *slug = listing->row.activities_slug;

	return psprintf("%s/activities?page=%d",
					slug == NULL ? setting_activities_url : organisation_address(loop, slug), page);
}

/*
 * Passes over pages that need not be requested again. Only a page itself shows whether it is the
 * last one, unless the pager has named that.
 */
static void
skip_pages_read(Listing *listing)
{
	while (listing->full_listing && listing->pages <= listing->last_page - listing->may_go_on &&
		   bms_is_member(listing->pages, listing->row.pages_read))
	{
		listing->pages++;
		listing->in_parts = true;
	}
}

void
listing_submit(Loop *loop, const TaskType *type, Listing *listing)
{
	ClaimedPage page = {.url = page_address(loop, listing, listing->pages++)};

	skip_pages_read(listing);
	listing->pending++;
	loop_submit(loop, type, HTTP_GET, &page, listing->row.activities_slug,
				listing->row.accounts_slug, listing);
}

ListedPage *
listing_read(Listing *listing, const ListingPage *page, const char *json)
{
	ListedPage *listed = palloc0(sizeof(ListedPage));

	listed->listing = listing;
	listed->last_page = page->last_page;
	listed->last_is_known = page->last_is_known;
	listed->cards.json = pstrdup(json);
	for (int i = 0; listing->full_listing && i < page->card_count; i++)
	{
		if (listing->seen_urls->len > 0)
			appendStringInfoChar(listing->seen_urls, ',');
		escape_json(listing->seen_urls, page->cards[i].url);
		appendStringInfoString(listing->seen_urls, ":null");
	}
	return listed;
}

/* All pages of a full listing, else the next one if the last brought something. */
bool
listing_extend(Listing *listing, const ListedPage *page)
{
	int last_page = page->last_page;
	bool was_requested = listing_is_requested(listing);

	if (!listing->full_listing)
		last_page = page->cards.is_fresh ? Min(last_page, listing->pages) : -1;
	if (listing->max_pages > 0 && last_page >= listing->max_pages)
	{
		listing->failure = "it is longer than the sections' lists";
		last_page = -1;
	}
	if (last_page > listing->last_page)
		listing->may_go_on = !page->last_is_known;
	listing->last_page = Max(listing->last_page, last_page);
	skip_pages_read(listing);
	return was_requested && !listing_is_requested(listing);
}

bool
listing_is_requested(const Listing *listing)
{
	return listing->pages > listing->last_page;
}

bool
listing_is_done(const Listing *listing)
{
	return listing->pending == 0 && listing_is_requested(listing);
}

char *
listing_json(Loop *loop, const Listing *listing)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfo(&json, "{\"id\": %d, \"is_full\": %s", listing->row.id,
					 listing->full_listing ? "true" : "false");
	records_append_member(&json, "section", listing->row.accounts_slug);
	records_append_member(&json, "slug", listing->row.activities_slug);
	records_append_member(&json, "url", page_address(loop, listing, 0));
	/* What the other parts showed is not known any more. */
	if (listing->full_listing && !listing->in_parts)
		appendStringInfo(&json, ", \"seen_urls\": {%s}", listing->seen_urls->data);
	appendStringInfoChar(&json, '}');
	return json.data;
}

void
listing_reject(Listing *listing, Loop *loop, const ImplausibleList *list)
{
	MemoryContext before = MemoryContextSwitchTo(loop->info->context);
	RunResult *result = loop->result;

	listing->failure =
		psprintf("%d of %d activities are missing from its list", list->missing, list->known);
	result->implausible = true;
	result->failure = psprintf("%s: %s, more than esn_pulse.max_removed_ratio allows; none was "
							   "marked as removed",
							   listing->row.accounts_slug, listing->failure);
	MemoryContextSwitchTo(before);
}

void
listing_log(const Listing *listing, const RunInfo *info, bool has_list)
{
	StringInfoData line;

	runlog_begin(&line,
				 listing->failure != NULL   ? RUNLOG_WARNING
				 : listing->activities == 0 ? RUNLOG_DEBUG
											: RUNLOG_INFO,
				 info->id, "section");
	runlog_text(&line, "section", listing->row.accounts_slug);
	runlog_text(&line, "status", listing->failure == NULL ? "completed" : "failed");
	runlog_text(&line, "error", listing->failure);
	runlog_number(&line, "list_pages", has_list ? listing->pages : 0);
	runlog_number(&line, "activities", listing->activities);
	runlog_number(&line, "milliseconds", runlog_since(listing->begun_at));
	runlog_end(&line);
}

void
listing_free(Listing *listing)
{
	if (listing->seen_urls != NULL)
	{
		pfree(listing->seen_urls->data);
		pfree(listing->seen_urls);
	}
	pfree(listing);
}
