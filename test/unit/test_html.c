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
#include <libxml/xmlmemory.h>

#include "html/html_text.h"
#include "page/rules.h"

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
	SelectorError error;
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

/* Documents and what is in their html elements. */
static void
trees_are_those_of_browsers(void **state)
{
	static const char *const cases[][2] = {
		{"", ""},
		{"<!-- nothing -->", ""},
		{"text", "<body><p>text</p></body>"},
		{"<title>a</title><body class=c>b",
		 "<head><title>a</title></head><body class='c'>b</body>"},
		/* what follows the end of the body or of the page belongs to the body */
		{"<body><p>a</body></html> <div>b<i>c</i></div>\n</html><p id=d>d",
		 "<body><p>a</p> <div>b<i>c</i></div>\n<p id='d'>d</p></body>"},
		{"<html lang=a><body><html lang=b><p>1<body><p>2", "<body><p>1</p><p>2</p></body>"},
		/* end tags that are left out */
		{"<p>1<p>2<div>3<p>4</div>5", "<body><p>1</p><p>2</p><div>3<p>4</p></div>5</body>"},
		{"<ul><li>1<li>2<dl><dt>3<dd>4",
		 "<body><ul><li>1</li><li>2<dl><dt>3</dt><dd>4</dd></dl></li></ul></body>"},
		{"<table><tr><td>2<td>3<tr><th>4</table>5",
		 "<body><table><tr><td>2</td><td>3</td></tr><tr><th>4</th></tr></table>5</body>"},
		{"<select><option>1<option>2</select>3",
		 "<body><select><option>1</option><option>2</option></select>3</body>"},
		/* end tags that end nothing */
		{"<p>1</br>2<br></br>3<br/>4</p>5</p>6</b>",
		 "<body><p>1<br></br>2<br></br><br></br>3<br></br>4</p>5<p></p>6</body>"},
		{"<div>1</p></div>", "<body><div>1<p></p></div></body>"},
		/* a link within a link */
		{"<a href=x>1<a href=y>2</a>3", "<body><a href='x'>1</a><a href='y'>2</a>3</body>"},
		{"<a href=x><b>1<a href=y>2</a>3</b>4</a>5",
		 "<body><a href='x'><b>1</b></a><a href='y'>2</a>345</body>"},
		{"<div><a href=x><span><i>1<a href=y><b>2</b></a></div>3",
		 "<body><div><a href='x'><span><i>1</i></span></a><a href='y'><b>2</b></a></div>3</body>"},
		{"<svg><foreignObject>1</svg>2<p>3",
		 "<body><svg><foreignobject>1</foreignobject></svg>2<p>3</p></body>"},
		{"<script>if (a<b) '</p>'</script>3",
		 "<head><script>if (a<b) '</p>'</script></head><body><p>3</p></body>"},
		{"<script></ul>1</script>2", "<head><script></ul>1</script></head><body><p>2</p></body>"},
		{"<p>1<!DOCTYPE x>2<!DOCTYPE y>3", "<body><p>123</p></body>"},
		/* the page ends where more could follow */
		{"<p>1 <", "<body><p>1 <</p></body>"},
		{"<p>1 &", "<body><p>1 &</p></body>"},
		{"<p>&amp;&eacute;&#8364;&#x20ac;&nosuch;&", "<body><p>&é€€&nosuch;&</p></body>"},
		{"<a HREF=?a&amp;b D='\r\n&lt;' d=2 e>g",
		 "<body><a href='?a&b' d='\r\n<' e=''>g</a></body>"},
		{"<!DOCTYPE html><p>1<table>", "<body><p>1</p><table></table></body>"},
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

/* A page of a beginning and so many times what follows, with its number in place of each "%d". */
static HtmlNode *
parse_repeated(Arena *arena, const char *before, const char *format, int times)
{
	TextBuffer text;

	buffer_init(&text, arena);
	buffer_puts(&text, before);
	for (int i = 0; i < times; i++)
	{
		const char *at = format;

		for (const char *place; (place = strstr(at, "%d")) != NULL; at = place + 2)
			buffer_printf(&text, "%.*s%d", (int) (place - at), at, i);
		buffer_puts(&text, at);
	}
	return html_parse(arena, text.data, text.len, &problem);
}

static void
what_no_page_has_is_refused(void **state)
{
	static const char too_deep[] = "the page's elements are nested more than 256 deep";
	static const char too_many[] = "the page's tags have too many attributes";
	static const char names[] =
		"the page has more than 20,000 different names of tags and attributes";
	static const char errors[] = "the page has more than 500,000 markup errors";
	static const struct
	{
		const char *before;
		const char *format;
		int most;
		const char *problem;
	} cases[] = {
		{"", "<div>", 254, too_deep},
		{"<table>", "<td><table>", 126, too_deep},
		{"<p", " a%d=b", 10000, too_many},
		/* nothing hides a tag */
		{"<!-- --><p", " a%d", 10000, too_many},
		{"<script>'<p'</script><p", " a%d", 10000, too_many},
		{"<p title='<' \"b='", " a%d", 10000, too_many},
		{"<p title=a'b", " a%d", 10000, too_many},
		{"<p =\"", " a%d", 10000, too_many},
		{"<p", " a%d='>'", 10000, too_many},
		{"<p", " a%d = \">\"b%d", 5000, too_many},
		{"<p", "/ a%d ", 10000, too_many},
		{"", "<a%d>x</a%d>", 10000, names},
		{"", "</a%d>", 10000, names},
		{"<body>", "<body a%d>", 10000, names},
		{"", "&", 200000, errors},
	};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		parse_repeated(arena, cases[i].before, cases[i].format, cases[i].most);
		if (problem != NULL)
			fail_msg("%s%s: %s", cases[i].before, cases[i].format, problem);
		parse_repeated(arena, cases[i].before, cases[i].format, cases[i].most * 3);
		if (problem == NULL || strcmp(problem, cases[i].problem) != 0)
			fail_msg("%s%s: %s", cases[i].before, cases[i].format, problem);
		arena_reset(arena);
	}
	arena_destroy(arena);
}

/* What is long, but of few parts, is read. */
static void
what_is_long_is_read(void **state)
{
	static const char *const cases[][2] = {
		{"<p title=\"", "a b c d e f "},
		{"<p title='", "a=\"b\" <c> "},
		{"<p>", "a b c d e f "},
		{"<!--", "<a b c> "},
		{"<script>", "if (a<b > c) d = '"},
		{"<p class=", "abcdefghijk"},
		{"<div>", "<p class=a id=b>x</p>"},
	};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		assert_non_null(parse_repeated(arena, cases[i][0], cases[i][1], 100000));
		assert_null(problem);
		arena_reset(arena);
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
										 "</p>",       "<svg>",    "</br>",
										 "<template>", "</form>",  "<select>",
										 "x<td>",      "</html>",  "</html>x",
										 "</html> ",   "<!-->"};
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
	SelectorError error;
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

static int allocations;

static void *
count_and_allocate(size_t size)
{
	allocations++;
	return malloc(size);
}

/* The memory functions of libxml2 in use, which a parse must leave as they are. */
static xmlMallocFunc
memory_after_a_parse(void)
{
	Arena *arena = arena_create();
	xmlFreeFunc release;
	xmlMallocFunc allocate;
	xmlReallocFunc resize;
	xmlStrdupFunc copy;

	assert_non_null(html_parse(arena, page, strlen(page), &problem));
	arena_destroy(arena);
	xmlMemGet(&release, &allocate, &resize, &copy);
	assert_true(release == free && resize == realloc);
	return allocate;
}

static void
memory_functions_are_left_as_they_are(void **state)
{
	xmlFreeFunc release;
	xmlMallocFunc allocate;
	xmlReallocFunc resize;
	xmlStrdupFunc copy;

	(void) state;
	xmlMemGet(&release, &allocate, &resize, &copy);
	assert_true(memory_after_a_parse() == allocate);
	xmlMemSetup(release, count_and_allocate, resize, copy);
	assert_true(memory_after_a_parse() == count_and_allocate);
	assert_true(allocations > 0);
	xmlMemSetup(release, allocate, resize, copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_as_read),
		cmocka_unit_test(trees_are_those_of_browsers),
		cmocka_unit_test(what_no_page_has_is_refused),
		cmocka_unit_test(what_is_long_is_read),
		cmocka_unit_test(reading_takes_one_pass),
		cmocka_unit_test(rules_say_what_is_missing),
		cmocka_unit_test(memory_functions_are_left_as_they_are),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
