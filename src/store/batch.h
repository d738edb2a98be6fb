/*
 * batch.h: stores what a run has read, many pages in one transaction.
 */
#ifndef ESN_STORE_BATCH_H
#define ESN_STORE_BATCH_H

#include "nodes/pg_list.h"
#include "page/schema.h"
#include "store/runs.h"

/*
 * The kinds of records in a batch. They are stored in this order, so that the referents of a row
 * come first.
 */
typedef enum RecordKind
{
	RECORD_PAGE, /* a page that was read */
	RECORD_SLUG_LOOKUP,
	RECORD_NOT_MODIFIED, /* a page that has not changed since it was last read */
	RECORD_FAILURE,
	RECORD_SECTION_DONE, /* with the activities on its list, if that was read in full */
	RECORD_KINDS
} RecordKind;

typedef struct Record
{
	RecordKind kind;
	PageKind page; /* of RECORD_PAGE and RECORD_NOT_MODIFIED; PAGE_KINDS: of another kind */
	char *json;
} Record;

/* A list that lacks so many of its known activities that it is implausible. */
typedef struct ImplausibleList
{
	int32 section;
	int missing;
	int known; /* the number of activities known to be on it */
} ImplausibleList;

/* What is stored at once, and how. */
typedef struct Batch
{
	int64 run;
	List *records;            /* of Record */
	const char *only_section; /* the one section of home pages that counts; NULL: all */
	bool full;                /* store unchanged pages, too */
	double max_removed_ratio; /* share of a list that may be missing */
	RunCounts *counts;        /* updated and stored */
	List *implausible;        /* of ImplausibleList: set by store_batch() */
} Batch;

/*
 * Stores a batch and the run's counts in one transaction. A record whose content the database
 * rejects becomes a failure; the others are kept.
 */
extern void store_batch(Batch *batch);

/* Whether a text is valid jsonb. No transaction is open, and jsonb_in() needs none. */
extern bool store_is_jsonb(const char *text);

#endif
