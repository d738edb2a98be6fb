/*
 * test_selector.c: selectors compile, or say where they don't; what they match.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "html/selector_set.h"

static const char *problem; /* of the page that was parsed last */

static const char page[] =
	"<html><head></head><body><div id=top class='a b'><p class=x>1</p><p class='x y' title='X "
	"profile'>2</p><span></span></div>"
	"<article class='node ct-online-activity ct-online-activity--full'><div class=field__item><a "
	"href='/organisation/esn-metu' lang=en-GB>ESN METU</a><a href=''>-</a></div></article><p "
	"class=x>3</p></body></html>";

/* The matches as the elements' places in the document, "2,5". */
static void
collect(void *context, int number, HtmlNode *element)
{
	char *out = context;
	int place = 0;

	(void) number;
	for (HtmlNode *node = element; node != NULL;)
	{
		if (node->name != NULL)
			place++;
		if (node->prev != NULL)
		{
			node = node->prev;
			while (node->last != NULL)
				node = node->last;
		}
		else
			node = node->parent;
	}
	sprintf(out + strlen(out), "%s%d", *out == '\0' ? "" : ",", place);
}

static void
select_all(const char *selector, char out[256])
{
	Arena *arena = arena_create();
	SelectorSet *set = selector_set_create(arena);
	SelectorError error;
	Selector *compiled = selector_compile(arena, selector, &error);

	assert_non_null(compiled);
	selector_set_add(set, compiled, 7);
	*out = '\0';
	assert_true(selector_set_walk(set, arena, html_parse(arena, page, strlen(page), &problem),
								  collect, out));
	arena_destroy(arena);
}

static void
selectors_match(void **state)
{
	/* 1 html, 2 head, 3 body, 4 div, 5 p, 6 p, 7 span, 8 article, 9 div, 10 a, 11 a, 12 p */
	static const char *const cases[][2] = {
		{"p", "5,6,12"},
		{"P.x", "5,6,12"},
		{"*", "1,2,3,4,5,6,7,8,9,10,11,12"},
		{"#top", "4"},
		{".x.y", "6"},
		{"div p", "5,6"},
		{"div > p, article a", "5,6,10,11"},
		{"p + p", "6"},
		{"p ~ span", "7"},
		{"body > p", "12"},
		{"[title]", "6"},
		{"a[href*=\"/organisation/\"]", "10"},
		{"a[href^='/org' i]", "10"},
		{"a[href$=metu]", "10"},
		{"[class~=y]", "6"},
		{"[lang|=en]", "10"},
		{"[title=\"x PROFILE\" i]", "6"},
		{"[title=\"x PROFILE\"]", ""},
		{"a[href*='']", ""},
		{"p:not(.y)", "5,12"},
		{":is(span, article)", "7,8"},
		{"div:has(> a)", "9"},
		{"div:has(span)", "4"},
		{"p:has(+ p)", "5"},
		{"div:has(~ p)", "4"},
		{"p:nth-child(2)", "6"},
		{"p:nth-child(odd)", "5,12"},
		{"p:nth-child(-n+1)", "5"},
		{"p:nth-child(2n + 1)", "5,12"},
		{"p:first-child", "5"},
		{"p:last-child", "12"},
		{"div :empty", "7"},
		{"article.node.ct-online-activity.ct-online-activity--full .field__item", "9"},
		{".\\78", "5,6,12"},
		{".\\000078 , .\\x", "5,6,12"},
		{"[title='\\58  profile' i]", "6"},
		{"body article > div a:first-child", "10"},
		{"p + p ~ span", "7"},
		{"body #top > .x + .y", "6"},
		{".b article a, .a ~ article a", "10,11"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		char out[256];

		select_all(cases[i][0], out);
		if (strcmp(out, cases[i][1]) != 0)
			fail_msg("%s matches %s, not %s", cases[i][0], out, cases[i][1]);
	}
}

/* Escapes of one, two, three and four bytes of UTF-8, and of what is no character. */
static void
escapes_are_characters(void **state)
{
	static const char html[] =
		"<p title='\x01'></p><p title='\xc4\xb1'></p><p title='\xe2\x82\xac'></p>"
		"<p title='\xf0\x9f\x98\x80'></p><p title='\xef\xbf\xbd'></p>";
	static const struct
	{
		const char *selector;
		int place;
	} cases[] = {{"[title='\\1']", 1},      {"[title='\\131']", 2},   {"[title='\\20AC ']", 3},
				 {"[title='\\1f600']", 4},  {"[title='\\0']", 5},     {"[title='\\d800']", 5},
				 {"[title='\\110000']", 5}, {"[title='\\ffffff']", 5}};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		Arena *arena = arena_create();
		SelectorSet *set = selector_set_create(arena);
		char out[256] = "";
		SelectorError error;

		selector_set_add(set, selector_compile(arena, cases[i].selector, &error), 0);
		assert_true(selector_set_walk(set, arena, html_parse(arena, html, strlen(html), &problem),
									  collect, out));
		/* html and body come first */
		if (atoi(out) != cases[i].place + 2)
			fail_msg("%s matches %s", cases[i].selector, out);
		arena_destroy(arena);
	}
}

static void
mistakes_are_told(void **state)
{
	static const struct
	{
		const char *selector;
		int position;
		const char *message;
	} cases[] = {
		{"", 0, "the selector is empty"},
		{"  ", 2, "the selector is empty"},
		{"a.", 2, "expected a name after '.'"},
		{"a,", 2, "expected a selector"},
		{"a > ", 4, "expected a selector"},
		{"a[href", 6, "expected ']' or one of =, ~=, |=, ^=, $=, *="},
		{"a[href=\"x", 9, "the string has no end"},
		{"a:hover", 2, "unknown pseudo-class \":hover\""},
		{"a[b]é", 4, "unexpected character 'é'"},
		{":İİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİİ", 1,
		 "unknown pseudo-class \":İİİİİİİİİİİİİİİİİİİİİİİİİİİİİİ\""},
		{"a:not(b", 7, "expected ')'"},
		{"a)", 1, "unexpected character ')'"},
		{"p:nth-child(x)", 12, "expected an+b, odd or even"},
		{"p:nth-child(2n+)", 15, "expected a number"},
		{"p:not", 5, "expected '(' after \":not\""},
		{"p\\", 2, "expected a character after '\\'"},
		{"[a='\\", 5, "expected a character after '\\'"},
		{"a!b", 1, "unexpected character '!'"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		Arena *arena = arena_create();
		SelectorError error;

		assert_null(selector_compile(arena, cases[i].selector, &error));
		assert_string_equal(error.message, cases[i].message);
		assert_int_equal(error.position, cases[i].position);
		arena_destroy(arena);
	}
}

static void
count(void *context, int number, HtmlNode *element)
{
	(void) number;
	(void) element;
	++*(int *) context;
}

/* Walks a page of head, count times middle, and tail; the matches, or -1 where the walk gave up. */
static int
walk_large(const char *selector, const char *head, const char *middle, int repeat, const char *tail)
{
	Arena *arena = arena_create();
	SelectorSet *set = selector_set_create(arena);
	int matches = 0;
	TextBuffer html;
	SelectorError error;

	buffer_init(&html, arena);
	buffer_puts(&html, head);
	for (int i = 0; i < repeat; i++)
		buffer_puts(&html, middle);
	buffer_puts(&html, tail);
	selector_set_add(set, selector_compile(arena, selector, &error), 0);
	if (!selector_set_walk(set, arena, html_parse(arena, html.data, html.len, &problem), count,
						   &matches))
		matches = -1;
	arena_destroy(arena);
	return matches;
}

/* What a walk costs counts bytes and nodes, not elements; and it ends. */
static void
hostile_pages_are_given_up(void **state)
{
	char *classes = malloc(80001);

	(void) state;
	for (int i = 0; i < 80000; i += 2)
		memcpy(classes + i, i < 40000 ? "j " : "a ", 2);
	classes[80000] = '\0';
	/* each word of an element's classes is tried once */
	assert_int_equal(walk_large(".a[x], .a.a.a", "<p class='", classes, 1, "'>"), 1);
	assert_int_equal(walk_large("b .a:not(.a)", "<b><p class='", classes, 50, "'>"), 0);
	/* a long class above many candidates is gone over for each of them: but only where it can
	 * matter */
	assert_int_equal(walk_large(".zz .b", "<p class='j j j j j j j j j j'>", "<i class=b></i>",
								20000, ""),
					 0);
	{
		Arena *arena = arena_create();
		char *head = arena_printf(arena, "<div class=zz><div class='%s'>", classes);

		assert_int_equal(walk_large(".zz .b", head, "<i class=b></i>", 20, ""), 20);
		assert_int_equal(walk_large(".zz .b", head, "<i class=b></i>", 2000, ""), -1);
		head = arena_printf(arena, "<div title='%s'>", classes);
		assert_int_equal(walk_large("[title*=x] b", head, "<b></b>", 2000, ""), -1);
		assert_int_equal(walk_large("[title*=x i] b", head, "<b></b>", 2000, ""), -1);
		assert_int_equal(walk_large("[title~=x] b", head, "<b></b>", 2000, ""), -1);
		arena_destroy(arena);
	}
	assert_int_equal(walk_large("p:nth-child(7)", "", "<p></p>", 1000, ""), 1);
	assert_int_equal(walk_large("p:nth-child(7)", "", "<p></p>", 20000, ""), -1);
	assert_int_equal(walk_large("p:nth-child(7)", "", "<p></p>x", 5000, ""), -1);
	assert_int_equal(walk_large("p:has(b)", "", "<p></p>", 20000, ""), -1);
	free(classes);
}

static void
nesting_is_bounded(void **state)
{
	Arena *arena = arena_create();
	char selector[5000] = "";
	SelectorError error;

	(void) state;
	for (int i = 0; i < 500; i++)
		strcat(selector, ":not(");
	assert_null(selector_compile(arena, selector, &error));
	assert_string_equal(error.message, "nested deeper than 8");
	memset(selector, 'a', sizeof(selector) - 1);
	selector[sizeof(selector) - 1] = '\0';
	assert_null(selector_compile(arena, selector, &error));
	assert_non_null(strstr(error.message, "the selector is longer than"));
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(selectors_match),
		cmocka_unit_test(escapes_are_characters),
		cmocka_unit_test(mistakes_are_told),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(hostile_pages_are_given_up),
	};

	return cmocka_run_group_tests_name("css", tests, NULL, NULL);
}
