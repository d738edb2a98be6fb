/*
 * test_html.c: the text and attributes of a page, and what rules find on it.
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

static bool whole; /* of the page that was parsed last */

static const char page[] =
	"<html><head><title>T</title></head><body><div id=text><p>First &amp; <b>bold</b>\n "
	"line</p><p> Second\xc2\xa0</p>"
	"<ul><li>one</li><li>two</li></ul><script>var x = '<p>';</script>a<br>b</div>"
	"<a href=' /x y ' title=\"Site &quot;A&quot;\">link</a></body></html>";

static HtmlNode *
find(HtmlNode *root, const char *selector)
{
	Arena *arena = arena_create();
	Rule rule = {PAGE_ACTIVITY, "title", selector, NULL, true};
	CssError error;
	int culprit;
	RuleSet *rules = rules_compile(&rule, 1, &culprit, &error);
	const char *attribute;
	int count;
	HtmlNode *found;

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
	HtmlNode *root = html_parse(arena, page, strlen(page), &whole);

	(void) state;
	assert_string_equal(html_text(arena, find(root, "b")), "bold");
	assert_string_equal(html_text(arena, find(root, "p")), "First & bold line");
	assert_string_equal(html_lines(arena, find(root, "#text")),
						"First & bold line\nSecond\none\ntwo\na\nb");
	assert_string_equal(html_raw_text(arena, find(root, "script")), "var x = '<p>';");
	assert_string_equal(html_attribute(arena, find(root, "a"), "title"), "Site \"A\"");
	assert_string_equal(html_attribute(arena, find(root, "a"), "HREF"), "/x y");
	assert_null(html_attribute(arena, find(root, "a"), "class"));
	arena_destroy(arena);
}

/* A page goes on behind an end tag that is too early. */
static void
roots_are_one(void **state)
{
	static const char late[] =
		"<!DOCTYPE html><html><body><p>a</p></html> <div>b<i>c</i></div>\n</html><p id=d>d";
	Arena *arena = arena_create();
	HtmlNode *root = html_parse(arena, late, strlen(late), NULL);

	(void) state;
	assert_string_equal(html_lines(arena, root), "a\nbc\nd");
	assert_string_equal(html_text(arena, find(root, "html > html > div > i")), "c");
	assert_string_equal(html_text(arena, find(root, "html > html > #d")), "d");
	arena_destroy(arena);
}

static void
hostile_pages_do_no_harm(void **state)
{
	size_t depth = 100000;
	char *deep = malloc(depth * 5 + 1);
	Arena *arena = arena_create();
	HtmlNode *root;

	(void) state;
	for (size_t i = 0; i < depth; i++)
		memcpy(deep + i * 5, "<div>", 5);
	deep[depth * 5] = '\0';
	root = html_parse(arena, deep, depth * 5, &whole);
	assert_string_equal(html_lines(arena, root), "");
	assert_false(whole);
	assert_null(find(root, "p div div:has(p)"));
	assert_null(html_parse(arena, "", 0, &whole));
	assert_null(html_parse(arena, "<!-- nothing -->", 16, &whole));
	root = html_parse(arena, "<p><b>unclosed <i>tags &nosuch; <<>", 35, &whole);
	assert_string_equal(html_text(arena, find(root, "i")), "tags &nosuch; <<>");
	assert_string_equal(html_parse(arena, "<html>\n<html", 12, &whole)->last->text, "\n");
	assert_true(whole);
	free(deep);
	arena_destroy(arena);
}

/* Whether a page of before, a tag with so many attributes, and after is one that the parser must not be given. */
static bool
is_refused(const char *before, int attributes, const char *after)
{
	Arena *arena = arena_create();
	TextBuffer page_text;
	bool refused;

	buffer_init(&page_text, arena);
	buffer_printf(&page_text, "%s<a", before);
	for (int i = 0; i < attributes; i++)
		buffer_printf(&page_text, i % 3 == 0 ? " a%d" : i % 3 == 1 ? " a%d = '>'" : " a%d=b", i);
	buffer_printf(&page_text, ">%s", after);
	refused = html_hostile(page_text.data) != NULL;
	arena_destroy(arena);
	return refused;
}

static void
tags_of_many_attributes_are_refused(void **state)
{
	/* what hides a tag from the parser, and what does not */
	static const char *const hiding[] = {
		"<!-- x -- > ", "<script>if (a</b) '", "<STYLE type='x'>",
		"<p title=\"",  "<p title='",          "<!DOCTYPE html PUBLIC 'x",
	};
	static const char *const not_hiding[] = {
		"",
		"<!-- x -->",
		"<!-- ' --!>",
		"<!-->'-->",
		"<script>'</script>",
		"<script>\"</SCRIPT >",
		"<script src='x'/>",
		"<style></style>",
		"<p ' title=x>",
		"<p \"'>",
		"<p a='b\"'c>",
		"<p title = b'>",
		"it's 1 < 2 <3 & \"",
		"</p title='>",
		"<!DOCTYPE html SYSTEM 'x>'>",
		"<?xml version='>",
		"<? '>",
	};

	(void) state;
	assert_false(is_refused("", 256, ""));
	for (size_t i = 0; i < sizeof(hiding) / sizeof(hiding[0]); i++)
	{
		if (is_refused(hiding[i], 300, ""))
			fail_msg("%s: refused", hiding[i]);
	}
	for (size_t i = 0; i < sizeof(not_hiding) / sizeof(not_hiding[0]); i++)
	{
		if (!is_refused(not_hiding[i], 300, "") || is_refused(not_hiding[i], 3, "") != (i == 3))
			fail_msg("%s", not_hiding[i]);
	}
	/* what the parser takes for a tag, or not, by more than the bytes */
	assert_true(is_refused("<script><noscript x='", 0, ""));
	assert_true(is_refused("<div><style></div>", 0, ""));
	assert_true(is_refused("<!x <p>", 0, ""));
	assert_false(is_refused("<script><b></b></script><![if !IE]>", 0, "<![endif]>"));
}

/* Looking at a page ends, whatever is left open in it. */
static void
looking_takes_one_pass(void **state)
{
	static const char *const pieces[] = {"<",        "<a ",        "<a b='",  "<a b=\"", "<!--",
										 "-",        "<!DOCTYPE ", "<?",      "</",      "<a b",
										 "<script>", "=",          "<a b=c/", "</script"};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
	{
		TextBuffer text;

		buffer_init(&text, arena);
		buffer_puts(&text, "<!--");
		buffer_puts(&text, i % 2 == 0 ? "-->" : "--");
		while (text.len < 1000000)
			buffer_puts(&text, pieces[i]);
		html_hostile(text.data);
		html_hostile(text.data + 7);
		arena_reset(arena);
	}
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
	HtmlNode *root = html_parse(arena, page, strlen(page), &whole);
	CssError error;
	int culprit;
	int count;
	const char *attribute;
	RuleSet *set = rules_compile(rules, 4, &culprit, &error);
	RuleMatches *matches = rules_match(set, PAGE_ACTIVITY, arena, root);

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
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_as_read),
		cmocka_unit_test(roots_are_one),
		cmocka_unit_test(hostile_pages_do_no_harm),
		cmocka_unit_test(tags_of_many_attributes_are_refused),
		cmocka_unit_test(looking_takes_one_pass),
		cmocka_unit_test(rules_say_what_is_missing),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
