/*
 * accounts.c: see accounts.h. No SQL, no parsing.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "crawl/accounts.h"
#include "crawl/slug_lookup.h"
#include "pg/server_slugger.h"
#include "pg/settings.h"
#include "store/sections.h"
#include "launch.h"

#define MAX_HINTS 5
#define MAX_NEAR 5000

/* A section that the database knows. */
typedef struct KnownSection
{
	char key[SLUG_SIZE]; /* its slug on accounts.esn.org */
	SectionRow *row;
} KnownSection;

/* A section that the run reads. It is done when none of its requests is pending. */
typedef struct SectionTask
{
	SectionRow row;
	SlugLookup lookup;
	int pending;   /* requests submitted and not yet handled */
	char *failure; /* why it does not count as processed; NULL: it does */
} SectionTask;

typedef struct AccountsSpider
{
	Loop *loop;
	const char *wanted;       /* slug of the one section that counts; NULL: all */
	const char *found;        /* its slug on accounts.esn.org; NULL: not found */
	const char *last_failure; /* of a request, to report if one section was wanted */
	int lists_open;           /* the home page and countries without an answer */
	List *on_map;        /* of NamedSlug: sections on the home page's map that have not begun */
	HTAB *known;         /* of KnownSection */
	bool unlisted_added; /* on_map includes the known sections that no list shows */
	HTAB *begun;         /* slugs of the sections that have begun */
	SlugLookups lookups;
	List *near_slugs; /* of char *: all slugs, for a hint */
} AccountsSpider;

static void handle_home_page(void *state, Task *task, const HttpResponse *response,
							 const SitePage *page);
static void handle_country(void *state, Task *task, const HttpResponse *response,
						   const SitePage *page);
static void handle_section(void *state, Task *task, const HttpResponse *response,
						   const SitePage *page);
static void handle_slug_lookup(void *state, Task *task, const HttpResponse *response,
							   const SitePage *page);

static const TaskType home_task = {.name = "home", .page = PAGE_HOME, .handle = handle_home_page};
static const TaskType country_task = {.name = "country",
									  .page = PAGE_COUNTRY,
									  .handle = handle_country};
static const TaskType section_task = {.name = "section",
									  .page = PAGE_SECTION,
									  .moves_within = "section",
									  .handle = handle_section};
static const TaskType lookup_task = {.name = "slug_lookup",
									 .page = PAGE_KINDS,
									 .is_wrong_target = slug_lookup_is_wrong_target,
									 .handle = handle_slug_lookup};

static HTAB *
make_slug_table(AccountsSpider *spider, const char *name, Size entry_size)
{
	HASHCTL control = {.keysize = SLUG_SIZE,
					   .entrysize = entry_size,
					   .hcxt = spider->loop->info->context};

	return hash_create(name, 1024, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
}

static void
own_slug(SlugLookups *lookups, const SectionRow *section)
{
	OwnedSlug *owned = hash_search(lookups->owned, section->activities_slug, HASH_ENTER, NULL);

	owned->owner = section;
}

static void
load_known_sections(AccountsSpider *spider)
{
	ListCell *cell;

	spider->known = make_slug_table(spider, "esn_pulse known sections", sizeof(KnownSection));
	spider->lookups.owned = make_slug_table(spider, "esn_pulse owned slugs", sizeof(OwnedSlug));
	foreach (cell, store_known_sections())
	{
		SectionRow *row = lfirst(cell);
		KnownSection *known = hash_search(spider->known, row->accounts_slug, HASH_ENTER, NULL);

		known->row = row;
		spider->lookups.recognised += row->recognised;
		if (row->activities_slug != NULL)
			own_slug(&spider->lookups, row);
	}
}

static const SectionRow *
find_known_section(const AccountsSpider *spider, const char *accounts_slug)
{
	const KnownSection *known = hash_search(spider->known, accounts_slug, HASH_FIND, NULL);

	return known == NULL ? NULL : known->row;
}

static SectionTask *
make_section_task(const AccountsSpider *spider, const NamedSlug *entry)
{
	SectionTask *section = palloc0(sizeof(SectionTask));
	const SectionRow *known = find_known_section(spider, entry->slug);

	section->row.accounts_slug = pstrdup(entry->slug);
	section->row.name = pstrdup(entry->name);
	section->row.activities_slug = known == NULL ? NULL : known->activities_slug;
	section->row.recognised = known != NULL && known->recognised;
	return section;
}

/* Begins the sections that have not begun yet: requests their pages and looks up their slugs. */
static void
begin_sections(AccountsSpider *spider, const NamedSlug *entries, int count)
{
	Loop *loop = spider->loop;
	char **urls = palloc(sizeof(char *) * Max(count, 1));
	SectionTask **sections = palloc(sizeof(SectionTask *) * Max(count, 1));
	List *claimed;
	int fresh = 0;

	for (int i = 0; i < count; i++)
	{
		bool found;

		hash_search(spider->begun, entries[i].slug, HASH_ENTER, &found);
		if (found)
			continue;
		urls[fresh] = unconstify(char *, entries[i].url);
		sections[fresh++] = make_section_task(spider, &entries[i]);
	}
	elog(DEBUG1, "esn_pulse: claim %d sections", fresh);
	claimed = store_claim(loop->info->id, PAGE_SECTION, urls, fresh, loop->reader->rules.hash,
						  loop->info->full);
	Assert(list_length(claimed) == fresh);
	for (int i = 0; i < fresh; i++)
	{
		SectionTask *section = sections[i];
		const char *slug = section->row.accounts_slug;

		section->pending++;
		loop_submit(loop, &section_task, HTTP_GET, list_nth(claimed, i), slug, slug, section);
		section->pending += slug_lookup_begin(loop, &lookup_task, &spider->lookups,
											  &section->lookup, &section->row, section);
	}
	loop->result->sections_due += fresh;
	pfree(urls);
	pfree(sections);
}

/*
 * Whether an entry of the map is the wanted section, by its slug there or by a slug that its name
 * suggests for the other platform.
 */
static bool
is_wanted(const AccountsSpider *spider, const NamedSlug *entry)
{
	char *guesses[SLUG_MAX_CANDIDATES];
	int count;

	if (strcmp(entry->slug, spider->wanted) == 0)
		return true;
	count = slug_candidates(server_slugger(), spider->loop->reader->arena, entry->name, guesses);
	for (int i = 0; i < count; i++)
	{
		if (strcmp(guesses[i], spider->wanted) == 0)
			return true;
	}
	return false;
}

/* Keeps both slugs of an entry of the map, for the hint to an unknown slug. */
static void
remember_near(AccountsSpider *spider, const NamedSlug *entry)
{
	if (list_length(spider->near_slugs) >= MAX_NEAR)
		return;
	spider->near_slugs =
		lappend(spider->near_slugs,
				pstrdup(slug_pathauto(server_slugger(), spider->loop->reader->arena, entry->name)));
	spider->near_slugs = lappend(spider->near_slugs, pstrdup(entry->slug));
}

static void
search_map(AccountsSpider *spider, const NamedSlugList *map)
{
	for (int i = 0; i < map->count; i++)
	{
		remember_near(spider, &map->items[i]);
		if (spider->found == NULL && is_wanted(spider, &map->items[i]))
		{
			spider->found = pstrdup(map->items[i].slug);
			spider->loop->only_section = spider->found;
			begin_sections(spider, &map->items[i], 1);
		}
	}
}

static void
submit_country(AccountsSpider *spider, const char *url, const char *slug)
{
	ClaimedPage page = {.url = unconstify(char *, url)};

	spider->lists_open++;
	loop_submit(spider->loop, &country_task, HTTP_GET, &page, slug, NULL, NULL);
}

static void
read_home(AccountsSpider *spider, const HomePage *home)
{
	if (spider->wanted != NULL)
	{
		search_map(spider, &home->sections);
		return;
	}
	for (int i = 0; i < home->sections.count; i++)
	{
		NamedSlug *entry = palloc(sizeof(NamedSlug));

		entry->slug = pstrdup(home->sections.items[i].slug);
		entry->name = pstrdup(home->sections.items[i].name);
		entry->url = pstrdup(home->sections.items[i].url);
		spider->on_map = lappend(spider->on_map, entry);
	}
	for (int i = 0; i < home->countries.count; i++)
		submit_country(spider, home->countries.items[i].url, home->countries.items[i].slug);
}

static void
handle_home_page(void *state, Task *task, const HttpResponse *response, const SitePage *page)
{
	AccountsSpider *spider = state;
	MemoryContext before = MemoryContextSwitchTo(spider->loop->info->context);

	Assert(spider->lists_open > 0);
	spider->lists_open--;
	if (page != NULL)
		read_home(spider, &page->home);
	else
		spider->loop->result->failure =
			psprintf("the home page of %s could not be read: %s", setting_accounts_url,
					 task->failure == NULL ? "it has not changed" : task->failure);
	MemoryContextSwitchTo(before);
}

static void
handle_country(void *state, Task *task, const HttpResponse *response, const SitePage *page)
{
	AccountsSpider *spider = state;
	MemoryContext before = MemoryContextSwitchTo(spider->loop->info->context);

	Assert(spider->lists_open > 0);
	spider->lists_open--;
	if (page != NULL)
		begin_sections(spider, page->country.sections.items, page->country.sections.count);
	MemoryContextSwitchTo(before);
}

/* Counts a section when its last request was handled. */
static void
settle_section(AccountsSpider *spider, SectionTask *section)
{
	RunCounts *counts = &spider->loop->result->counts;

	Assert(section->pending > 0);
	if (--section->pending > 0)
		return;
	if (section->failure == NULL)
		counts->sections_processed++;
	else
		counts->sections_failed++;
}

/* Keeps the reason for a failed request. */
static void
note_failure(AccountsSpider *spider, const Task *task)
{
	if (task->failure != NULL)
		spider->last_failure = pstrdup(task->failure);
}

/* Whether an answer needs no page: it has not changed, or a known section is gone. */
static bool
is_settled(const AccountsSpider *spider, const Task *task, const HttpResponse *response)
{
	if (response->outcome != HTTP_ANSWERED || task->wrong_target)
		return false;
	return response->status == 304 || ((response->status == 404 || response->status == 410) &&
									   find_known_section(spider, task->subject) != NULL);
}

static void
handle_section(void *state, Task *task, const HttpResponse *response, const SitePage *page)
{
	AccountsSpider *spider = state;
	MemoryContext before = MemoryContextSwitchTo(spider->loop->info->context);
	SectionTask *section = task->work;

	note_failure(spider, task);
	if (page == NULL && !is_settled(spider, task, response))
		section->failure = "its page failed";
	settle_section(spider, section);
	MemoryContextSwitchTo(before);
}

static void
handle_slug_lookup(void *state, Task *task, const HttpResponse *response, const SitePage *page)
{
	AccountsSpider *spider = state;
	MemoryContext before = MemoryContextSwitchTo(spider->loop->info->context);
	SectionTask *section = task->work;

	section->pending += slug_lookup_handle(spider->loop, &spider->lookups, &section->lookup, task,
										   response, &section->failure);
	note_failure(spider, task);
	settle_section(spider, section);
	MemoryContextSwitchTo(before);
}

/* Adds the known sections that no list shows: their own pages will show whether they are gone. */
static void
add_unlisted(AccountsSpider *spider)
{
	HASH_SEQ_STATUS scan;
	KnownSection *known;

	spider->unlisted_added = true;
	hash_seq_init(&scan, spider->known);
	while ((known = hash_seq_search(&scan)) != NULL)
	{
		NamedSlug *entry = palloc(sizeof(NamedSlug));

		entry->slug = known->row->accounts_slug;
		entry->name = known->row->name;
		entry->url = psprintf("%s/section/%s", setting_accounts_url, known->row->accounts_slug);
		spider->on_map = lappend(spider->on_map, entry);
	}
}

/*
 * Submits, once all countries were read, the sections that only the map shows, then those that no
 * list shows.
 */
static bool
submit_from_map(void *state)
{
	AccountsSpider *spider = state;
	Loop *loop = spider->loop;
	MemoryContext before = MemoryContextSwitchTo(loop->info->context);

	while (spider->lists_open == 0 && loop_has_room(loop))
	{
		if (spider->on_map == NIL && spider->wanted == NULL && loop->result->failure == NULL &&
			!spider->unlisted_added)
			add_unlisted(spider);
		if (spider->on_map == NIL)
			break;
		begin_sections(spider, linitial(spider->on_map), 1);
		spider->on_map = list_delete_first(spider->on_map);
	}
	MemoryContextSwitchTo(before);
	return false;
}

static AccountsSpider *
open_spider(Loop *loop)
{
	AccountsSpider *spider = MemoryContextAllocZero(loop->info->context, sizeof(AccountsSpider));

	spider->loop = loop;
	load_known_sections(spider);
	spider->begun = make_slug_table(spider, "esn_pulse begun sections", SLUG_SIZE);
	return spider;
}

/* Reads what slug_lookup_confirm() requests, and ends the lookups. */
static void
end_lookups(AccountsSpider *spider)
{
	Loop *loop = spider->loop;

	if (!loop->result->out_of_time && !loop->result->blocked &&
		slug_lookup_confirm(loop, &lookup_task, &spider->lookups))
		loop_run(loop, NULL, spider);
	slug_lookup_settle(loop, &spider->lookups);
}

static void
run_from_home(AccountsSpider *spider)
{
	static const Spider from_map = {.submit_more = submit_from_map};
	Loop *loop = spider->loop;
	ClaimedPage page = {.url = psprintf("%s/", setting_accounts_url)};

	spider->lists_open = 1;
	/* No section is stored until the wanted one is found. */
	loop->only_section = spider->wanted == NULL ? NULL : "";
	loop_submit(loop, &home_task, HTTP_GET, &page, NULL, NULL, NULL);
	loop_run(loop, &from_map, spider);
	end_lookups(spider);
}

void
accounts_run(Loop *loop)
{
	run_from_home(open_spider(loop));
}

void
accounts_read_again(Loop *loop, List *countries, List *sections)
{
	AccountsSpider *spider = open_spider(loop);
	ListCell *cell;

	loop->only_section = NULL;
	foreach (cell, countries)
		submit_country(spider, lfirst(cell),
					   slug_from_url(loop->reader->arena, lfirst(cell), "country"));
	foreach (cell, sections)
	{
		SectionRow *row = lfirst(cell);
		NamedSlug entry = {.slug = row->accounts_slug, .name = row->name};

		entry.url = psprintf("%s/section/%s", setting_accounts_url, row->accounts_slug);
		begin_sections(spider, &entry, 1);
	}
	loop_run(loop, NULL, spider);
	end_lookups(spider);
}

static void
report_unknown(const AccountsSpider *spider)
{
	char *nearest = store_nearest_slugs(spider->wanted, spider->near_slugs, MAX_HINTS);

	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("no section has the slug \"%s\"", spider->wanted),
					nearest == NULL ? 0 : errhint("The nearest known slugs: %s.", nearest)));
}

const char *
accounts_find_section(Loop *loop, const char *slug, const char **failure)
{
	AccountsSpider *spider = open_spider(loop);
	RunResult *result = loop->result;
	int due = result->sections_due;

	spider->wanted = slug;
	run_from_home(spider);
	if (result->failure == NULL && spider->found == NULL && !result->out_of_time)
	{
		if (find_known_section(spider, slug) == NULL)
			report_unknown(spider);
		if (spider->last_failure == NULL)
			spider->last_failure = psprintf("%s lists no such section", setting_accounts_url);
	}
	/* Those that were looked at on the way do not count. */
	result->counts.sections_processed = result->counts.sections_failed = 0;
	result->sections_due = due;
	if (spider->last_failure != NULL)
		*failure = spider->last_failure;
	return result->failure == NULL && !result->out_of_time ? spider->found : NULL;
}
