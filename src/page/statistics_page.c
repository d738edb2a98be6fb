/*
 * statistics_page.c: see statistics_page.h.
 */
#include "page/statistics_page.h"

#include <string.h>

#include "html/html_text.h"
#include "page/listing_pages.h"
#include "page/parsers.h"
#include "page/statistics_json.h"

static void
parse_statistics_address(PageParser *parser)
{
	StatisticsPage *statistics = &parser->page->statistics;

	statistics->slug = organisation_of(parser->arena, parser->page->url, "statistics");
	if (statistics->slug == NULL)
		parser->page->problem = "the address is not that of a section's statistics";
}

/* The JSON is the page's statistics, unless it has another form than is known. */
static void
keep_statistics(PageParser *parser, const char *json)
{
	parser->page->problem = statistics_problem(parser->arena, json);
	if (parser->page->problem == NULL)
		parser->page->statistics.json = json;
}

bool
parse_statistics_json(PageParser *parser, const char *utf8)
{
	if (utf8[strspn(utf8, " \t\r\n")] != '{')
		return false;
	parse_statistics_address(parser);
	if (parser->page->problem != NULL)
		return true;
	if (strstr(utf8, "\"activities_statistics\"") == NULL && !statistics_named(utf8))
		parser->page->problem = "the page has no statistics: the JSON contains none";
	else
		keep_statistics(parser, utf8);
	return true;
}

void
parse_statistics_page(PageParser *parser)
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

			if (strstr(json, "\"activities_statistics\"") == NULL && !statistics_named(json))
				continue;
			keep_statistics(parser, json);
			return;
		}
	}
	if (!is_page_of(parser, parser->page->statistics.slug))
		parser->page->problem = "the page has no statistics: neither the object nor a link to its "
								"organisation is on it";
}
