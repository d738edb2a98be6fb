/*
 * robots_fetch.c: see robots_fetch.h.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "base/text.h"
#include "crawl/robots_fetch.h"
#include "pg/server_arena.h"
#include "pg/settings.h"
#include "store/pages.h"

/* Our product token in robots.txt. */
#define ROBOTS_PRODUCT "esn_pulse"

static void
obey(Loop *loop, const char *url, const Robots *robots, const char *unread)
{
	http_obey(loop->http, url, robots, unread);
	if (robots_delay_ms(robots) > setting_request_delay)
		ereport(LOG, (errmsg("esn_pulse run " INT64_FORMAT ": %s asks for %d ms between requests",
							 loop->info->id, url, robots_delay_ms(robots))));
}

static const Robots *
parse(Loop *loop, const char *text)
{
	return robots_parse(loop->robots_arena, text, strlen(text), ROBOTS_PRODUCT);
}

/* Keeps it for a day, unless the run stores nothing. */
static void
keep(const Loop *loop, const Task *task, int status, const char *text)
{
	if (!loop->info->stores_nothing)
		store_robots(task->url, status, text);
}

static void
read_rules(Loop *loop, const Task *task, const HttpResponse *response)
{
	Arena *arena = loop->reader->arena;
	size_t len;
	const char *text = text_to_utf8(arena, response->body,
									Min(response->body_len, ROBOTS_MAX_BYTES), "utf-8", &len);

	text = arena_strndup(arena, text, len);
	keep(loop, task, response->status, text);
	obey(loop, task->url, parse(loop, text), NULL);
}

/*
 * Whether the answer is a page instead, such as that of a site under maintenance. The type alone
 * proves nothing: a server may send every file as HTML.
 */
static bool
is_page(const HttpResponse *response)
{
	return response->content_type != NULL &&
		   pg_strncasecmp(response->content_type, "text/html", strlen("text/html")) == 0 &&
		   response->body[strspn(response->body, "\xef\xbb\xbf \t\r\n")] == '<';
}

/*
 * What cannot be read now counts as it was read before. Else it depends on why (RFC 9309, 2.3.1):
 * 4xx and too many redirects mean that there are no rules, anything else that nothing is allowed.
 */
static void
handle_robots(void *state, Task *task, const HttpResponse *response, const SitePage *page)
{
	Loop *loop = state;
	int class = response->status / 100;
	bool is_answer = response->outcome == HTTP_ANSWERED;
	bool current;
	char *known = store_known_robots(task->url, &current);

	if (is_answer && class == 2 && (known == NULL || !is_page(response)))
		read_rules(loop, task, response);
	else if (is_answer && class == 4)
		keep(loop, task, response->status, NULL);
	else if (known != NULL)
		obey(loop, task->url, parse(loop, known), NULL);
	else if (response->outcome != HTTP_FAILED || class != 3 || response->status == 304)
		obey(loop, task->url, robots_disallow_all(loop->robots_arena),
			 response->error != NULL ? response->error
									 : psprintf("the site answered %d", response->status));
}

static const TaskType robots_task = {.name = "robots",
									 .page = PAGE_KINDS,
									 .is_robots = true,
									 .handle = handle_robots};

void
robots_fetch(Loop *loop)
{
	const char *const bases[] = {setting_accounts_url, setting_activities_url};

	if (!setting_respect_robots)
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
			obey(loop, page.url, parse(loop, known), NULL);
		else
			loop_submit(loop, &robots_task, HTTP_GET, &page, NULL, NULL, NULL);
	}
	loop_run(loop, NULL, loop);
}
