/*
 * test_html.c: the text, attributes and addresses of a page, and what rules find on it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/html.h"
#include "core/rules.h"

static const char page[] =
	"<html><head><title>T</title></head><body><div id=text><p>First &amp; <b>bold</b>\n "
	"line</p><p> Second\xc2\xa0</p>"
	"<ul><li>one</li><li>two</li></ul><script>var x = '<p>';</script>a<br>b</div>"
	"<a href=' /x y ' title=\"Site &quot;A&quot;\">link</a></body></html>";

static xmlNode *
find(xmlNode *root, const char *selector)
{
	Arena *arena = arena_create();
	Rule rule = {PAGE_ACTIVITY, "title", selector, NULL, true};
	CssError error;
	int culprit;
	RuleSet *rules = rules_compile(&rule, 1, &culprit, &error);
	const char *attribute;
	int count;
	xmlNode *found;

	assert_non_null(rules);
	found = rules_found(rules_match(rules, PAGE_ACTIVITY, arena, root), "title", 0, &count,
						&attribute)[0];
	rules_free(rules);
	arena_destroy(arena);
	return found;
}

static void
text_is_as_read(void **state)
{
	Arena *arena = arena_create();
	xmlDoc *doc = html_parse(page, strlen(page));
	xmlNode *root = xmlDocGetRootElement(doc);

	(void) state;
	assert_string_equal(html_text(arena, find(root, "b")), "bold");
	assert_string_equal(html_text(arena, find(root, "p")), "First & bold line");
	assert_string_equal(html_lines(arena, find(root, "#text")),
						"First & bold line\nSecond\none\ntwo\na\nb");
	assert_string_equal(html_raw_text(arena, find(root, "script")), "var x = '<p>';");
	assert_string_equal(html_attribute(arena, find(root, "a"), "title"), "Site \"A\"");
	assert_string_equal(html_attribute(arena, find(root, "a"), "HREF"), "/x y");
	assert_null(html_attribute(arena, find(root, "a"), "class"));
	xmlFreeDoc(doc);
	arena_destroy(arena);
}

static void
addresses_are_absolute(void **state)
{
	static const char *const cases[][2] = {
		{"/activity/a-1", "https://x.org/activity/a-1"},
		{"?page=2", "https://x.org/a/b?page=2"},
		{"c d", "https://x.org/a/c%20d"},
		{"//y.org/z", "https://y.org/z"},
		{"http://y.org", "http://y.org"},
		{"../ş", "https://x.org/%C5%9F"},
	};
	static const char *const refused[] = {
		"",     "javascript:alert(1)", "mailto:a@b.c", "file:///etc/passwd", "http://",
		"a\tb", "ftp://x.org/"};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(html_absolute_url(arena, "https://x.org/a/b", cases[i][0]),
							cases[i][1]);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_null(html_absolute_url(arena, "https://x.org/a/b", refused[i]));
	arena_destroy(arena);
}

static void
hostile_pages_do_no_harm(void **state)
{
	size_t depth = 100000;
	char *deep = malloc(depth * 5 + 1);
	Arena *arena = arena_create();
	xmlDoc *doc;

	(void) state;
	for (size_t i = 0; i < depth; i++)
		memcpy(deep + i * 5, "<div>", 5);
	deep[depth * 5] = '\0';
	doc = html_parse(deep, depth * 5);
	if (doc != NULL)
	{
		assert_string_equal(html_lines(arena, xmlDocGetRootElement(doc)), "");
		assert_null(find(xmlDocGetRootElement(doc), "p div div:has(p)"));
	}
	xmlFreeDoc(doc);
	assert_null(html_parse("", 0));
	doc = html_parse("<p><b>unclosed <i>tags &nosuch; <<>", 35);
	assert_non_null(doc);
	xmlFreeDoc(doc);
	free(deep);
	arena_destroy(arena);
}

static void
rules_say_what_is_missing(void **state)
{
	static const Rule rules[] = {
		{PAGE_ACTIVITY, "title", "h1", NULL, false},
		{PAGE_ACTIVITY, "title", "a", "title", false},
		{PAGE_ACTIVITY, "container", "article", NULL, true},
		{PAGE_ACTIVITY, "container", "main", NULL, true},
	};
	static const Rule wrong[] = {{PAGE_LISTING, "card", "article", NULL, true},
								 {PAGE_LISTING, "colour", "p", NULL, false}};
	Arena *arena = arena_create();
	xmlDoc *doc = html_parse(page, strlen(page));
	CssError error;
	int culprit;
	int count;
	const char *attribute;
	RuleSet *set = rules_compile(rules, 4, &culprit, &error);
	RuleMatches *matches = rules_match(set, PAGE_ACTIVITY, arena, xmlDocGetRootElement(doc));

	(void) state;
	assert_string_equal(rules_missing(matches), "container");
	assert_non_null(rules_found(matches, "title", 0, &count, &attribute));
	assert_int_equal(count, 0);
	assert_non_null(rules_found(matches, "title", 1, &count, &attribute));
	assert_int_equal(count, 1);
	assert_string_equal(attribute, "title");
	assert_null(rules_found(matches, "title", 2, &count, &attribute));
	assert_null(rules_compile(wrong, 2, &culprit, &error));
	assert_int_equal(culprit, 1);
	assert_string_equal(error.message, "pages of this kind have no such field");
	rules_free(set);
	xmlFreeDoc(doc);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_as_read),
		cmocka_unit_test(addresses_are_absolute),
		cmocka_unit_test(hostile_pages_do_no_harm),
		cmocka_unit_test(rules_say_what_is_missing),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
