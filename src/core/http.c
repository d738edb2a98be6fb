/*
 * http.c: queues, politeness, retries and redirects over libcurl's multi interface.
 */
#include "core/http.h"

#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/politeness.h"

#define MAX_REDIRECTS 5
#define MAX_HEADER_BYTES (256 * 1024)
#define MAX_OBEYED_WAIT_MS (10 * 60 * 1000)

typedef struct Transfer Transfer;

/* A scheme, host and port, and what waits to be asked of it. */
typedef struct Origin
{
	char *url; /* "https://host:port" */
	int64_t next_start;
	bool refused;
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
	char *headers[4]; /* content-type, etag, last-modified, retry-after */
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
	CURL *idle[64];
	int idle_count;
	int open_count;
	int pending;
	HttpTotals totals;
	uint64_t random;
	char error[256];
};

static const char *const kept_headers[4] = {"content-type", "etag", "last-modified", "retry-after"};

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static char *
copy(const char *s)
{
	return s == NULL ? NULL : strdup(s);
}

/* "scheme://host:port" of an address, with the port always written; NULL where it is none, or not of http or https. */
static char *
origin_of(const char *url)
{
	CURLU *parsed = curl_url();
	char *scheme = NULL;
	char *host = NULL;
	char *port = NULL;
	char *origin = NULL;

	if (parsed != NULL && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
		curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
		curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
		(strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0))
	{
		size_t size = strlen(scheme) + strlen(host) + strlen(port) + 5;

		origin = malloc(size);
		if (origin != NULL)
			snprintf(origin, size, "%s://%s:%s", scheme, host, port);
	}
	curl_free(scheme);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parsed);
	return origin;
}

static Origin *
find_origin(HttpClient *client, const char *url)
{
	char *wanted = origin_of(url);
	Origin *found = NULL;

	for (int i = 0; wanted != NULL && i < HTTP_MAX_ORIGINS && found == NULL; i++)
	{
		if (client->origins[i].url != NULL && strcasecmp(client->origins[i].url, wanted) == 0)
			found = &client->origins[i];
	}
	free(wanted);
	return found;
}

static void
enqueue(Transfer *transfer)
{
	Origin *origin = transfer->origin;

	transfer->next = NULL;
	if (origin->first == NULL)
		origin->first = transfer;
	else
		origin->last->next = transfer;
	origin->last = transfer;
}

static void
finish(Transfer *transfer, HttpOutcome outcome)
{
	HttpClient *client = transfer->client;

	transfer->response.outcome = outcome;
	transfer->response.error = outcome == HTTP_ANSWERED ? NULL : transfer->error;
	transfer->response.url = transfer->url;
	transfer->response.effective_url = transfer->target;
	transfer->response.content_type = transfer->headers[0];
	transfer->response.etag = transfer->headers[1];
	transfer->response.last_modified = transfer->headers[2];
	transfer->response.body = transfer->body == NULL ? "" : transfer->body;
	transfer->next = NULL;
	*client->done_end = transfer;
	client->done_end = &transfer->next;
}

static void __attribute__((format(printf, 3, 4)))
fail(Transfer *transfer, bool can_heal, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(transfer->error, sizeof(transfer->error), format, args);
	va_end(args);
	transfer->response.can_heal = can_heal;
	finish(transfer, HTTP_FAILED);
}

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
			return 0;
		transfer->body = body;
		transfer->capacity = capacity < needed ? needed : capacity;
	}
	memcpy(transfer->body + transfer->response.body_len, bytes, len);
	transfer->response.body_len += len;
	transfer->body[transfer->response.body_len] = '\0';
	return len;
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
	if (transfer->header_bytes > MAX_HEADER_BYTES)
		return 0;
	if (colon == NULL)
		return len;
	value = colon + 1;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && strchr(" \t\r\n", end[-1]) != NULL)
		end--;
	if (colon - bytes == 12 && strncasecmp(bytes, "cf-mitigated", 12) == 0)
		transfer->mitigated = true;
	for (int i = 0; i < 4; i++)
	{
		if ((size_t) (colon - bytes) == strlen(kept_headers[i]) &&
			strncasecmp(bytes, kept_headers[i], (size_t) (colon - bytes)) == 0)
		{
			free(transfer->headers[i]);
			transfer->headers[i] = strndup(value, (size_t) (end - value));
		}
	}
	return len;
}

/* What is the same for all requests of a client. */
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
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) client->options.timeout_ms);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long) client->options.timeout_ms);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	if (client->ca_file != NULL)
		curl_easy_setopt(easy, CURLOPT_CAINFO, client->ca_file);
	return easy;
}

static void
forget_answer(Transfer *transfer)
{
	for (int i = 0; i < 4; i++)
	{
		free(transfer->headers[i]);
		transfer->headers[i] = NULL;
	}
	transfer->response.status = 0;
	transfer->response.body_len = 0;
	transfer->header_bytes = 0;
	transfer->mitigated = false;
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

static void
start(HttpClient *client, Transfer *transfer)
{
	CURL *easy = make_easy(client);

	if (easy == NULL)
	{
		fail(transfer, true, "out of memory");
		return;
	}
	forget_answer(transfer);
	if (transfer->request_headers == NULL)
	{
		add_header(transfer, "If-None-Match", transfer->etag);
		add_header(transfer, "If-Modified-Since", transfer->last_modified);
	}
	transfer->easy = easy;
	curl_easy_setopt(easy, CURLOPT_URL, transfer->target);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->request_headers);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, client->user_agents[client->next_agent]);
	if (transfer->method == HTTP_HEAD)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	client->next_agent = (client->next_agent + 1) % client->options.user_agent_count;
	client->totals.requests++;
	transfer->next = client->open;
	client->open = transfer;
	client->open_count++;
	curl_multi_add_handle(client->multi, easy);
}

/* Ends all that waits for an origin that refuses to be asked. */
static void
refuse(Origin *origin, const char *reason)
{
	origin->refused = true;
	while (origin->first != NULL)
	{
		Transfer *transfer = origin->first;

		origin->first = transfer->next;
		snprintf(transfer->error, sizeof(transfer->error), "%s", reason);
		finish(transfer, HTTP_REFUSED);
	}
}

/* Takes the first transfer that may start out of an origin's queue; else NULL, and *due is brought forward to when one may. */
static Transfer *
take_due(Origin *origin, int64_t now, int64_t *due)
{
	Transfer *before = NULL;

	for (Transfer *transfer = origin->first; transfer != NULL;
		 before = transfer, transfer = transfer->next)
	{
		int64_t when =
			transfer->not_before > origin->next_start ? transfer->not_before : origin->next_start;

		if (when > now)
		{
			*due = when < *due ? when : *due;
			continue;
		}
		if (before == NULL)
			origin->first = transfer->next;
		else
			before->next = transfer->next;
		if (origin->last == transfer)
			origin->last = before;
		return transfer;
	}
	return NULL;
}

/* Starts what is due; returns when the next is. The hosts take turns. */
static int64_t
start_due(HttpClient *client, int64_t now)
{
	int64_t due = INT64_MAX;
	bool started = true;

	while (started && client->open_count < client->options.max_parallel)
	{
		started = false;
		for (int i = 0; i < HTTP_MAX_ORIGINS && client->open_count < client->options.max_parallel;
			 i++)
		{
			Transfer *transfer = take_due(&client->origins[i], now, &due);

			if (transfer == NULL)
				continue;
			client->origins[i].next_start = now + client->options.delay_ms;
			start(client, transfer);
			started = true;
		}
	}
	return due;
}

static void
retry(Transfer *transfer, int64_t now, const char *reason)
{
	HttpClient *client = transfer->client;
	int status = transfer->response.status;
	int64_t asked = retry_after_ms(transfer->headers[3], (int64_t) time(NULL));
	int64_t wait = retry_wait_ms(client->options.retry_base_ms, transfer->response.attempts,
								 random_next(&client->random));

	if (transfer->response.attempts > client->options.max_retries)
	{
		fail(transfer, true, "%s", reason);
		return;
	}
	if ((status == 429 || status == 503) && asked >= 0)
	{
		if (asked > MAX_OBEYED_WAIT_MS)
		{
			fail(transfer, true, "%s, and asks to wait %lld s", reason, (long long) (asked / 1000));
			return;
		}
		wait = asked > wait ? asked : wait;
		if (now + asked > transfer->origin->next_start)
			transfer->origin->next_start = now + asked;
	}
	client->totals.retries++;
	transfer->response.attempts++;
	transfer->not_before = now + wait;
	enqueue(transfer);
}

static void
follow_redirect(Transfer *transfer, const char *location)
{
	Origin *origin = location == NULL ? NULL : find_origin(transfer->client, location);

	if (location == NULL)
		fail(transfer, false, "redirected to nowhere (%d)", transfer->response.status);
	else if (origin == NULL)
		fail(transfer, false, "redirected to %.200s, which is not one of the configured sites",
			 location);
	else if (++transfer->redirects > MAX_REDIRECTS || strcmp(location, transfer->target) == 0)
		fail(transfer, false, "redirected in a loop, at last to %.200s", location);
	else
	{
		free(transfer->target);
		transfer->target = copy(location);
		transfer->origin = origin;
		enqueue(transfer);
	}
}

static bool
is_refusal(const Transfer *transfer)
{
	return transfer->response.status == 403 &&
		   (transfer->mitigated || (transfer->body != NULL && transfer->response.body_len > 0 &&
									strcasestr(transfer->body, "cloudflare") != NULL));
}

static void
judge_status(Transfer *transfer, int64_t now, const char *location)
{
	int status = transfer->response.status;
	char reason[64];

	if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
		follow_redirect(transfer, location);
	else if (is_refusal(transfer))
	{
		snprintf(transfer->error, sizeof(transfer->error),
				 "the site's protection (Cloudflare) refuses to be asked");
		refuse(transfer->origin,
			   "not asked: the site's protection (Cloudflare) refuses to be asked");
		finish(transfer, HTTP_REFUSED);
	}
	else if (status_can_heal(status))
	{
		snprintf(reason, sizeof(reason), "the site answered %d", status);
		retry(transfer, now, reason);
	}
	else
	{
		transfer->client->totals.not_modified += status == 304;
		finish(transfer, HTTP_ANSWERED);
	}
}

static void
judge_error(Transfer *transfer, int64_t now, CURLcode code)
{
	int64_t seconds = transfer->client->options.timeout_ms;
	char reason[256];

	if (transfer->too_large)
	{
		fail(transfer, false, "the page is larger than %zu bytes",
			 transfer->client->options.max_body);
		return;
	}
	switch (code)
	{
		case CURLE_PEER_FAILED_VERIFICATION:
		case CURLE_SSL_CACERT_BADFILE:
		case CURLE_URL_MALFORMAT:
		case CURLE_UNSUPPORTED_PROTOCOL:
			fail(transfer, false, "%s", curl_easy_strerror(code));
			return;
		case CURLE_WRITE_ERROR:
			fail(transfer, false, "the headers are larger than %d bytes, or there is no memory",
				 MAX_HEADER_BYTES);
			return;
		case CURLE_OPERATION_TIMEDOUT:
			snprintf(reason, sizeof(reason), "timed out after %lld.%lld s",
					 (long long) (seconds / 1000), (long long) (seconds % 1000 / 100));
			break;
		case CURLE_PARTIAL_FILE:
			snprintf(reason, sizeof(reason), "the answer broke off after %zu bytes",
					 transfer->response.body_len);
			break;
		default:
			snprintf(reason, sizeof(reason), "%s", curl_easy_strerror(code));
			break;
	}
	transfer->response.status = 0;
	retry(transfer, now, reason);
}

static void
end_transfer(HttpClient *client, CURL *easy, CURLcode code)
{
	Transfer *transfer = NULL;
	Transfer **link;
	curl_off_t bytes = 0;
	long status = 0;
	char *redirect = NULL;
	char *location;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
	curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &redirect);
	location = copy(redirect);
	for (link = &client->open; *link != transfer;)
		link = &(*link)->next;
	*link = transfer->next;
	client->open_count--;
	client->totals.bytes += bytes;
	curl_multi_remove_handle(client->multi, easy);
	client->idle[client->idle_count++] = easy;
	transfer->easy = NULL;
	transfer->response.status = (int) status;
	if (code == CURLE_OK)
		judge_status(transfer, now_ms(), location);
	else
		judge_error(transfer, now_ms(), code);
	free(location);
}

static bool
check_multi(HttpClient *client, CURLMcode code)
{
	if (code == CURLM_OK)
		return true;
	snprintf(client->error, sizeof(client->error), "%s", curl_multi_strerror(code));
	return false;
}

/* Moves bytes, and ends what has ended. No signal reaches a thread that libcurl may start for it. */
static bool
perform(HttpClient *client)
{
	sigset_t all;
	sigset_t before;
	CURLMcode code;
	CURLMsg *message;
	int running;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	code = curl_multi_perform(client->multi, &running);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	while ((message = curl_multi_info_read(client->multi, &running)) != NULL)
	{
		if (message->msg == CURLMSG_DONE)
			end_transfer(client, message->easy_handle, message->data.result);
	}
	return check_multi(client, code);
}

bool
http_wait(HttpClient *client, int max_ms, int wake_fd)
{
	int64_t end = now_ms() + max_ms;

	while (client->done == NULL && client->pending > 0)
	{
		int64_t now = now_ms();
		int64_t due = start_due(client, now);
		struct curl_waitfd wake = {.fd = wake_fd, .events = CURL_WAIT_POLLIN};
		int64_t until = due < end ? due : end;

		if (!perform(client))
			return false;
		if (client->done != NULL || now >= end)
			break;
		/* a transfer that has just ended may have made room */
		if (client->open_count < client->options.max_parallel)
			due = start_due(client, now_ms());
		until = due < end ? due : end;
		now = now_ms();
		if (!check_multi(client, curl_multi_poll(client->multi, &wake, wake_fd >= 0 ? 1 : 0,
												 until > now ? (int) (until - now) : 0, NULL)))
			return false;
		if (wake_fd >= 0 && (wake.revents & CURL_WAIT_POLLIN))
			break;
	}
	return true;
}

static bool
copy_options(HttpClient *client, const HttpOptions *options)
{
	client->options = *options;
	client->ca_file = copy(options->ca_file);
	client->random = options->seed;
	client->user_agents = calloc((size_t) options->user_agent_count, sizeof(char *));
	for (int i = 0; client->user_agents != NULL && i < options->user_agent_count; i++)
		client->user_agents[i] = copy(options->user_agents[i]);
	for (int i = 0; i < HTTP_MAX_ORIGINS; i++)
	{
		if (options->origins[i] != NULL &&
			(client->origins[i].url = origin_of(options->origins[i])) == NULL)
			return false;
	}
	return client->user_agents != NULL;
}

HttpClient *
http_open(const HttpOptions *options, char *error, size_t error_size)
{
	HttpClient *client = calloc(1, sizeof(HttpClient));

	snprintf(error, error_size, "out of memory");
	if (client == NULL)
		return NULL;
	client->done_end = &client->done;
	if (options->user_agent_count < 1 || options->max_parallel < 1 || options->max_parallel > 64)
		snprintf(error, error_size, "a user agent, and 1 to 64 requests at once, are needed");
	else if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
			 (client->multi = curl_multi_init()) == NULL)
		snprintf(error, error_size, "libcurl could not be initialised");
	else if (!copy_options(client, options))
		snprintf(error, error_size, "a base address is no http or https URL");
	else
	{
		curl_multi_setopt(client->multi, CURLMOPT_PIPELINING, (long) CURLPIPE_MULTIPLEX);
		curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long) options->max_parallel);
		return client;
	}
	http_close(client);
	return NULL;
}

void
http_release(HttpResponse *response)
{
	Transfer *transfer = (Transfer *) response;

	if (response == NULL)
		return;
	forget_answer(transfer);
	curl_slist_free_all(transfer->request_headers);
	free(transfer->url);
	free(transfer->target);
	free(transfer->etag);
	free(transfer->last_modified);
	free(transfer->body);
	free(transfer);
}

static void
release_all(Transfer *transfer)
{
	while (transfer != NULL)
	{
		Transfer *next = transfer->next;

		http_release(&transfer->response);
		transfer = next;
	}
}

void
http_close(HttpClient *client)
{
	if (client == NULL)
		return;
	for (Transfer *transfer = client->open; transfer != NULL; transfer = transfer->next)
	{
		curl_multi_remove_handle(client->multi, transfer->easy);
		curl_easy_cleanup(transfer->easy);
	}
	while (client->idle_count > 0)
		curl_easy_cleanup(client->idle[--client->idle_count]);
	curl_multi_cleanup(client->multi);
	release_all(client->open);
	release_all(client->done);
	for (int i = 0; i < HTTP_MAX_ORIGINS; i++)
	{
		release_all(client->origins[i].first);
		free(client->origins[i].url);
	}
	for (int i = 0; client->user_agents != NULL && i < client->options.user_agent_count; i++)
		free(client->user_agents[i]);
	free(client->user_agents);
	free(client->ca_file);
	free(client);
}

bool
http_submit(HttpClient *client, const HttpRequest *request)
{
	Transfer *transfer = calloc(1, sizeof(Transfer));

	if (transfer == NULL)
		return false;
	transfer->client = client;
	transfer->method = request->method;
	transfer->response.owner = request->owner;
	transfer->response.attempts = 1;
	transfer->url = copy(request->url);
	transfer->target = copy(request->url);
	transfer->etag = copy(request->etag);
	transfer->last_modified = copy(request->last_modified);
	if (transfer->url == NULL || transfer->target == NULL)
	{
		http_release(&transfer->response);
		return false;
	}
	client->pending++;
	transfer->origin = find_origin(client, request->url);
	if (transfer->origin == NULL)
		fail(transfer, false, "%.300s is not on one of the configured sites", request->url);
	else if (transfer->origin->refused)
	{
		snprintf(transfer->error, sizeof(transfer->error),
				 "not asked: the site refuses to be asked");
		finish(transfer, HTTP_REFUSED);
	}
	else
		enqueue(transfer);
	return true;
}

HttpResponse *
http_next(HttpClient *client)
{
	Transfer *transfer = client->done;

	if (transfer == NULL)
		return NULL;
	client->done = transfer->next;
	if (client->done == NULL)
		client->done_end = &client->done;
	transfer->next = NULL;
	client->pending--;
	return &transfer->response;
}

const char *
http_error(const HttpClient *client)
{
	return client->error;
}

int
http_pending(const HttpClient *client)
{
	return client->pending;
}

HttpTotals
http_totals(const HttpClient *client)
{
	return client->totals;
}
