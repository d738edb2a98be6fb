/*
 * database.h: asks the database, in threads of its own.
 */
#ifndef WEB_DATABASE_H
#define WEB_DATABASE_H

#include <stdbool.h>
#include <stdint.h>

#include "answer.h"
#include "connection.h"

/*
 * A request to be answered. done() is called once, in a thread of database.c, with a reference to
 * the answer (NULL: there is no memory), and for how many seconds it may be kept.
 */
typedef struct Job
{
	struct Job *next;
	Call call;
	ConnectionKind kind;
	uint64_t generation; /* of the cache, when it was asked */
	void (*done)(struct Job *job, Answer *answer, int64_t lifetime);
} Job;

/* Starts the threads: readers, and one that writes. */
extern bool database_open(const char *dsn, unsigned readers);

/* False: too much is being asked already; done() is not called. */
extern bool database_ask(Job *job);

/* Answers what is asked, and ends the threads. */
extern void database_close(void);

#endif
