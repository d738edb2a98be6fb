/*
 * accounts_pages.c: parses the pages of accounts.esn.org: home, country, section.
 */
#include "page/parsers.h"

#include <string.h>

#include "base/ascii.h"
#include "base/slug.h"
#include "base/text.h"
#include "html/html_text.h"
#include "page/fields.h"
#include "page/networks.h"

static const char *
without_esn(const char *name)
{
	return strncmp(name, "ESN ", 4) == 0 && name[4] != '\0' ? name + 4 : name;
}

/* A country's slug has two letters. */
static bool
is_country_code(const char *slug)
{
	return strlen(slug) == 2 && ascii_is_letter(slug[0]) && ascii_is_letter(slug[1]);
}

static NamedSlugList
section_links(PageParser *parser)
{
	NamedSlugList links = field_links(parser, "sections", "section");
	NamedSlugList named = {0};

	for (int i = 0; i < links.count; i++)
	{
		if (links.items[i].name != NULL)
			named_slug_add(parser->arena, &named, links.items[i]);
	}
	return named;
}

void
parse_home_page(PageParser *parser)
{
	HomePage *home = &parser->page->home;
	NamedSlugList links = field_links(parser, "countries", "country");

	for (int i = 0; i < links.count; i++)
	{
		NamedSlug country = links.items[i];
		char *code = arena_strdup(parser->arena, country.slug);

		ascii_lower_all(code);
		/* the link to the list of all of them */
		if (country.name == NULL || strcmp(code, "all") == 0)
			continue;
		if (!is_country_code(code))
		{
			page_error(parser, "countries", "not a country code of two letters", country.url);
			continue;
		}
		country.slug = code;
		country.name = without_esn(country.name);
		named_slug_add(parser->arena, &home->countries, country);
	}
	home->sections = section_links(parser);
	if (home->countries.count == 0)
		parser->page->problem = "the page has no list of countries: no link leads to one";
}

/*
 * The rank of a part of an address in written order; -1 for a part that is not kept, such as a
 * person's name.
 */
static int
address_rank(Arena *arena, const HtmlNode *element)
{
	static const char *const parts[] = {"address-line1", "address-line2", "postal-code", "locality",
										"country"};
	const char *classes = html_attribute(arena, element, "class");

	for (int i = 0; classes != NULL && i < 5; i++)
	{
		const char *at = strstr(classes, parts[i]);
		size_t len = strlen(parts[i]);

		if (at != NULL && (at == classes || at[-1] == ' ') && (at[len] == '\0' || at[len] == ' '))
			return i;
	}
	return -1;
}

static const char *
parse_address(PageParser *parser)
{
	const char *parts[5] = {NULL};
	bool any = false;
	TextBuffer address;
	Found found;

	for (int n = 0; !any && field_found(parser, "address", n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			int rank = address_rank(parser->arena, found.elements[i]);

			if (rank < 0 || parts[rank] != NULL)
				continue;
			parts[rank] = trim_commas(parser->arena, found_value(parser, &found, i));
			any = any || parts[rank] != NULL;
		}
	}
	if (!any)
		return NULL;
	buffer_init(&address, parser->arena);
	for (int i = 0; i < 5; i++)
	{
		if (parts[i] != NULL)
			buffer_printf(&address, "%s%s", address.len > 0 ? ", " : "", parts[i]);
	}
	return address.data;
}

static void
parse_coordinates(PageParser *parser, SectionPage *section)
{
	Found found;

	for (int n = 0; field_found(parser, "coordinates", n, &found); n++)
	{
		if (found.count == 0)
			continue;
		section->latitude =
			check_degrees(parser, "latitude",
						  html_attribute(parser->arena, found.elements[0], "data-lat"), 90);
		section->longitude =
			check_degrees(parser, "longitude",
						  html_attribute(parser->arena, found.elements[0], "data-lng"), 180);
		return;
	}
}

static void
parse_social_media(PageParser *parser, NamedSlugList *profiles)
{
	Seen seen = {.arena = parser->arena};
	Found found;

	for (int n = 0; profiles->count == 0 && field_found(parser, "social_media", n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *title = html_attribute(parser->arena, found.elements[i], "title");
			const char *href = html_link(parser->arena, found.elements[i], "href");
			const char *url = check_web_address(parser, "social_media", href);
			const char *name = url == NULL ? NULL : network_of(parser->arena, url, title);

			if (name != NULL && seen_put(&seen, name, 0) < 0)
				named_slug_add(parser->arena, profiles, (NamedSlug){.name = name, .url = url});
		}
	}
}

/* The link labelled "Website", if no rule finds the link itself. */
static const char *
labelled_website(PageParser *parser)
{
	Found found;

	for (int n = 0; field_found(parser, "labelled_website", n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			if (text_equal_nocase(html_text(parser->arena, found.elements[i]), "website"))
				return found_value(parser, &found, i);
		}
	}
	return NULL;
}

static const char *
parse_website(PageParser *parser)
{
	const char *website = field_text(parser, "website");

	return check_web_address(parser, "website",
							 website == NULL ? labelled_website(parser) : website);
}

void
parse_country_page(PageParser *parser)
{
	CountryPage *country = &parser->page->country;
	char *slug = slug_from_url(parser->arena, parser->page->url, "country");

	if (slug == NULL)
	{
		parser->page->problem = "the address is not that of a country";
		return;
	}
	/* in lower case as on the home page, because the two are joined on it */
	ascii_lower_all(slug);
	country->slug = slug;
	country->sections = section_links(parser);
	fields_read(parser);
	country->website = parse_website(parser);
	parse_social_media(parser, &country->social_media);
}

void
parse_section_page(PageParser *parser)
{
	SectionPage *section = &parser->page->section;

	section->slug = slug_from_url(parser->arena, parser->page->url, "section");
	if (section->slug == NULL)
		parser->page->problem = "the address is not that of a section";
	else if (field_text(parser, "name") == NULL)
		parser->page->problem = "the page has no section: its name is empty";
	if (parser->page->problem != NULL)
		return;
	fields_read(parser);
	section->website = parse_website(parser);
	section->address = parse_address(parser);
	parse_coordinates(parser, section);
	parse_social_media(parser, &section->social_media);
}
