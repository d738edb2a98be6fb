/*
 * page_activity.c: one activity of activities.esn.org.
 */
#include <stdlib.h>
#include <string.h>

#include "core/html.h"
#include "core/page_internal.h"

#define MAX_TITLE 255
#define MAX_CITY 100
#define MAX_NAME 100
#define MAX_OBJECTIVE 200
#define SDGS 17

/* The activity's own address where the page says it, else the one asked for. */
static const char *
parse_url(PageParser *parser, const char *event_slug)
{
	Found found;

	for (int n = 0; field_found(parser, "url", n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *url = found_url(parser, &found, i);
			const char *slug = url == NULL ? NULL : slug_from_url(parser->arena, url, "activity");

			if (slug != NULL && strcmp(slug, event_slug) == 0)
				return url;
		}
	}
	return parser->page->url;
}

static const char *
required_text(PageParser *parser, const char *field, const char *value)
{
	if (value == NULL)
		page_error(parser, field, "missing", NULL);
	return value;
}

/* A rule as broad as ".highlight-data-text span" also finds the dates: what stands among them, or is written as one, is no place. */
static StringList
location_texts(PageParser *parser)
{
	StringList texts = {0};
	Found found;

	for (int n = 0; texts.count == 0 && field_found(parser, "location", n, &found); n++)
	{
		bool *among_dates = arena_alloc(parser->arena, (size_t) found.count + 1);
		Found dates;

		for (int m = 0; field_found(parser, "dates", m, &dates); m++)
		{
			elements_mark(dates.elements, dates.count);
			for (int i = 0; i < found.count; i++)
				among_dates[i] = among_dates[i] || elements_holding(found.elements[i]) >= 0;
			elements_unmark(dates.elements, dates.count);
		}
		for (int i = 0; i < found.count; i++)
		{
			const char *value = trim_commas(parser->arena, found_value(parser, &found, i));

			if (value != NULL && !among_dates[i] && !date_resembles(value))
				string_list_add(parser->arena, &texts, value);
		}
	}
	return texts;
}

static void
parse_location(PageParser *parser, ActivityPage *activity)
{
	StringList texts = location_texts(parser);

	if (texts.count > 0)
		activity->city = check_length(parser, "city", texts.items[0], MAX_CITY);
	if (texts.count > 1)
		activity->country_name = check_length(parser, "country_name", texts.items[1], MAX_NAME);
}

static bool
is_online(PageParser *parser)
{
	Found found;

	for (int n = 0; field_found(parser, "online", n, &found); n++)
	{
		if (found.count > 0)
			return true;
	}
	return false;
}

/* The number of a goal written as "SDG 3", "Goal 3" or "Goal 3: Good health ..."; 0: no goal between 1 and 17. */
static int
sdg_number(const char *value)
{
	static const char *const words[] = {"SDG", "Goal"};

	for (int i = 0; i < 2; i++)
	{
		const char *at = text_find_nocase(value, words[i]);
		size_t digits;
		int number;

		if (at == NULL)
			continue;
		at += strlen(words[i]);
		at += strspn(at, " #:-");
		digits = strspn(at, "0123456789");
		number = digits == 0 || digits > 2 ? 0 : (int) strtol(at, NULL, 10);
		if (number >= 1 && number <= SDGS)
			return number;
	}
	return 0;
}

/* Each picture says its goal in one of several attributes, which are several rules: one that can be read is enough. */
static void
parse_sdgs(PageParser *parser, StringList *sdgs)
{
	bool named[SDGS + 1] = {false};
	Seen seen = {.arena = parser->arena};
	StringList wrong = {0};
	Found found;

	for (int n = 0; field_found(parser, "sdgs", n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *value = found_value(parser, &found, i);
			int number = value == NULL ? 0 : sdg_number(value);
			char *place = arena_printf(parser->arena, "%p", (void *) found.elements[i]);
			int known;

			if (value == NULL)
				continue;
			named[number] = true;
			known = seen_put(&seen, place, wrong.count);
			if (known < 0)
				string_list_add(parser->arena, &wrong, number == 0 ? value : NULL);
			else if (number != 0)
				/* known is a place in it. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
				wrong.items[known] = NULL;
		}
	}
	for (int number = 1; number <= SDGS; number++)
	{
		if (named[number])
			string_list_add(parser->arena, sdgs, arena_printf(parser->arena, "SDG %d", number));
	}
	for (int i = 0; i < wrong.count; i++)
	{
		if (wrong.items[i] != NULL)
			page_error(parser, "sdgs", "no SDG between 1 and 17", wrong.items[i]);
	}
}

void
parse_activity(PageParser *parser)
{
	ActivityPage *activity = &parser->page->activity;
	StringList dates;

	activity->event_slug = slug_from_url(parser->arena, parser->page->url, "activity");
	if (activity->event_slug == NULL)
	{
		parser->page->problem = "the address is not that of an activity";
		return;
	}
	activity->url = parse_url(parser, activity->event_slug);
	activity->event_slug = check_length(parser, "event_slug", activity->event_slug, MAX_TITLE);
	activity->title =
		check_length(parser, "title", required_text(parser, "title", field_text(parser, "title")),
					 MAX_TITLE);
	activity->description = page_redact(parser, required_text(parser, "description",
															  field_lines(parser, "description")));
	dates = field_texts(parser, "dates");
	check_dates(parser, &dates, activity);
	activity->is_online = is_online(parser);
	parse_location(parser, activity);
	activity->participants =
		check_count(parser, "participants", field_text(parser, "participants"));
	activity->activity_type =
		check_length(parser, "activity_type", field_text(parser, "activity_type"), MAX_NAME);
	activity->organisers = field_links(parser, "organisers", "organisation");
	activity->causes = field_names(parser, "causes", MAX_NAME);
	parse_sdgs(parser, &activity->sdgs);
	activity->objectives = field_names(parser, "objectives", MAX_OBJECTIVE);
	activity->activity_goal = page_redact(parser, field_lines(parser, "activity_goal"));
	activity->outcomes = page_redact(parser, field_lines(parser, "outcomes"));
	activity->image_url = field_url(parser, "image_url");
	activity->registration_url = field_url(parser, "registration_url");
}
