/*
 * robots_txt.c: has both sites' robots.txt read, at most once a day, before anything else is asked of them. What it allows says core/robots.c.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "guc.h"
#include "run.h"

static void
obey(Run *run, const char *url, const Robots *robots, const char *unread)
{
	http_obey(run->http, url, robots, unread);
	if (robots_delay_ms(robots) > guc_request_delay)
		ereport(LOG, (errmsg("esn_pulse run " INT64_FORMAT ": %s asks for %d ms between requests",
							 run->id, url, robots_delay_ms(robots))));
}

static const Robots *
parse(Run *run, const char *text)
{
	return robots_parse(run->robots_arena, text, strlen(text), ROBOTS_PRODUCT);
}

void
robots_handle(Run *run, Task *task, const HttpResponse *response, const SitePage *page)
{
	bool current;
	char *known;
	size_t len;

	if (response->outcome == HTTP_ANSWERED && response->status >= 200 && response->status < 300)
	{
		const char *text = text_to_utf8(run->arena, response->body,
										Min(response->body_len, ROBOTS_MAX_BYTES), "utf-8", &len);

		text = arena_strndup(run->arena, text, len);
		store_robots(task->url, response->status, text);
		obey(run, task->url, parse(run, text), NULL);
		return;
	}
	if (response->outcome == HTTP_ANSWERED && response->status >= 400 && response->status < 500)
	{
		/* there is none: all is allowed */
		store_robots(task->url, response->status, NULL);
		return;
	}
	known = store_known_robots(task->url, &current);
	if (known != NULL)
		obey(run, task->url, parse(run, known), NULL);
	else
		obey(run, task->url, robots_refuse_all(run->robots_arena),
			 response->error != NULL ? response->error
									 : psprintf("the site answered %d", response->status));
}

void
robots_read(Run *run)
{
	const char *const bases[] = {guc_accounts_url, guc_activities_url};

	if (!guc_respect_robots)
		return;
	for (int i = 0; i < lengthof(bases); i++)
	{
		ClaimedPage page = {.url = psprintf("%s/robots.txt", bases[i])};
		bool current;
		char *known;

		if (i > 0 && strcmp(bases[i], bases[0]) == 0)
			continue;
		known = store_known_robots(page.url, &current);
		if (current)
			obey(run, page.url, parse(run, known), NULL);
		else
			run_submit(run, TASK_ROBOTS, HTTP_GET, &page, NULL, NULL);
	}
	run_pump(run, NULL);
}
