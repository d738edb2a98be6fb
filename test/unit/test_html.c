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

static const char *problem; /* of the page that was parsed last */

static const char page[] =
	"<html><head><title>T</title></head><body><div id=text><p>First &amp; <b>bold</b>\n "
	"line</p><p> Second\xc2\xa0</p>"
	"<ul><li>one</li><li>two</li></ul><script>var x = '<p>';</script>a<br>b"
	"<iframe><p>c</p></iframe><noframes>d</noframes><noembed>e</noembed></div>"
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
	HtmlNode *root = html_parse(arena, page, strlen(page), &problem);

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

/* What is below an element, as markup without what it does not need. */
static void
write_children(TextBuffer *out, const HtmlNode *element)
{
	for (const HtmlNode *node = element->children; node != NULL; node = node->next)
	{
		if (node->text != NULL)
		{
			buffer_puts(out, node->text);
			continue;
		}
		buffer_printf(out, "<%s", node->name);
		for (const HtmlAttribute *a = node->attributes; a != NULL; a = a->next)
			buffer_printf(out, " %s='%s'", a->name, a->value);
		buffer_putc(out, '>');
		write_children(out, node);
		buffer_printf(out, "</%s>", node->name);
	}
}

/* Documents and what is in their html elements, as browsers have it; test/html/ asks one about many more. */
static void
trees_are_those_of_browsers(void **state)
{
	static const char *const cases[][2] = {
		{"", "<head></head><body></body>"},
		{"<!-- nothing -->", "<head></head><body></body>"},
		{"text", "<head></head><body>text</body>"},
		{"<title>a</title>b<html lang=en><body class=c>",
		 "<head><title>a</title></head><body class='c'>b</body>"},
		{"<p>a</html> <div>b<i>c</i></div>\n</html><p id=d>d",
		 "<head></head><body><p>a </p><div>b<i>c</i></div>\n<p id='d'>d</p></body>"},
		{"<p>1<b>2<i>3</b>4</i>5</p>",
		 "<head></head><body><p>1<b>2<i>3</i></b><i>4</i>5</p></body>"},
		{"<b>1<p>2</b>3</p>", "<head></head><body><b>1</b><p><b>2</b>3</p></body>"},
		{"<p><u>1<p>2", "<head></head><body><p><u>1</u></p><p><u>2</u></p></body>"},
		{"<a href=x>1<a href=y>2", "<head></head><body><a href='x'>1</a><a href='y'>2</a></body>"},
		{"<table>1<tr><td>2<td>3</table>4",
		 "<head></head><body>1<table><tbody><tr><td>2</td><td>3</td></tr></tbody></table>4</body>"},
		{"<ul><li>1<li>2<dl><dt>3<dd>4",
		 "<head></head><body><ul><li>1</li><li>2<dl><dt>3</dt><dd>4</dd></dl></li></ul></body>"},
		{"<select><option>1<option>2</select>3",
		 "<head></head><body><select><option>1</option><option>2</option></select>3</body>"},
		{"<svg><foreignObject>1</svg>2<p>3",
		 "<head></head><body><svg><foreignobject>1</foreignobject></svg>2<p>3</p></body>"},
		{"<svg><g><p>1", "<head></head><body><svg><g></g></svg><p>1</p></body>"},
		{"<template><tr><td>1</template>2",
		 "<head><template><tr><td>1</td></tr></template></head><body>2</body>"},
		{"<script><!--<script>1</script>2--></script>3",
		 "<head><script><!--<script>1</script>2--></script></head><body>3</body>"},
		{"<textarea>\n<p>&lt;</textarea>1<pre>\n2",
		 "<head></head><body><textarea><p><</textarea>1<pre>2</pre></body>"},
		{"<frameset><frame>x</frameset>", "<head></head><frameset><frame></frame></frameset>"},
		{"<p>&amp;&AMP&eacute;&#8364;&#x80;&notit;&#xd800;&nosuch;&",
		 "<head></head><body><p>&&é€€¬it;�&nosuch;&</p></body>"},
		{"<a HREF=?a&amp;b&copy=c&not D='\r\n&lt;' d=2 e/f>g",
		 "<head></head><body><a href='?a&b&copy=c¬' d='\n<' e='' f=''>g</a></body>"},
		{"<!DOCTYPE html><p>1<table>", "<head></head><body><p>1</p><table></table></body>"},
		{"<p>1<table>", "<head></head><body><p>1<table></table></p></body>"},
	};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		TextBuffer out;

		buffer_init(&out, arena);
		write_children(&out, html_parse(arena, cases[i][0], strlen(cases[i][0]), &problem));
		assert_null(problem);
		if (strcmp(out.data, cases[i][1]) != 0)
			fail_msg("%s: %s, not %s", cases[i][0], out.data, cases[i][1]);
	}
	arena_destroy(arena);
}

/* A page of a beginning and so many times what follows, with its number in place of "%d". */
static HtmlNode *
parse_repeated(Arena *arena, const char *before, const char *format, int times)
{
	TextBuffer text;

	buffer_init(&text, arena);
	buffer_puts(&text, before);
	for (int i = 0; i < times; i++)
	{
		const char *place = strstr(format, "%d");

		if (place == NULL)
			buffer_puts(&text, format);
		else
			buffer_printf(&text, "%.*s%d%s", (int) (place - format), format, i, place + 2);
	}
	return html_parse(arena, text.data, text.len, &problem);
}

static void
what_no_page_has_is_refused(void **state)
{
	static const struct
	{
		const char *before;
		const char *format;
		int most;
		const char *problem;
	} cases[] = {
		{"", "<div>", 254, "the page's elements are nested more than 256 deep"},
		{"<table>", "<td><table>", 63, "the page's elements are nested more than 256 deep"},
		{"<a", " a%d=b", 256, "a tag has more than 256 attributes"},
		{"<html>", "<html a%d>", 256, "a tag has more than 256 attributes"},
		{"<p><b a=1><b a=2><b a=3><b a=4><b a=5></p>", "<p>x</p>", 2000,
		 "the page has more misnested tags than any page of the sites"},
	};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		parse_repeated(arena, cases[i].before, cases[i].format, cases[i].most);
		assert_null(problem);
		parse_repeated(arena, cases[i].before, cases[i].format, cases[i].most * 3);
		if (problem == NULL || strcmp(problem, cases[i].problem) != 0)
			fail_msg("%s%s: %s", cases[i].before, cases[i].format, problem);
	}
	arena_destroy(arena);
}

/* Whatever is written a hundred thousand times, reading it ends soon. */
static void
reading_takes_one_pass(void **state)
{
	static const char *const pieces[] = {"<",          "<a ",      "<a b='",
										 "<a b=\"",    "<!--",     "-",
										 "<!DOCTYPE ", "<?",       "</",
										 "<a b",       "<script>", "=",
										 "<a b=c/",    "</script", "&",
										 "&#1",        "&notit",   "<title>&",
										 "<b>",        "</b>",     "<b><p></b>",
										 "<p></p>x",   "<a>",      "<table>x<tr> ",
										 "<table>x ",  "<li>",     "<b a=%d></b>",
										 "</p>",       "<svg>",    "<svg><![CDATA[",
										 "<template>", "</form>",  "<select>",
										 "x<td>"};
	static const char *const before[] = {
		"",    "<b a=1><b a=2><i><u>", "<table>", "<title>", "<script><!--", "<svg><a>", "<select>",
		"<a b"};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
	{
		for (size_t k = 0; k < sizeof(before) / sizeof(before[0]); k++)
		{
			parse_repeated(arena, before[k], pieces[i], 100000);
			arena_reset(arena);
		}
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
	HtmlNode *root = html_parse(arena, page, strlen(page), &problem);
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
		cmocka_unit_test(trees_are_those_of_browsers),
		cmocka_unit_test(what_no_page_has_is_refused),
		cmocka_unit_test(reading_takes_one_pass),
		cmocka_unit_test(rules_say_what_is_missing),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
