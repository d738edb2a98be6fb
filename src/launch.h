/*
 * launch.h: what the caller and the worker of a run share: the request, and the queue on which the
 * worker reports progress.
 */
#ifndef ESN_LAUNCH_H
#define ESN_LAUNCH_H

#include "port/atomics.h"
#include "storage/dsm.h"
#include "storage/shm_mq.h"

#define LAUNCH_MAGIC 0x45534e31
#define LAUNCH_QUEUE_SIZE ((Size) 64 * 1024)
#define SLUG_SIZE 256

typedef enum RunKind
{
	RUN_ACCOUNTS,
	RUN_SECTION,
	RUN_ACTIVITIES,
	RUN_ALL,
	RUN_RETRY,
	RUN_FIX,
	RUN_SELFTEST
} RunKind;

typedef struct RunRequest
{
	RunKind kind;
	bool full;
	int max_sections; /* 0: all */
	char slug[SLUG_SIZE];
	char requested_by[NAMEDATALEN];
} RunRequest;

/* As in scraper_status.request, in the current memory context; RUN_ALL is named by its last part.
 */
extern char *describe_request(const RunRequest *request);

/* The dynamic shared memory segment: this struct, the settings, and the queue after them. */
typedef struct Launch
{
	uint32 magic;
	Oid database;
	RunRequest request;
	pg_atomic_uint32 abandoned; /* the caller has gone, and the run is to stop */
	Size queue_offset;
	char settings[FLEXIBLE_ARRAY_MEMBER]; /* as settings_serialize() writes them */
} Launch;

/*
 * Starts a worker for the request. With wait, shows its progress as NOTICEs, and returns the run's
 * row (a composite Datum of scraper_status) when the run has ended. Without wait, returns as soon
 * as the run has started. A run with a waiting caller stops when the caller goes away. Errors of
 * the run are raised here with their own SQLSTATE. Of RUN_SELFTEST it returns the answer, a text.
 */
extern Datum launch_run(const RunRequest *request, bool wait);

#endif
