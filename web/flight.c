/*
 * flight.c: what is being asked of the database, by address, and who waits for it. When something
 * changes, thousands may want the same answer anew at once.
 */
#include "flight.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "database.h"

#define BUCKETS 256

typedef struct Flight
{
	Job job; /* the first, so that a job is its flight */
	struct Flight *next;
	Request *waiting;
	bool is_shared;
	char *path; /* ends where the query begins */
	char *key;
	char cached_as[];
} Flight;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Flight *buckets[BUCKETS];

static Flight **
bucket_of(const char *cached_as)
{
	unsigned hash = 5381;

	for (; *cached_as != '\0'; cached_as++)
		hash = hash * 33 + (unsigned char) *cached_as;
	return &buckets[hash % BUCKETS];
}

static void
destroy(Flight *flight)
{
	free(flight->path);
	free(flight->key);
	free(flight);
}

/* Nobody can join it any more: those who wait belong to the caller. */
static Request *
leave(Flight *flight)
{
	Request *waiting;
	Flight **place = bucket_of(flight->cached_as);

	pthread_mutex_lock(&lock);
	while (flight->is_shared && *place != flight)
		place = &(*place)->next;
	if (flight->is_shared)
		*place = flight->next;
	waiting = flight->waiting;
	pthread_mutex_unlock(&lock);
	return waiting;
}

static void
land(Job *job, Answer *answer, int64_t lifetime)
{
	Flight *flight = (Flight *) job;
	Request *request;

	if (answer != NULL && flight->is_shared)
		cache_keep(flight->cached_as, answer, lifetime, job->generation);
	request = leave(flight);
	while (request != NULL)
	{
		/* It may be gone as soon as it is resumed. */
		Request *next = request->next;

		request->answer = answer == NULL ? NULL : answer_share(answer);
		MHD_resume_connection(request->connection);
		request = next;
	}
	answer_release(answer);
	destroy(flight);
}

static Flight *
create(Request *request, const char *method, const char *cached_as)
{
	size_t length = cached_as == NULL ? 0 : strlen(cached_as);
	const char *key = request_key(request);
	Flight *flight = calloc(1, sizeof(Flight) + length + 1);
	char *query;

	if (flight == NULL)
		return NULL;
	if (length > 0)
		memcpy(flight->cached_as, cached_as, length + 1);
	flight->is_shared = cached_as != NULL;
	flight->waiting = request;
	flight->path = strdup(request->address);
	flight->key = key == NULL ? NULL : strdup(key);
	if (flight->path == NULL || (key != NULL && flight->key == NULL))
	{
		destroy(flight);
		return NULL;
	}
	query = strchr(flight->path, '?');
	if (query != NULL)
		*query++ = '\0';
	flight->job.call = (Call){.method = method,
							  .path = flight->path,
							  .query = query,
							  .key = flight->key,
							  /* of a shared answer it would be that of the first request */
							  .body = flight->is_shared ? NULL : request->body};
	flight->job.kind = strcmp(method, "POST") == 0 ? FOR_WRITING : FOR_READING;
	flight->job.generation = cache_generation();
	flight->job.done = land;
	return flight;
}

/* Joins a flight that began after the last change. */
static bool
join(Request *request, const char *cached_as)
{
	bool joined = false;

	for (Flight *flight = *bucket_of(cached_as); flight != NULL && !joined; flight = flight->next)
	{
		if (flight->job.generation == cache_generation() &&
			strcmp(flight->cached_as, cached_as) == 0)
		{
			request->next = flight->waiting;
			flight->waiting = request;
			joined = true;
		}
	}
	return joined;
}

bool
flight_join(Request *request, const char *method, const char *cached_as)
{
	Flight *flight = create(request, method, cached_as);
	bool taken;

	if (flight == NULL)
		return false;
	pthread_mutex_lock(&lock);
	taken = flight->is_shared && join(request, cached_as);
	if (taken)
		destroy(flight);
	else
	{
		if (flight->is_shared)
		{
			flight->next = *bucket_of(cached_as);
			*bucket_of(cached_as) = flight;
		}
		taken = database_ask(&flight->job);
		if (!taken)
		{
			if (flight->is_shared)
				*bucket_of(cached_as) = flight->next;
			destroy(flight);
		}
	}
	pthread_mutex_unlock(&lock);
	return taken;
}
