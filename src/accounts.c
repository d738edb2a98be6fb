/*
 * accounts.c: what a run asks of accounts.esn.org: every country, every section, and whether activities.esn.org knows it. No SQL, no
 * parsing.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/json.h"
#include "utils/memutils.h"
#include "utils/varlena.h"

#include "guc.h"
#include "run.h"

#define MAX_HINTS 5

typedef struct AccountsPhase
{
	const char *wanted; /* slug of the one section that counts; NULL: all */
	SectionWork *found; /* it */
	int lists_open;     /* home page and countries not yet answered */
	List *on_map;       /* of SectionRow: what the home page's map shows */
	List *sections;     /* of SectionWork: what has been begun */
	List *known;        /* of SectionRow: what the database knows */
	List *near;         /* of char *: all slugs, for a hint */
} AccountsPhase;

static void
submit_url(Run *run, TaskKind kind, HttpMethod method, char *url, const char *subject,
		   SectionWork *section)
{
	ClaimedPage page = {.url = url};

	run_submit(run, kind, method, &page, subject, section);
}

static char *
known_activities_slug(const AccountsPhase *phase, const char *accounts_slug)
{
	ListCell *cell;

	foreach (cell, phase->known)
	{
		SectionRow *row = lfirst(cell);

		if (strcmp(row->accounts_slug, accounts_slug) == 0)
			return row->activities_slug;
	}
	return NULL;
}

static void
submit_probe(Run *run, SectionWork *section)
{
	char *url = psprintf("%s/organisation/%s/activities", guc_activities_url,
						 section->candidates[section->candidate]);

	submit_url(run, TASK_PROBE, HTTP_HEAD, url, section->row.accounts_slug, section);
	pfree(url);
}

/* Records what the probes found: the slug that was answered, or NULL where none was. */
static void
settle_probe(Run *run, SectionWork *section, const char *slug)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"section\": ");
	escape_json(&json, section->row.accounts_slug);
	if (slug != NULL)
	{
		appendStringInfoString(&json, ", \"slug\": ");
		escape_json(&json, slug);
		appendStringInfoString(&json, ", \"activities_url\": ");
		escape_json(&json, psprintf("%s/organisation/%s", guc_activities_url, slug));
	}
	appendStringInfoChar(&json, '}');
	run_add_record(run, RECORD_PROBE, PAGE_KINDS, json.data);
	pfree(json.data);
}

void
accounts_probe(Run *run, SectionWork *section)
{
	AccountsPhase *phase = run->phase;
	char *guesses[SLUG_MAX_CANDIDATES];
	int count = slug_candidates(run->slugger, run->arena, section->row.name, guesses);
	char *known = known_activities_slug(phase, section->row.accounts_slug);

	if (known != NULL)
		section->candidates[section->candidate_count++] = known;
	for (int i = 0; i < count; i++)
	{
		if (known == NULL || strcmp(known, guesses[i]) != 0)
			section->candidates[section->candidate_count++] = pstrdup(guesses[i]);
	}
	if (section->candidate_count == 0)
		settle_probe(run, section, NULL);
	else
		submit_probe(run, section);
}

static void
begin_section(Run *run, const char *slug, const char *name, char *url)
{
	AccountsPhase *phase = run->phase;
	SectionWork *section;
	List *claimed;
	ListCell *cell;

	foreach (cell, phase->sections)
	{
		if (strcmp(((SectionWork *) lfirst(cell))->row.accounts_slug, slug) == 0)
			return;
	}
	section = palloc0(sizeof(SectionWork));
	section->row.accounts_slug = pstrdup(slug);
	section->row.name = pstrdup(name);
	phase->sections = lappend(phase->sections, section);
	phase->found = section;
	run->sections_due = list_length(phase->sections);
	claimed = store_claim(run->id, PAGE_SECTION, &url, 1, run->rules_hash, run->request->full);
	foreach (cell, claimed)
		run_submit(run, TASK_SECTION, HTTP_GET, lfirst(cell), slug, section);
	accounts_probe(run, section);
}

/* Whether an entry of the map is the wanted section: its slug there, or one that its name suggests for the other platform. */
static bool
is_wanted(Run *run, const AccountsPhase *phase, const NamedSlug *entry)
{
	char *guesses[SLUG_MAX_CANDIDATES];
	int count;

	if (strcmp(entry->slug, phase->wanted) == 0)
		return true;
	count = slug_candidates(run->slugger, run->arena, entry->name, guesses);
	for (int i = 0; i < count; i++)
	{
		if (strcmp(guesses[i], phase->wanted) == 0)
			return true;
	}
	return false;
}

static void
handle_home(Run *run, const HomePage *home)
{
	AccountsPhase *phase = run->phase;

	for (int i = 0; i < home->sections.count; i++)
	{
		const NamedSlug *entry = &home->sections.items[i];

		if (phase->wanted == NULL)
		{
			SectionRow *row = palloc0(sizeof(SectionRow));

			row->accounts_slug = pstrdup(entry->slug);
			row->name = pstrdup(entry->name);
			row->activities_slug = pstrdup(entry->url); /* of the map's link: where to read it */
			phase->on_map = lappend(phase->on_map, row);
			continue;
		}
		phase->near = lappend(phase->near, slug_pathauto(run->slugger, run->arena, entry->name));
		llast(phase->near) = pstrdup(llast(phase->near));
		phase->near = lappend(phase->near, pstrdup(entry->slug));
		if (phase->found == NULL && is_wanted(run, phase, entry))
		{
			run->only_section = pstrdup(entry->slug);
			begin_section(run, entry->slug, entry->name, unconstify(char *, entry->url));
		}
	}
	for (int i = 0; phase->wanted == NULL && i < home->countries.count; i++)
	{
		const NamedSlug *country = &home->countries.items[i];

		phase->lists_open++;
		submit_url(run, TASK_COUNTRY, HTTP_GET, unconstify(char *, country->url), country->slug,
				   NULL);
	}
}

/* A slug is right where the site answers 200; 404 and 410 send us to the next candidate; anything else is no answer. */
static void
handle_probe(Run *run, Task *task, const HttpResponse *response)
{
	SectionWork *section = task->section;

	if (response->outcome != HTTP_ANSWERED)
		section->failure = "its slug could not be checked";
	else if (response->status == 200)
		settle_probe(run, section, section->candidates[section->candidate]);
	else if (response->status != 404 && response->status != 410)
	{
		section->failure = "its slug could not be checked";
		run_fail_page(run, task, response, psprintf("the site answered %d", response->status));
	}
	else if (++section->candidate < section->candidate_count)
		submit_probe(run, section);
	else
		settle_probe(run, section, NULL);
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
			for (int i = 0; page != NULL && i < page->country.sections.count; i++)
			{
				const NamedSlug *entry = &page->country.sections.items[i];

				begin_section(run, entry->slug, entry->name, unconstify(char *, entry->url));
			}
			break;
		case TASK_SECTION:
			if (page == NULL && response->status != 304)
				task->section->failure = "its page failed";
			break;
		default:
			handle_probe(run, task, response);
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

/* When all countries are in: the sections that only the map shows. */
static void
feed_from_map(Run *run)
{
	AccountsPhase *phase = run->phase;
	MemoryContext before = MemoryContextSwitchTo(run->context);

	while (phase->lists_open == 0 && phase->on_map != NIL && run_has_room(run))
	{
		SectionRow *row = linitial(phase->on_map);

		phase->on_map = list_delete_first(phase->on_map);
		begin_section(run, row->accounts_slug, row->name, row->activities_slug);
	}
	MemoryContextSwitchTo(before);
}

static void
read_home(Run *run, AccountsPhase *phase)
{
	char *url = psprintf("%s/", guc_accounts_url);

	phase->known = store_known_sections();
	phase->lists_open = 1;
	run->phase = phase;
	run->only_section = phase->wanted == NULL ? NULL : "";
	submit_url(run, TASK_HOME, HTTP_GET, url, NULL, NULL);
	run_pump(run, feed_from_map);
}

void
accounts_run(Run *run)
{
	AccountsPhase *phase = palloc0(sizeof(AccountsPhase));

	read_home(run, phase);
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
	AccountsPhase *phase = palloc0(sizeof(AccountsPhase));

	phase->wanted = slug;
	read_home(run, phase);
	if (run->failure == NULL && phase->found == NULL && !run->out_of_time)
		report_unknown(phase);
	run->counts.sections_processed = run->counts.sections_failed = 0;
}
