/*
 * http.h: fetching politely. The only place that talks to libcurl. No PostgreSQL, no globals, no threads of its own.
 *
 * A client has a queue of requests for a few hosts. http_wait() starts what is due, moves bytes, and waits; http_next()
 * hands over what has ended. A request ends once: with an answer, or after its last retry with a reason.
 *
 * How a site is asked, robots.txt, redirects, HEADs and retries alike:
 * - Two starts are at least its delay apart: the configured one, or its Crawl-delay where that is longer. A start that is up to
 *   4 ms late does not shift those after it, so that the average is the delay.
 * - Retry-After with 429 or 503 (RFC 9110, 10.2.3) is obeyed: seconds, or a date, which is measured against the Date of the same
 *   answer, so that a site whose clock is wrong is asked neither too soon nor too late; where there is none, our clock counts. More
 *   than ten minutes is a refusal.
 * - A site struggles where it answers 408, 425, 429 or 5xx but 501, not in time or not to the end, or cannot be reached. Its delay
 *   is doubled then, up to 64 times the least and a minute, but once only for all that was under way. Each answer to what was
 *   started later takes a tenth off, down to the least.
 * - After ten such failures with no answer between them it is left alone for 16 times retry_base_ms, at most an hour. Then one
 *   request is made, the first that waits, and nothing else until it has ended. An answer, and all goes on; a failure, and it is
 *   left alone twice as long; at the third it is given up, as if it had refused. What waits meanwhile keeps its tries.
 * - A page that fails again, other than with 429 or 503, tells of itself rather than of its site: such retries neither double
 *   the delay nor are among the ten. The last requests of a run may be nothing else.
 */
#ifndef ESN_HTTP_H
#define ESN_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/robots.h"

typedef struct HttpClient HttpClient;

#define HTTP_MAX_ORIGINS 2

typedef struct HttpOptions
{
	const char
		*origins[HTTP_MAX_ORIGINS]; /* base URLs; only their scheme, host and port may be asked */
	int delay_ms;                   /* the least between two starts on one host; 0: none */
	int max_parallel;               /* requests open at once, over all hosts */
	int timeout_ms;                 /* a request, from its start to its last byte */
	int max_retries;                /* after the first try; only for what can heal */
	int retry_base_ms; /* the wait before the first retry; doubled for each further one; jittered by +-20 % */
	size_t max_body;                /* bytes, counted after decompression */
	const char *const *user_agents; /* taken in turn, one a request */
	int user_agent_count;
	const char *ca_file; /* PEM, instead of the system's authorities; NULL: those */
	int patience;        /* failures in a row that are taken for the site's; 0: ten */
	uint64_t seed;       /* of the jitter */
} HttpOptions;

typedef enum HttpMethod
{
	HTTP_GET,
	HTTP_HEAD
} HttpMethod;

typedef struct HttpRequest
{
	HttpMethod method;
	const char *url;           /* absolute, http or https, of one of the origins */
	const char *etag;          /* for If-None-Match; NULL: none */
	const char *last_modified; /* for If-Modified-Since; NULL: none */
	void *owner;               /* handed back with the response */
} HttpRequest;

typedef enum HttpOutcome
{
	HTTP_ANSWERED, /* a final status that is an answer: 2xx, 304, 4xx but 408, 425 and 429, 501 */
	HTTP_FAILED, /* status (0: none) and error say why; retries, where they could help, are used up */
	HTTP_NOT_ASKED, /* the site had refused another request before this one had its turn */
	HTTP_REFUSED /* the site says stop: Cloudflare's 403, or a wait of more than ten minutes; or it is given up; ask nothing more of this host */
} HttpOutcome;

typedef struct HttpResponse
{
	void *owner;
	HttpOutcome outcome;
	int status;                /* of the last answer; 0: there was none */
	const char *url;           /* as asked for */
	const char *effective_url; /* after redirects */
	const char *error; /* one line, lower case, ASCII; NULL where outcome is HTTP_ANSWERED */
	const char
		*content_type; /* these three: printable ASCII; NULL where the answer had none such */
	const char *etag;
	const char *last_modified;
	const char *body; /* NUL behind it, not counted; "" where there is none */
	size_t body_len;
	int attempts; /* how often it was asked for, redirects not counted */
	bool
		can_heal; /* HTTP_FAILED: asking again another day may help (no answer, broken off, 408, 425, 429, 5xx) */
} HttpResponse;

typedef struct HttpTotals
{
	int64_t requests;     /* started, retries and redirects included */
	int64_t not_modified; /* 304 answers */
	int64_t bytes;        /* received, bodies as transferred */
} HttpTotals;

/* A client, or NULL with a reason in error. Initialises libcurl. The options are copied. */
extern HttpClient *http_open(const HttpOptions *options, char *error, size_t error_size);

/*
 * From now on requests to the origin of this address, redirects among them, are held to its robots.txt: what that forbids ends as
 * HTTP_FAILED, and its Crawl-delay is the least delay where it is longer than delay_ms. robots must live as long as the client. unread: why robots.txt could not be read (then
 * robots forbids all, and asking again another day may help); NULL: it could.
 */
extern void http_obey(HttpClient *client, const char *url, const Robots *robots,
					  const char *unread);

/* Ends whatever is under way, at once, and frees all. NULL is allowed. */
extern void http_close(HttpClient *client);

/* Puts a request into its host's queue (first in, first out). False: no memory. A URL of a foreign origin ends as HTTP_FAILED. */
extern bool http_submit(HttpClient *client, const HttpRequest *request);

/*
 * Starts what is due and waits until a request has ended, wake_fd (-1: none) is readable, or max_ms have passed,
 * whichever comes first; returns at once where responses are waiting for http_next() or nothing was submitted. False: libcurl failed; the reason in http_error().
 */
extern bool http_wait(HttpClient *client, int max_ms, int wake_fd);
extern const char *http_error(const HttpClient *client);

/* The next request that has ended, or NULL. To be released with http_release(). */
extern HttpResponse *http_next(HttpClient *client);
extern void http_release(HttpResponse *response);

/* Requests submitted and not yet handed over by http_next(). */
extern int http_pending(const HttpClient *client);

/* Of those waiting in a queue, the ones that wait for their turn only, not for their next try. */
extern int http_ready(const HttpClient *client);

extern HttpTotals http_totals(const HttpClient *client);

/*
 * Why requests are made later than usual, such as "accounts.esn.org struggles: trying again in 30 s" or "accounts.esn.org struggles: 2.0 s
 * between requests"; of two sites, with "; " between them. NULL: all is as usual, or nothing waits. Holds until the next call.
 */
extern const char *http_waiting_for(HttpClient *client);

#endif
