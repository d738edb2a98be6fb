/*
 * connection.c: connects to the database by libpq, and calls esn_api(). It knows no other function.
 */
#include "connection.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBLEM_SIZE 500

void
log_problem(const char *what, const char *text)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static char last[PROBLEM_SIZE];
	char line[PROBLEM_SIZE];
	size_t length;

	snprintf(line, sizeof(line), "%s: %s", what, text);
	length = strlen(line);
	while (length > 0 && line[length - 1] == '\n')
		line[--length] = '\0';
	pthread_mutex_lock(&lock);
	if (strcmp(line, last) != 0)
	{
		fprintf(stderr, "esn-pulse-web: %s\n", line);
		memcpy(last, line, sizeof(last));
	}
	pthread_mutex_unlock(&lock);
}

static void
ignore_notice(void *context, const PGresult *notice)
{
	(void) context;
	(void) notice;
}

/* Settings of the session, and the schema of the extension, which is not the gateway's to know. */
static bool
prepare_session(Connection *connection)
{
	PGresult *result;
	bool found;

	result = PQexec(connection->session, connection->kind == FOR_READING
											 ? "SET statement_timeout = '15s'; "
											   "SET default_transaction_read_only = on"
											 : "SET statement_timeout = '60s'");
	found = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	if (!found)
		return false;
	result = PQexec(connection->session,
					"SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension e "
					"JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace "
					"WHERE e.extname = 'esn_pulse'");
	found = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
	if (found)
		snprintf(connection->statement, sizeof(connection->statement),
				 "SELECT http_status, headers, content, route, lifetime "
				 "FROM %s.esn_api($1, $2, $3, $4, $5, $6::pg_catalog.jsonb)",
				 PQgetvalue(result, 0, 0));
	else if (PQresultStatus(result) == PGRES_TUPLES_OK)
		log_problem("database", "the extension esn_pulse is not there");
	PQclear(result);
	return found;
}

bool
connection_open(Connection *connection)
{
	const char *const names[] = {"connect_timeout",  "keepalives_idle",
								 "tcp_user_timeout", "fallback_application_name",
								 "dbname",           "target_session_attrs",
								 "client_encoding",  NULL};
	const char *const values[] = {"5",
								  "10",
								  "20000",
								  "esn-pulse-web",
								  connection->dsn,
								  connection->kind == FOR_READING ? "prefer-standby" : "read-write",
								  "UTF8",
								  NULL};

	if (connection->session != NULL && PQstatus(connection->session) == CONNECTION_OK)
		return true;
	connection_close(connection);
	connection->session = PQconnectdbParams(names, values, 1);
	if (PQstatus(connection->session) != CONNECTION_OK)
		log_problem("database", PQerrorMessage(connection->session));
	else
	{
		PQsetNoticeReceiver(connection->session, ignore_notice, NULL);
		if (prepare_session(connection))
			return true;
		if (PQerrorMessage(connection->session)[0] != '\0')
			log_problem("database", PQerrorMessage(connection->session));
	}
	connection_close(connection);
	return false;
}

void
connection_close(Connection *connection)
{
	if (connection->session != NULL)
		PQfinish(connection->session);
	connection->session = NULL;
}

PGresult *
connection_call(Connection *connection, const Call *call)
{
	const char *const values[] = {call->method, call->path, call->query,
								  call->key,    call->body, call->usage};

	return PQexecParams(connection->session, connection->statement, 6, NULL, values, NULL, NULL, 0);
}

bool
is_unavailable(const Connection *connection, const PGresult *result)
{
	/*
	 * Lack of resources, intervention of the operator and a canceled statement, a standby, missing
	 * objects or rights, and an extension whose schema is not safe.
	 */
	static const char *const states[] = {"08", "53", "57", "25006", "42", "3F", "55000"};
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

	if (PQstatus(connection->session) != CONNECTION_OK || state == NULL)
		return true;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
	{
		if (strncmp(state, states[i], strlen(states[i])) == 0)
			return true;
	}
	return false;
}
