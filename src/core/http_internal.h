/*
 * http_internal.h: what the parts of the fetcher share: http.c keeps the queues, http_transfer.c makes a transfer of a
 * request, http_judge.c decides what its end means.
 */
#ifndef ESN_HTTP_INTERNAL_H
#define ESN_HTTP_INTERNAL_H

#include <curl/curl.h>

#include "core/http.h"

#define HTTP_MAX_PARALLEL 64
#define HTTP_MAX_HEADER_BYTES (256 * 1024)

/* The headers of an answer that are kept, as indexes of Transfer.headers. */
typedef enum HttpHeader
{
	HTTP_CONTENT_TYPE,
	HTTP_ETAG,
	HTTP_LAST_MODIFIED,
	HTTP_RETRY_AFTER,
	HTTP_KEPT_HEADERS
} HttpHeader;

typedef struct Transfer Transfer;

/* A scheme, host and port, and what waits to be asked of it. */
typedef struct Origin
{
	char *url; /* "https://host:port" */
	int64_t next_start;
	char refusal[128]; /* why nothing more is asked of it; empty: it is asked */
	int delay_ms;
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
	int redirects;
	size_t header_bytes;
	size_t capacity;
	bool too_large;
	bool mitigated;
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
};

extern int64_t http_now(void); /* ms, monotonic */

/* The configured site that an address belongs to, or NULL. */
extern Origin *http_find_origin(HttpClient *client, const char *url);

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
