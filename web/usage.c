/*
 * usage.c: counters of requests by route and status, and the report that the database sums by hour.
 */
#include "usage.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"

#define MAX_ROUTES 200
#define ROUTE_SIZE 120
#define MAX_WAITING 24 /* reports, one an hour: what is older than a day is not stored any more */
#define HOUR 3600

static const unsigned statuses[] = {200, 202, 204, 304, 400, 401, 403, 404, 405,
									409, 411, 413, 429, 500, 501, 503, 0};
#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))

typedef struct Counter
{
	_Atomic uint64_t requests;
	_Atomic uint64_t milliseconds;
} Counter;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char routes[MAX_ROUTES][ROUTE_SIZE];
static _Atomic unsigned route_count;
static Counter counters[MAX_ROUTES][STATUSES];

static time_t began;               /* the report that has not ended */
static char *waiting[MAX_WAITING]; /* those that have, the oldest first */
static unsigned waiting_count;

/* The name is one of the database's, or of the gateway's own; it never needs to be escaped. */
unsigned
usage_route(const char *name)
{
	unsigned route = 0;

	if (strlen(name) >= ROUTE_SIZE || strpbrk(name, "\"\\") != NULL)
		name = "none";
	pthread_mutex_lock(&lock);
	while (route < route_count && strcmp(routes[route], name) != 0)
		route++;
	if (route == MAX_ROUTES)
		route = 0;
	else if (route == route_count)
	{
		memcpy(routes[route], name, strlen(name) + 1);
		route_count++;
	}
	pthread_mutex_unlock(&lock);
	return route;
}

void
usage_count(unsigned route, unsigned status, int64_t milliseconds)
{
	unsigned n = 0;

	while (n < STATUSES - 1 && statuses[n] != status)
		n++;
	atomic_fetch_add(&counters[route][n].requests, 1);
	atomic_fetch_add(&counters[route][n].milliseconds, (uint64_t) milliseconds);
}

/* Appends the rows of one route. */
static void
report_route(FILE *report, unsigned route, const char *hour, const char **separator)
{
	for (unsigned n = 0; n < STATUSES; n++)
	{
		uint64_t requests = atomic_exchange(&counters[route][n].requests, 0);
		uint64_t milliseconds = atomic_exchange(&counters[route][n].milliseconds, 0);

		if (requests == 0)
			continue;
		fprintf(report,
				"%s{\"hour\": \"%s\", \"route\": \"%s\", \"status\": %u, \"requests\": %llu, "
				"\"milliseconds\": %llu}",
				*separator, hour, routes[route], statuses[n], (unsigned long long) requests,
				(unsigned long long) milliseconds);
		*separator = ", ";
	}
}

/* NULL: nothing was counted. */
static char *
make_report(void)
{
	struct tm utc;
	char hour[40];
	char *text = NULL;
	size_t size = 0;
	const char *separator = "";
	FILE *report = open_memstream(&text, &size);

	if (report == NULL)
		return NULL;
	gmtime_r(&began, &utc);
	strftime(hour, sizeof(hour), "%Y-%m-%dT%H:00:00Z", &utc);
	fprintf(report, "{\"batch\": \"%016llx%016llx\", \"rows\": [",
			(unsigned long long) random_seed(), (unsigned long long) random_seed());
	for (unsigned route = 0; route < atomic_load(&route_count); route++)
		report_route(report, route, hour, &separator);
	fputs("]}", report);
	if (fclose(report) != 0 || *separator == '\0')
	{
		free(text);
		return NULL;
	}
	return text;
}

void
usage_begin(time_t now)
{
	began = now;
}

void
usage_close(time_t now)
{
	char *report = make_report();

	began = now;
	if (report == NULL)
		return;
	if (waiting_count == MAX_WAITING)
		usage_stored();
	waiting[waiting_count++] = report;
}

void
usage_turn(time_t now)
{
	if (now / HOUR != began / HOUR)
		usage_close(now);
}

const char *
usage_waiting(void)
{
	return waiting_count == 0 ? NULL : waiting[0];
}

void
usage_stored(void)
{
	free(waiting[0]);
	waiting_count--;
	memmove(waiting, waiting + 1, waiting_count * sizeof(waiting[0]));
}

void
usage_end(void)
{
	while (waiting_count > 0)
		usage_stored();
}
