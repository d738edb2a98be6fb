/*
 * page_expect.c: see page_expect.h.
 */
#include "page_expect.h"

#include "shipped_rules.h"

RuleSet *page_rules;
Arena *page_arena;

int
pages_set_up(void **state)
{
	(void) state;
	page_rules = shipped_rules();
	return 0;
}

int
pages_tear_down(void **state)
{
	(void) state;
	rules_free(page_rules);
	return 0;
}

int
page_begin(void **state)
{
	(void) state;
	page_arena = arena_create();
	return 0;
}

int
page_end(void **state)
{
	(void) state;
	arena_destroy(page_arena);
	return 0;
}

const char *
json_of(PageKind kind, const char *url, const char *html)
{
	PageOptions options = {.rules = page_rules, .redact = true};
	SitePage *page = page_parse(page_arena, &options, kind, url, html, strlen(html), NULL);

	assert_non_null(page);
	return page_to_json(page_arena, page);
}

void
expect(PageKind kind, const char *url, const char *html, const char *result)
{
	assert_string_equal(json_of(kind, url, html),
						arena_printf(page_arena, "{\"kind\":\"%s\",\"url\":\"%s\",%s}",
									 page_kind_name(kind), url, result));
}

void
expect_texts(PageKind kind, const char *url, const char *html, ...)
{
	const char *json = json_of(kind, url, html);
	const char *text;
	va_list texts;

	va_start(texts, html);
	while ((text = va_arg(texts, const char *)) != NULL)
	{
		if (strstr(json, text) == NULL)
			fail_msg("%s\nis not in\n%s", text, json);
	}
	va_end(texts);
}
