/*
 * section_queue.h: the sections of a run: which have still to be begun, which are being read, and
 * which somebody asks for meanwhile.
 */
#ifndef ESN_SECTION_QUEUE_H
#define ESN_SECTION_QUEUE_H

#include "nodes/bitmapset.h"

#include "crawl/listings.h"

typedef struct SectionQueue
{
	Loop *loop;
	Bitmapset *begun;     /* ids of the sections that wait or were begun */
	Bitmapset *processed; /* ids of those that were read, at last */
	Bitmapset *failed;    /* ids of those that were not */
	List *waiting;        /* of SectionRow, to be begun */
	List *open;           /* of Listing, begun and not finished */
	List *requests;       /* of SectionRequest, to be read first */
	/* The database is asked for the statistics of many sections at once. */
	int claimed;          /* the number of next sections for which this is done */
	List *pages;          /* of ClaimedPage: those to request, in the order of the sections */
	MemoryContext claims; /* lasts until the next claim */
} SectionQueue;

extern void section_queue_init(SectionQueue *queue, Loop *loop);

/*
 * Replaces those that wait by these sections (a List of SectionRow) that were not begun yet; again:
 * by all of them. Returns their number.
 */
extern int section_queue_fill(SectionQueue *queue, List *sections, bool again);

/*
 * Opens the first of the sections that wait. *statistics: its statistics, NULL if they are not to
 * be requested, because the resumed run has read them; valid until the next call.
 */
extern Listing *section_queue_open_next(SectionQueue *queue, const ClaimedPage **statistics);

/* Opens a section that was begun before; its list is not read. */
extern Listing *section_queue_open_again(SectionQueue *queue, const SectionRow *row);

/* The open section with this id. NULL: it is not open. */
extern Listing *section_queue_find_open(const SectionQueue *queue, int32 id);

/*
 * Puts a section before all others that wait, also one that the run was not to read. Returns false
 * if the run has read it or is reading it, so that there is no reason to read its list.
 */
extern bool section_queue_put_first(SectionQueue *queue, SectionRow *row);

/* The section is no longer open. */
extern void section_queue_finish(SectionQueue *queue, Listing *section);

/* Counts a section that has ended, once, by how it ended last. */
extern void section_queue_count(SectionQueue *queue, const Listing *section);

/* Takes over the sections that other sessions have asked for since the last call. */
extern void section_queue_take_requests(SectionQueue *queue);

#endif
