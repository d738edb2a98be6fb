/*
 * retry.c: see retry.h. The tables determine what is requested, and accounts.c and activities.c
 * how.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "utils/memutils.h"

#include "crawl/accounts.h"
#include "crawl/activities.h"
#include "crawl/retry.h"
#include "pg/channel.h"
#include "store/pages.h"
#include "store/sections.h"

static bool
is_one_of(const PageToRetry *page, const char *one, const char *other)
{
	return strcmp(page->kind, one) == 0 || (other != NULL && strcmp(page->kind, other) == 0);
}

/* The addresses of the pages of one kind. */
static List *
addresses(List *pages, const char *kind)
{
	List *urls = NIL;
	ListCell *cell;

	foreach (cell, pages)
	{
		PageToRetry *page = lfirst(cell);

		if (is_one_of(page, kind, NULL))
			urls = lappend(urls, page->url);
	}
	return urls;
}

/* The sections (a List of SectionRow), each once, of the pages of either kind. */
static List *
sections_of(List *pages, const char *one, const char *other)
{
	List *sections = NIL;
	Bitmapset *seen = NULL;
	ListCell *cell;

	foreach (cell, pages)
	{
		PageToRetry *page = lfirst(cell);
		SectionRow *row;

		if (page->section == NULL || !is_one_of(page, one, other))
			continue;
		row = store_find_section(page->section);
		if (row == NULL || bms_is_member(row->id, seen))
			continue;
		seen = bms_add_member(seen, row->id);
		sections = lappend(sections, row);
	}
	return sections;
}

/* The sections that have a page on activities.esn.org. */
static List *
with_activities(List *sections)
{
	List *result = NIL;
	ListCell *cell;

	foreach (cell, sections)
	{
		if (((SectionRow *) lfirst(cell))->activities_slug != NULL)
			result = lappend(result, lfirst(cell));
	}
	return result;
}

void
retry_failures(Loop *loop)
{
	ActivitiesSpider *activities = activities_open(loop);
	List *pages = store_waiting_failures();

	channel_notice(NOTICE, NULL, "failed addresses to try again: %d", list_length(pages));
	if (addresses(pages, "home") != NIL)
		accounts_run(loop);
	else
		accounts_read_again(loop, addresses(pages, "country"),
							sections_of(pages, "section", "slug_lookup"));
	if (!loop->result->implausible)
		loop->result->failure = NULL;
	activities_run(activities, with_activities(sections_of(pages, "listing", "statistics")));
	activities_read(activities, addresses(pages, "activity"));
}

/* Reads the kept pages. Returns those to fetch. */
static List *
read_kept(Loop *loop, List *pages)
{
	List *rest = NIL;
	ListCell *cell;

	foreach (cell, pages)
	{
		PageToRetry *page = lfirst(cell);
		bool is_activity = is_one_of(page, "activity", NULL);
		char *body = NULL;
		size_t len = 0;

		CHECK_FOR_INTERRUPTS();
		if (page->kept)
			body = store_kept_page(page->url, &len);
		if (body == NULL || !loop_read_kept(loop, is_activity ? &activity_task : &statistics_task,
											page->url, page->section, body, len))
			rest = lappend(rest, page);
		if (body != NULL)
			pfree(body);
	}
	return rest;
}

void
retry_invalid_pages(Loop *loop)
{
	ActivitiesSpider *activities = activities_open(loop);
	List *invalid = store_pages_with_errors();
	List *pages = read_kept(loop, invalid);

	channel_notice(NOTICE, NULL, "pages with invalid fields: %d, of which %d will be fetched",
				   list_length(invalid), list_length(pages));
	accounts_read_again(loop, NIL, sections_of(pages, "section", NULL));
	activities_read_statistics(activities, with_activities(sections_of(pages, "statistics", NULL)));
	activities_read(activities, addresses(pages, "activity"));
}
