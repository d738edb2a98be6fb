/*
 * state.h: the state of a client: the client itself, its sites, and their requests.
 */
#ifndef ESN_STATE_H
#define ESN_STATE_H

#include <curl/curl.h>

#include "http/breaker.h"
#include "http/pace.h"
#include "http/request.h"
#include "http/robots.h"

typedef struct HttpClient HttpClient;

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
	HTTP_SERVER,
	HTTP_KEPT_HEADERS
} HttpHeader;

typedef struct Transfer Transfer;

/* A scheme, host and port, and its queue of requests. */
typedef struct Origin
{
	char *url; /* "https://host:port" */
	Pace pace;
	Breaker breaker;
	char block_reason[320]; /* why it gets no more requests; empty: it does */
	const Robots *robots;   /* the rules of its robots.txt; NULL: everything is allowed */
	char *unread;           /* why its robots.txt could not be read; NULL: it could */
	char working[1024];     /* the last page that it answered well; empty: none yet */
	bool refuses_head;      /* it is asked by GET instead of HEAD */
	int spoiled;            /* answers whose compression libcurl could not undo */
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
	bool is_trial;  /* the half-open trial of its site */
	bool is_check;  /* a trial with a page that worked before; it belongs to no request */
	bool is_robots; /* see HttpRequest */
	int redirects;
	size_t header_bytes;
	size_t capacity;
	bool too_large;
	bool no_memory;
	bool uncompressed; /* the answer is asked for without compression */
	bool mitigated;
	bool sent; /* the request has been sent since transfer_start() */
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
	HttpPreference is_preferred;
	const void *preferred; /* NULL: nothing is */
	Transfer *open;        /* being transferred */
	Transfer *done;        /* ended, oldest first */
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

/* Milliseconds and microseconds of a monotonic clock. */
extern int64_t http_now(void);
extern int64_t http_now_us(void);

/* Ends a transfer: http_next() will return it. A check is freed. */
extern void transfer_finish(Transfer *transfer, HttpOutcome outcome);
extern void transfer_fail(Transfer *transfer, bool retryable, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether an answer of 304 is possible. */
extern bool transfer_is_conditional(const Transfer *transfer);

/* Forgets the last answer before the request is sent again. */
extern void transfer_forget_answer(Transfer *transfer);

/* Frees a transfer and all that belongs to it. */
extern void transfer_free(Transfer *transfer);

#endif
