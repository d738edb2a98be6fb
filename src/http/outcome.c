/*
 * outcome.c: see outcome.h.
 */
#include "http/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ascii.h"
#include "base/text.h"
#include "http/origin.h"

#define MAX_REDIRECTS 5
#define MAX_OBEYED_WAIT_MS (10 * 60 * 1000)
#define PROTECTION_WAIT_S (24 * 3600)
#define REFUSAL_WAIT_S (6 * 3600)
#define MAX_PROTECTION_PAGE 16384 /* a page of the sites is longer */

/*
 * Blocks the origin for wait_s seconds (0: unknown): ends this transfer for the reason, and
 * everything that waits for the origin. A check is nobody's: the first that waits is told instead.
 */
static void __attribute__((format(printf, 4, 5)))
block(Transfer *transfer, int64_t wait_s, const char *reason, const char *format, ...)
{
	Origin *origin = transfer->origin;
	Transfer *told = transfer->is_check ? origin_take_first(origin) : transfer;
	va_list args;

	va_start(args, format);
	vsnprintf(origin->block_reason, sizeof(origin->block_reason), format, args);
	va_end(args);
	if (told != NULL)
	{
		snprintf(told->error, sizeof(told->error), "%s%s", reason, origin->block_reason);
		told->response.wait_s = wait_s;
		transfer_finish(told, HTTP_BLOCKED);
	}
	if (told != transfer)
		transfer_finish(transfer, HTTP_BLOCKED);
	origin_block(origin);
}

/*
 * The wait in ms that an answer requests; -1: none. A date is of the site's clock, which may be
 * wrong.
 */
static int64_t
requested_wait_ms(const Transfer *transfer)
{
	const char *date = transfer->headers[HTTP_DATE];
	int64_t now = 0;

	if (transfer->response.status != 429 && transfer->response.status != 503)
		return -1;
	if (date == NULL || !parse_http_date(date, &now))
		now = (int64_t) time(NULL);
	return retry_after_ms(transfer->headers[HTTP_RETRY_AFTER], now);
}

/*
 * Blocks the origin if its breaker has just given it up, for the reason of this transfer. Returns
 * false if not.
 */
static bool
give_up(Transfer *transfer, const char *reason)
{
	const Origin *origin = transfer->origin;

	if (origin->breaker.state != BREAKER_GIVEN_UP || origin->block_reason[0] != '\0')
		return false;
	block(transfer, origin->breaker.refused ? REFUSAL_WAIT_S : 0, "",
		  "given up: it failed %d times in a row, at last: %s", origin->breaker.failures, reason);
	return true;
}

/* Retries a transfer, or ends it after its last try. The site's wish to wait counts either way. */
static void
retry(Transfer *transfer, int64_t now, const char *reason)
{
	HttpClient *client = transfer->client;
	Origin *origin = transfer->origin;
	int64_t requested = requested_wait_ms(transfer);
	int64_t wait = retry_wait_ms(client->options.retry_base_ms, transfer->response.attempts,
								 random_next(&client->random));

	origin_heed(transfer, SITE_STRUGGLES, now);
	if (requested > MAX_OBEYED_WAIT_MS)
	{
		char prefix[80];

		snprintf(prefix, sizeof(prefix), "%s: ", reason);
		block(transfer, requested / 1000, prefix, "the site asks to wait %lld s",
			  (long long) (requested / 1000));
		return;
	}
	if (give_up(transfer, reason))
		return;
	if (requested >= 0)
		pace_hold(&origin->pace, now + requested);
	if (transfer->is_check || transfer->response.attempts > client->options.max_retries)
	{
		transfer_fail(transfer, true, "%s", reason);
		return;
	}
	transfer->response.attempts++;
	transfer->not_before = now + (requested > wait ? requested : wait);
	origin_enqueue(transfer);
}

/* Encodes a Location header: it can contain bytes that no URL may, and curl passes them on. */
static char *
encode_location(const char *location)
{
	char *encoded = malloc(strlen(location) * 3 + 1);
	char *out = encoded;

	for (; encoded != NULL && *location != '\0'; location++)
	{
		if (ascii_is_printable(*location) && *location != ' ')
			*out++ = *location;
		else
			out += sprintf(out, "%%%02X", (unsigned char) *location);
	}
	if (encoded != NULL)
		*out = '\0';
	return encoded;
}

/*
 * The site to which a redirect leads. NULL: it cannot be followed; writes why to reason. Another
 * host, which only a robots.txt may be on, is requested at the pace of the site that leads there.
 */
static Origin *
find_redirect(const Transfer *transfer, const char *location, char *reason, size_t size)
{
	Origin *origin = location == NULL ? NULL : origin_find(transfer->client, location);

	if (transfer->is_robots && location != NULL)
		origin = !origin_is_public(location) ? NULL : origin == NULL ? transfer->origin : origin;
	if (location == NULL)
		snprintf(reason, size, "redirected without an address (%d)", transfer->response.status);
	else if (origin == NULL)
		snprintf(reason, size, "redirected to %.200s, which is not one of the configured sites",
				 location);
	else if (transfer->redirects >= MAX_REDIRECTS || strcmp(location, transfer->target) == 0)
		snprintf(reason, size, "redirected in a loop, at last to %.200s", location);
	else
		return origin;
	return NULL;
}

static void
follow_redirect(Transfer *transfer, Origin *origin, const char *location)
{
	char *target = encode_location(location);

	if (target == NULL)
	{
		transfer_fail(transfer, true, "out of memory");
		return;
	}
	transfer->redirects++;
	transfer->origin = origin;
	free(transfer->target);
	transfer->target = target;
	origin_enqueue(transfer);
}

/* Whether the answer is Cloudflare's own short page, "error code: 1010" or another of those. */
static bool
is_cloudflare_page(const Transfer *transfer)
{
	static const char says[] = "error code: 10";
	const char *server = transfer->headers[HTTP_SERVER];
	const char *found;

	if (server == NULL || !text_equal_nocase(server, "cloudflare") ||
		transfer->response.body_len == 0 || transfer->response.body_len > MAX_PROTECTION_PAGE)
		return false;
	found = text_find_nocase(transfer->body, says);
	return found != NULL && ascii_is_digit(found[strlen(says)]) &&
		   ascii_is_digit(found[strlen(says) + 1]);
}

/*
 * Whether the site's protection refused the request. A page of the site's own may name Cloudflare,
 * too, and load scripts from there.
 */
static bool
is_block(const Transfer *transfer)
{
	int status = transfer->response.status;

	if (status != 403 && status != 429 && status != 503)
		return false;
	return transfer->mitigated || (requested_wait_ms(transfer) < 0 && is_cloudflare_page(transfer));
}

/* Whether a status (of those that are no reason to retry) refuses a request, but may pass. */
static bool
is_refusal(int status)
{
	return status >= 400 && status <= 499 && status != 404 && status != 410;
}

/* Ends a transfer that was refused: as an answer, or for the reason why there was none. */
static void
refuse(Transfer *transfer, int64_t now, bool is_answer, const char *reason)
{
	origin_heed(transfer, SITE_REFUSES, now);
	if (give_up(transfer, reason))
		return;
	if (is_answer)
		transfer_finish(transfer, HTTP_ANSWERED);
	else
		transfer_fail(transfer, true, "%s", reason);
}

/* Asks again by GET, and from now on at once: not every site answers HEAD. */
static void
ask_by_get(Transfer *transfer, int64_t now)
{
	origin_heed(transfer, NO_VERDICT, now);
	transfer->origin->refuses_head = true;
	transfer->method = HTTP_GET;
	origin_enqueue(transfer);
}

static void
take_redirect(Transfer *transfer, int64_t now, const char *location)
{
	char reason[320];
	Origin *origin = find_redirect(transfer, location, reason, sizeof(reason));

	if (origin == NULL)
	{
		refuse(transfer, now, false, reason);
		return;
	}
	origin_heed(transfer, SITE_ANSWERED, now);
	if (transfer->is_check)
		transfer_finish(transfer, HTTP_ANSWERED);
	else
		follow_redirect(transfer, origin, location);
}

void
outcome_of_status(Transfer *transfer, int64_t now, const char *location)
{
	int status = transfer->response.status;
	char reason[64];

	snprintf(reason, sizeof(reason), "the site answered %d", status);
	if (is_block(transfer))
	{
		origin_heed(transfer, SITE_ANSWERED, now);
		block(transfer, PROTECTION_WAIT_S, "",
			  "the site's protection (Cloudflare) blocked the request");
	}
	else if (status_is_retryable(status))
		retry(transfer, now, reason);
	else if (transfer->method == HTTP_HEAD && (is_refusal(status) || status == 501))
		ask_by_get(transfer, now);
	else if (is_refusal(status))
		refuse(transfer, now, true, reason);
	else if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
		take_redirect(transfer, now, location);
	else if (status == 304 && !transfer_is_conditional(transfer))
	{
		origin_heed(transfer, SITE_ANSWERED, now);
		transfer_fail(transfer, true, "the site answered 304 to a request without a condition");
	}
	else
	{
		origin_heed(transfer, SITE_ANSWERED, now);
		transfer->client->totals.not_modified += status == 304;
		transfer_finish(transfer, HTTP_ANSWERED);
	}
}

/* Writes why a transfer had no answer if a retry in this run cannot help. Returns false if it can.
 */
static bool
describe_final(CURLcode code, char *reason, size_t size)
{
	switch (code)
	{
		case CURLE_PEER_FAILED_VERIFICATION:
			snprintf(reason, size, "the site's certificate cannot be trusted");
			return true;
		case CURLE_SSL_CACERT_BADFILE:
		case CURLE_URL_MALFORMAT:
			snprintf(reason, size, "%s", curl_easy_strerror(code));
			return true;
		default:
			return false;
	}
}

/* Writes why a transfer had no complete answer if a retry can help. */
static void
describe_passing(const Transfer *transfer, CURLcode code, char *reason, size_t size)
{
	int timeout_ms = transfer->client->options.timeout_ms;

	switch (code)
	{
		case CURLE_OPERATION_TIMEDOUT:
			snprintf(reason, size, "timed out after %d.%d s", timeout_ms / 1000,
					 timeout_ms % 1000 / 100);
			break;
		case CURLE_COULDNT_RESOLVE_HOST:
			snprintf(reason, size, "the site's name could not be resolved");
			break;
		case CURLE_COULDNT_CONNECT:
			snprintf(reason, size, "no connection to the site could be made");
			break;
		case CURLE_PARTIAL_FILE:
		case CURLE_HTTP2_STREAM:
			snprintf(reason, size, "the answer broke off after %zu bytes",
					 transfer->response.body_len);
			break;
		case CURLE_WEIRD_SERVER_REPLY:
		case CURLE_UNSUPPORTED_PROTOCOL: /* other schemes were rejected before: this is HTTP/0.9 */
			snprintf(reason, size, "the answer is not valid HTTP");
			break;
		case CURLE_BAD_CONTENT_ENCODING:
			snprintf(reason, size, "the answer's compression is invalid");
			break;
		case CURLE_WRITE_ERROR: /* ours, or of libcurl's decoders */
			snprintf(reason, size, "%s",
					 transfer->no_memory
						 ? "out of memory"
						 : "the answer continues after the end of its compressed data");
			break;
		case CURLE_OUT_OF_MEMORY:
			snprintf(reason, size, "out of memory, or a header is longer than 100 kB");
			break;
		case CURLE_ABORTED_BY_CALLBACK:
		case CURLE_GOT_NOTHING:
		case CURLE_SEND_ERROR:
		case CURLE_RECV_ERROR:
		case CURLE_HTTP2:
			snprintf(reason, size, "the connection was closed before the answer was whole");
			break;
		default:
			snprintf(reason, size, "%s", curl_easy_strerror(code));
			break;
	}
}

/*
 * Whether libcurl rejected the headers by a limit of its own: at most 5,000 of them, from 8.6 on.
 */
static bool
has_too_many_headers(CURLcode code)
{
#if LIBCURL_VERSION_NUM >= 0x080600
	return code == CURLE_TOO_LARGE;
#else
	(void) code;
	return false;
#endif
}

/*
 * Whether libcurl could not undo the compression of an answer. It knows no gzip of several members,
 * and nothing that follows the end of the compressed data.
 */
static bool
is_spoiled(const Transfer *transfer, CURLcode code)
{
	return code == CURLE_BAD_CONTENT_ENCODING ||
		   (code == CURLE_WRITE_ERROR && !transfer->no_memory);
}

static void
ask_uncompressed(Transfer *transfer, int64_t now)
{
	origin_heed(transfer, NO_VERDICT, now);
	transfer->origin->spoiled++;
	transfer->uncompressed = true;
	origin_enqueue(transfer);
}

void
outcome_of_error(Transfer *transfer, int64_t now, CURLcode code)
{
	char reason[256];

	if (transfer->too_large)
	{
		origin_heed(transfer, SITE_ANSWERED, now);
		transfer_fail(transfer, true, "the page is larger than %zu bytes",
					  transfer->client->options.max_body);
	}
	else if (transfer->header_bytes > HTTP_MAX_HEADER_BYTES || has_too_many_headers(code))
	{
		origin_heed(transfer, SITE_ANSWERED, now);
		transfer_fail(transfer, true, "the headers are larger than %d bytes, or too many",
					  HTTP_MAX_HEADER_BYTES);
	}
	else if (describe_final(code, reason, sizeof(reason)))
		refuse(transfer, now, false, reason);
	else if (is_spoiled(transfer, code) && !transfer->uncompressed)
		ask_uncompressed(transfer, now);
	else
	{
		describe_passing(transfer, code, reason, sizeof(reason));
		transfer->response.status = 0;
		retry(transfer, now, reason);
	}
}
