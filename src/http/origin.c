/*
 * origin.c: see origin.h.
 */
#include "http/origin.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/*
 * "scheme://host:port" of an address, always with the port; NULL if it is not a URL of http or
 * https.
 */
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

bool
origin_is_public(const char *url)
{
	CURLU *parsed = curl_url();
	char *origin = origin_of(url);
	bool is_public = origin != NULL && parsed != NULL &&
					 curl_url_set(parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK;

	free(origin);
	curl_url_cleanup(parsed);
	return is_public;
}

bool
origin_init(Origin *origin, const HttpOptions *options, const char *base)
{
	origin->pace = pace_of(options->delay_ms);
	origin->breaker.patience = options->patience;
	origin->breaker.cool_down_ms = breaker_cool_down_ms(options->retry_base_ms);
	origin->url = base == NULL ? NULL : origin_of(base);
	return base == NULL || origin->url != NULL;
}

Origin *
origin_find(HttpClient *client, const char *url)
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
origin_obey(Origin *origin, const Robots *robots, const char *unread)
{
	origin->robots = robots;
	free(origin->unread);
	origin->unread = unread == NULL ? NULL : strdup(unread);
	if (robots_delay_ms(robots) > origin->pace.least_ms)
		pace_set_least(&origin->pace, robots_delay_ms(robots));
}

void
origin_enqueue(Transfer *transfer)
{
	Origin *origin = transfer->origin;

	assert(transfer->easy == NULL && !transfer->is_trial && !transfer->is_check);
	transfer->next = NULL;
	if (origin->block_reason[0] != '\0')
	{
		snprintf(transfer->error, sizeof(transfer->error), "not requested: %s",
				 origin->block_reason);
		transfer_finish(transfer, HTTP_NOT_REQUESTED);
		return;
	}
	if (!transfer->is_robots && origin->robots != NULL &&
		!robots_allows(origin->robots, transfer->target))
	{
		if (origin->unread == NULL)
			transfer_fail(transfer, false, "the site's robots.txt does not allow it");
		else
			transfer_fail(transfer, true, "the site's robots.txt could not be read: %s",
						  origin->unread);
		return;
	}
	if (origin->first == NULL)
		origin->first = transfer;
	else
		origin->last->next = transfer;
	origin->last = transfer;
}

/* When the next request to the origin may start. */
static int64_t
next_start(const Origin *origin)
{
	int64_t allowed = breaker_next_start(&origin->breaker);

	return allowed > origin->pace.next_start ? allowed : origin->pace.next_start;
}

static Transfer *
start(Origin *origin, Transfer *transfer, int64_t now)
{
	pace_start(&origin->pace, now);
	transfer->started = now;
	transfer->is_trial = breaker_start(&origin->breaker);
	return transfer;
}

/*
 * The page by which to try a site: one that worked before, as pages that wait may be broken
 * themselves. For a site that refuses everything since the run began, its home page. Writes an
 * empty address if there is none.
 */
static void
choose_check(const Origin *origin, char *address, size_t size)
{
	snprintf(address, size, "%s", origin->working);
	if (origin->working[0] != '\0' || !origin->breaker.refused)
		return;
	snprintf(address, size, "%s/", origin->url);
	if (origin->robots != NULL && !robots_allows(origin->robots, address))
		address[0] = '\0';
}

/* The trial of a site by that page. NULL: there is no such page, or no memory. */
static Transfer *
make_check(Origin *origin)
{
	char address[sizeof(origin->working)];
	Transfer *check;

	choose_check(origin, address, sizeof(address));
	check = address[0] == '\0' ? NULL : calloc(1, sizeof(Transfer));
	if (check == NULL)
		return NULL;
	check->client = origin->first->client;
	check->origin = origin;
	check->is_check = true;
	check->uncompressed = true; /* or it might have to be asked again, and wait in the queue */
	check->response.attempts = 1;
	check->url = strdup(address);
	check->target = strdup(address);
	if (check->url == NULL || check->target == NULL)
	{
		transfer_free(check);
		return NULL;
	}
	return check;
}

static bool
is_preferred(const Transfer *transfer)
{
	const HttpClient *client = transfer->client;

	return client->preferred != NULL &&
		   client->is_preferred(transfer->response.owner, client->preferred);
}

/* Takes a transfer out of the queue. before: the one before it, NULL: it is the first. */
static Transfer *
take(Origin *origin, Transfer *transfer, Transfer *before)
{
	if (before == NULL)
		origin->first = transfer->next;
	else
		before->next = transfer->next;
	if (origin->last == transfer)
		origin->last = before;
	return transfer;
}

/* Takes the first transfer out of the queue, NULL where that is empty. */
Transfer *
origin_take_first(Origin *origin)
{
	return origin->first == NULL ? NULL : take(origin, origin->first, NULL);
}

Transfer *
origin_take_due(Origin *origin, int64_t now, int64_t *due)
{
	int64_t allowed = next_start(origin);
	Transfer *before = NULL;
	Transfer *found = NULL;
	Transfer *before_found = NULL;

	if (origin->breaker.state == BREAKER_OPEN && allowed <= now && origin->first != NULL)
	{
		Transfer *check = make_check(origin);

		if (check != NULL)
			return start(origin, check, now);
	}
	for (Transfer *transfer = origin->first; transfer != NULL;
		 before = transfer, transfer = transfer->next)
	{
		int64_t when = transfer->not_before > allowed ? transfer->not_before : allowed;

		if (when > now)
			*due = when < *due ? when : *due;
		else if (is_preferred(transfer))
			return start(origin, take(origin, transfer, before), now);
		else if (found == NULL)
		{
			found = transfer;
			before_found = before;
		}
	}
	return found == NULL ? NULL : start(origin, take(origin, found, before_found), now);
}

/* Keeps the address of a page that was answered well. */
static void
note_working(Origin *origin, const Transfer *transfer)
{
	int status = transfer->response.status;
	bool is_page = status == 200 || (status == 304 && transfer_is_conditional(transfer));

	if (transfer->method == HTTP_GET && !transfer->is_robots && is_page &&
		strlen(transfer->target) < sizeof(origin->working))
		strcpy(origin->working, transfer->target);
}

/*
 * Whether a failure counts against the site. A page that fails again counts only against itself:
 * the last requests of a run are such retries. But 429 and 503 say that the site is too busy.
 */
static bool
counts_against_site(const Transfer *transfer)
{
	int status = transfer->response.status;

	return transfer->response.attempts == 1 || status == 429 || status == 503;
}

void
origin_heed(Transfer *transfer, Verdict verdict, int64_t now)
{
	Origin *origin = transfer->origin;
	bool is_evidence = transfer->is_trial || counts_against_site(transfer);

	switch (verdict)
	{
		case SITE_ANSWERED:
			pace_ease(&origin->pace, transfer->started);
			breaker_success(&origin->breaker, transfer->is_trial);
			note_working(origin, transfer);
			break;
		case SITE_STRUGGLES:
			if (is_evidence)
				pace_slow(&origin->pace, transfer->started, now);
			breaker_failure(&origin->breaker, transfer->is_trial, is_evidence, now);
			break;
		case SITE_REFUSES:
			breaker_refusal(&origin->breaker, transfer->is_trial, transfer->is_check, now);
			break;
		case NO_VERDICT:
			breaker_no_verdict(&origin->breaker, transfer->is_trial);
			break;
	}
	transfer->is_trial = false;
}

void
origin_block(Origin *origin)
{
	Transfer *waiting = origin->first;

	assert(origin->block_reason[0] != '\0');
	origin->first = NULL;
	while (waiting != NULL)
	{
		Transfer *next = waiting->next;

		origin_enqueue(waiting);
		waiting = next;
	}
}

int
origin_ready(const Origin *origin, int64_t now)
{
	int count = 0;

	for (const Transfer *waiting = origin->first; waiting != NULL; waiting = waiting->next)
		count += waiting->not_before <= now;
	return count;
}

/* The length of "host:port" to show: the default port is left out. */
static int
shown_length(const char *host)
{
	const char *port = strrchr(host, ':');

	return (int) (strcmp(port, ":443") == 0 || strcmp(port, ":80") == 0 ? port - host
																		: (ptrdiff_t) strlen(host));
}

void
origin_describe_wait(const Origin *origin, int64_t now, char *text, size_t size)
{
	size_t len = strlen(text);
	const Pace *pace = &origin->pace;
	int64_t wait = next_start(origin) - now;
	const char *host;
	char what[80];

	if (origin->first == NULL && origin->breaker.state != BREAKER_HALF_OPEN)
		return;
	host = strstr(origin->url, "://") + 3;
	if (origin->breaker.state == BREAKER_HALF_OPEN)
		snprintf(what, sizeof(what), "struggles: trying again");
	else if (origin->breaker.state == BREAKER_OPEN)
		snprintf(what, sizeof(what), "struggles: trying again in %lld s",
				 wait > 0 ? (long long) (wait + 999) / 1000 : 0);
	else if (pace->held_until > now)
		snprintf(what, sizeof(what), "asks to wait: trying again in %lld s",
				 (long long) (wait + 999) / 1000);
	else if (pace->delay_ms > pace->least_ms)
		snprintf(what, sizeof(what), "struggles: %d.%d s between requests", pace->delay_ms / 1000,
				 pace->delay_ms % 1000 / 100);
	else
		return;
	snprintf(text + len, size - len, "%s%.*s %s", len > 0 ? "; " : "", shown_length(host), host,
			 what);
}
