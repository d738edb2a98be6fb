/*
 * activity_queue.c: see activity_queue.h.
 */
#include "postgres.h"

#include "utils/memutils.h"

#include "base/slug.h"
#include "crawl/activity_queue.h"
#include "launch.h"

typedef struct OpenActivity
{
	char slug[SLUG_SIZE]; /* first: the key */
	Task *task;           /* NULL: it was answered */
} OpenActivity;

void
activity_queue_init(ActivityQueue *queue, Loop *loop, const TaskType *type)
{
	HASHCTL control = {.keysize = SLUG_SIZE,
					   .entrysize = sizeof(OpenActivity),
					   .hcxt = loop->info->context};

	queue->loop = loop;
	queue->type = type;
	queue->open = hash_create("esn_pulse open activities", 256, &control,
							  HASH_ELEM | HASH_STRINGS | HASH_CONTEXT);
}

static OpenActivity *
find_open(const ActivityQueue *queue, const char *slug, HASHACTION action, bool *found)
{
	char key[SLUG_SIZE] = {0};

	strlcpy(key, slug, SLUG_SIZE);
	return hash_search(queue->open, key, action, found);
}

static void
submit(ActivityQueue *queue, Listing *listing, const ClaimedPage *page)
{
	Loop *loop = queue->loop;
	char *slug = slug_from_url(loop->reader->arena, page->url, "activity");
	OpenActivity *open;
	bool found;

	if (slug == NULL)
		return;
	open = find_open(queue, slug, HASH_ENTER, &found);
	/* Whoever reads a list wants what was already requested because it is due, too. */
	if (found && (listing == NULL || open->task == NULL || open->task->work != NULL))
		return;
	if (listing != NULL)
		listing->pending++;
	if (found)
		open->task->work = listing;
	else
		open->task = loop_submit(loop, queue->type, HTTP_GET, page, slug,
								 listing == NULL ? NULL : listing->row.accounts_slug, listing);
}

void
activity_queue_submit(ActivityQueue *queue, Listing *listing, List *claimed)
{
	ListCell *cell;

	foreach (cell, claimed)
		submit(queue, listing, lfirst(cell));
}

void
activity_queue_read(ActivityQueue *queue, Listing *listing, List *addresses)
{
	const Loop *loop = queue->loop;
	int i = 0;

	while (i < list_length(addresses))
	{
		char *urls[ADDRESSES_AT_ONCE];
		int count = 0;

		while (count < ADDRESSES_AT_ONCE && i < list_length(addresses))
			urls[count++] = list_nth(addresses, i++);
		activity_queue_submit(queue, listing,
							  store_claim(loop->info->id, PAGE_ACTIVITY, urls, count,
										  loop->reader->rules.hash, loop->info->full));
	}
}

void
activity_queue_open_due(ActivityQueue *queue, List *sections, bool all)
{
	store_open_due(sections, all, queue->loop->info->full);
	queue->due_open = true;
}

void
activity_queue_submit_due(ActivityQueue *queue)
{
	List *urls = store_next_due(ADDRESSES_AT_ONCE);

	queue->due_open = urls != NIL;
	activity_queue_read(queue, NULL, urls);
}

void
activity_queue_answered(ActivityQueue *queue, const Task *task)
{
	MemoryContext before = MemoryContextSwitchTo(queue->loop->records.context);
	OpenActivity *open = find_open(queue, task->subject, HASH_FIND, NULL);

	Assert(open != NULL);
	open->task = NULL;
	queue->answered = lappend(queue->answered, pstrdup(open->slug));
	MemoryContextSwitchTo(before);
}

void
activity_queue_stored(ActivityQueue *queue)
{
	ListCell *cell;

	foreach (cell, queue->answered)
		(void) find_open(queue, lfirst(cell), HASH_REMOVE, NULL);
	queue->answered = NIL;
}
