/*
 * client.c: a client, its requests from http_submit() to http_next(), and the one wait, over
 * libcurl's multi interface.
 */
#include "http/client.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/origin.h"
#include "http/outcome.h"
#include "http/transfer.h"

static char *
copy(const char *s)
{
	return s == NULL ? NULL : strdup(s);
}

/* Starts the requests that are due, the hosts in turn. Returns when the next one is due. */
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
			Transfer *transfer = origin_take_due(&client->origins[i], now, &due);

			if (transfer == NULL)
				continue;
			transfer_start(transfer);
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
	assert(client->open_count > 0 && client->idle_count < HTTP_MAX_PARALLEL);
	client->open_count--;
	client->totals.bytes += bytes;
	curl_multi_remove_handle(client->multi, easy);
	client->idle[client->idle_count++] = easy;
	transfer->easy = NULL;
	transfer->response.status = (int) status;
	if (code == CURLE_OK)
		outcome_of_status(transfer, http_now(), location);
	else
		outcome_of_error(transfer, http_now(), code);
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

/* Moves bytes and ends finished transfers. Signals do not reach a thread that libcurl may start. */
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

/*
 * Waits until libcurl has something to do, wake is readable, or that time has come, and not a
 * millisecond longer.
 */
static bool
poll_until(HttpClient *client, int64_t until, struct curl_waitfd *wake)
{
	int64_t left_us = until * 1000 - http_now_us();

	/* poll counts in whole milliseconds: sleep for the rest of one */
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
		if (!origin_init(&client->origins[i], options, options->origins[i]))
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
		snprintf(error, error_size,
				 "at least one user agent and 1 to 64 parallel requests are required");
	else if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
			 (client->multi = curl_multi_init()) == NULL)
		snprintf(error, error_size, "libcurl could not be initialised");
	else if (!copy_options(client, options))
		snprintf(error, error_size, "a base address is not an http or https URL");
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
	if (response != NULL)
		transfer_free((Transfer *) response);
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
	transfer->is_robots = request->is_robots;
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
	transfer->origin = origin_find(client, request->url);
	if (transfer->origin == NULL)
		transfer_fail(transfer, false, "%.300s is not on one of the configured sites",
					  request->url);
	else
		origin_enqueue(transfer);
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
	assert(client->pending > 0);
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

void
http_obey(HttpClient *client, const char *url, const Robots *robots, const char *unread)
{
	Origin *origin = origin_find(client, url);

	if (origin != NULL)
		origin_obey(origin, robots, unread);
}

void
http_prefer(HttpClient *client, HttpPreference is_preferred, const void *preferred)
{
	client->is_preferred = is_preferred;
	client->preferred = preferred;
}

int
http_ready(const HttpClient *client)
{
	int64_t now = http_now();
	int count = 0;

	for (int i = 0; i < HTTP_MAX_ORIGINS; i++)
		count += origin_ready(&client->origins[i], now);
	return count;
}

const char *
http_waiting_for(HttpClient *client)
{
	int64_t now = http_now();

	client->waiting_for[0] = '\0';
	for (int i = 0; i < HTTP_MAX_ORIGINS; i++)
		origin_describe_wait(&client->origins[i], now, client->waiting_for,
							 sizeof(client->waiting_for));
	return client->waiting_for[0] == '\0' ? NULL : client->waiting_for;
}
