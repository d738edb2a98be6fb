/*
 * page.c: from bytes to a SitePage: text, tree, rules, the parser of the kind. Each kind has its
 * own parser.
 */
#include "page/page.h"

#include <setjmp.h>
#include <string.h>

#include "base/text.h"
#include "html/html.h"
#include "page/fields.h"
#include "page/parsers.h"
#include "page/protected_email.h"
#include "page/statistics_page.h"

#define PARSER(constant, name, type, subject) [constant] = parse_##name##_page,

static void (*const parsers[PAGE_KINDS])(PageParser *parser) = {EACH_PAGE_KIND(PARSER)};

static void
parse_tree(PageParser *parser)
{
	const char *missing = rules_missing(parser->matches);

	if (rules_gave_up(parser->matches))
	{
		parser->page->problem = "the page takes more work to parse than any page of the sites";
		return;
	}
	if (missing != NULL)
	{
		parser->page->problem =
			arena_printf(parser->arena, "the page has no %s: nothing matches the rules for \"%s\"",
						 page_kind_subject(parser->page->kind), missing);
		return;
	}
	fields_leave_out_labels(parser);
	parsers[parser->page->kind](parser);
}

/* Whether a page shows how the site writes such pages now. One without a date does. */
static bool
is_of_today(const SitePage *page, const Date *since)
{
	return page->kind != PAGE_ACTIVITY || since->year == 0 || page->activity.start_date.year == 0 ||
		   date_compare(&page->activity.start_date, since) >= 0;
}

static void
parse_utf8(PageParser *parser, const char *utf8, size_t len)
{
	HtmlNode *root;

	if (utf8[strspn(utf8, " \t\r\n\f\v")] == '\0')
	{
		parser->page->problem = "the page is empty";
		return;
	}
	if (parser->page->kind == PAGE_STATISTICS && parse_statistics_json(parser, utf8))
		return;
	root = html_parse(parser->arena, utf8, len, &parser->page->problem);
	if (parser->page->problem != NULL)
		return;
	reveal_emails(parser->arena, root);
	parser->root = root;
	parser->matches = rules_match(parser->options->rules, parser->page->kind, parser->arena, root);
	parse_tree(parser);
	if (parser->options->tally != NULL &&
		(parser->page->problem == NULL || parser->options->tally->also_bad) &&
		is_of_today(parser->page, &parser->options->tally->since))
		rules_count(parser->matches, parser->page->kind, parser->options->tally);
}

static SitePage *
parse(Arena *arena, const PageOptions *options, SitePage *page, const char *bytes, size_t len,
	  const char *charset)
{
	PageParser parser = {.arena = arena, .options = options, .page = page};
	size_t utf8_len;
	const char *utf8 = text_to_utf8(arena, bytes, len, charset, &utf8_len);

	/* If nothing had to change, the text is a part of the bytes, without a NUL after it. */
	if (utf8 >= bytes && utf8 <= bytes + len)
		utf8 = arena_strndup(arena, utf8, utf8_len);
	parse_utf8(&parser, utf8, utf8_len);
	return page;
}

static SitePage *
page_create(Arena *arena, PageKind kind, const char *url)
{
	SitePage *page = arena_alloc(arena, sizeof(SitePage));

	page->kind = kind;
	page->url = arena_strdup(arena, url);
	return page;
}

SitePage *
page_parse(Arena *arena, const PageOptions *options, PageKind kind, const char *url,
		   const char *bytes, size_t len, const char *charset)
{
	SitePage *volatile page = NULL;
	jmp_buf exhausted;
	jmp_buf *before = arena_on_exhaustion(arena, &exhausted);

	if (setjmp(exhausted) == 0)
		page = parse(arena, options, page_create(arena, kind, url), bytes, len, charset);
	arena_on_exhaustion(arena, before);
	return page;
}
