/*
 * page_activities.c: the lists and the statistics of activities.esn.org. A single activity is in page_activity.c.
 */
#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/html.h"
#include "core/page_internal.h"
#include "core/url.h"

/* 45,000 activities are 3,750 pages of 12: who claims more than this has lost count. */
#define MAX_LAST_PAGE 10000

/* The n-th page of a list, from 0, that a pager's link leads to; -1: none. */
static int
page_number(const char *url)
{
	const char *query = url == NULL ? NULL : strchr(url, '?');
	char *end;
	long number;

	while (query != NULL && strncmp(query + 1, "page=", 5) != 0)
		query = strpbrk(query + 1, "&");
	if (query == NULL || !ascii_is_digit(query[6]))
		return -1;
	number = strtol(query + 6, &end, 10);
	if (*end != '\0' && *end != '&' && *end != '#')
		return -1;
	return number > MAX_LAST_PAGE ? MAX_LAST_PAGE + 1 : (int) number;
}

static int
parse_last_page(PageParser *parser)
{
	Found found;

	for (int n = 0; field_found(parser, "last_page", n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *url = found_url(parser, &found, i);
			int number = page_number(url);

			if (number > MAX_LAST_PAGE)
				page_error(parser, "last_page", "not the number of a page", url);
			else if (number >= 0)
				return number;
		}
	}
	return -1;
}

/* One field of all cards: the value of element i of found goes into the card around it, which has none yet. */
typedef void (*CardFiller)(PageParser *parser, Card *card, const Found *found, int i);

static void
fill_cards(PageParser *parser, const Found *containers, Card *cards, const char *field,
		   CardFiller fill)
{
	Found found;

	for (int n = 0; field_found(parser, field, n, &found); n++)
	{
		elements_mark(containers->elements, containers->count);
		for (int i = 0; i < found.count; i++)
		{
			int place = elements_holding(found.elements[i]);

			if (place >= 0)
				fill(parser, &cards[place], &found, i);
		}
		elements_unmark(containers->elements, containers->count);
	}
}

static void
fill_title(PageParser *parser, Card *card, const Found *found, int i)
{
	const char *url = found_url(parser, found, i);
	const char *slug = url == NULL ? NULL : slug_from_url(parser->arena, url, "activity");
	const char *text = html_text(parser->arena, found->elements[i]);

	if (slug == NULL || (card->event_slug != NULL && strcmp(card->event_slug, slug) != 0))
		return;
	card->event_slug = slug;
	card->url = url;
	if (card->title == NULL && *text != '\0')
		card->title = text;
}

static void
fill_date(PageParser *parser, Card *card, const Found *found, int i)
{
	if (card->date == NULL)
		card->date = found_value(parser, found, i);
}

static void
fill_city(PageParser *parser, Card *card, const Found *found, int i)
{
	if (card->city == NULL)
		card->city = trim_commas(parser->arena, found_value(parser, found, i));
}

static void
fill_country(PageParser *parser, Card *card, const Found *found, int i)
{
	const char *value = trim_commas(parser->arena, found_value(parser, found, i));
	char *code;

	if (card->country_code != NULL || value == NULL)
		return;
	code = arena_strdup(parser->arena, value);
	for (char *c = code; *c != '\0'; c++)
		*c = ascii_upper(*c);
	card->country_code = code;
}

static void
fill_organiser(PageParser *parser, Card *card, const Found *found, int i)
{
	const char *url = found_url(parser, found, i);
	const char *slug = url == NULL ? NULL : slug_from_url(parser->arena, url, "organisation");
	const char *name = html_text(parser->arena, found->elements[i]);

	if (slug == NULL || card->organiser.slug != NULL)
		return;
	card->organiser = (NamedSlug){.name = *name == '\0' ? NULL : name, .slug = slug, .url = url};
}

static int
card_is_online(Arena *arena, const HtmlNode *element)
{
	const char *classes = html_attribute(arena, element, "class");

	if (classes == NULL)
		return -1;
	if (strstr(classes, "ct-online-activity") != NULL)
		return 1;
	return strstr(classes, "ct-physical-activity") != NULL ? 0 : -1;
}

static void
parse_cards(PageParser *parser, const Found *containers)
{
	ListingPage *listing = &parser->page->listing;
	Card *cards = arena_alloc(parser->arena, sizeof(Card) * (size_t) (containers->count + 1));

	fill_cards(parser, containers, cards, "card_title", fill_title);
	fill_cards(parser, containers, cards, "card_date", fill_date);
	fill_cards(parser, containers, cards, "card_city", fill_city);
	fill_cards(parser, containers, cards, "card_country", fill_country);
	fill_cards(parser, containers, cards, "card_organiser", fill_organiser);
	listing->cards = cards;
	for (int i = 0; i < containers->count; i++)
	{
		if (cards[i].event_slug == NULL)
		{
			page_error(parser, "card_title", "no link to an activity",
					   html_text(parser->arena, containers->elements[i]));
			continue;
		}
		cards[listing->card_count] = cards[i];
		cards[listing->card_count++].is_online =
			card_is_online(parser->arena, containers->elements[i]);
	}
}

/* The slug in /organisation/<slug>/<part>; NULL: this is no such address. */
static const char *
organisation_of(Arena *arena, const char *url, const char *part)
{
	size_t len = strcspn(url, "?#");
	size_t tail = strlen(part);

	while (len > 0 && url[len - 1] == '/')
		len--;
	if (len <= tail || strncmp(url + len - tail, part, tail) != 0 || url[len - tail - 1] != '/')
		return NULL;
	return slug_from_url(arena, arena_strndup(arena, url, len - tail - 1), "organisation");
}

/* Whether an element is a link to the organisation's page, or to one below it. */
static bool
leads_to(PageParser *parser, const HtmlNode *element, const char *organisation)
{
	static const char marker[] = "/organisation/";
	const char *href =
		strcmp(element->name, "a") != 0 ? NULL : html_attribute(parser->arena, element, "href");
	const char *url = href == NULL ? NULL : url_absolute(parser->arena, parser->page->url, href);
	const char *at = url == NULL ? NULL : strstr(url, marker);
	const char *slug;

	if (at == NULL)
		return false;
	at += strlen(marker);
	slug =
		slug_from_url(parser->arena,
					  arena_strndup(parser->arena, url, (size_t) (at - url) + strcspn(at, "/?#")),
					  "organisation");
	return slug != NULL && strcmp(slug, organisation) == 0;
}

/*
 * A page without what it should hold may be an empty one, or another page altogether, answered with 200 (an error, maintenance, a log-in).
 * Only the organisation's own pages link to it.
 */
static bool
is_page_of(PageParser *parser, const char *organisation)
{
	for (const HtmlNode *node = parser->root; node != NULL; node = html_next(node, parser->root))
	{
		if (node->name != NULL && leads_to(parser, node, organisation))
			return true;
	}
	return false;
}

void
parse_listing(PageParser *parser)
{
	const char *organisation = organisation_of(parser->arena, parser->page->url, "activities");
	Found containers = {0};
	Found empty = {0};

	for (int n = 0; containers.count == 0 && field_found(parser, "card", n, &containers);)
		n++;
	for (int n = 0; empty.count == 0 && field_found(parser, "empty", n, &empty);)
		n++;
	parse_cards(parser, &containers);
	parser->page->listing.last_page = parse_last_page(parser);
	if (parser->page->listing.card_count > 0)
		return;
	if (organisation == NULL)
		parser->page->problem = "the page has no list of activities: not a single one is on it";
	else if (empty.count == 0 && !is_page_of(parser, organisation))
		parser->page->problem = "the page has no list of activities: no activity and no link to "
								"its organisation is on it";
}

static void
parse_statistics_address(PageParser *parser)
{
	StatisticsPage *statistics = &parser->page->statistics;

	statistics->slug = organisation_of(parser->arena, parser->page->url, "statistics");
	if (statistics->slug == NULL)
		parser->page->problem = "the address is not that of a section's statistics";
}

bool
parse_statistics_json(PageParser *parser, const char *utf8)
{
	static const char *const keys[] = {"\"activities_statistics\"", "\"total_activities\"",
									   "\"total_participants\"", "\"total_causes\""};
	bool known = false;

	if (utf8[strspn(utf8, " \t\r\n")] != '{')
		return false;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		known = known || strstr(utf8, keys[i]) != NULL;
	parse_statistics_address(parser);
	if (!known && parser->page->problem == NULL)
		parser->page->problem = "the page has no statistics: the JSON is of something else";
	if (parser->page->problem == NULL)
		parser->page->statistics.json = utf8;
	return true;
}

void
parse_statistics(PageParser *parser)
{
	Found found;

	parse_statistics_address(parser);
	if (parser->page->problem != NULL)
		return;
	for (int n = 0; field_found(parser, "settings", n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *json = html_raw_text(parser->arena, found.elements[i]);

			if (strstr(json, "\"activities_statistics\"") == NULL)
				continue;
			parser->page->statistics.json = json;
			return;
		}
	}
	if (!is_page_of(parser, parser->page->statistics.slug))
		parser->page->problem = "the page has no statistics: neither the object nor a link to its "
								"organisation is on it";
}
