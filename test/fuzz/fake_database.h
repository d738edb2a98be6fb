/*
 * fake_database.h: what the gateway uses of libpq, without a database, and its threads that ask the
 * database: fake_database_work() runs each until it would wait.
 */
#ifndef ESN_FUZZ_FAKE_DATABASE_H
#define ESN_FUZZ_FAKE_DATABASE_H

#include <pthread.h>
#include <stdbool.h>

/* A row of esn_api(): NULL is NULL. */
typedef struct FakeRow
{
	const char *values[5]; /* the status, headers, content, route and lifetime */
} FakeRow;

typedef struct FakeDatabase
{
	bool is_away;
	bool is_standby;
	const char *error; /* the SQLSTATE of all that is asked; empty: it has none; NULL: no error */
	FakeRow (*answer)(const char *const *arguments);
} FakeDatabase;

extern FakeDatabase fake_database;

extern void fake_database_work(void);

/* How many connections and results have not been freed. */
extern int fake_database_objects(void);

/* In the place of pthread_create() and pthread_cond_wait(). */
extern int fake_thread_create(pthread_t *thread, const pthread_attr_t *attributes,
							  void *(*start)(void *), void *argument);
extern int fake_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex);

#endif
