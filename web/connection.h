/*
 * connection.h: a connection to the database, and the call of esn_api().
 */
#ifndef WEB_CONNECTION_H
#define WEB_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>

/* Where it leads, of the hosts of the DSN. */
typedef enum ConnectionKind
{
	FOR_READING, /* a standby if there is one */
	FOR_WRITING, /* the primary */
} ConnectionKind;

typedef struct Connection
{
	const char *dsn;
	ConnectionKind kind;
	PGconn *session; /* NULL: there is none */
	char statement[256];
} Connection;

/*
 * Connects if it is not connected. False: that failed; problems are written to stderr, the same one
 * once.
 */
extern bool connection_open(Connection *connection);
extern void connection_close(Connection *connection);

/* The values of esn_api()'s arguments; NULL where there is none. */
typedef struct Call
{
	const char *method;
	const char *path;
	const char *query;
	const char *key;
	const char *body;
	const char *usage;
} Call;

/* NULL: there is no memory. Else the caller looks at PQresultStatus(), and clears it. */
extern PGresult *connection_call(Connection *connection, const Call *call);

/* Whether a statement failed because the database cannot answer now, not because it is wrong. */
extern bool is_unavailable(const Connection *connection, const PGresult *result);

extern void log_problem(const char *what, const char *text);

#endif
