/*
 * probe.c: under which slug activities.esn.org knows a section: its name suggests some, and they are tried. No SQL, no parsing.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"

#include "guc.h"
#include "run.h"

/* Where activities.esn.org answers 200 if it knows a slug. */
static char *
probe_address(const char *slug)
{
	return psprintf("%s/organisation/%s/activities", guc_activities_url, slug);
}

static void
submit_probe(Run *run, SectionWork *section)
{
	ClaimedPage page = {.url = probe_address(section->candidates[section->candidate])};

	run_submit(run, TASK_PROBE, HTTP_HEAD, &page, section->row.accounts_slug, section);
	pfree(page.url);
}

/*
 * Records what the probes found: the slug that was answered, or NULL where none was. That a section is no longer known waits for
 * probe_settle().
 */
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
	if (section->asked != NULL)
		appendStringInfo(&json, ", \"asked\": [%s]", section->asked->data);
	appendStringInfoString(&json, ", \"url\": ");
	escape_json(&json, probe_address(slug == NULL ? section->row.accounts_slug : slug));
	appendStringInfoChar(&json, '}');
	if (section->row.recognised && slug == NULL)
		run->unrecognised = lappend(run->unrecognised, json.data);
	else
	{
		run_add_record(run, RECORD_PROBE, PAGE_KINDS, json.data);
		pfree(json.data);
	}
}

void
probe_begin(Run *run, SectionWork *section)
{
	char *guesses[SLUG_MAX_CANDIDATES];
	int count = slug_candidates(server_slugger(), run->arena, section->row.name, guesses);
	char *learned = section->row.activities_slug;

	if (learned != NULL)
		section->candidates[section->candidate_count++] = learned;
	for (int i = 0; i < count; i++)
	{
		if (learned == NULL || strcmp(learned, guesses[i]) != 0)
			section->candidates[section->candidate_count++] = pstrdup(guesses[i]);
	}
	if (section->candidate_count == 0)
		settle_probe(run, section, NULL);
	else
		submit_probe(run, section);
}

const char *
probe_answered_slug(Run *run, const HttpResponse *response)
{
	static const char tail[] = "/activities";
	const char *url = response->effective_url;
	size_t len = strcspn(url, "?#");

	if (len < sizeof(tail) || strncmp(url + len - strlen(tail), tail, strlen(tail)) != 0)
		return NULL;
	return slug_from_url(run->arena, arena_strndup(run->arena, url, len - strlen(tail)),
						 "organisation");
}

static void
note_asked(SectionWork *section, const char *url)
{
	if (section->asked == NULL)
		section->asked = makeStringInfo();
	else
		appendStringInfoString(section->asked, ", ");
	escape_json(section->asked, url);
}

void
probe_handle(Run *run, Task *task, const HttpResponse *response)
{
	SectionWork *section = task->section;
	int status = response->outcome == HTTP_ANSWERED ? response->status : 0;

	if (task->elsewhere || (status != 200 && status != 404 && status != 410))
	{
		section->failure = "its slug could not be checked";
		if (task->elsewhere)
			run_fail_elsewhere(run, task, response);
		else if (response->outcome == HTTP_ANSWERED)
			run_fail_page(run, task, response, psprintf("the site answered %d", status));
		return;
	}
	note_asked(section, task->url);
	if (status == 200)
		settle_probe(run, section, probe_answered_slug(run, response));
	else if (++section->candidate < section->candidate_count)
		submit_probe(run, section);
	else
		settle_probe(run, section, NULL);
}

void
probe_settle(Run *run)
{
	int gone = list_length(run->unrecognised);
	ListCell *cell;

	if (gone > 1 && gone > guc_max_removed_ratio * run->recognised)
	{
		run->disbelieved = true;
		run->failure =
			psprintf("%d of %d sections are no longer known to the activities platform, more than "
					 "esn_pulse.max_removed_ratio allows; it is believed of none",
					 gone, run->recognised);
	}
	else
	{
		foreach (cell, run->unrecognised)
			run_add_record(run, RECORD_PROBE, PAGE_KINDS, lfirst(cell));
		run_flush(run);
	}
	run->unrecognised = NIL;
}
