/*
 * slug_lookup.c: see slug_lookup.h. No SQL, no parsing.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/json.h"

#include "crawl/listings.h"
#include "crawl/slug_lookup.h"
#include "pg/server_slugger.h"
#include "pg/settings.h"

#define ENOUGH_CHECKS 10 /* of HEAD by GET */

/* The address at which activities.esn.org answers 200 if it knows a slug. */
static char *
lookup_address(Loop *loop, const char *slug)
{
	return psprintf("%s/activities", organisation_address(loop, slug));
}

static void
submit_candidate(Loop *loop, const TaskType *type, HttpMethod method, const SlugLookup *lookup)
{
	const char *slug = lookup->section->accounts_slug;
	ClaimedPage page = {.url = lookup_address(loop, lookup->candidates[lookup->candidate])};

	Assert(lookup->candidate < lookup->candidate_count);
	loop_submit(loop, type, method, &page, slug, slug, lookup->work);
	pfree(page.url);
}

/*
 * Records the result: the slug that the site confirmed, or NULL for none. A section that is no
 * longer known waits for slug_lookup_settle().
 */
static void
record_found(Loop *loop, SlugLookups *lookups, const SlugLookup *lookup, const char *slug)
{
	const SectionRow *section = lookup->section;
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoString(&json, "{\"section\": ");
	escape_json(&json, section->accounts_slug);
	if (slug != NULL)
	{
		records_append_member(&json, "slug", slug);
		records_append_member(&json, "activities_url", organisation_address(loop, slug));
	}
	if (lookup->tried_urls != NULL)
		appendStringInfo(&json, ", \"tried_urls\": [%s]", lookup->tried_urls->data);
	records_append_member(&json, "url",
						  lookup_address(loop, slug == NULL ? section->accounts_slug : slug));
	appendStringInfoChar(&json, '}');
	if (section->recognised && slug == NULL)
		lookups->unrecognised = lappend(lookups->unrecognised, json.data);
	else
	{
		records_add(&loop->records, RECORD_SLUG_LOOKUP, PAGE_KINDS, json.data);
		pfree(json.data);
	}
}

/* Such a guess is not this section's slug, whatever the site answers. */
static bool
belongs_to_another(const SlugLookups *lookups, const char *slug, const SectionRow *section)
{
	const OwnedSlug *owned = hash_search(lookups->owned, slug, HASH_FIND, NULL);

	return owned != NULL && strcmp(owned->owner->accounts_slug, section->accounts_slug) != 0;
}

bool
slug_lookup_begin(Loop *loop, const TaskType *type, SlugLookups *lookups, SlugLookup *lookup,
				  const SectionRow *section, void *work)
{
	char *guesses[SLUG_MAX_CANDIDATES];
	int count = slug_candidates(server_slugger(), loop->reader->arena, section->name, guesses);
	char *learned = section->activities_slug;

	lookup->section = section;
	lookup->work = work;
	if (learned != NULL)
		lookup->candidates[lookup->candidate_count++] = learned;
	for (int i = 0; i < count; i++)
	{
		if ((learned == NULL || strcmp(learned, guesses[i]) != 0) &&
			!belongs_to_another(lookups, guesses[i], section))
			lookup->candidates[lookup->candidate_count++] = pstrdup(guesses[i]);
	}
	Assert(lookup->candidate_count <= lengthof(lookup->candidates));
	if (lookup->candidate_count == 0)
	{
		record_found(loop, lookups, lookup, NULL);
		return false;
	}
	submit_candidate(loop, type, lookups->head_lies ? HTTP_GET : HTTP_HEAD, lookup);
	return true;
}

/* The slug to which the site has redirected; NULL if it shows something else. */
static const char *
answered_slug(Arena *arena, const char *url)
{
	static const char tail[] = "/activities";
	size_t len = strcspn(url, "?#");

	if (len > 0 && url[len - 1] == '/')
		len--;
	if (len < sizeof(tail) || strncmp(url + len - strlen(tail), tail, strlen(tail)) != 0)
		return NULL;
	return slug_from_url(arena, arena_strndup(arena, url, len - strlen(tail)), "organisation");
}

bool
slug_lookup_is_wrong_target(const Task *task, const char *effective_url, Arena *arena)
{
	return answered_slug(arena, effective_url) == NULL;
}

static void
note_tried(SlugLookup *lookup, const char *url)
{
	if (lookup->tried_urls == NULL)
		lookup->tried_urls = makeStringInfo();
	else
		appendStringInfoString(lookup->tried_urls, ", ");
	escape_json(lookup->tried_urls, url);
}

/* Notes what an answer of 200, 404 or 410 says about HEAD. Returns whether a GET has to decide. */
static bool
check_head(SlugLookups *lookups, SlugLookup *lookup, const HttpResponse *response)
{
	bool is_known = response->status == 200;

	if (response->method == HTTP_GET)
	{
		if (lookup->is_check && is_known)
			lookups->head_lies = true;
		else if (lookup->is_check && ++lookups->checks_agreed >= ENOUGH_CHECKS)
			lookups->head_works = true;
		lookup->is_check = false;
	}
	else if (is_known)
		lookups->head_works = true;
	else
		lookup->is_check = lookups->head_lies || !lookups->head_works;
	return lookup->is_check;
}

bool
slug_lookup_handle(Loop *loop, SlugLookups *lookups, SlugLookup *lookup, Task *task,
				   const HttpResponse *response, char **failure)
{
	int status = response->outcome == HTTP_ANSWERED ? response->status : 0;

	if (task->wrong_target || (status != 200 && status != 404 && status != 410))
	{
		*failure = "its slug could not be checked";
		if (task->wrong_target)
			loop_fail_wrong_target(loop, task, response);
		else if (response->outcome == HTTP_ANSWERED)
			loop_fail(loop, task, response, psprintf("the site answered %d", status));
		return false;
	}
	if (check_head(lookups, lookup, response))
	{
		submit_candidate(loop, task->type, HTTP_GET, lookup);
		return true;
	}
	note_tried(lookup, task->url);
	if (status == 200)
		record_found(loop, lookups, lookup,
					 answered_slug(loop->reader->arena, response->effective_url));
	/* It is known under its first candidate, so that a 200 to a guess proves nothing. */
	else if (lookup->section->recognised && !lookup->is_confirmed)
	{
		lookups->lost = loop_append(loop, lookups->lost, lookup);
		return true;
	}
	else if (++lookup->candidate < lookup->candidate_count)
	{
		submit_candidate(loop, task->type, lookups->head_lies ? HTTP_GET : HTTP_HEAD, lookup);
		return true;
	}
	else
		record_found(loop, lookups, lookup, NULL);
	return false;
}

bool
slug_lookup_confirm(Loop *loop, const TaskType *type, SlugLookups *lookups)
{
	List *lost = lookups->lost;
	ListCell *cell;

	lookups->lost = NIL;
	foreach (cell, lost)
	{
		SlugLookup *lookup = lfirst(cell);

		Assert(lookup->candidate == 0);
		lookup->is_confirmed = true;
		submit_candidate(loop, type, HTTP_GET, lookup);
	}
	return lost != NIL;
}

void
slug_lookup_settle(Loop *loop, SlugLookups *lookups)
{
	int gone = list_length(lookups->unrecognised);
	RunResult *result = loop->result;
	ListCell *cell;

	if (gone > 1 && gone > setting_max_removed_ratio * lookups->recognised)
	{
		result->implausible = true;
		result->failure =
			psprintf("%d of %d sections are no longer known to the activities platform, more than "
					 "esn_pulse.max_removed_ratio allows; none was marked as removed",
					 gone, lookups->recognised);
		return;
	}
	foreach (cell, lookups->unrecognised)
		records_add(&loop->records, RECORD_SLUG_LOOKUP, PAGE_KINDS, lfirst(cell));
	loop_flush(loop);
}
