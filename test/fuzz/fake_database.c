/*
 * fake_database.c: see fake_database.h.
 */
#include "fake_database.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define MAX_THREADS 2

struct pg_conn
{
	ConnStatusType status;
};

struct pg_result
{
	ExecStatusType status;
	const char *state; /* of an error */
	FakeRow row;
};

typedef struct Thread
{
	void *(*start)(void *);
	void *argument;
} Thread;

FakeDatabase fake_database;

static Thread threads[MAX_THREADS];
static int thread_count;
static jmp_buf waits;
static PGconn *session; /* that of the thread that runs */
static int objects;

int
fake_thread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *),
				   void *argument)
{
	fuzz_check(attributes == NULL && thread_count < MAX_THREADS);
	*thread = pthread_self();
	threads[thread_count++] = (Thread){start, argument};
	return 0;
}

int
fake_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
	(void) condition;
	pthread_mutex_unlock(mutex);
	longjmp(waits, 1);
}

void
fake_database_work(void)
{
	for (volatile int n = 0; n < thread_count; n++)
	{
		if (setjmp(waits) == 0)
			threads[n].start(threads[n].argument);
		/* it connects anew the next time */
		if (session != NULL)
			PQfinish(session);
	}
}

int
fake_database_objects(void)
{
	return objects;
}

PGconn *
PQconnectdbParams(const char *const *names, const char *const *values, int expand)
{
	fuzz_check(names[0] != NULL && values[0] != NULL && expand == 1 && session == NULL);
	session = malloc(sizeof(PGconn));
	fuzz_check(session != NULL);
	session->status = fake_database.is_away ? CONNECTION_BAD : CONNECTION_OK;
	objects++;
	return session;
}

void
PQfinish(PGconn *connection)
{
	fuzz_check(connection == session);
	free(connection);
	session = NULL;
	objects--;
}

ConnStatusType
PQstatus(const PGconn *connection)
{
	return connection == NULL ? CONNECTION_BAD : connection->status;
}

char *
PQerrorMessage(const PGconn *connection)
{
	return (char *) (PQstatus(connection) == CONNECTION_OK ? "" : "a problem");
}

const char *
PQparameterStatus(const PGconn *connection, const char *name)
{
	fuzz_check(connection == session && strcmp(name, "in_hot_standby") == 0);
	return fake_database.is_standby ? "on" : "off";
}

PQnoticeReceiver
PQsetNoticeReceiver(PGconn *connection, PQnoticeReceiver receiver, void *context)
{
	(void) context;
	fuzz_check(connection == session && receiver != NULL);
	return NULL;
}

static PGresult *
result_create(ExecStatusType status)
{
	PGresult *result = calloc(1, sizeof(PGresult));

	fuzz_check(result != NULL);
	result->status = status;
	objects++;
	return result;
}

/* The settings of the session, and where the extension is. */
PGresult *
PQexec(PGconn *connection, const char *query)
{
	PGresult *result;

	fuzz_check(PQstatus(connection) == CONNECTION_OK);
	if (strncmp(query, "SET", 3) == 0)
		return result_create(PGRES_COMMAND_OK);
	result = result_create(PGRES_TUPLES_OK);
	result->row.values[0] = "\"ESN\"";
	return result;
}

PGresult *
PQexecParams(PGconn *connection, const char *command, int count, const Oid *types,
			 const char *const *values, const int *lengths, const int *formats, int result_format)
{
	PGresult *result;

	fuzz_check(PQstatus(connection) == CONNECTION_OK && count == 6 && types == NULL &&
			   lengths == NULL && formats == NULL && result_format == 0 &&
			   strstr(command, "FROM \"ESN\".esn_api($1, $2, $3, $4, $5, $6") != NULL);
	fuzz_check(values[0] != NULL && values[1] != NULL && values[5] == NULL);
	if (fake_database.error == NULL)
	{
		result = result_create(PGRES_TUPLES_OK);
		result->row = fake_database.answer(values);
		return result;
	}
	result = result_create(PGRES_FATAL_ERROR);
	if (*fake_database.error != '\0')
		result->state = fake_database.error;
	return result;
}

ExecStatusType
PQresultStatus(const PGresult *result)
{
	return result == NULL ? PGRES_FATAL_ERROR : result->status;
}

char *
PQresultErrorMessage(const PGresult *result)
{
	return (char *) (PQresultStatus(result) == PGRES_FATAL_ERROR ? "a problem\n" : "");
}

char *
PQresultErrorField(const PGresult *result, int field)
{
	fuzz_check(field == PG_DIAG_SQLSTATE);
	return (char *) (result == NULL ? NULL : result->state);
}

int
PQntuples(const PGresult *result)
{
	return PQresultStatus(result) == PGRES_TUPLES_OK ? 1 : 0;
}

static const char *
value(const PGresult *result, int row, int column)
{
	fuzz_check(PQntuples(result) > row && row == 0 && column >= 0 && column < 5);
	return result->row.values[column];
}

int
PQgetisnull(const PGresult *result, int row, int column)
{
	return value(result, row, column) == NULL;
}

/* A NULL is empty, as with libpq. */
char *
PQgetvalue(const PGresult *result, int row, int column)
{
	return (char *) (PQgetisnull(result, row, column) ? "" : value(result, row, column));
}

int
PQgetlength(const PGresult *result, int row, int column)
{
	return (int) strlen(PQgetvalue(result, row, column));
}

void
PQclear(PGresult *result)
{
	objects -= result != NULL;
	free(result);
}
