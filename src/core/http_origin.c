/*
 * http_origin.c: one site: the queue of what waits to be asked of it, what may start when, and what its answers change in that.
 */
#include "core/http_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
http_begin_origin(Origin *origin, const HttpOptions *options)
{
	origin->pace = pace_of(options->delay_ms);
	origin->breaker.patience = options->patience;
	origin->breaker.cool_down_ms = breaker_cool_down_ms(options->retry_base_ms);
}

void
http_obey(HttpClient *client, const char *url, const Robots *robots, const char *unread)
{
	Origin *origin = http_find_origin(client, url);

	if (origin == NULL)
		return;
	origin->robots = robots;
	free(origin->unread);
	origin->unread = unread == NULL ? NULL : strdup(unread);
	if (robots_delay_ms(robots) > origin->pace.least_ms)
		pace_set_least(&origin->pace, robots_delay_ms(robots));
}

void
http_enqueue(Transfer *transfer)
{
	Origin *origin = transfer->origin;

	transfer->next = NULL;
	if (origin->refusal[0] != '\0')
	{
		snprintf(transfer->error, sizeof(transfer->error), "not asked: %s", origin->refusal);
		http_finish(transfer, HTTP_NOT_ASKED);
		return;
	}
	if (origin->robots != NULL && !robots_allows(origin->robots, transfer->target))
	{
		if (origin->unread == NULL)
			http_fail(transfer, false, "the site's robots.txt does not allow it");
		else
			http_fail(transfer, true, "the site's robots.txt could not be read: %s",
					  origin->unread);
		return;
	}
	if (origin->first == NULL)
		origin->first = transfer;
	else
		origin->last->next = transfer;
	origin->last = transfer;
}

/* When the origin may be asked again. */
static int64_t
next_start(const Origin *origin)
{
	int64_t allowed = breaker_next_start(&origin->breaker);

	return allowed > origin->pace.next_start ? allowed : origin->pace.next_start;
}

Transfer *
http_take_due(Origin *origin, int64_t now, int64_t *due)
{
	int64_t allowed = next_start(origin);
	Transfer *before = NULL;

	for (Transfer *transfer = origin->first; transfer != NULL;
		 before = transfer, transfer = transfer->next)
	{
		int64_t when = transfer->not_before > allowed ? transfer->not_before : allowed;

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
		pace_start(&origin->pace, now);
		transfer->started = now;
		transfer->is_probe = breaker_start(&origin->breaker);
		return transfer;
	}
	return NULL;
}

/*
 * A page that fails again after it has failed tells of itself, not of its site: the last requests of a run are such retries. Only
 * where the site says in so many words that it is too busy they count, too.
 */
static bool
tells_of_site(const Transfer *transfer)
{
	int status = transfer->response.status;

	return transfer->response.attempts == 1 || status == 429 || status == 503;
}

void
http_heed(Transfer *transfer, Verdict verdict, int64_t now)
{
	Origin *origin = transfer->origin;
	bool tells = transfer->is_probe || tells_of_site(transfer);

	switch (verdict)
	{
		case SITE_ANSWERED:
			pace_ease(&origin->pace, transfer->started);
			breaker_success(&origin->breaker, transfer->is_probe);
			break;
		case SITE_STRUGGLES:
			if (tells)
				pace_slow(&origin->pace, transfer->started, now);
			breaker_failure(&origin->breaker, transfer->is_probe, tells, now);
			break;
		case NO_VERDICT:
			breaker_no_verdict(&origin->breaker, transfer->is_probe);
			break;
	}
	transfer->is_probe = false;
}

/* How much of "host:port" is worth showing: not the port that goes without saying. */
static int
shown_length(const char *host)
{
	const char *port = strrchr(host, ':');

	return (int) (strcmp(port, ":443") == 0 || strcmp(port, ":80") == 0 ? port - host
																		: (ptrdiff_t) strlen(host));
}

/* Adds to the client's text what one origin waits for, where that is not the usual. */
static void
describe_wait(HttpClient *client, const Origin *origin, int64_t now)
{
	char *out = client->waiting_for;
	size_t len = strlen(out);
	const char *host = strstr(origin->url, "://") + 3;
	const Pace *pace = &origin->pace;
	int64_t wait = next_start(origin) - now;
	char what[80];

	if (origin->breaker.state == BREAKER_PROBING)
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
	snprintf(out + len, sizeof(client->waiting_for) - len, "%s%.*s %s", len > 0 ? "; " : "",
			 shown_length(host), host, what);
}

const char *
http_waiting_for(HttpClient *client)
{
	int64_t now = http_now();

	client->waiting_for[0] = '\0';
	for (int i = 0; i < HTTP_MAX_ORIGINS; i++)
	{
		const Origin *origin = &client->origins[i];

		if (origin->first != NULL || origin->breaker.state == BREAKER_PROBING)
			describe_wait(client, origin, now);
	}
	return client->waiting_for[0] == '\0' ? NULL : client->waiting_for;
}

int
http_ready(const HttpClient *client)
{
	int64_t now = http_now();
	int count = 0;

	for (int i = 0; i < HTTP_MAX_ORIGINS; i++)
	{
		for (const Transfer *waiting = client->origins[i].first; waiting != NULL;
			 waiting = waiting->next)
			count += waiting->not_before <= now;
	}
	return count;
}
