/*
 * store.h: the database as a run sees it. The only place of the server side that runs SQL; each call is one short transaction.
 */
#ifndef ESN_STORE_H
#define ESN_STORE_H

#include "core/rules.h"
#include "lib/stringinfo.h"
#include "nodes/pg_list.h"

typedef struct SectionRow
{
	int32 id;
	char *accounts_slug;
	char *activities_slug; /* NULL: not known */
	char *name;
	bool list_due;   /* its list of activities is to be read whole */
	bool recognised; /* activities.esn.org knows it; of store_known_sections() alone */
} SectionRow;

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
	bool young;    /* an activity on it is new, changed, upcoming or recent */
} ListedCards;

typedef struct LoadedRule
{
	PageKind kind;
	char *json; /* what says which rule it is, as members of a JSON object */
} LoadedRule;

typedef struct LoadedRules
{
	RuleSet *rules;
	int64 hash;
	int count;
	LoadedRule *names; /* by the rule's index */
} LoadedRules;

typedef struct RunCounts
{
	int sections_processed;
	int sections_failed;
	int64 requests;
	int64 not_modified;
	int64 bytes;
	int pages_failed;
	int added;
	int changed;
	int unchanged;
	int invalid;
} RunCounts;

/* What a batch is made of; flushed in this order, so that a row's referents come first. */
typedef enum RecordKind
{
	RECORD_HOME,
	RECORD_COUNTRY,
	RECORD_SECTION,
	RECORD_PROBE,
	RECORD_LISTING,
	RECORD_ACTIVITY,
	RECORD_STATISTICS,
	RECORD_NOT_MODIFIED,
	RECORD_FAILURE,
	RECORD_SECTION_DONE, /* with the activities on its list, where that was read whole */
	RECORD_KINDS
} RecordKind;

typedef struct Record
{
	RecordKind kind;
	PageKind page; /* of RECORD_NOT_MODIFIED */
	char *json;
} Record;

/*
 * Finds the extension, and lets every later transaction run as the owner of its tables with a pinned search_path. ERROR where it is not
 * installed. Results of the functions below are in the memory context that is current at the call.
 */
extern void store_open(void);

/* Takes the lock of the one run, which is held until the process ends. ERROR (object_in_use) that names the run that has it. */
extern void store_await_lock(void);

/* The rules of a run, compiled, with a hash of them and of what else decides what a page yields. */
extern void store_load_rules(bool redact, LoadedRules *loaded);

/* The rules, compiled, within the caller's transaction: for esn_parse(). */
extern RuleSet *store_compile_rules(void);

extern int64 store_begin_run(const char *module, const char *requested_by, const char *request);
/* unfinished: the next such run is to go on with it. */
extern void store_end_run(int64 run, const char *status, const char *message, bool unfinished,
						  const RunCounts *counts);

/* Writes the counts into the run's row, within the transaction of the caller. */
extern void store_counts(int64 run, const RunCounts *counts);

/* Records on how many pages each rule matched. */
extern void store_rule_usage(int64 run, const LoadedRules *loaded, const RuleTally *tally);

/* Links activities with those of their organisers that have become known sections. */
extern void store_link_organisers(void);

/* Counts what the overviews show and keeps it until it changes; at a run's end. */
extern void store_keep_figures(void);

/* Tells listeners of esn_pulse_alert. */
extern void store_alert(const char *payload);

/* The run's row, a composite Datum of scraper_status. */
extern Datum store_run_row(int64 run);

extern bool store_has_sections(void);
extern bool store_accounts_due(void);
extern SectionRow *store_find_section(const char *slug);
extern List *store_due_sections(int max_sections); /* of SectionRow; 0: all */
extern List *store_known_sections(void);           /* of SectionRow, all */

/* A page that something is wrong with. */
typedef struct PageToMend
{
	char *url;
	char *kind;
	char *section; /* slug on accounts.esn.org; NULL: none */
	bool kept;     /* store_kept_page() has it */
} PageToMend;

extern List *store_waiting_failures(void);  /* of PageToMend: those worth another try */
extern List *store_pages_with_errors(void); /* of PageToMend: those with open validation errors */

/* A page as it was kept, *len bytes; NULL where it is no longer there. */
extern char *store_kept_page(const char *url, size_t *len);

/* A robots.txt as it was last read within 30 days; NULL: it was not. *current: within a day. */
extern char *store_known_robots(const char *url, bool *current);

/* Keeps a robots.txt; body NULL: the site has none. */
extern void store_robots(const char *url, int status, const char *body);

/* store_due.c: what is due. */

/* Opens the queue of activities whose pages are due: of some sections (a List of SectionRow), or of all. */
extern void store_open_due(List *sections, bool all, bool full);
extern List *
store_next_due(int count); /* of char *, the next addresses, at most count; NIL: there is none */

/* Of the activities that pages of lists (a List of ListedCards) show: which are to be read now, and whether one is young. */
extern void store_claim_cards(int64 run, List *pages, int64 rules_hash, bool full);

/* About how many pages of the network's own list show what is upcoming or recent. */
extern int store_feed_pages(void);

/* What esn_plan() says, written into the run's row. section: a slug, NULL: all. */
extern int64 store_plan(int64 run, const char *module, const char *section, bool full);

/* ERROR: somebody has deleted the run's row. */
extern void store_report_lost_row(int64 run);

/* Marks what has gone. Returns 0, or, where it is not believed, how many of *answered pages are gone. *marked: how many rows were marked. */
extern int store_mark_removed(int64 run, double max_share, int *answered, int *marked);

/* Which of these pages this run has still to read: a List of ClaimedPage. */
extern List *store_claim(int64 run, PageKind kind, char **urls, int count, int64 rules_hash,
						 bool full);

/* A list that lacks so much of what it showed before that it is not believed. */
typedef struct DisbelievedList
{
	int32 section;
	int missing;
	int known; /* of so many */
} DisbelievedList;

/* What is stored at once, and how. */
typedef struct Batch
{
	int64 run;
	List *records;            /* of Record */
	const char *only_section; /* the one section of home pages that counts; NULL: all */
	bool full;                /* also pages that say what they said before are stored */
	double max_removed_ratio; /* share of a list that may be missing */
	RunCounts *counts;        /* brought up to date, and written */
	List *disbelieved;        /* of DisbelievedList: what came of it */
} Batch;

/*
 * Writes a batch and the run's counts in one transaction. A record that the database refuses for its content becomes a failure; the others
 * are kept.
 */
extern void store_batch(Batch *batch);

/* Whether an error (its SQLSTATE) speaks of data that the database refuses rather than of the state of the server. */
extern bool store_is_about_content(int sqlerrcode);

/* Whether jsonb takes a text. No transaction is open, and jsonb_in() needs none. */
extern bool store_is_jsonb(const char *text);

#endif
