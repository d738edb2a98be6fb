/*
 * pages.c: see pages.h.
 */
#include "pages.h"

#include <string.h>

#include "shipped_rules.h"

PageKind
pages_kind(unsigned char byte)
{
	return (PageKind) (byte % PAGE_KINDS);
}

const char *
pages_charset(unsigned char byte)
{
	static const char *const charsets[] = {"utf-8",
										   NULL,
										   "text/html; charset=iso-8859-9",
										   "utf-16le",
										   "iso-2022-jp",
										   "gb18030",
										   "text/html; charset=\"utf-7\"",
										   "windows-1254",
										   "SCSU",
										   "no such",
										   "text/html",
										   "shift_jis",
										   "utf-16",
										   "big5hkscs"};

	/* '0' is 48 */
	return charsets[(byte + 9u) % (sizeof(charsets) / sizeof(charsets[0]))];
}

const char *
pages_url(PageKind kind)
{
	static const char *const urls[PAGE_KINDS] = {
		[PAGE_HOME] = "https://accounts.example/",
		[PAGE_COUNTRY] = "https://accounts.example/country/TR",
		[PAGE_SECTION] = "https://accounts.example/section/tr-x",
		[PAGE_LISTING] = "https://activities.example/organisation/esn-x/activities?page=1",
		[PAGE_ACTIVITY] = "https://activities.example/activity/a-1",
		[PAGE_STATISTICS] = "https://activities.example/organisation/esn-x/statistics"};

	return urls[kind];
}

const RuleSet *
pages_rules(void)
{
	static RuleSet *rules;

	if (rules == NULL)
		rules = shipped_rules();
	return rules;
}

HtmlNode *
pages_tree(const char *html)
{
	static Arena *arena;
	static HtmlNode *root;
	const char *problem;

	if (arena == NULL)
	{
		arena = arena_create();
		root = html_parse(arena, html, strlen(html), &problem);
	}
	return root;
}
