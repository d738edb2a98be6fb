/*
 * http_judge.c: what the end of a transfer means: an answer, a redirect, another try, a failure, or a site that says stop.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/http_internal.h"
#include "core/politeness.h"

#define MAX_REDIRECTS 5
#define MAX_OBEYED_WAIT_MS (10 * 60 * 1000)

const char http_refusal[] = "the site's protection (Cloudflare) refuses to be asked";

/* Ends this transfer and all that waits for its origin. */
static void
refuse(Transfer *transfer)
{
	Origin *origin = transfer->origin;
	Transfer *waiting = origin->first;

	snprintf(transfer->error, sizeof(transfer->error), "%s", http_refusal);
	http_finish(transfer, HTTP_REFUSED);
	origin->refused = true;
	origin->first = NULL;
	while (waiting != NULL)
	{
		Transfer *next = waiting->next;

		http_enqueue(waiting);
		waiting = next;
	}
}

static void
retry(Transfer *transfer, int64_t now, const char *reason)
{
	HttpClient *client = transfer->client;
	int status = transfer->response.status;
	int64_t asked = retry_after_ms(transfer->headers[HTTP_RETRY_AFTER], (int64_t) time(NULL));
	int64_t wait = retry_wait_ms(client->options.retry_base_ms, transfer->response.attempts,
								 random_next(&client->random));

	if (transfer->response.attempts > client->options.max_retries)
	{
		http_fail(transfer, true, "%s", reason);
		return;
	}
	if ((status == 429 || status == 503) && asked >= 0)
	{
		if (asked > MAX_OBEYED_WAIT_MS)
		{
			http_fail(transfer, true, "%s, and asks to wait %lld s", reason,
					  (long long) (asked / 1000));
			return;
		}
		wait = asked > wait ? asked : wait;
		if (now + asked > transfer->origin->next_start)
			transfer->origin->next_start = now + asked;
	}
	client->totals.retries++;
	transfer->response.attempts++;
	transfer->not_before = now + wait;
	http_enqueue(transfer);
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
		free(transfer->target);
		transfer->target = strdup(location);
		transfer->origin = origin;
		http_enqueue(transfer);
	}
}

static bool
is_refusal(const Transfer *transfer)
{
	return transfer->response.status == 403 &&
		   (transfer->mitigated || (transfer->body != NULL && transfer->response.body_len > 0 &&
									strcasestr(transfer->body, "cloudflare") != NULL));
}

void
http_judge_status(Transfer *transfer, int64_t now, const char *location)
{
	int status = transfer->response.status;
	char reason[64];

	if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
		follow_redirect(transfer, location);
	else if (is_refusal(transfer))
		refuse(transfer);
	else if (status_can_heal(status))
	{
		snprintf(reason, sizeof(reason), "the site answered %d", status);
		retry(transfer, now, reason);
	}
	else
	{
		transfer->client->totals.not_modified += status == 304;
		http_finish(transfer, HTTP_ANSWERED);
	}
}

void
http_judge_error(Transfer *transfer, int64_t now, CURLcode code)
{
	int64_t seconds = transfer->client->options.timeout_ms;
	char reason[256];

	if (transfer->too_large)
	{
		http_fail(transfer, false, "the page is larger than %zu bytes",
				  transfer->client->options.max_body);
		return;
	}
	switch (code)
	{
		case CURLE_PEER_FAILED_VERIFICATION:
			http_fail(transfer, false, "the site's certificate cannot be trusted");
			return;
		case CURLE_SSL_CACERT_BADFILE:
		case CURLE_URL_MALFORMAT:
		case CURLE_UNSUPPORTED_PROTOCOL:
			http_fail(transfer, false, "%s", curl_easy_strerror(code));
			return;
		case CURLE_WRITE_ERROR:
			http_fail(transfer, false,
					  "the headers are larger than %d bytes, or there is no memory",
					  HTTP_MAX_HEADER_BYTES);
			return;
		case CURLE_OPERATION_TIMEDOUT:
			snprintf(reason, sizeof(reason), "timed out after %lld.%lld s",
					 (long long) (seconds / 1000), (long long) (seconds % 1000 / 100));
			break;
		case CURLE_PARTIAL_FILE:
		case CURLE_HTTP2_STREAM:
			snprintf(reason, sizeof(reason), "the answer broke off after %zu bytes",
					 transfer->response.body_len);
			break;
		case CURLE_GOT_NOTHING:
		case CURLE_SEND_ERROR:
		case CURLE_RECV_ERROR:
		case CURLE_HTTP2:
			snprintf(reason, sizeof(reason),
					 "the connection was closed before the answer was whole");
			break;
		default:
			snprintf(reason, sizeof(reason), "%s", curl_easy_strerror(code));
			break;
	}
	transfer->response.status = 0;
	retry(transfer, now, reason);
}
