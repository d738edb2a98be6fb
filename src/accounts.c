/*
 * accounts.c: what a run asks of accounts.esn.org: every country and every section. No SQL, no parsing.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

#include "guc.h"
#include "run.h"

#define MAX_HINTS 5
#define MAX_NEAR 5000

typedef struct KnownSection
{
	char accounts_slug[SLUG_SIZE]; /* the key */
	char *activities_slug;         /* NULL: not known */
	char *name;
	bool recognised; /* activities.esn.org knew it */
} KnownSection;

typedef struct AccountsPhase
{
	const char *wanted;  /* slug of the one section that counts; NULL: all */
	int lists_open;      /* home page and countries not yet answered */
	List *on_map;        /* of NamedSlug: what the home page's map shows and is still to be begun */
	HTAB *known;         /* of KnownSection: what the database knows */
	bool unlisted_added; /* the known sections that are on no list are on on_map */
	HTAB *begun;         /* slugs of the sections that have been begun */
	List *near;          /* of char *: all slugs, for a hint */
} AccountsPhase;

static void
submit_url(Run *run, TaskKind kind, HttpMethod method, char *url, const char *subject,
		   SectionWork *section)
{
	ClaimedPage page = {.url = url};

	run_submit(run, kind, method, &page, subject, section);
}

static HTAB *
make_slug_table(Run *run, const char *name, Size entry_size)
{
	HASHCTL control = {.keysize = SLUG_SIZE, .entrysize = entry_size, .hcxt = run->context};

	return hash_create(name, 1024, &control, HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
}

static void
remember_known_sections(Run *run, AccountsPhase *phase)
{
	ListCell *cell;

	phase->known = make_slug_table(run, "esn_pulse known sections", sizeof(KnownSection));
	foreach (cell, store_known_sections())
	{
		SectionRow *row = lfirst(cell);
		KnownSection *known = hash_search(phase->known, row->accounts_slug, HASH_ENTER, NULL);

		known->activities_slug = row->activities_slug;
		known->name = row->name;
		known->recognised = row->recognised;
		run->recognised += row->recognised;
	}
}

static const KnownSection *
find_known_section(const Run *run, const char *accounts_slug)
{
	const AccountsPhase *phase = run->phase;

	return hash_search(phase->known, accounts_slug, HASH_FIND, NULL);
}

/* Begins those sections that have not been begun yet: their pages, and the probes of their slugs. */
static void
begin_sections(Run *run, const NamedSlug *entries, int count)
{
	AccountsPhase *phase = run->phase;
	char **urls = palloc(sizeof(char *) * Max(count, 1));
	SectionWork **sections = palloc(sizeof(SectionWork *) * Max(count, 1));
	List *claimed;
	int fresh = 0;

	for (int i = 0; i < count; i++)
	{
		const KnownSection *known;
		SectionWork *section;
		bool found;

		hash_search(phase->begun, entries[i].slug, HASH_ENTER, &found);
		if (found)
			continue;
		section = palloc0(sizeof(SectionWork));
		section->row.accounts_slug = pstrdup(entries[i].slug);
		section->row.name = pstrdup(entries[i].name);
		known = find_known_section(run, entries[i].slug);
		section->row.activities_slug = known == NULL ? NULL : known->activities_slug;
		section->row.recognised = known != NULL && known->recognised;
		urls[fresh] = unconstify(char *, entries[i].url);
		sections[fresh++] = section;
	}
	claimed = store_claim(run->id, PAGE_SECTION, urls, fresh, run->rules.hash, run->request->full);
	for (int i = 0; i < fresh; i++)
	{
		run_submit(run, TASK_SECTION, HTTP_GET, list_nth(claimed, i),
				   sections[i]->row.accounts_slug, sections[i]);
		probe_begin(run, sections[i]);
	}
	run->sections_due += fresh;
	pfree(urls);
	pfree(sections);
}

/* Whether an entry of the map is the wanted section: its slug there, or one that its name suggests for the other platform. */
static bool
is_wanted(Run *run, const AccountsPhase *phase, const NamedSlug *entry)
{
	char *guesses[SLUG_MAX_CANDIDATES];
	int count;

	if (strcmp(entry->slug, phase->wanted) == 0)
		return true;
	count = slug_candidates(server_slugger(), run->arena, entry->name, guesses);
	for (int i = 0; i < count; i++)
	{
		if (strcmp(guesses[i], phase->wanted) == 0)
			return true;
	}
	return false;
}

/* Keeps both of the slugs that an entry of the map suggests, for the hint to a slug that nobody knows. */
static void
remember_near(Run *run, AccountsPhase *phase, const NamedSlug *entry)
{
	if (list_length(phase->near) >= MAX_NEAR)
		return;
	phase->near =
		lappend(phase->near, pstrdup(slug_pathauto(server_slugger(), run->arena, entry->name)));
	phase->near = lappend(phase->near, pstrdup(entry->slug));
}

static void
search_map(Run *run, const NamedSlugList *map)
{
	AccountsPhase *phase = run->phase;

	for (int i = 0; i < map->count; i++)
	{
		remember_near(run, phase, &map->items[i]);
		if (*run->only_section == '\0' && is_wanted(run, phase, &map->items[i]))
		{
			run->only_section = pstrdup(map->items[i].slug);
			begin_sections(run, &map->items[i], 1);
		}
	}
}

static void
handle_home(Run *run, const HomePage *home)
{
	AccountsPhase *phase = run->phase;

	if (phase->wanted != NULL)
	{
		search_map(run, &home->sections);
		return;
	}
	for (int i = 0; i < home->sections.count; i++)
	{
		NamedSlug *entry = palloc(sizeof(NamedSlug));

		entry->slug = pstrdup(home->sections.items[i].slug);
		entry->name = pstrdup(home->sections.items[i].name);
		entry->url = pstrdup(home->sections.items[i].url);
		phase->on_map = lappend(phase->on_map, entry);
	}
	for (int i = 0; i < home->countries.count; i++)
	{
		const NamedSlug *country = &home->countries.items[i];

		phase->lists_open++;
		submit_url(run, TASK_COUNTRY, HTTP_GET, unconstify(char *, country->url), country->slug,
				   NULL);
	}
}

/* An answer that needs no page: it has not changed, or a section that was known is gone. */
static bool
is_settled(Run *run, const Task *task, const HttpResponse *response)
{
	if (response->outcome != HTTP_ANSWERED || task->elsewhere)
		return false;
	return response->status == 304 || ((response->status == 404 || response->status == 410) &&
									   find_known_section(run, task->subject) != NULL);
}

void
accounts_handle(Run *run, Task *task, const HttpResponse *response, const SitePage *page)
{
	AccountsPhase *phase = run->phase;
	MemoryContext before = MemoryContextSwitchTo(run->context);

	switch (task->kind)
	{
		case TASK_HOME:
			phase->lists_open--;
			if (page != NULL)
				handle_home(run, &page->home);
			else
				run->failure = psprintf("the home page of %s could not be read: %s",
										guc_accounts_url, run->page_failure);
			break;
		case TASK_COUNTRY:
			phase->lists_open--;
			if (page != NULL)
				begin_sections(run, page->country.sections.items, page->country.sections.count);
			break;
		case TASK_SECTION:
			if (page == NULL && !is_settled(run, task, response))
				task->section->failure = "its page failed";
			break;
		default:
			probe_handle(run, task, response);
			break;
	}
	if (task->section != NULL && task->section->pending == 0)
	{
		if (task->section->failure == NULL)
			run->counts.sections_processed++;
		else
			run->counts.sections_failed++;
	}
	MemoryContextSwitchTo(before);
}

/* Adds those known sections that no list shows: their own pages say whether they are gone. */
static void
add_unlisted(Run *run, AccountsPhase *phase)
{
	HASH_SEQ_STATUS scan;
	KnownSection *known;

	phase->unlisted_added = true;
	hash_seq_init(&scan, phase->known);
	while ((known = hash_seq_search(&scan)) != NULL)
	{
		NamedSlug *entry = palloc(sizeof(NamedSlug));

		entry->slug = known->accounts_slug;
		entry->name = known->name;
		entry->url = psprintf("%s/section/%s", guc_accounts_url, known->accounts_slug);
		phase->on_map = lappend(phase->on_map, entry);
	}
}

/* When all countries are in: the sections that only the map shows, then those that are known and on no list. */
static bool
feed_from_map(Run *run)
{
	AccountsPhase *phase = run->phase;
	MemoryContext before = MemoryContextSwitchTo(run->context);

	if (phase->lists_open == 0 && phase->wanted == NULL && run->failure == NULL &&
		phase->on_map == NIL && !phase->unlisted_added)
		add_unlisted(run, phase);
	while (phase->lists_open == 0 && phase->on_map != NIL && run_has_room(run))
	{
		begin_sections(run, linitial(phase->on_map), 1);
		phase->on_map = list_delete_first(phase->on_map);
	}
	MemoryContextSwitchTo(before);
	return false;
}

static AccountsPhase *
begin_phase(Run *run)
{
	AccountsPhase *phase = palloc0(sizeof(AccountsPhase));

	run->phase = phase;
	remember_known_sections(run, phase);
	phase->begun = make_slug_table(run, "esn_pulse begun sections", SLUG_SIZE);
	return phase;
}

static void
read_home(Run *run, AccountsPhase *phase)
{
	char *url = psprintf("%s/", guc_accounts_url);

	phase->lists_open = 1;
	run->only_section = phase->wanted == NULL ? NULL : "";
	submit_url(run, TASK_HOME, HTTP_GET, url, NULL, NULL);
	run_pump(run, feed_from_map);
	probe_settle(run);
}

void
accounts_run(Run *run)
{
	read_home(run, begin_phase(run));
}

void
accounts_again(Run *run, List *countries, List *sections)
{
	AccountsPhase *phase = begin_phase(run);
	ListCell *cell;

	run->only_section = NULL;
	phase->lists_open = list_length(countries);
	foreach (cell, countries)
		submit_url(run, TASK_COUNTRY, HTTP_GET, lfirst(cell),
				   slug_from_url(run->arena, lfirst(cell), "country"), NULL);
	foreach (cell, sections)
	{
		SectionRow *row = lfirst(cell);
		NamedSlug entry = {.slug = row->accounts_slug, .name = row->name};

		entry.url = psprintf("%s/section/%s", guc_accounts_url, row->accounts_slug);
		begin_sections(run, &entry, 1);
	}
	run_pump(run, NULL);
	probe_settle(run);
}

static int
distance(const char *a, const char *b)
{
	return varstr_levenshtein(a, strlen(a), b, strlen(b), 1, 1, 1, true);
}

static const char *wanted_slug;

static int
compare_nearness(const ListCell *a, const ListCell *b)
{
	return distance(lfirst(a), wanted_slug) - distance(lfirst(b), wanted_slug);
}

static void
report_unknown(AccountsPhase *phase)
{
	StringInfoData hint;

	initStringInfo(&hint);
	wanted_slug = phase->wanted;
	list_sort(phase->near, compare_nearness);
	for (int i = 0; i < Min(MAX_HINTS, list_length(phase->near)); i++)
		appendStringInfo(&hint, "%s%s", i == 0 ? "" : ", ", (char *) list_nth(phase->near, i));
	ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
					errmsg("no section has the slug \"%s\"", phase->wanted),
					errhint("The nearest known slugs: %s.", hint.data)));
}

void
accounts_find_section(Run *run, const char *slug)
{
	AccountsPhase *phase = begin_phase(run);

	phase->wanted = slug;
	read_home(run, phase);
	if (run->failure == NULL && *run->only_section == '\0' && !run->out_of_time)
		report_unknown(phase);
	run->counts.sections_processed = run->counts.sections_failed = 0;
}
