/*
 * client.h: fetches politely. No PostgreSQL, no globals, no threads of its own.
 *
 * A client has a queue of requests for a few hosts. http_wait() starts the requests that are due,
 * moves bytes, and waits. http_next() returns requests that have ended. A request ends once: with
 * an answer, or with a reason after its last retry.
 *
 * These rules hold for every request: robots.txt, redirects, HEADs and retries. Redirects lead only
 * to the origins; those of a robots.txt (HttpRequest.is_robots) to any host, by http or https, at
 * the pace of the origin.
 * - Two starts are at least the politeness delay apart: the configured delay, or the site's
 *   Crawl-delay if that is longer. A start that is up to 4 ms late does not shift those after it,
 *   so that the average is the delay.
 * - Retry-After with 429 or 503 (RFC 9110, 10.2.3) is obeyed, as seconds or as a date. A date is
 *   compared with the Date of the same answer, so that a wrong clock of the site does no harm;
 *   without that, with our clock. A wait of more than ten minutes means that the site blocks us.
 * - A site struggles if it answers 408, 425, 429 or 5xx but 501, answers too late or incompletely,
 *   or cannot be reached. Its delay is then doubled, up to 64 times the least and a minute, but
 *   only once for all requests under way. Each answer to a later request reduces it by a tenth,
 *   down to the least.
 * - After ten such failures without an answer between them the site gets a pause of 16 times
 *   retry_base_ms, at most an hour. Then the first waiting request is the half-open trial, and
 *   nothing else starts until it has ended. If it succeeds, requests continue. If it fails, the
 *   pause is doubled; after the third failed trial the site is given up, as if it had blocked us.
 *   Waiting requests keep their tries.
 * - A site also refuses requests: with 4xx (but 404, 410 and those above), with a redirect to
 *   another host or in a loop, or with a certificate that cannot be trusted. Such a page is not
 *   tried again here. Ten failures or refusals in a row, without an answer between them, may mean
 *   that the site blocks us. Then the last page that worked is requested, or the home page if none
 *   has yet. If that is refused, too, the site is given up for six hours. Otherwise the refused
 *   pages are failures of their own, and requests continue.
 * - Cloudflare's refusals end the requests to a site at once: 403, 429 or 503 with the header
 *   cf-mitigated, or with a short page by "Server: cloudflare" that says "error code: 10xx" and no
 *   Retry-After. The name alone proves nothing: pages of the site may load scripts from there.
 * - A HEAD that is refused is repeated as a GET, and so are all later ones at once.
 * - An answer whose compression libcurl cannot undo is asked for once more without compression;
 *   after three of them, all answers of the site are.
 * - A page that fails again, other than with 429 or 503, counts against itself rather than its
 *   site: such retries neither double the delay nor count among the ten. The last requests of a run
 *   are often nothing else.
 */
#ifndef ESN_CLIENT_H
#define ESN_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "http/request.h"
#include "http/robots.h"

typedef struct HttpClient HttpClient;

/*
 * Opens a client; NULL with a reason in error on failure. Initialises libcurl. Copies the options.
 */
extern HttpClient *http_open(const HttpOptions *options, char *error, size_t error_size);

/*
 * Holds requests to the origin of this address, redirects included, to its robots.txt from now on.
 * A disallowed request ends as HTTP_FAILED. Its Crawl-delay replaces delay_ms if it is longer.
 * robots must outlive the client.
 * unread: why robots.txt could not be read; NULL: it could. robots then disallows everything, and a
 * later try may succeed.
 */
extern void http_obey(HttpClient *client, const char *url, const Robots *robots,
					  const char *unread);

/* Ends every request at once and frees everything. NULL is allowed. */
extern void http_close(HttpClient *client);

/*
 * Puts a request into its host's queue (first in, first out). It asks for English
 * (Accept-Language). Returns false without memory. A URL of another origin ends as HTTP_FAILED.
 */
extern bool http_submit(HttpClient *client, const HttpRequest *request);

/*
 * From now on, of the requests that are due at a site, those whose owner is_preferred() start
 * first. preferred: NULL: none is.
 */
extern void http_prefer(HttpClient *client, HttpPreference is_preferred, const void *preferred);

/*
 * Starts the requests that are due. Waits until a request has ended, wake_fd (-1: none) is
 * readable, or max_ms have passed. Returns at once if http_next() has a response or nothing was
 * submitted. Returns false if libcurl failed; http_error() has the reason.
 */
extern bool http_wait(HttpClient *client, int max_ms, int wake_fd);
extern const char *http_error(const HttpClient *client);

/* The next request that has ended, or NULL. The caller frees it with http_release(). */
extern HttpResponse *http_next(HttpClient *client);
extern void http_release(HttpResponse *response);

/* The number of requests submitted and not yet returned by http_next(). */
extern int http_pending(const HttpClient *client);

/* The number of queued requests that wait only for their turn, not for a retry. */
extern int http_ready(const HttpClient *client);

extern HttpTotals http_totals(const HttpClient *client);

/*
 * Why requests are slower than usual, such as "accounts.esn.org struggles: trying again in 30 s" or
 * "accounts.esn.org struggles: 2.0 s between requests"; for two sites, separated by "; ". NULL:
 * nothing is unusual, or nothing waits. Valid until the next call.
 */
extern const char *http_waiting_for(HttpClient *client);

#endif
