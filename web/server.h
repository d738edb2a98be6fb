/*
 * server.h: the HTTP server.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ServerOptions
{
	const char *listen; /* address:port */
	unsigned threads;
	unsigned connections; /* at most, at a time */
	bool behind_proxy;    /* clients' addresses are in X-Forwarded-For */
} ServerOptions;

/* Problems are written to stderr. */
extern bool server_open(const ServerOptions *options);

/* Takes no more requests; those that wait for the database must have been answered. */
extern void server_refuse(void);
extern void server_close(void);

#endif
