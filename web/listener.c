/*
 * listener.c: LISTEN on the primary, which voids the cache when something has changed there, and
 * sends what has become of runs to those who follow them; the report of usage, each minute and at
 * the end of an hour; and, each second, the deadlines of connections.
 */
#include "listener.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cache.h"
#include "clock.h"
#include "connection.h"
#include "events.h"
#include "limits.h"
#include "usage.h"

#define REPORT_SECONDS 60
#define RECONNECT_MS 1000
#define TICK_MS 1000

static Connection connection = {.kind = FOR_WRITING};
static atomic_bool hears;
static atomic_bool closing;
static pthread_t thread;
static int wake[2];
static time_t reported;

static bool
begin_to_listen(void)
{
	PGresult *result;
	bool listens;

	if (!connection_open(&connection))
		return false;
	result = PQexec(connection.session, "LISTEN esn_pulse_change; LISTEN esn_pulse_run");
	listens = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	if (!listens)
	{
		connection_close(&connection);
		return false;
	}
	/* What changed before is not heard of. */
	cache_void();
	atomic_store(&hears, true);
	events_begin();
	return true;
}

static void
lose(void)
{
	connection_close(&connection);
	atomic_store(&hears, false);
	cache_void();
	events_end();
}

static void
hear(void)
{
	PGnotify *notification;

	if (!PQconsumeInput(connection.session))
	{
		lose();
		return;
	}
	while ((notification = PQnotifies(connection.session)) != NULL)
	{
		/* First: who follows runs asks again, and must not get an older answer. */
		cache_void();
		if (strcmp(notification->relname, "esn_pulse_run") == 0)
			events_publish("run", notification->extra);
		PQfreemem(notification);
	}
}

static bool
store(const char *usage)
{
	Call call = {.usage = usage};
	PGresult *result = connection_call(&connection, &call);
	bool stored = PQresultStatus(result) == PGRES_TUPLES_OK;

	if (!stored)
	{
		log_problem("usage", PQresultErrorMessage(result));
		if (PQstatus(connection.session) != CONNECTION_OK)
			lose();
	}
	PQclear(result);
	return stored;
}

static bool
store_waiting(void)
{
	const char *report;

	while ((report = usage_waiting()) != NULL)
	{
		if (!store(report))
			return false;
		usage_stored();
	}
	return true;
}

/* Without anything to report it also finds out whether the connection still works. */
static void
report_usage(void)
{
	reported = time(NULL);
	if (!store_waiting())
		return;
	usage_close(reported);
	if (usage_waiting() == NULL)
		store("{\"rows\": []}");
	else
		store_waiting();
}

static void *
listen_on(void *unused)
{
	int64_t next_attempt = 0;

	(void) unused;
	while (!atomic_load(&closing))
	{
		struct pollfd sources[2] = {{.fd = wake[0], .events = POLLIN}, {.fd = -1}};
		time_t now = time(NULL);

		/* Also while the database is away: what follows counts for another hour. */
		usage_turn(now);
		limits_enforce();
		events_keep_alive();
		if (connection.session == NULL && clock_now() >= next_attempt && !begin_to_listen())
			next_attempt = clock_now() + RECONNECT_MS;
		if (connection.session != NULL &&
			(now - reported >= REPORT_SECONDS || now / 3600 != reported / 3600))
			report_usage();
		if (connection.session != NULL)
		{
			hear();
			if (connection.session != NULL)
				sources[1] = (struct pollfd){.fd = PQsocket(connection.session), .events = POLLIN};
		}
		poll(sources, 2, TICK_MS);
	}
	if (connection.session != NULL || begin_to_listen())
		report_usage();
	lose();
	return NULL;
}

bool
listener_open(const char *dsn)
{
	connection.dsn = dsn;
	reported = time(NULL);
	usage_begin(reported);
	return pipe(wake) == 0 && pthread_create(&thread, NULL, listen_on, NULL) == 0;
}

bool
listener_hears(void)
{
	return atomic_load(&hears);
}

void
listener_close(void)
{
	atomic_store(&closing, true);
	if (write(wake[1], "", 1) == 1)
		pthread_join(thread, NULL);
	close(wake[0]);
	close(wake[1]);
	usage_end();
}
