/*
 * loop.h: the loop of a run: submit, wait, read, store. It knows no site. A Spider decides what to
 * request next, and a TaskType how an answer is read, stored and handled.
 */
#ifndef ESN_LOOP_H
#define ESN_LOOP_H

#include "crawl/progress.h"
#include "crawl/reader.h"
#include "crawl/records.h"
#include "crawl/result.h"
#include "http/client.h"
#include "store/frontier.h"

typedef struct Task Task;

/* A kind of request. */
typedef struct TaskType
{
	const char *name; /* in failures and in the log */
	PageKind page;    /* PAGE_KINDS: the answer is not read as a page */
	bool is_robots;   /* see HttpRequest */

	/*
	 * What stands before the slug in the addresses of these pages, such as "activity". A page that
	 * redirects to another such address has moved there; any other redirect has led to another
	 * page. NULL: is_wrong_target() decides.
	 */
	const char *moves_within;

	/*
	 * Whether a redirect to this address has led to another page than the requested one. NULL: it
	 * never does. The arena provides working space.
	 */
	bool (*is_wrong_target)(const Task *task, const char *effective_url, Arena *arena);

	/*
	 * The JSON of an empty page, if an answer of 404 or 410 is stored as one. NULL: it is a
	 * failure.
	 */
	const char *(*absent_json)(const Task *task);

	/* Called when the answer is in the batch or has failed. page: what was read, NULL: nothing. */
	void (*handle)(void *state, Task *task, const HttpResponse *response, const SitePage *page);
} TaskType;

/* A request under way, the owner of its HttpRequest. */
struct Task
{
	const TaskType *type;
	char *url;
	char *subject;            /* slug of the page's subject; NULL: none */
	const char *section_slug; /* on accounts.esn.org, of the section it belongs to; NULL: none */
	void *work;               /* the spider's data; NULL: none */
	bool wrong_target;        /* a redirect led to another page than the requested one */
	const char *moved_to;     /* the address where the page is now; NULL: it has not moved */
	const char *json;         /* the page that was read, in the reader's arena; NULL: none */
	/* Why there is no page; valid during one pass of the loop. NULL: there was no failure. */
	const char *failure;
};

/* Decides what to request. */
typedef struct Spider
{
	/*
	 * Submits requests while loop_has_room(). Returns true if there is more to submit after answers
	 * have been handled.
	 */
	bool (*submit_more)(void *state);
	/* Called before a batch is stored. NULL: nothing to do. Not called once the run has to stop. */
	void (*before_store)(void *state);
	/*
	 * Called after a batch was stored. implausible: the implausible lists in it (of
	 * ImplausibleList).
	 */
	void (*after_store)(void *state, List *implausible);
} Spider;

typedef struct Loop
{
	const RunInfo *info;
	RunResult *result;
	PageReader *reader;
	Progress *progress; /* NULL: none is shown */
	HttpClient *http;
	Arena *robots_arena;    /* of the sites' robots.txt; lasts as long as the client */
	HttpResponse *response; /* being handled */
	MemoryContext pass;     /* lasts for one pass of the loop; current in a spider's functions */
	Records records;
	const char *only_section; /* the one section of home pages that is stored; NULL: all */
	const Spider *spider;
	void *state; /* of the spider */
	int wanted;  /* how many requests are to be ready in this pass of the loop */
} Loop;

/*
 * Opens a loop. info, result and reader must be set. patience: see HttpOptions.
 * ERROR if libcurl does not start.
 */
extern void loop_open(Loop *loop, int patience);
extern void loop_close(Loop *loop);

/*
 * Works until nothing is pending and the spider submits nothing more, or time is up. Then stores.
 * spider: NULL: everything has been submitted.
 */
extern void loop_run(Loop *loop, const Spider *spider, void *state);

/*
 * Whether there is room for more requests in this pass of the loop. Enough are queued to keep the
 * connections busy, and not many more, so that little is open and new finds are requested soon.
 */
extern bool loop_has_room(const Loop *loop);

/* Submits a request. subject and section_slug may be NULL; section_slug must outlive the task. */
extern Task *loop_submit(Loop *loop, const TaskType *type, HttpMethod method,
						 const ClaimedPage *page, const char *subject, const char *section_slug,
						 void *work);

/* Add to the end or the beginning of a list that lasts as long as the run. */
extern List *loop_append(const Loop *loop, List *list, void *item);
extern List *loop_prepend(const Loop *loop, List *list, void *item);

/* From now on, requests with this work start before others. NULL: none do. */
extern void loop_prefer(Loop *loop, const void *work);

/* Records a page's failure with a reason. */
extern void loop_fail(Loop *loop, Task *task, const HttpResponse *response, const char *reason);

/* Records the failure of a task with a wrong target. */
extern void loop_fail_wrong_target(Loop *loop, Task *task, const HttpResponse *response);

/* Stores what has been read so far. */
extern void loop_flush(Loop *loop);

/* Updates the counts of requests. */
extern void loop_count_requests(Loop *loop);

/*
 * Reads a kept page as the answer to such a request. Returns false if it is not a page of its kind.
 * section: slug on accounts.esn.org, NULL: none.
 */
extern bool loop_read_kept(Loop *loop, const TaskType *type, const char *url, const char *section,
						   const char *body, size_t len);

#endif
