/*
 * database.c: two queues of requests, and the threads that have the database answer them: several
 * that read, one that writes. listener.c has the thread that listens.
 */
#include "database.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "clock.h"
#include "listener.h"

#define MAX_WAITING 2000
#define MAX_READERS 64
#define PAUSE_MS 500 /* after a failure, before the next attempt to connect */
#define RETRY_AFTER 5

typedef struct Queue
{
	pthread_mutex_t lock;
	pthread_cond_t filled;
	Job *first;
	Job **end;
	unsigned waiting;
	bool closed;
	_Atomic int64_t pause_until;
	ConnectionKind kind;
} Queue;

static Queue queues[] = {
	[FOR_READING] = {.lock = PTHREAD_MUTEX_INITIALIZER,
					 .filled = PTHREAD_COND_INITIALIZER,
					 .kind = FOR_READING},
	[FOR_WRITING] = {.lock = PTHREAD_MUTEX_INITIALIZER,
					 .filled = PTHREAD_COND_INITIALIZER,
					 .kind = FOR_WRITING},
};
static const char *database;
static pthread_t threads[MAX_READERS + 1];
static unsigned thread_count;

static Answer *
away(void)
{
	return answer_problem(503, "Service Unavailable", "the database is not available", RETRY_AFTER);
}

/* The answer in a row of esn_api(). */
static Answer *
read_row(const Connection *connection, const Job *job, const PGresult *row, int64_t *lifetime)
{
	const char *standby = PQparameterStatus(connection->session, "in_hot_standby");
	AnswerText text = {
		.status = (unsigned) strtoul(PQgetvalue(row, 0, 0), NULL, 10),
		.headers = PQgetvalue(row, 0, 1),
		.content = PQgetvalue(row, 0, 2),
		.content_size = (size_t) PQgetlength(row, 0, 2),
		.route = PQgetisnull(row, 0, 3) ? "none" : PQgetvalue(row, 0, 3),
	};

	*lifetime = strtol(PQgetvalue(row, 0, 4), NULL, 10);
	if (!listener_hears() && *lifetime > UNHEARD_LIFETIME)
		*lifetime = UNHEARD_LIFETIME;
	/* A standby may not know yet that a key was revoked. */
	if (job->call.key != NULL && (standby == NULL || strcmp(standby, "off") != 0))
		*lifetime = 0;
	return answer_create(&text, job->kind == FOR_READING);
}

static PGresult *
attempt(Connection *connection, Queue *queue, const Job *job)
{
	if (clock_now() < atomic_load(&queue->pause_until))
		return NULL;
	if (!connection_open(connection))
	{
		atomic_store(&queue->pause_until, clock_now() + PAUSE_MS);
		return NULL;
	}
	return connection_call(connection, &job->call);
}

/* What the database says of a key or a body with such bytes. */
static bool
is_not_utf8(const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	return state != NULL && strcmp(state, "22021") == 0;
}

/* Asks once more if the connection turns out to be lost, unless that could start a run twice. */
static Answer *
ask(Connection *connection, Queue *queue, const Job *job, int64_t *lifetime)
{
	Answer *answer;
	PGresult *result = attempt(connection, queue, job);

	if (result != NULL && PQresultStatus(result) != PGRES_TUPLES_OK && job->kind == FOR_READING &&
		is_unavailable(connection, result))
	{
		PQclear(result);
		connection_close(connection);
		result = attempt(connection, queue, job);
	}
	*lifetime = 0;
	if (result == NULL)
		return away();
	if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1)
		answer = read_row(connection, job, result, lifetime);
	else if (is_not_utf8(result))
		answer = answer_problem(400, "Bad Request", "the request is not UTF-8", 0);
	else
	{
		log_problem("database", PQresultErrorMessage(result));
		if (is_unavailable(connection, result))
		{
			answer = away();
			connection_close(connection);
		}
		else
			answer =
				answer_problem(500, "Internal Server Error", "the server's log has the reason", 0);
	}
	PQclear(result);
	return answer;
}

static Job *
next_job(Queue *queue)
{
	Job *job;

	pthread_mutex_lock(&queue->lock);
	while (queue->first == NULL && !queue->closed)
		pthread_cond_wait(&queue->filled, &queue->lock);
	job = queue->first;
	if (job != NULL)
	{
		queue->first = job->next;
		queue->waiting--;
	}
	pthread_mutex_unlock(&queue->lock);
	return job;
}

static void *
work(void *argument)
{
	Queue *queue = argument;
	Connection connection = {.dsn = database, .kind = queue->kind};
	Job *job;

	while ((job = next_job(queue)) != NULL)
	{
		int64_t lifetime;
		Answer *answer = ask(&connection, queue, job, &lifetime);

		job->done(job, answer, lifetime);
	}
	connection_close(&connection);
	return NULL;
}

bool
database_open(const char *dsn, unsigned readers)
{
	database = dsn;
	for (unsigned n = 0; n <= readers && n <= MAX_READERS; n++)
	{
		Queue *queue = &queues[n == 0 ? FOR_WRITING : FOR_READING];

		if (pthread_create(&threads[n], NULL, work, queue) != 0)
			return false;
		thread_count++;
	}
	return true;
}

bool
database_ask(Job *job)
{
	Queue *queue = &queues[job->kind];
	bool taken;

	job->next = NULL;
	pthread_mutex_lock(&queue->lock);
	taken = queue->waiting < MAX_WAITING && !queue->closed;
	if (taken)
	{
		if (queue->first == NULL)
			queue->end = &queue->first;
		*queue->end = job;
		queue->end = &job->next;
		queue->waiting++;
		pthread_cond_signal(&queue->filled);
	}
	pthread_mutex_unlock(&queue->lock);
	return taken;
}

void
database_close(void)
{
	for (unsigned n = 0; n < sizeof(queues) / sizeof(queues[0]); n++)
	{
		pthread_mutex_lock(&queues[n].lock);
		queues[n].closed = true;
		pthread_cond_broadcast(&queues[n].filled);
		pthread_mutex_unlock(&queues[n].lock);
	}
	for (unsigned n = 0; n < thread_count; n++)
		pthread_join(threads[n], NULL);
}
