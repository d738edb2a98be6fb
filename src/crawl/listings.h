/*
 * listings.h: reading one list of activities, of a section or of the whole network: which of its
 * pages have been requested, and which are still to be.
 */
#ifndef ESN_LISTINGS_H
#define ESN_LISTINGS_H

#include "lib/stringinfo.h"

#include "crawl/loop.h"
#include "store/sections.h"

/* A section of which activities are read, or the network with its own list. */
typedef struct Listing
{
	SectionRow row;       /* all zeros: the network */
	int pending;          /* requests not yet handled, and pages of the list not yet claimed */
	int pages;            /* of the list, requested so far */
	int last_page;        /* of the list, as far as is known */
	bool may_go_on;       /* that page may lead to further ones */
	int max_pages;        /* at so many the list is given up; 0: never */
	int activities;       /* pages of activities answered */
	bool full_listing;    /* the list is read to its end, else as far as it brings something */
	StringInfo seen_urls; /* of the activities on a list that is read to its end, as JSON keys */
	bool in_parts;        /* runs that this one resumes have read pages of it */
	TimestampTz begun_at;
	char *failure;          /* why it does not count as read; NULL: nothing yet */
	int64 requested_by_run; /* the run that waits for this section; 0: none */
} Listing;

/* A page of a list that was read, and of which is not yet known what is to be read. */
typedef struct ListedPage
{
	ListedCards cards; /* first, so that it can be taken for one */
	Listing *listing;
	int last_page; /* of the list, as this page says */
	bool last_is_known;
} ListedPage;

/* A section whose list is to be read, in full if it is due. */
extern Listing *listing_of_section(const RunInfo *info, const SectionRow *row);

/*
 * The network's own list; NULL where reading the first pages of the sections' lists (a List of
 * SectionRow) takes fewer requests.
 */
extern Listing *listing_of_network(const RunInfo *info, List *sections);

/* The page of a section on activities.esn.org, in the caller's memory. Its other pages are below.
 */
extern char *organisation_address(Loop *loop, const char *slug);

/* Requests the next page of a list. */
extern void listing_submit(Loop *loop, const TaskType *type, Listing *listing);

/* What a page of a list shows, in the current memory context. */
extern ListedPage *listing_read(Listing *listing, const ListingPage *page, const char *json);

/*
 * Takes in what a page says of the list's length and whether it brought anything fresh. True:
 * further pages have become known that are to be requested.
 */
extern bool listing_extend(Listing *listing, const ListedPage *page);

/* Whether all known pages of a list have been requested. */
extern bool listing_is_requested(const Listing *listing);

/* Whether, further, nothing of it is pending. */
extern bool listing_is_done(const Listing *listing);

/* The end of a section whose list was read, as JSON. */
extern char *listing_json(Loop *loop, const Listing *listing);

/* Fails the section and the run: so much is missing from the list that the list is broken. */
extern void listing_reject(Listing *listing, Loop *loop, const ImplausibleList *list);

/* Writes the end of a section into the log of the run. */
extern void listing_log(const Listing *listing, const RunInfo *info, bool has_list);

extern void listing_free(Listing *listing);

#endif
