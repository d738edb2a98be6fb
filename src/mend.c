/*
 * mend.c: the runs that try again what went wrong: pages that failed, pages with wrong fields. What is asked for follows from the tables;
 * how it is asked for is accounts.c's and activities.c's.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "channel.h"
#include "run.h"

static bool
is_one_of(const PageToMend *page, const char *one, const char *other)
{
	return strcmp(page->kind, one) == 0 || (other != NULL && strcmp(page->kind, other) == 0);
}

/* The addresses of those that are of a kind. */
static List *
addresses(List *pages, const char *kind)
{
	List *urls = NIL;
	ListCell *cell;

	foreach (cell, pages)
	{
		PageToMend *page = lfirst(cell);

		if (is_one_of(page, kind, NULL))
			urls = lappend(urls, page->url);
	}
	return urls;
}

/* The sections (a List of SectionRow), each once, of those pages that are of one of two kinds. */
static List *
sections_of(List *pages, const char *one, const char *other)
{
	List *sections = NIL;
	Bitmapset *seen = NULL;
	ListCell *cell;

	foreach (cell, pages)
	{
		PageToMend *page = lfirst(cell);
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

/* Those sections that have a page on activities.esn.org. */
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
mend_failures(Run *run)
{
	List *pages = store_waiting_failures();

	channel_notice(NOTICE, NULL, "%d failed addresses wait for another try", list_length(pages));
	if (addresses(pages, "home") != NIL)
		accounts_run(run);
	else
		accounts_again(run, addresses(pages, "country"), sections_of(pages, "section", "probe"));
	if (!run->disbelieved)
		run->failure = NULL;
	activities_run(run, with_activities(sections_of(pages, "listing", "statistics")));
	activities_read(run, addresses(pages, "activity"));
}

/* Reads those pages that were kept; returns those that are to be fetched. */
static List *
read_kept(Run *run, List *pages)
{
	List *rest = NIL;
	ListCell *cell;

	foreach (cell, pages)
	{
		PageToMend *page = lfirst(cell);
		TaskKind kind = is_one_of(page, "activity", NULL) ? TASK_ACTIVITY : TASK_STATISTICS;
		char *body = NULL;
		size_t len = 0;

		CHECK_FOR_INTERRUPTS();
		if (page->kept)
			body = store_kept_page(page->url, &len);
		if (body == NULL || !run_read_kept(run, kind, page->url, page->section, body, len))
			rest = lappend(rest, page);
		if (body != NULL)
			pfree(body);
	}
	return rest;
}

void
mend_errors(Run *run)
{
	List *wrong = store_pages_with_errors();
	List *pages = read_kept(run, wrong);

	channel_notice(NOTICE, NULL, "%d pages have wrong fields, %d of them are to be fetched",
				   list_length(wrong), list_length(pages));
	accounts_again(run, NIL, sections_of(pages, "section", NULL));
	activities_read_statistics(run, with_activities(sections_of(pages, "statistics", NULL)));
	activities_read(run, addresses(pages, "activity"));
}
