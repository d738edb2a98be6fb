/*
 * activity_page.c: parses the page of one activity of activities.esn.org.
 */
#include "page/parsers.h"

#include <stdlib.h>
#include <string.h>

#include "base/slug.h"
#include "base/text.h"
#include "html/html_text.h"
#include "page/fields.h"

#define SDGS 17

/* The activity's own address if the page has it, otherwise the requested one. */
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
	return url_canonical(parser, parser->page->url);
}

/* A date, or a part of "160 total participants". */
static bool
is_of_other_field(const char *value)
{
	static const char *const words[] = {"total", "participant", "participants",
										"total participants"};
	int count;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		if (text_equal_nocase(value, words[i]))
			return true;
	}
	return date_resembles(value) || count_parse(value, &count);
}

/* The element around one, as a key of Seen. */
static char *
box_of(Arena *arena, const HtmlNode *element)
{
	return arena_printf(arena, "%p", (void *) element->parent);
}

/* Finds the boxes that contain a value of another field, or one that is written like that. */
static void
find_other_boxes(PageParser *parser, const Found *location, Seen *boxes)
{
	static const char *const others[] = {"dates", "participants"};
	Found found;

	for (int field = 0; field < 2; field++)
	{
		for (int n = 0; field_found(parser, others[field], n, &found); n++)
		{
			elements_mark(found.elements, found.count);
			for (int i = 0; i < location->count; i++)
			{
				if (elements_holding(location->elements[i]) >= 0)
					seen_put(boxes, box_of(parser->arena, location->elements[i]), 0);
			}
			elements_unmark(found.elements, found.count);
			for (int i = 0; i < found.count; i++)
				seen_put(boxes, box_of(parser->arena, found.elements[i]), 0);
		}
	}
	for (int i = 0; i < location->count; i++)
	{
		const char *value = found_value(parser, location, i);

		if (value != NULL && is_of_other_field(value))
			seen_put(boxes, box_of(parser->arena, location->elements[i]), 0);
	}
}

/*
 * A rule as broad as ".highlight-data-text span" also finds what stands in the boxes of the dates
 * and of the participants, which is not a place.
 */
static StringList
location_texts(PageParser *parser)
{
	StringList texts = {0};
	Found found;

	for (int n = 0; texts.count == 0 && field_found(parser, "location", n, &found); n++)
	{
		Seen boxes = {.arena = parser->arena};

		find_other_boxes(parser, &found, &boxes);
		for (int i = 0; i < found.count; i++)
		{
			const char *value = trim_commas(parser->arena, found_value(parser, &found, i));

			if (value == NULL || seen_put(&boxes, box_of(parser->arena, found.elements[i]), 1) == 0)
				continue;
			if (link_resembles(value))
				/* not quoted, because the link to a meeting may let anybody in */
				page_error(parser, "city", "a link, not a place", NULL);
			else
				string_list_add(parser->arena, &texts, value);
		}
	}
	return texts;
}

/* What an online activity shows where others show a place is a platform, or a link to a meeting. */
static void
parse_location(PageParser *parser, ActivityPage *activity)
{
	StringList texts = activity->is_online ? (StringList){0} : location_texts(parser);

	if (texts.count > 0)
		activity->city = field_value(parser, "city", texts.items[0]);
	if (texts.count > 1)
		activity->country_name = field_value(parser, "country_name", texts.items[1]);
}

/* The project that the activity is part of: the first link to one. */
static void
parse_project(PageParser *parser, ActivityPage *activity)
{
	NamedSlugList projects = field_links(parser, "project", "project");

	if (projects.count == 0)
		return;
	activity->project_slug = field_value(parser, "project_slug", projects.items[0].slug);
	activity->project_name = field_value(parser, "project_name", projects.items[0].name);
}

/* Adds the organisers that the page names without a link. */
static void
add_unlinked_organisers(PageParser *parser, NamedSlugList *organisers)
{
	StringList names = field_texts(parser, "unlinked_organiser");
	Seen seen = {.arena = parser->arena};

	for (int i = 0; i < organisers->count; i++)
	{
		if (organisers->items[i].name != NULL)
			seen_put(&seen, organisers->items[i].name, 0);
	}
	for (int i = 0; i < names.count; i++)
	{
		const char *name = page_redact(parser, trim_commas(parser->arena, names.items[i]));

		if (name != NULL && seen_put(&seen, name, 0) < 0)
			named_slug_add(parser->arena, organisers, (NamedSlug){.name = name});
	}
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

/*
 * The number of a goal written as "SDG 3", "Goal 3" or "Goal 3: Good health ..."; 0 unless it is
 * between 1 and 17.
 */
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

/*
 * Each picture states its goal in one of several attributes, which are several rules: one valid
 * value is enough.
 */
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
			page_error(parser, "sdgs", "not an SDG between 1 and 17", wrong.items[i]);
	}
}

/* What <time datetime> says within an element, or the element itself. */
static void
add_datetimes(Arena *arena, const HtmlNode *element, StringList *texts)
{
	for (const HtmlNode *node = element; node != NULL; node = html_next(node, element))
	{
		const char *value = node->name == NULL || strcmp(node->name, "time") != 0
								? NULL
								: html_attribute(arena, node, "datetime");

		if (value != NULL)
			string_list_add(arena, texts, value);
	}
}

/*
 * The texts of the dates. A text counts before the attribute of a <time> in it, which may be in
 * another time zone and so name another day.
 */
static StringList
date_texts(PageParser *parser)
{
	StringList texts = {0};
	Found found;

	for (int n = 0; texts.count == 0 && field_found(parser, "dates", n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *value = found_value(parser, &found, i);
			int count = texts.count;

			if (value == NULL || !date_resembles(value))
				add_datetimes(parser->arena, found.elements[i], &texts);
			if (value != NULL && texts.count == count)
				string_list_add(parser->arena, &texts, value);
		}
	}
	return texts;
}

void
parse_activity_page(PageParser *parser)
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
	activity->event_slug = field_value(parser, "event_slug", activity->event_slug);
	fields_read(parser);
	dates = date_texts(parser);
	check_dates(parser, &dates, &activity->start_date, &activity->end_date);
	/* The site writes 0 where nobody entered a number. */
	if (activity->participants == 0)
		activity->participants = -1;
	activity->activity_types = field_names(parser, "activity_type");
	if (activity->activity_types.count > 0)
		activity->activity_type = activity->activity_types.items[0];
	add_unlinked_organisers(parser, &activity->organisers);
	parse_project(parser, activity);
	activity->is_online = is_online(parser);
	parse_location(parser, activity);
	parse_sdgs(parser, &activity->sdgs);
}
