/*
 * sections.h: the sections that a run works on.
 */
#ifndef ESN_STORE_SECTIONS_H
#define ESN_STORE_SECTIONS_H

#include "nodes/bitmapset.h"
#include "nodes/pg_list.h"

typedef struct SectionRow
{
	int32 id;
	char *accounts_slug;
	char *activities_slug; /* NULL: not known */
	char *name;
	bool list_due;         /* its list of activities is to be read in full */
	Bitmapset *pages_read; /* of its list, by the runs that this one resumes */
	bool recognised;       /* activities.esn.org knows it; set only by store_known_sections() */
} SectionRow;

/* A section that another run waits for. */
typedef struct SectionRequest
{
	SectionRow section;
	int64 run;
	char *requested_by;
} SectionRequest;

extern bool store_has_sections(void);
extern bool store_accounts_due(void);
extern SectionRow *store_find_section(const char *slug);
extern List *store_due_sections(int max_sections); /* of SectionRow; 0: all */
/* Makes lists due that lack what the statistics count: a List of SectionRow. */
extern List *store_recount(int64 run, int max_requests);
/*
 * Takes over the sections that other runs wait for: a List of SectionRequest. full: whether this
 * run reads them in full.
 */
extern List *store_take_sections(int64 run, bool full);
extern List *store_known_sections(void); /* of SectionRow, all */
/* The slugs (char *) that are nearest to a text, for a hint; NULL: there are none. */
extern char *store_nearest_slugs(const char *wanted, List *slugs, int most);

#endif
