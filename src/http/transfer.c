/*
 * transfer.c: see transfer.h.
 */
#include "http/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "http/origin.h"

#define MAX_SPOILED 3 /* after so many answers a site is asked for none that is compressed */

static const char *const kept_headers[HTTP_KEPT_HEADERS] = {
	[HTTP_CONTENT_TYPE] = "content-type",
	[HTTP_ETAG] = "etag",
	[HTTP_LAST_MODIFIED] = "last-modified",
	[HTTP_RETRY_AFTER] = "retry-after",
	[HTTP_DATE] = "date",
	[HTTP_SERVER] = "server",
};

static size_t
take_body(char *bytes, size_t size, size_t count, void *context)
{
	Transfer *transfer = context;
	size_t len = size * count;
	size_t needed = transfer->response.body_len + len + 1;

	if (transfer->response.body_len + len > transfer->client->options.max_body)
	{
		transfer->too_large = true;
		return 0;
	}
	if (needed > transfer->capacity)
	{
		size_t capacity = transfer->capacity == 0 ? 32 * 1024 : transfer->capacity * 2;
		char *body = realloc(transfer->body, capacity < needed ? needed : capacity);

		if (body == NULL)
		{
			transfer->no_memory = true;
			return 0;
		}
		transfer->body = body;
		transfer->capacity = capacity < needed ? needed : capacity;
	}
	memcpy(transfer->body + transfer->response.body_len, bytes, len);
	transfer->response.body_len += len;
	transfer->body[transfer->response.body_len] = '\0';
	return len;
}

/*
 * Copies a header's value as text. Returns NULL if it is not printable: values come from the site
 * and become text in a database.
 */
static char *
copy_value(const char *value, const char *end)
{
	for (const char *c = value; c < end; c++)
	{
		if (!ascii_is_printable(*c))
			return NULL;
	}
	return strndup(value, (size_t) (end - value));
}

static size_t
take_header(char *bytes, size_t size, size_t count, void *context)
{
	Transfer *transfer = context;
	size_t len = size * count;
	const char *colon = memchr(bytes, ':', len);
	const char *value;
	const char *end = bytes + len;

	transfer->header_bytes += len;
	if (transfer->header_bytes > HTTP_MAX_HEADER_BYTES)
		return 0;
	if (colon == NULL)
		return len;
	value = colon + 1;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	if (colon - bytes == 12 && ascii_equal_nocase(bytes, "cf-mitigated", 12))
		transfer->mitigated = true;
	for (int i = 0; i < HTTP_KEPT_HEADERS; i++)
	{
		if ((size_t) (colon - bytes) == strlen(kept_headers[i]) &&
			ascii_equal_nocase(bytes, kept_headers[i], (size_t) (colon - bytes)))
		{
			free(transfer->headers[i]);
			transfer->headers[i] = copy_value(value, end);
		}
	}
	return len;
}

/*
 * libcurl itself repeats a request if a kept connection turns out to be closed. Nobody would count
 * that start.
 */
static int
before_request(void *context, char *remote, char *local, int remote_port, int local_port)
{
	Transfer *transfer = context;
	bool again = transfer->sent;

	(void) remote;
	(void) local;
	(void) remote_port;
	(void) local_port;
	transfer->sent = true;
	return again ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* Sets the options that all requests of a client share. */
static CURL *
make_easy(HttpClient *client)
{
	CURL *easy;

	if (client->idle_count > 0)
		return client->idle[--client->idle_count];
	easy = curl_easy_init();
	if (easy == NULL)
		return NULL;
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) client->options.timeout_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long) client->options.timeout_ms);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
	if (client->ca_file != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
	return easy;
}

static void
add_header(Transfer *transfer, const char *name, const char *value)
{
	char line[1024];
	struct curl_slist *longer;

	if (value == NULL || snprintf(line, sizeof(line), "%s: %s", name, value) >= (int) sizeof(line))
		return;
	longer = curl_slist_append(transfer->request_headers, line);
	if (longer != NULL)
		transfer->request_headers = longer;
}

void
transfer_start(Transfer *transfer)
{
	HttpClient *client = transfer->client;
	CURL *easy = make_easy(client);
	bool broke_off = transfer->response.attempts > 1 && transfer->response.status == 0;
	CURLMcode code;

	if (easy == NULL)
	{
		origin_heed(transfer, NO_VERDICT, transfer->started);
		transfer_fail(transfer, true, "out of memory");
		return;
	}
	transfer_forget_answer(transfer);
	if (transfer->request_headers == NULL)
	{
		add_header(transfer, "Accept-Language", "en");
		add_header(transfer, "If-None-Match", transfer->etag);
		add_header(transfer, "If-Modified-Since", transfer->last_modified);
	}
	transfer->easy = easy;
	curl_easy_setopt(easy, CURLOPT_URL, transfer->target);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
	transfer->sent = false;
	/* If one kept connection was closed, the others may be, too. */
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, broke_off ? 1L : 0L);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->request_headers);
	if (transfer->origin->spoiled >= MAX_SPOILED)
		transfer->uncompressed = true;
	/* What comes compressed all the same is decompressed. */
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, transfer->uncompressed ? "identity" : "");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, client->user_agents[client->next_agent]);
	if (transfer->origin->refuses_head)
		transfer->method = HTTP_GET;
	if (transfer->method == HTTP_HEAD)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	code = curl_multi_add_handle(client->multi, easy);
	if (code != CURLM_OK)
	{
		transfer->easy = NULL;
		client->idle[client->idle_count++] = easy;
		origin_heed(transfer, NO_VERDICT, transfer->started);
		transfer_fail(transfer, true, "%s", curl_multi_strerror(code));
		return;
	}
	client->next_agent = (client->next_agent + 1) % client->options.user_agent_count;
	client->totals.requests++;
	transfer->next = client->open;
	client->open = transfer;
	client->open_count++;
}
