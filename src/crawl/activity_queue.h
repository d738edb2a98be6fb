/*
 * activity_queue.h: the pages of activities that a run requests: which are due, and which it has
 * requested and not yet stored, so that it requests none twice.
 */
#ifndef ESN_ACTIVITY_QUEUE_H
#define ESN_ACTIVITY_QUEUE_H

#include "nodes/pg_list.h"
#include "utils/hsearch.h"

#include "crawl/listings.h"

#define ADDRESSES_AT_ONCE 16 /* that the database is asked for */

typedef struct ActivityQueue
{
	Loop *loop;
	const TaskType *type;
	HTAB *open;     /* of OpenActivity */
	List *answered; /* slugs of those that were read or have failed, to be stored with the batch */
	bool due_open;  /* activity_queue_submit_due() may submit more */
} ActivityQueue;

/* type: how an answer is handled. */
extern void activity_queue_init(ActivityQueue *queue, Loop *loop, const TaskType *type);

/*
 * Submits claimed pages (a List of ClaimedPage) that are not open, as pending ones of a list; NULL:
 * of none.
 */
extern void activity_queue_submit(ActivityQueue *queue, Listing *listing, List *claimed);

/* Claims and submits those of some addresses that this run has not read yet, likewise. */
extern void activity_queue_read(ActivityQueue *queue, Listing *listing, List *addresses);

/* Opens what is due: of some sections (a List of SectionRow), or of all. */
extern void activity_queue_open_due(ActivityQueue *queue, List *sections, bool all);

/* Goes on with what is due: some addresses, of which perhaps none is still to be requested. */
extern void activity_queue_submit_due(ActivityQueue *queue);

/* Records that the answer to a task is in the batch. */
extern void activity_queue_answered(ActivityQueue *queue, const Task *task);

/* Forgets the answered activities: the batch is stored, and the tables contain them. */
extern void activity_queue_stored(ActivityQueue *queue);

#endif
