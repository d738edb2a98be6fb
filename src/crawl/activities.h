/*
 * activities.h: the requests of a run to activities.esn.org: each section's list, the activities on
 * it, its statistics, and everything else that is due.
 */
#ifndef ESN_ACTIVITIES_H
#define ESN_ACTIVITIES_H

#include "crawl/loop.h"

typedef struct ActivitiesSpider ActivitiesSpider;

/* How kept pages of these kinds are read. */
extern const TaskType activity_task;
extern const TaskType statistics_task;

extern ActivitiesSpider *activities_open(Loop *loop);

/*
 * Reads the sections (a List of SectionRow) that this run has not begun yet. Returns false if there
 * are none.
 */
extern bool activities_run(ActivitiesSpider *spider, List *sections);

/*
 * As activities_run(), and reads everything else that is due: of the whole network, or only of
 * those sections.
 */
extern bool activities_refresh(ActivitiesSpider *spider, List *sections, bool whole_network);

/* Reads the lists of sections completely whose statistics show that activities are missing. */
extern void activities_recount(ActivitiesSpider *spider);

/* As activities_run(), but reads only their statistics. */
extern void activities_read_statistics(ActivitiesSpider *spider, List *sections);

/* Reads single activities, a List of their addresses. */
extern void activities_read(ActivitiesSpider *spider, List *urls);

#endif
