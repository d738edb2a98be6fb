/*
 * http_site.h: what tests of the fetcher share: the server that misbehaves by path
 * (http_server.py), and clients that ask it.
 */
#ifndef ESN_HTTP_SITE_H
#define ESN_HTTP_SITE_H

#include "http/client.h"

/* The server's base URL, from start_server() to stop_server(): a group's setup and teardown. */
extern char base[64];
extern const char *const agents[2];

extern int start_server(void **state);
extern int stop_server(void **state);

/* No delay, ten at once, three retries after 1, 2 and 4 ms. */
extern HttpOptions quick_options(void);

extern HttpClient *open_client(const HttpOptions *options);

/* A GET of a path of the server, or of another address. */
extern void submit(HttpClient *client, const char *path);
extern void submit_many(HttpClient *client, int count, const char *path);

/* The same, with the other members of a request. */
extern void submit_as(HttpClient *client, const char *path, HttpRequest request);

/* The next response; the request must end within 30 s. */
extern HttpResponse *wait_for_one(HttpClient *client);

typedef struct Expected
{
	const char *path;
	HttpOutcome outcome;
	int status;
	int attempts;
	bool retryable;
	const char *says; /* in the body or the error */
} Expected;

/* The next response must be so. */
extern void check_response(HttpClient *client, const Expected *expected);
extern void check_many(HttpClient *client, int count, const Expected *expected);

#endif
