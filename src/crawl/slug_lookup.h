/*
 * slug_lookup.h: finds the slug of a section on activities.esn.org. Its name suggests candidates,
 * which are tried in order.
 */
#ifndef ESN_SLUG_LOOKUP_H
#define ESN_SLUG_LOOKUP_H

#include "utils/hsearch.h"

#include "base/slug.h"
#include "crawl/loop.h"
#include "store/sections.h"
#include "launch.h"

/* A slug on activities.esn.org that a known section has. */
typedef struct OwnedSlug
{
	char slug[SLUG_SIZE]; /* first: the key */
	const SectionRow *owner;
} OwnedSlug;

/* The lookups of a run. */
typedef struct SlugLookups
{
	HTAB *owned;        /* of OwnedSlug */
	int recognised;     /* sections that activities.esn.org knew when the run began */
	List *lost;         /* of SlugLookup: of those that it seems not to know any more */
	List *unrecognised; /* of char *: records of those that it no longer knows */
	bool head_works;    /* a HEAD was answered 200, or enough were answered as GETs are */
	bool head_lies;     /* a HEAD was answered 404 where a GET was answered 200 */
	int checks_agreed;  /* GETs that were answered 404, as the HEAD was */
} SlugLookups;

/* The lookup of one section. */
typedef struct SlugLookup
{
	const SectionRow *section;
	char *candidates[SLUG_MAX_CANDIDATES + 1]; /* slugs to try, in order */
	int candidate_count;
	int candidate;         /* the current one */
	bool is_check;         /* it is requested by GET because HEAD was answered 404 */
	bool is_confirmed;     /* the slug that the section has was asked for once more */
	StringInfo tried_urls; /* that were answered, as the elements of a JSON array; NULL: none */
	void *work;            /* of its tasks */
} SlugLookup;

/*
 * Begins the lookup of a section. The handle() of the type belongs to the caller, and must call
 * slug_lookup_handle() with the task. Returns true if a request was submitted.
 */
extern bool slug_lookup_begin(Loop *loop, const TaskType *type, SlugLookups *lookups,
							  SlugLookup *lookup, const SectionRow *section, void *work);

/*
 * Handles an answer. 200 confirms a slug; 404 and 410 lead to the next candidate. Any other answer,
 * and one of another page after a redirect, proves nothing: a site under maintenance has no fewer
 * sections. Some sites answer 404 to every HEAD: until one was answered 200, a GET decides.
 * *failure: why the slug could not be checked; otherwise unchanged. Returns true if another request
 * was submitted, or is left to slug_lookup_confirm().
 */
extern bool slug_lookup_handle(Loop *loop, SlugLookups *lookups, SlugLookup *lookup, Task *task,
							   const HttpResponse *response, char **failure);

/* See TaskType.is_wrong_target. */
extern bool slug_lookup_is_wrong_target(const Task *task, const char *effective_url, Arena *arena);

/*
 * Requests, by GET and after all other lookups, the slugs of the sections that seem to be lost: a
 * site that answers 404 for a while loses no section. Guesses are tried after that. Returns whether
 * there are any.
 */
extern bool slug_lookup_confirm(Loop *loop, const TaskType *type, SlugLookups *lookups);

/*
 * Ends the lookups: records which sections are no longer known there, unless they are so many that
 * the site is probably broken.
 */
extern void slug_lookup_settle(Loop *loop, SlugLookups *lookups);

#endif
