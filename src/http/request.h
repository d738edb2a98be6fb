/*
 * request.h: what a client is to fetch, how, and what comes back.
 */
#ifndef ESN_REQUEST_H
#define ESN_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_MAX_ORIGINS 2

typedef struct HttpOptions
{
	/* base URLs; requests may go only to their scheme, host and port */
	const char *origins[HTTP_MAX_ORIGINS];
	int delay_ms;     /* least time between two starts on one host; 0: none */
	int max_parallel; /* requests open at once, over all hosts */
	int timeout_ms;   /* of a request, from its start to its last byte */
	int max_retries;  /* after the first try; only for retryable failures */
	/* the wait before the first retry; doubled for each further one; jittered by +-20 % */
	int retry_base_ms;
	size_t max_body;                /* bytes, counted after decompression */
	const char *const *user_agents; /* taken in turn, one per request */
	int user_agent_count;
	const char *ca_file; /* PEM, instead of the system's authorities; NULL: use those */
	int patience;  /* failures in a row that count as the site's; 0: ten; refusals: always ten */
	uint64_t seed; /* of the jitter */
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

	/*
	 * It is a robots.txt: redirects may lead to any host (RFC 9309, 2.3.1.2), no robots.txt is
	 * asked whether it may be requested, and it says nothing about how the site answers for pages.
	 */
	bool is_robots;
} HttpRequest;

/* Whether the owner of a request belongs to what is preferred. */
typedef bool (*HttpPreference)(const void *owner, const void *preferred);

typedef enum HttpOutcome
{
	/*
	 * a final status that is an answer: 2xx, 304 to a conditional request, 4xx but 408, 425 and
	 * 429, 501
	 */
	HTTP_ANSWERED,
	/* status (0: none) and error say why; if it was retryable, no tries are left */
	HTTP_FAILED,
	HTTP_NOT_REQUESTED, /* the site was blocked before this request had its turn */
	/*
	 * the site blocks us (Cloudflare does, or a wait of more than ten minutes is wanted) or is
	 * given up; request nothing more of it
	 */
	HTTP_BLOCKED
} HttpOutcome;

typedef struct HttpResponse
{
	void *owner;
	HttpOutcome outcome;
	int status;                /* of the last answer; 0: none */
	HttpMethod method;         /* of the last request; a refused HEAD is repeated as a GET */
	const char *url;           /* as requested */
	const char *effective_url; /* after redirects */
	const char *error;         /* one line, lower case, ASCII; NULL if outcome is HTTP_ANSWERED */
	/* headers: printable ASCII; NULL if the answer had none such */
	const char *content_type;
	const char *etag;
	const char *last_modified;
	const char *body; /* NUL-terminated, not counted; "" if there is none */
	size_t body_len;
	int64_t wait_s; /* HTTP_BLOCKED: for how long, in seconds; 0: unknown */
	int attempts;   /* number of tries, without redirects */
	/* HTTP_FAILED: another run may succeed; not with what robots.txt or the settings forbid */
	bool retryable;
} HttpResponse;

typedef struct HttpTotals
{
	int64_t requests;     /* started, retries and redirects included */
	int64_t not_modified; /* 304 answers */
	int64_t bytes;        /* received, bodies as transferred */
} HttpTotals;

#endif
