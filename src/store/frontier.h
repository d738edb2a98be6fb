/*
 * frontier.h: what is due, as the database says it, and what a run has still to fetch.
 */
#ifndef ESN_STORE_FRONTIER_H
#define ESN_STORE_FRONTIER_H

#include "nodes/pg_list.h"
#include "page/schema.h"

/* A page that is still to be read, with the validators of a conditional request (NULL: none). */
typedef struct ClaimedPage
{
	char *url;
	char *etag;
	char *last_modified;
} ClaimedPage;

/* What a page of a list shows. */
typedef struct ListedCards
{
	char *json;    /* page_to_json() */
	List *claimed; /* of ClaimedPage: the activities that are to be read */
	bool is_fresh; /* an activity on it is new, changed, upcoming or recent */
} ListedCards;

/* Opens the queue of activities whose pages are due: of some sections (a List of SectionRow), or of
 * all. */
extern void store_open_due(List *sections, bool all, bool full);
extern List *
store_next_due(int count); /* of char *, the next addresses, at most count; NIL: there is none */

/* The activities of one section whose pages are due: a List of char *, their addresses. */
extern List *store_due_activities(int32 section, bool full);

/* Of the activities that pages of lists (a List of ListedCards) show: which are to be read now, and
 * whether one is young. */
extern void store_claim_cards(int64 run, List *pages, int64 rules_hash, bool full);

/* About how many pages of the network's own list show what is upcoming or recent. */
extern int store_network_listing_pages(void);

/* Which of these pages this run has still to read: a List of ClaimedPage. */
extern List *store_claim(int64 run, PageKind kind, char **urls, int count, int64 rules_hash,
						 bool full);

#endif
