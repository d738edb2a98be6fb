/*
 * selftest.c: see selftest.h. Each page names the next, so that no address has to be known: the
 * home page a country, a country a section; the list of activities an activity and its organiser.
 * Where a page names none, what the database knows takes its place. No SQL, no parsing.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "crawl/listings.h"
#include "crawl/selftest.h"
#include "pg/settings.h"
#include "store/sections.h"

typedef struct TestedPage
{
	char *url; /* NULL: none was known */
	int status;
	char *problem; /* NULL: the page was read */
} TestedPage;

typedef struct Selftest
{
	Loop *loop;
	TestedPage pages[PAGE_KINDS];
	const SectionRow *known; /* a section that the database knows; NULL: none */
	NamedSlug on_map;        /* a section that the home page shows; all NULL: none */
} Selftest;

static void handle_page(void *state, Task *task, const HttpResponse *response,
						const SitePage *page);

#define TESTED(constant, kind_name, type, subject) \
	[constant] = {.name = #kind_name, .page = (constant), .handle = handle_page},

static const TaskType tasks[PAGE_KINDS] = {EACH_PAGE_KIND(TESTED)};

/* Requests a page; NULL: there is none to request. */
static void
request(Selftest *test, PageKind kind, const char *url)
{
	ClaimedPage page = {.url = unconstify(char *, url)};

	Assert(test->pages[kind].url == NULL);
	if (url == NULL)
		return;
	test->pages[kind].url = MemoryContextStrdup(test->loop->info->context, url);
	loop_submit(test->loop, &tasks[kind], HTTP_GET, &page, NULL, NULL, NULL);
}

/* The known section's country: its slug on accounts.esn.org begins with the country's code. */
static const char *
known_country(const Selftest *test)
{
	if (test->known == NULL || strcspn(test->known->accounts_slug, "-") != 2)
		return NULL;
	return psprintf("%s/country/%.2s", setting_accounts_url, test->known->accounts_slug);
}

static const char *
known_section(const Selftest *test)
{
	return test->known == NULL
			   ? NULL
			   : psprintf("%s/section/%s", setting_accounts_url, test->known->accounts_slug);
}

static void
follow_home(Selftest *test, const HomePage *home)
{
	MemoryContext context = test->loop->info->context;

	if (home != NULL && home->sections.count > 0)
		test->on_map.url = MemoryContextStrdup(context, home->sections.items[0].url);
	request(test, PAGE_COUNTRY,
			home != NULL && home->countries.count > 0 ? home->countries.items[0].url
													  : known_country(test));
	if (test->pages[PAGE_COUNTRY].url == NULL)
		request(test, PAGE_SECTION, test->on_map.url);
}

static void
follow_country(Selftest *test, const CountryPage *country)
{
	request(test, PAGE_SECTION,
			country != NULL && country->sections.count > 0 ? country->sections.items[0].url
			: test->on_map.url != NULL                     ? test->on_map.url
														   : known_section(test));
}

static void
follow_listing(Selftest *test, const ListingPage *listing)
{
	const char *organiser = test->known == NULL ? NULL : test->known->activities_slug;

	if (listing != NULL && listing->card_count > 0)
		request(test, PAGE_ACTIVITY, listing->cards[0].url);
	for (int i = 0; listing != NULL && i < listing->card_count; i++)
	{
		if (listing->cards[i].organiser.slug == NULL)
			continue;
		organiser = listing->cards[i].organiser.slug;
		break;
	}
	if (organiser != NULL)
		request(test, PAGE_STATISTICS,
				psprintf("%s/statistics", organisation_address(test->loop, organiser)));
}

static void
handle_page(void *state, Task *task, const HttpResponse *response, const SitePage *page)
{
	Selftest *test = state;
	PageKind kind = task->type->page;
	TestedPage *tested = &test->pages[kind];

	tested->status = response->status;
	if (page == NULL)
		tested->problem =
			MemoryContextStrdup(test->loop->info->context,
								task->failure == NULL ? "no page came" : task->failure);
	if (kind == PAGE_HOME)
		follow_home(test, page == NULL ? NULL : &page->home);
	else if (kind == PAGE_COUNTRY)
		follow_country(test, page == NULL ? NULL : &page->country);
	else if (kind == PAGE_LISTING)
		follow_listing(test, page == NULL ? NULL : &page->listing);
}

/* A section of which both slugs are known, else any. */
static const SectionRow *
any_section(void)
{
	const SectionRow *any = NULL;
	ListCell *cell;

	foreach (cell, store_known_sections())
	{
		const SectionRow *row = lfirst(cell);

		if (any == NULL || (any->activities_slug == NULL && row->activities_slug != NULL))
			any = row;
	}
	return any;
}

static char *
answer(const Selftest *test)
{
	const PageReader *reader = test->loop->reader;
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"pages\": [");
	for (int i = 0; i < PAGE_KINDS; i++)
	{
		const TestedPage *page = &test->pages[i];

		appendStringInfo(&json, "%s{\"page_kind\": \"%s\"", i == 0 ? "" : ", ",
						 page_kind_name((PageKind) i));
		if (page->status != 0)
			appendStringInfo(&json, ", \"status\": %d", page->status);
		records_append_member(&json, "url", page->url);
		records_append_member(&json, "problem",
							  page->url == NULL ? "no address of such a page is known"
												: page->problem);
		appendStringInfoChar(&json, '}');
	}
	appendStringInfoString(&json, "], \"rules\": [");
	for (int i = 0, count = 0; i < reader->rules.count; i++)
	{
		const LoadedRule *rule = &reader->rules.names[i];

		if (reader->tally.pages[rule->kind] > 0)
			appendStringInfo(&json, "%s{%s, \"matched\": %s}", count++ == 0 ? "" : ", ", rule->json,
							 reader->tally.matched[i] > 0 ? "true" : "false");
	}
	appendStringInfoString(&json, "]}");
	return json.data;
}

char *
selftest_run(Loop *loop)
{
	Selftest *test = palloc0(sizeof(Selftest));

	Assert(loop->info->stores_nothing);
	test->loop = loop;
	test->known = any_section();
	request(test, PAGE_HOME, psprintf("%s/", setting_accounts_url));
	request(test, PAGE_LISTING, psprintf("%s/activities?page=0", setting_activities_url));
	loop_run(loop, NULL, test);
	return answer(test);
}
