/*
 * activities.c: see activities.h. No SQL, no parsing.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/slug.h"
#include "base/url.h"
#include "crawl/activities.h"
#include "crawl/activity_queue.h"
#include "crawl/listings.h"
#include "crawl/section_queue.h"
#include "pg/channel.h"
#include "pg/settings.h"
#include "pg/wake.h"

struct ActivitiesSpider
{
	Loop *loop;
	ActivityQueue activities;
	List *addresses; /* of activities_read(), to be requested */
	/* sections */
	SectionQueue sections;
	List *finished;       /* of Listing, whose end is in the batch */
	bool only_statistics; /* the lists of the sections are not read */
	bool recount;         /* the sections were begun before */
	bool takes_requests;  /* for sections that somebody asks for meanwhile */
	Listing *preferred;   /* the section that is read first; NULL: none */
	bool store_now;       /* it is in the batch, and somebody waits for it */
	/* lists */
	List *listed;      /* of ListedPage */
	List *reading;     /* of Listing, with further pages to be requested */
	Listing *network;  /* the network's own list, while it is read; NULL: it is not */
	bool network_read; /* it has been: lists that are not due in full need not be */
};

static void handle_listing(void *state, Task *task, const HttpResponse *response,
						   const SitePage *page);
static void handle_activity(void *state, Task *task, const HttpResponse *response,
							const SitePage *page);
static void handle_statistics(void *state, Task *task, const HttpResponse *response,
							  const SitePage *page);

/* The address says whose a list or statistics are: a redirect to another page shows something else.
 */
static bool
is_other_page(const Task *task, const char *effective_url, Arena *arena)
{
	return !url_same_page(task->url, effective_url);
}

/* Where the section's list failed, too, it is rather the site than the section that has none. */
static const char *
no_statistics(const Task *task)
{
	const Listing *listing = task->work;

	return listing->failure != NULL
			   ? NULL
			   : "{\"kind\": \"statistics\", \"data\": {\"json\": null}, \"errors\": []}";
}

static const TaskType listing_task = {.name = "listing",
									  .page = PAGE_LISTING,
									  .is_wrong_target = is_other_page,
									  .handle = handle_listing};
const TaskType activity_task = {.name = "activity",
								.page = PAGE_ACTIVITY,
								.moves_within = "activity",
								.handle = handle_activity};
const TaskType statistics_task = {.name = "statistics",
								  .page = PAGE_STATISTICS,
								  .is_wrong_target = is_other_page,
								  .absent_json = no_statistics,
								  .handle = handle_statistics};

ActivitiesSpider *
activities_open(Loop *loop)
{
	MemoryContext context = loop->info->context;
	ActivitiesSpider *spider = MemoryContextAllocZero(context, sizeof(ActivitiesSpider));

	spider->loop = loop;
	activity_queue_init(&spider->activities, loop, &activity_task);
	section_queue_init(&spider->sections, loop);
	return spider;
}

/* The network's own list has been read, or was of no use. */
static void
finish_network(ActivitiesSpider *spider)
{
	const char *failure = spider->network->failure;

	spider->network_read = failure == NULL;
	if (failure != NULL)
		channel_notice(NOTICE, NULL,
					   "the network's own list could not be used (%s): reading the sections' lists",
					   failure);
	listing_free(spider->network);
	spider->network = NULL;
}

static void
prefer(ActivitiesSpider *spider, Listing *section)
{
	spider->preferred = section;
	loop_prefer(spider->loop, section);
}

static void
close_section(ActivitiesSpider *spider, Listing *section)
{
	section_queue_count(&spider->sections, section);
	listing_log(section, spider->loop->info, !spider->only_statistics);
	if (section->requested_by_run != 0)
		store_end_waiting(section->requested_by_run, section->failure);
	listing_free(section);
}

/* Nothing of a section is pending. Whether its list is believed shows when the batch is stored. */
static void
finish_section(ActivitiesSpider *spider, Listing *section)
{
	section_queue_finish(&spider->sections, section);
	if (section == spider->preferred)
	{
		prefer(spider, NULL);
		spider->store_now = true;
	}
	if (section == spider->network)
		finish_network(spider);
	else if (section->failure != NULL || spider->only_statistics)
		close_section(spider, section);
	else
	{
		spider->finished = loop_append(spider->loop, spider->finished, section);
		records_add(&spider->loop->records, RECORD_SECTION_DONE, PAGE_KINDS,
					listing_json(spider->loop, section));
	}
}

static void
finish_if_done(ActivitiesSpider *spider, Listing *section)
{
	if (listing_is_done(section))
		finish_section(spider, section);
}

/* Begins the next of the sections that wait: its list, and its statistics. */
static Listing *
open_next_section(ActivitiesSpider *spider)
{
	Loop *loop = spider->loop;
	const ClaimedPage *page;
	Listing *section = section_queue_open_next(&spider->sections, &page);

	if (spider->only_statistics || (spider->network_read && !section->full_listing))
		section->pages = 1;
	else
		listing_submit(loop, &listing_task, section);
	if (page != NULL)
	{
		section->pending++;
		loop_submit(loop, &statistics_task, HTTP_GET, page, section->row.activities_slug,
					section->row.accounts_slug, section);
	}
	return section;
}

/* The section as it is being read; begins it if that has not happened yet. */
static Listing *
find_or_open_section(ActivitiesSpider *spider, SectionRow *row)
{
	Listing *section = section_queue_find_open(&spider->sections, row->id);

	if (section != NULL)
		return section;
	if (section_queue_put_first(&spider->sections, row))
		return open_next_section(spider);
	return section_queue_open_again(&spider->sections, row);
}

/* Reads the next of the sections that were asked for before everything else. */
static void
begin_request(ActivitiesSpider *spider)
{
	SectionRequest *request = linitial(spider->sections.requests);
	Listing *section = find_or_open_section(spider, &request->section);

	section->requested_by_run = request->run;
	prefer(spider, section);
	activity_queue_read(&spider->activities, section,
						store_due_activities(request->section.id, spider->loop->info->full));
	spider->sections.requests = list_delete_first(spider->sections.requests);
	finish_if_done(spider, section);
}

/* Whether something of the preferred section is to be requested, room or not. */
static bool
is_urgent(const ActivitiesSpider *spider)
{
	ListCell *cell;

	if (spider->preferred == NULL)
		return false;
	foreach (cell, spider->listed)
	{
		if (((ListedPage *) lfirst(cell))->listing == spider->preferred)
			return true;
	}
	return spider->reading != NIL && linitial(spider->reading) == spider->preferred;
}

/* Further pages of a list are to be requested. */
static void
read_further(ActivitiesSpider *spider, Listing *listing)
{
	if (listing == spider->preferred)
		spider->reading = loop_prepend(spider->loop, spider->reading, listing);
	else
		spider->reading = loop_append(spider->loop, spider->reading, listing);
}

/* Claims and submits what the pages of lists show that have been read; before they are stored. */
static void
claim_listed(void *state)
{
	ActivitiesSpider *spider = state;
	const Loop *loop = spider->loop;
	List *listed = spider->listed;
	ListCell *cell;

	if (listed == NIL)
		return;
	spider->listed = NIL;
	elog(DEBUG1, "esn_pulse: claim the cards of %d pages", list_length(listed));
	store_claim_cards(loop->info->id, listed, loop->reader->rules.hash, loop->info->full);
	foreach (cell, listed)
	{
		ListedPage *page = lfirst(cell);
		Listing *listing = page->listing;

		activity_queue_submit(&spider->activities, listing, page->cards.claimed);
		listing->pending--;
		if (listing_extend(listing, page))
			read_further(spider, listing);
		finish_if_done(spider, listing);
		pfree(page->cards.json);
		pfree(page);
	}
	list_free(listed);
}

static void
submit_next_page(ActivitiesSpider *spider)
{
	Listing *listing = linitial(spider->reading);

	listing_submit(spider->loop, &listing_task, listing);
	if (listing_is_requested(listing))
		spider->reading = list_delete_first(spider->reading);
}

/*
 * First the sections that somebody has asked for. While the queue has room: what lists show, the
 * next pages of those that are being read, then the next sections, so that little is open at once;
 * then what is due. While the network's own list is read, page by page, what is due comes between:
 * only its end says which lists of sections are needed.
 */
static bool
submit_more(void *state)
{
	ActivitiesSpider *spider = state;

	if (spider->store_now)
		loop_flush(spider->loop);
	spider->store_now = false;
	if (spider->takes_requests && wake_was_requested())
		section_queue_take_requests(&spider->sections);
	while (spider->preferred == NULL && spider->sections.requests != NIL)
		begin_request(spider);
	while (is_urgent(spider) || loop_has_room(spider->loop))
	{
		if (spider->listed != NIL)
			claim_listed(spider);
		else if (spider->reading != NIL)
			submit_next_page(spider);
		else if (spider->network == NULL && spider->sections.waiting != NIL)
			finish_if_done(spider, open_next_section(spider));
		else if (spider->activities.due_open)
		{
			/* One step at a time: much of which nothing is left to request must not hold up the
			 * line. */
			activity_queue_submit_due(&spider->activities);
			return spider->activities.due_open;
		}
		else
			return false;
	}
	return false;
}

static void
after_store(void *state, List *implausible)
{
	ActivitiesSpider *spider = state;
	ListCell *cell;
	ListCell *other;

	foreach (cell, spider->finished)
	{
		Listing *section = lfirst(cell);

		foreach (other, implausible)
		{
			const ImplausibleList *list = lfirst(other);

			if (list->section == section->row.id)
				listing_reject(section, spider->loop, list);
		}
		close_section(spider, section);
	}
	list_free(spider->finished);
	spider->finished = NIL;
	activity_queue_stored(&spider->activities);
}

/*
 * What the page shows waits to be claimed together with what others show, until there is room for
 * more requests, or it is to be stored.
 */
static void
handle_listing(void *state, Task *task, const HttpResponse *response, const SitePage *page)
{
	ActivitiesSpider *spider = state;
	Listing *listing = task->work;
	MemoryContext before = MemoryContextSwitchTo(spider->loop->info->context);

	listing->pending--;
	if (page == NULL)
		listing->failure = "a page of its list failed";
	else
	{
		if (page->listing.incomplete != NULL)
		{
			listing->failure = "its list cannot be read completely";
			loop_fail(spider->loop, task, response, page->listing.incomplete);
		}
		spider->listed = lappend(spider->listed, listing_read(listing, &page->listing, task->json));
		listing->pending++;
	}
	MemoryContextSwitchTo(before);
	finish_if_done(spider, listing);
}

static void
handle_activity(void *state, Task *task, const HttpResponse *response, const SitePage *page)
{
	ActivitiesSpider *spider = state;
	Listing *listing = task->work;

	activity_queue_answered(&spider->activities, task);
	if (listing == NULL)
		return;
	listing->pending--;
	listing->activities++;
	finish_if_done(spider, listing);
}

/* An answer that needs no page: they have not changed, or the section has none. */
static bool
has_no_statistics(const HttpResponse *response)
{
	return response->outcome == HTTP_ANSWERED &&
		   (response->status == 304 || response->status == 404 || response->status == 410);
}

static void
handle_statistics(void *state, Task *task, const HttpResponse *response, const SitePage *page)
{
	ActivitiesSpider *spider = state;
	Listing *section = task->work;

	section->pending--;
	if (page == NULL && (task->wrong_target || !has_no_statistics(response)))
		section->failure = "its statistics failed";
	finish_if_done(spider, section);
}

static const Spider sections_spider = {.submit_more = submit_more,
									   .before_store = claim_listed,
									   .after_store = after_store};

static bool
run_sections(ActivitiesSpider *spider, List *sections)
{
	int count = section_queue_fill(&spider->sections, sections, spider->recount);

	spider->reading = spider->listed = NIL;
	if (count == 0 && !spider->activities.due_open)
		return false;
	if (!spider->recount)
		spider->loop->result->sections_due += count;
	loop_run(spider->loop, &sections_spider, spider);
	return true;
}

bool
activities_run(ActivitiesSpider *spider, List *sections)
{
	spider->only_statistics = false;
	return run_sections(spider, sections);
}

bool
activities_refresh(ActivitiesSpider *spider, List *sections, bool whole_network)
{
	if (whole_network)
		spider->network = listing_of_network(spider->loop->info, sections);
	if (spider->network != NULL)
		listing_submit(spider->loop, &listing_task, spider->network);
	activity_queue_open_due(&spider->activities, sections, whole_network);
	spider->takes_requests = whole_network;
	return activities_run(spider, sections);
}

void
activities_recount(ActivitiesSpider *spider)
{
	const Loop *loop = spider->loop;
	List *sections = store_recount(loop->info->id, setting_max_recount_requests);

	if (sections == NIL || loop->result->out_of_time || loop->result->blocked)
		return;
	channel_notice(NOTICE, NULL,
				   "the statistics of %d %s changed without the activities: reading complete lists",
				   list_length(sections), list_length(sections) == 1 ? "section" : "sections");
	spider->recount = true;
	activities_run(spider, sections);
	spider->recount = false;
}

void
activities_read_statistics(ActivitiesSpider *spider, List *sections)
{
	spider->only_statistics = true;
	run_sections(spider, sections);
}

/* Submits some of the addresses that wait, while the queue has room. */
static bool
submit_waiting_addresses(void *state)
{
	ActivitiesSpider *spider = state;

	while (loop_has_room(spider->loop) && spider->addresses != NIL)
	{
		List *urls = NIL;

		while (list_length(urls) < ADDRESSES_AT_ONCE && spider->addresses != NIL)
		{
			urls = lappend(urls, linitial(spider->addresses));
			spider->addresses = list_delete_first(spider->addresses);
		}
		activity_queue_read(&spider->activities, NULL, urls);
	}
	return false;
}

void
activities_read(ActivitiesSpider *spider, List *urls)
{
	static const Spider addresses_spider = {.submit_more = submit_waiting_addresses,
											.after_store = after_store};

	spider->addresses = urls;
	if (urls != NIL)
		loop_run(spider->loop, &addresses_spider, spider);
}
