/*
 * http_internal.h: what the parts of the fetcher share: http.c keeps the requests and waits, http_origin.c says what may start when,
 * http_transfer.c makes a transfer of a request, http_judge.c decides what its end means.
 */
#ifndef ESN_HTTP_INTERNAL_H
#define ESN_HTTP_INTERNAL_H

#include <curl/curl.h>

#include "core/breaker.h"
#include "core/http.h"
#include "core/politeness.h"

#define HTTP_MAX_PARALLEL 64
#define HTTP_MAX_HEADER_BYTES (256 * 1024)

/* The headers of an answer that are kept, as indexes of Transfer.headers. */
typedef enum HttpHeader
{
	HTTP_CONTENT_TYPE,
	HTTP_ETAG,
	HTTP_LAST_MODIFIED,
	HTTP_RETRY_AFTER,
	HTTP_DATE,
	HTTP_KEPT_HEADERS
} HttpHeader;

typedef struct Transfer Transfer;

/* A scheme, host and port, and what waits to be asked of it. */
typedef struct Origin
{
	char *url; /* "https://host:port" */
	Pace pace;
	Breaker breaker;
	char refusal[320];    /* why nothing more is asked of it; empty: it is asked */
	const Robots *robots; /* what it allows; NULL: all */
	char *unread;         /* why its robots.txt could not be read; NULL: it could */
	Transfer *first;
	Transfer *last;
} Origin;

struct Transfer
{
	HttpResponse response; /* first: a response handed out is its transfer */
	HttpClient *client;
	Transfer *next;
	Origin *origin;
	HttpMethod method;
	char *url;
	char *target; /* where redirects have led */
	char *etag;
	char *last_modified;
	int64_t not_before;
	int64_t started;
	bool is_probe; /* the one request that tries whether its site is back */
	int redirects;
	size_t header_bytes;
	size_t capacity;
	bool too_large;
	bool mitigated;
	bool sent; /* the request has been, since http_start() */
	char *body;
	char *headers[HTTP_KEPT_HEADERS];
	char error[512];
	struct curl_slist *request_headers;
	CURL *easy;
};

struct HttpClient
{
	HttpOptions options;
	Origin origins[HTTP_MAX_ORIGINS];
	char **user_agents;
	int next_agent;
	char *ca_file;
	CURLM *multi;
	Transfer *open; /* being transferred */
	Transfer *done; /* ended, oldest first */
	Transfer **done_end;
	CURL *idle[HTTP_MAX_PARALLEL];
	int idle_count;
	int open_count;
	int pending;
	HttpTotals totals;
	uint64_t random;
	char error[256];
	char waiting_for[512];
};

/* What the end of a transfer says of its site. */
typedef enum Verdict
{
	SITE_ANSWERED,
	SITE_STRUGGLES,
	NO_VERDICT
} Verdict;

extern int64_t http_now(void); /* ms, monotonic */

/* The configured site that an address belongs to, or NULL. */
extern Origin *http_find_origin(HttpClient *client, const char *url);

/* The pace and the breaker of a site of which nothing is known yet. */
extern void http_begin_origin(Origin *origin, const HttpOptions *options);

/* Takes the first transfer that may start out of an origin's queue, to be started; else NULL, and *due is brought forward to when one may. */
extern Transfer *http_take_due(Origin *origin, int64_t now, int64_t *due);

/* What was taken has ended, and its origin is asked faster, slower or not at all accordingly. Once for each taken. */
extern void http_heed(Transfer *transfer, Verdict verdict, int64_t now);

/* Puts a transfer behind the others of its origin; one of an origin that refuses to be asked ends at once. */
extern void http_enqueue(Transfer *transfer);

/* Hands a transfer over to http_next(). */
extern void http_finish(Transfer *transfer, HttpOutcome outcome);
extern void http_fail(Transfer *transfer, bool can_heal, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Gives a transfer to libcurl. */
extern void http_start(HttpClient *client, Transfer *transfer);
extern void http_forget_answer(Transfer *transfer);

/* An answer came in whole, or broke off: the transfer ends, or is put into a queue again. */
extern void http_judge_status(Transfer *transfer, int64_t now, const char *location);
extern void http_judge_error(Transfer *transfer, int64_t now, CURLcode code);

#endif
