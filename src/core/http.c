/*
 * http.c: a client, its requests from http_submit() to http_next(), and the one wait, over libcurl's multi interface.
 */
#include "core/http_internal.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/ascii.h"
#include "core/text.h"

static int64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
http_now(void)
{
	return now_us() / 1000;
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

Origin *
http_find_origin(HttpClient *client, const char *url)
{
	char *wanted = origin_of(url);
	Origin *found = NULL;

	for (int i = 0; wanted != NULL && i < HTTP_MAX_ORIGINS && found == NULL; i++)
	{
		if (client->origins[i].url != NULL && text_equal_nocase(client->origins[i].url, wanted))
			found = &client->origins[i];
	}
	free(wanted);
	return found;
}

void
http_finish(Transfer *transfer, HttpOutcome outcome)
{
	HttpClient *client = transfer->client;

	/* What a site sent may be quoted in it, and be anything, or have been cut within a character. */
	for (char *c = transfer->error; *c != '\0'; c++)
		*c = ascii_is_printable(*c) ? *c : '?';
	transfer->response.outcome = outcome;
	transfer->response.error = outcome == HTTP_ANSWERED ? NULL : transfer->error;
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
http_fail(Transfer *transfer, bool can_heal, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(transfer->error, sizeof(transfer->error), format, args);
	va_end(args);
	transfer->response.can_heal = can_heal;
	http_finish(transfer, HTTP_FAILED);
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
			Transfer *transfer = http_take_due(&client->origins[i], now, &due);

			if (transfer == NULL)
				continue;
			http_start(client, transfer);
			started = true;
		}
	}
	return due;
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
		http_judge_status(transfer, http_now(), location);
	else
		http_judge_error(transfer, http_now(), code);
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

/* Waits until libcurl has something to do, wake can be read, or it is that time, and not a millisecond longer. */
static bool
poll_until(HttpClient *client, int64_t until, struct curl_waitfd *wake)
{
	int64_t left_us = until * 1000 - now_us();

	/* poll counts in whole milliseconds: what is left of one is slept */
	if (left_us > 0 && left_us < 1000)
		nanosleep(&(struct timespec){.tv_nsec = left_us * 1000}, NULL);
	return check_multi(client, curl_multi_poll(client->multi, wake, wake->fd >= 0 ? 1 : 0,
											   left_us > 0 ? (int) (left_us / 1000) : 0, NULL));
}

bool
http_wait(HttpClient *client, int max_ms, int wake_fd)
{
	int64_t end = http_now() + max_ms;

	while (client->done == NULL && client->pending > 0)
	{
		int64_t now = http_now();
		int64_t due = start_due(client, now);
		struct curl_waitfd wake = {.fd = wake_fd, .events = CURL_WAIT_POLLIN};

		if (!perform(client))
			return false;
		if (client->done != NULL || now >= end)
			break;
		/* a transfer that has just ended may have made room, or changed what may start when */
		if (client->open_count < client->options.max_parallel)
			due = start_due(client, http_now());
		if (!poll_until(client, due < end ? due : end, &wake))
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
		http_begin_origin(&client->origins[i], options);
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
	if (options->user_agent_count < 1 || options->max_parallel < 1 ||
		options->max_parallel > HTTP_MAX_PARALLEL)
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
	http_forget_answer(transfer);
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
		free(client->origins[i].unread);
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
	transfer->origin = http_find_origin(client, request->url);
	if (transfer->origin == NULL)
		http_fail(transfer, false, "%.300s is not on one of the configured sites", request->url);
	else
		http_enqueue(transfer);
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
