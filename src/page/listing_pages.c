/*
 * listing_pages.c: parses lists of activities of activities.esn.org; see also listing_pages.h.
 * activity_page.c parses single activities.
 */
#include "page/listing_pages.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/slug.h"
#include "base/text.h"
#include "base/url.h"
#include "html/html_text.h"
#include "page/parsers.h"

/* 45,000 activities fill 3,750 pages of 12. A larger number is a mistake of the site. */
#define MAX_LAST_PAGE 10000

#define NO_NUMBER (-1)
#define NOT_UNDERSTOOD (-2) /* "?page=0,2" */

/* The page number (from 0) in an address. */
static int
page_number(const char *url)
{
	const char *query = url == NULL ? NULL : strchr(url, '?');
	char *end;
	long number;

	while (query != NULL && strncmp(query + 1, "page=", 5) != 0)
		query = strpbrk(query + 1, "&");
	if (query == NULL)
		return NO_NUMBER;
	if (!ascii_is_digit(query[6]))
		return NOT_UNDERSTOOD;
	number = strtol(query + 6, &end, 10);
	if (number > MAX_LAST_PAGE || (*end != '\0' && *end != '&' && *end != '#'))
		return NOT_UNDERSTOOD;
	return (int) number;
}

/* Whether an address is that of a page of this list. */
static bool
is_of_list(const PageParser *parser, const char *url)
{
	return url_same_page(url, parser->page->url);
}

/*
 * Notes the pages that a rule's links lead to, and whether one is not understood. is_pager: all of
 * them belong to the pager, and must name a page.
 */
static void
read_pager_links(PageParser *parser, const Found *found, bool is_pager)
{
	ListingPage *listing = &parser->page->listing;

	for (int i = 0; i < found->count; i++)
	{
		const char *url = found_url(parser, found, i);
		int number = page_number(url);

		if (!is_pager && (url == NULL || number == NO_NUMBER || !is_of_list(parser, url)))
			continue;
		if (number >= 0)
			listing->last_page = number > listing->last_page ? number : listing->last_page;
		else if (listing->incomplete == NULL)
			listing->incomplete =
				arena_printf(parser->arena, "the pager of its list is not understood: %s",
							 url == NULL ? "a link without an address" : url);
	}
}

/*
 * The last page is the one that the pager names as such. A pager without it (numbers, "next", "load
 * more") shows some further pages, which show others.
 */
static void
parse_pager(PageParser *parser)
{
	ListingPage *listing = &parser->page->listing;
	Found found;

	listing->last_page = -1;
	for (int n = 0; listing->last_page < 0 && field_found(parser, "last_page", n, &found); n++)
		read_pager_links(parser, &found, true);
	listing->last_is_known = listing->last_page >= 0;
	for (int n = 0; field_found(parser, "next_page", n, &found); n++)
		read_pager_links(parser, &found, true);
	for (int n = 0; field_found(parser, "pager", n, &found); n++)
		read_pager_links(parser, &found, false);
}

/* Fills one field of a card that has none yet, from element i of found. */
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

	if (url == NULL && card->title == NULL && *text != '\0')
		card->title = text;
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
	const char *value = trim_commas(parser->arena, found_value(parser, found, i));

	if (card->city == NULL && value != NULL && !link_resembles(value))
		card->city = value;
}

static void
fill_country(PageParser *parser, Card *card, const Found *found, int i)
{
	const char *value = trim_commas(parser->arena, found_value(parser, found, i));
	char *code;

	if (card->country_code != NULL || value == NULL || link_resembles(value))
		return;
	code = arena_strdup(parser->arena, value);
	for (char *c = code; *c != '\0'; c++)
		*c = ascii_upper(*c);
	card->country_code = code;
}

/* The first of several organisers: "ESN DTU" of "ESN DTU and 3 other organisations". */
static const char *
without_others(Arena *arena, const char *name)
{
	for (const char *at = name; (at = text_find_nocase(at, " and ")) != NULL; at++)
	{
		size_t digits = strspn(at + 5, "0123456789");

		if (digits > 0 && ascii_equal_nocase(at + 5 + digits, " other", 6))
			return arena_strndup(arena, name, (size_t) (at - name));
	}
	return name;
}

static void
fill_organiser(PageParser *parser, Card *card, const Found *found, int i)
{
	const char *url = found_url(parser, found, i);
	const char *slug = url == NULL ? NULL : slug_from_url(parser->arena, url, "organisation");
	const char *name = without_others(parser->arena, html_text(parser->arena, found->elements[i]));

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
		cards[i].is_online = card_is_online(parser->arena, containers->elements[i]);
		if (cards[i].is_online == 1)
			/* a platform, or a link to a meeting */
			cards[i].city = cards[i].country_code = NULL;
		cards[listing->card_count++] = cards[i];
	}
}

const char *
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

/* Whether an element is a link to the organisation's page or to one below it. */
static bool
leads_to(PageParser *parser, const HtmlNode *element, const char *organisation)
{
	static const char marker[] = "/organisation/";
	const char *href =
		strcmp(element->name, "a") != 0 ? NULL : html_link(parser->arena, element, "href");
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

bool
is_page_of(PageParser *parser, const char *organisation)
{
	for (const HtmlNode *node = parser->root; node != NULL; node = html_next(node, parser->root))
	{
		if (node->name != NULL && leads_to(parser, node, organisation))
			return true;
	}
	return false;
}

/* What the first rule of a field found that found something. */
static Found
first_found(PageParser *parser, const char *field)
{
	Found found = {0};

	for (int n = 0; found.count == 0 && field_found(parser, field, n, &found); n++)
		;
	return found;
}

/* Why a page without cards is not an empty list; NULL: it is one. */
static const char *
without_cards(PageParser *parser, const Found *containers)
{
	const ListingPage *listing = &parser->page->listing;
	const char *organisation = organisation_of(parser->arena, parser->page->url, "activities");
	int number = page_number(parser->page->url);

	if (organisation == NULL)
		return "the page has no list of activities: it contains none";
	if (containers->count > 0)
		return "the page's list is not understood: none of its cards has a link to an activity";
	if (first_found(parser, "empty").count > 0)
		return NULL;
	if (!is_page_of(parser, organisation))
		return "the page has no list of activities: no activity and no link to its organisation "
			   "is on it";
	if (first_found(parser, "activity_link").count > 0)
		return "the page's list is not understood: it links to activities, but has no cards";
	if (listing->incomplete != NULL || listing->last_page > (number < 0 ? 0 : number))
		return "the page's list is not understood: it has a pager, but no cards";
	return NULL;
}

void
parse_listing_page(PageParser *parser)
{
	Found containers = first_found(parser, "card");

	parse_cards(parser, &containers);
	parse_pager(parser);
	if (parser->page->listing.card_count == 0)
		parser->page->problem = without_cards(parser, &containers);
}
