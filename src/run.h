/*
 * run.h: one run: what it is asked, what it has open, how it stands. The loop is run.c's; what to ask for next is
 * accounts.c's and activities.c's.
 */
#ifndef ESN_RUN_H
#define ESN_RUN_H

#include "core/http.h"
#include "core/page.h"
#include "core/rules.h"
#include "core/slug.h"
#include "datatype/timestamp.h"
#include "launch.h"
#include "nodes/bitmapset.h"
#include "store.h"
#include "utils/hsearch.h"

typedef enum TaskKind
{
	TASK_HOME,
	TASK_COUNTRY,
	TASK_SECTION,
	TASK_PROBE,
	TASK_LISTING,
	TASK_ACTIVITY,
	TASK_STATISTICS,
	TASK_ROBOTS
} TaskKind;

/* A section that the run works on: done when nothing of it is pending. */
typedef struct SectionWork
{
	SectionRow row;
	char *candidates[SLUG_MAX_CANDIDATES + 1]; /* slugs to probe, in order */
	int candidate_count;
	int candidate;    /* the one that is being probed */
	StringInfo asked; /* addresses that were answered, as a list in JSON */
	int pending;    /* tasks submitted and not yet handled, and pages of its list not yet claimed */
	int pages;      /* of its list, asked for so far */
	int last_page;  /* of its list, as far as is known */
	int activities; /* pages of activities answered */
	bool whole;     /* its list is read to the end, else as far as it brings something */
	StringInfo
		shown; /* slugs of the activities on its list, as keys in JSON, where that is read whole */
	TimestampTz begun_at;
	char *failure; /* why it doesn't count as read; NULL: nothing yet */
} SectionWork;

/* A page of a list that was read, and of which is not yet known what is to be read. */
typedef struct ListedPage
{
	ListedCards cards; /* first, so that it can be taken for one */
	SectionWork *section;
	int last_page; /* of the list, as this one says */
} ListedPage;

/* A request under way, the owner of its HttpRequest. */
typedef struct Task
{
	TaskKind kind;
	char *url;
	char *subject;        /* slug of what the page is about; NULL: none */
	SectionWork *section; /* NULL: none */
	bool elsewhere;       /* we were led to another page than the one that was asked for */
	const char *json;     /* what was read of the answer, in the arena of the page; NULL: nothing */
} Task;

typedef struct Run
{
	const RunRequest *request;
	int64 id;
	const char *module;
	TimestampTz begun_at;
	TimestampTz deadline;
	int wake_fd;
	HttpClient *http;
	HttpResponse *response; /* being handled */
	char page_failure[256]; /* why the page that failed last did */
	LoadedRules rules;
	RuleTally tally;
	Arena *arena;          /* of the page being read */
	Arena *robots_arena;   /* of what the sites' robots.txt say, as long as the client */
	MemoryContext context; /* what lasts as long as the run */
	MemoryContext
		scratch; /* what lasts for one turn of the loop: current in feed and handle functions */
	MemoryContext batch_context; /* what lasts until the batch is stored */
	List *batch;                 /* of Record */
	TimestampTz batch_since;
	Size batch_bytes;         /* of its JSON */
	HTAB *open_activities;    /* slugs submitted and not yet stored */
	List *handled_activities; /* of those: read or failed, to be stored with the batch */
	const char *only_section;
	RunCounts counts;
	bool out_of_time;
	bool refused;      /* a site said stop, or was given up */
	char refusal[256]; /* its reason */
	char *failure;     /* why the run as a whole failed; NULL: it didn't */
	bool disbelieved;  /* so much is gone that it is not believed: the failure says what */
	int64 planned;     /* requests that the plan foresaw; 0: there is none */
	TimestampTz progress_at;
	int64 progress_moved; /* what it was then measured by */
	int sections_due;
	int recognised; /* sections that activities.esn.org knew when the run began */
	List *
		unrecognised; /* of char *: what the probes say of those that it knew, and no longer knows */
	Bitmapset *begun;       /* ids of the sections whose activities were begun */
	List *waiting;          /* of SectionRow, or of addresses of activities: to be begun */
	int statistics_claimed; /* of so many of the sections that come next is known what to read */
	List *statistics;       /* of ClaimedPage: statistics of those sections, in their order */
	MemoryContext claim_context; /* what lasts until the next are claimed */
	bool only_statistics;        /* of the sections that wait: their lists are not read */
	SectionWork *feed;           /* the network's own list, while it is read; NULL: it is not */
	int feed_limit;              /* pages of it at which the sections' lists are the shorter way */
	bool feed_read; /* it has been: sections' lists that are not due whole need not be */
	bool due_open;  /* store_next_due() may bring more */
	List *listed;   /* of ListedPage */
	List *reading;  /* of SectionWork, with further pages of their list to be asked for */
	List *finished; /* of SectionWork, whose end is in the batch */
	void *phase;    /* what accounts.c remembers */
} Run;

/* As in scraper_status. */
#define ACCOUNTS_MODULE "AccountsScraper"
#define ACTIVITIES_MODULE "ActivitiesAndStatisticsScraper"

/* What the groups of a robots.txt call us. */
#define ROBOTS_PRODUCT "esn_pulse"

/* Submits what is to be asked for next, while there is room. True: it is not yet through, but let answers be handled in between. */
typedef bool (*FeedFunction)(Run *run);

/* run.c */
extern Task *run_submit(Run *run, TaskKind kind, HttpMethod method, const ClaimedPage *page,
						const char *subject, SectionWork *section);
extern void run_pump(Run *run, FeedFunction feed);
extern void run_add_record(Run *run, RecordKind kind, PageKind page, const char *json);
extern void run_fail_page(Run *run, const Task *task, const HttpResponse *response,
						  const char *message);
extern bool run_has_room(const Run *run);

/* The same where task->elsewhere. */
extern void run_fail_elsewhere(Run *run, const Task *task, const HttpResponse *response);

/* Stores what has been read so far. */
extern void run_flush(Run *run);

/* Reads a page that was kept; false where it is no page of its kind. section: slug on accounts.esn.org, NULL: none. */
extern bool run_read_kept(Run *run, TaskKind kind, const char *url, const char *section,
						  const char *body, size_t len);

/* Brings the run's counts of requests up to date. */
extern void run_take_totals(Run *run);

/* functions.c: the slugger of this process, made when it is first needed; ERROR where it cannot be. */
extern Slugger *server_slugger(void);

/* tell.c: what the caller is told. */
/* What is planned. */
extern void tell_plan(const Run *run);
/* How the run stands: each second at first, every tenth later and where nothing moves, with what it waits for. */
extern void tell_progress(Run *run);
/* How it ended (message: as in its row, NULL: well), in figures, and what to do next. */
extern void tell_end(const Run *run, const char *status, const char *message);

/* robots_txt.c */
/* Has the run obey the sites' robots.txt, where esn_pulse.respect_robots says so. */
extern void robots_read(Run *run);
extern void robots_handle(Run *run, Task *task, const HttpResponse *response, const SitePage *page);

/* mend.c: the bodies of the runs that try again what went wrong. */
extern void mend_failures(Run *run);
extern void mend_errors(Run *run);

/* Runs what was asked for, from the lock to the last row. ERROR where it can't even begin or was stopped by an error. */
extern void run_execute(const RunRequest *request, int wake_fd);

/* accounts.c */
extern void accounts_run(Run *run);
extern void accounts_find_section(Run *run, const char *slug);

/* Reads some countries' (a List of addresses) and sections' (of SectionRow) pages anew. */
extern void accounts_again(Run *run, List *countries, List *sections);
extern void accounts_handle(Run *run, Task *task, const HttpResponse *response,
							const SitePage *page);

/* probe.c */
/* Asks activities.esn.org for the first of the slugs that the section may have there. */
extern void probe_begin(Run *run, SectionWork *section);
/*
 * A slug is right where the site answers 200; 404 and 410 send us to the next candidate; anything else is no answer, and so is whatever another
 * page answers that we were led to: a site under maintenance has no fewer sections.
 */
extern void probe_handle(Run *run, Task *task, const HttpResponse *response);
/* The slug to which the site has led us from the one that was probed; NULL: it shows something else. */
extern const char *probe_answered_slug(Run *run, const HttpResponse *response);
/* When no more are asked: which sections are no longer known there, unless they are so many that rather the site is broken. */
extern void probe_settle(Run *run);

/* activities.c */
/* Reads those of the sections (a List of SectionRow) that this run has not begun yet; false: there was none. */
extern bool activities_run(Run *run, List *sections);
/* The same, and what else is due; where all: of the whole network, else of those sections. */
extern bool activities_refresh(Run *run, List *sections, bool all);
/* The same, but only their statistics. */
extern void activities_read_statistics(Run *run, List *sections);

/* Reads single activities, a List of their addresses. */
extern void activities_read(Run *run, List *urls);
extern void activities_handle(Run *run, Task *task, const HttpResponse *response,
							  const SitePage *page);
/* Submits what the pages of lists show that have been read and not yet claimed; before they are stored. */
extern void activities_claim_listed(Run *run);
/* The batch is stored; of the sections in it these lists (a List of DisbelievedList) are not believed. */
extern void activities_stored(Run *run, List *disbelieved);

/* worker.c: why the run is to stop; NULL: it isn't. */
extern const char *worker_stop_reason(void);

/* While stops are held, a request to stop is only noted, so that the end of a run can be written; it takes effect when they no longer are. */
extern void worker_hold_stops(bool hold);

#endif
