/*
 * http_judge.c: what the end of a transfer means: an answer, a redirect, another try, a failure, or a site that says stop.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/ascii.h"
#include "core/http_internal.h"
#include "core/text.h"

#define MAX_REDIRECTS 5
#define MAX_OBEYED_WAIT_MS (10 * 60 * 1000)

/* Ends this transfer, for the reason, and all that waits for its origin, which is asked nothing more because of the refusal. */
static void __attribute__((format(printf, 3, 4)))
refuse(Transfer *transfer, const char *reason, const char *format, ...)
{
	Origin *origin = transfer->origin;
	Transfer *waiting = origin->first;
	va_list args;

	va_start(args, format);
	vsnprintf(origin->refusal, sizeof(origin->refusal), format, args);
	va_end(args);
	snprintf(transfer->error, sizeof(transfer->error), "%s%s", reason, origin->refusal);
	http_finish(transfer, HTTP_REFUSED);
	origin->first = NULL;
	while (waiting != NULL)
	{
		Transfer *next = waiting->next;

		http_enqueue(waiting);
		waiting = next;
	}
}

/* The wait that an answer asks for, in ms; -1: none. A date is one of the site's clock, which need not be right. */
static int64_t
asked_wait_ms(const Transfer *transfer)
{
	const char *date = transfer->headers[HTTP_DATE];
	int64_t now = 0;

	if (transfer->response.status != 429 && transfer->response.status != 503)
		return -1;
	if (date == NULL || !parse_http_date(date, &now))
		now = (int64_t) time(NULL);
	return retry_after_ms(transfer->headers[HTTP_RETRY_AFTER], now);
}

/* A site that asks to be left alone is, whether or not this request has tries left. */
static void
retry(Transfer *transfer, int64_t now, const char *reason)
{
	HttpClient *client = transfer->client;
	Origin *origin = transfer->origin;
	int64_t asked = asked_wait_ms(transfer);
	int64_t wait = retry_wait_ms(client->options.retry_base_ms, transfer->response.attempts,
								 random_next(&client->random));

	http_heed(transfer, SITE_STRUGGLES, now);
	if (asked > MAX_OBEYED_WAIT_MS)
	{
		char prefix[80];

		snprintf(prefix, sizeof(prefix), "%s: ", reason);
		refuse(transfer, prefix, "the site asks to wait %lld s", (long long) (asked / 1000));
		return;
	}
	if (origin->breaker.state == BREAKER_GIVEN_UP && origin->refusal[0] == '\0')
	{
		refuse(transfer, "", "given up: it failed %d times in a row, at last: %s",
			   origin->breaker.failures, reason);
		return;
	}
	if (asked >= 0)
		pace_hold(&origin->pace, now + asked);
	if (transfer->response.attempts > client->options.max_retries)
	{
		http_fail(transfer, true, "%s", reason);
		return;
	}
	transfer->response.attempts++;
	transfer->not_before = now + (asked > wait ? asked : wait);
	http_enqueue(transfer);
}

/* An address as a site sends it may hold bytes that no address may; curl hands them on. */
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

static void
follow_redirect(Transfer *transfer, const char *location)
{
	Origin *origin = location == NULL ? NULL : http_find_origin(transfer->client, location);

	if (location == NULL)
		http_fail(transfer, false, "redirected to nowhere (%d)", transfer->response.status);
	else if (origin == NULL)
		http_fail(transfer, false, "redirected to %.200s, which is not one of the configured sites",
				  location);
	else if (++transfer->redirects > MAX_REDIRECTS || strcmp(location, transfer->target) == 0)
		http_fail(transfer, false, "redirected in a loop, at last to %.200s", location);
	else
	{
		char *target = encode_location(location);

		if (target == NULL)
		{
			http_fail(transfer, true, "out of memory");
			return;
		}
		free(transfer->target);
		transfer->target = target;
		transfer->origin = origin;
		http_enqueue(transfer);
	}
}

static bool
is_refusal(const Transfer *transfer)
{
	return transfer->response.status == 403 &&
		   (transfer->mitigated || (transfer->body != NULL && transfer->response.body_len > 0 &&
									text_find_nocase(transfer->body, "cloudflare") != NULL));
}

void
http_judge_status(Transfer *transfer, int64_t now, const char *location)
{
	int status = transfer->response.status;
	char reason[64];

	if (status_can_heal(status))
	{
		snprintf(reason, sizeof(reason), "the site answered %d", status);
		retry(transfer, now, reason);
		return;
	}
	http_heed(transfer, SITE_ANSWERED, now);
	if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
		follow_redirect(transfer, location);
	else if (is_refusal(transfer))
		refuse(transfer, "", "the site's protection (Cloudflare) refuses to be asked");
	else
	{
		transfer->client->totals.not_modified += status == 304;
		http_finish(transfer, HTTP_ANSWERED);
	}
}

/* Writes why a transfer had no answer, where asking again cannot help; false: it can. */
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

/* Writes why a transfer had no whole answer, where asking again can help. */
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
		case CURLE_UNSUPPORTED_PROTOCOL: /* other schemes are refused before: it is HTTP/0.9 */
			snprintf(reason, size, "the answer is not written as HTTP is");
			break;
		case CURLE_BAD_CONTENT_ENCODING:
			snprintf(reason, size, "the answer is not compressed in the way that it says");
			break;
		case CURLE_WRITE_ERROR:
			snprintf(reason, size, "out of memory");
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

/* Whether libcurl refused the headers by a limit of its own: it takes 5,000 of them, from 8.6 on. */
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

void
http_judge_error(Transfer *transfer, int64_t now, CURLcode code)
{
	char reason[256];

	if (transfer->too_large)
	{
		http_heed(transfer, SITE_ANSWERED, now);
		http_fail(transfer, false, "the page is larger than %zu bytes",
				  transfer->client->options.max_body);
	}
	else if (transfer->header_bytes > HTTP_MAX_HEADER_BYTES || has_too_many_headers(code))
	{
		http_heed(transfer, SITE_ANSWERED, now);
		http_fail(transfer, false, "the headers are larger than %d bytes, or too many",
				  HTTP_MAX_HEADER_BYTES);
	}
	else if (describe_final(code, reason, sizeof(reason)))
	{
		http_heed(transfer, NO_VERDICT, now);
		http_fail(transfer, false, "%s", reason);
	}
	else
	{
		describe_passing(transfer, code, reason, sizeof(reason));
		transfer->response.status = 0;
		retry(transfer, now, reason);
	}
}
