/*
 * state.c: see state.h.
 */
#include "http/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/ascii.h"

int64_t
http_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
http_now(void)
{
	return http_now_us() / 1000;
}

void
transfer_finish(Transfer *transfer, HttpOutcome outcome)
{
	HttpClient *client = transfer->client;

	if (transfer->is_check)
	{
		transfer_free(transfer);
		return;
	}
	/* The text can quote anything that a site sent, cut within a character. */
	for (char *c = transfer->error; *c != '\0'; c++)
		*c = ascii_is_printable(*c) ? *c : '?';
	transfer->response.outcome = outcome;
	transfer->response.error = outcome == HTTP_ANSWERED ? NULL : transfer->error;
	transfer->response.method = transfer->method;
	transfer->response.url = transfer->url;
	transfer->response.effective_url = transfer->target;
	transfer->response.content_type = transfer->headers[HTTP_CONTENT_TYPE];
	transfer->response.etag = transfer->headers[HTTP_ETAG];
	transfer->response.last_modified = transfer->headers[HTTP_LAST_MODIFIED];
	transfer->response.body = transfer->body == NULL ? "" : transfer->body;
	transfer->next = NULL;
	*client->done_end = transfer;
	client->done_end = &transfer->next;
}

void __attribute__((format(printf, 3, 4)))
transfer_fail(Transfer *transfer, bool retryable, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(transfer->error, sizeof(transfer->error), format, args);
	va_end(args);
	transfer->response.retryable = retryable;
	transfer_finish(transfer, HTTP_FAILED);
}

bool
transfer_is_conditional(const Transfer *transfer)
{
	return transfer->etag != NULL || transfer->last_modified != NULL;
}

void
transfer_forget_answer(Transfer *transfer)
{
	for (int i = 0; i < HTTP_KEPT_HEADERS; i++)
	{
		free(transfer->headers[i]);
		transfer->headers[i] = NULL;
	}
	transfer->response.status = 0;
	transfer->response.body_len = 0;
	transfer->header_bytes = 0;
	transfer->no_memory = false;
	transfer->mitigated = false;
}

void
transfer_free(Transfer *transfer)
{
	transfer_forget_answer(transfer);
	curl_slist_free_all(transfer->request_headers);
	free(transfer->url);
	free(transfer->target);
	free(transfer->etag);
	free(transfer->last_modified);
	free(transfer->body);
	free(transfer);
}
