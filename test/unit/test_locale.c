/*
 * test_locale.c: what is read means the same in every locale. In a Turkish one, 'I' is no upper
 * case of 'i', months have other names, and a comma parts decimals.
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/slug.h"
#include "base/text.h"
#include "base/url.h"
#include "html/html_text.h"
#include "http/pace.h"
#include "page/redact.h"
#include "page/rules.h"
#include "page/value.h"

/* A locale that the machine need not have: where it is missing, there is nothing to test. Called
 * before anything is allocated. */
static const char *problem; /* of the page that was parsed last */

static void
need_turkish(void)
{
	if (setlocale(LC_ALL, "tr_TR.UTF-8") == NULL)
	{
		print_message("tr_TR.UTF-8 is not installed\n");
		skip();
	}
}

static void
markup_is_ascii(void **state)
{
	static const char page[] =
		"<DIV ID=i><A TITLE='WEBSITE Profile' HREF='HTTP://x.example/I'>x</A></DIV>";
	static const Rule rule = {PAGE_ACTIVITY, "title", "DIV#i > A[TITLE^='website PROFILE' i]", NULL,
							  true};
	Arena *arena;
	SelectorError error;
	RuleSet *rules;
	HtmlNode *root;
	int culprit;
	int count;
	const char *attribute;
	HtmlNode *link;

	(void) state;
	need_turkish();
	arena = arena_create();
	rules = rules_compile(&rule, 1, &culprit, &error);
	root = html_parse(arena, page, strlen(page), &problem);
	assert_non_null(rules);
	link = rules_found(rules_match(rules, PAGE_ACTIVITY, arena, root), "title", 0, &count,
					   &attribute)[0];
	assert_non_null(link);
	assert_string_equal(html_attribute(arena, link, "Title"), "WEBSITE Profile");
	assert_non_null(url_absolute(arena, "https://x.example/", "HTTPS://y.example/I"));
	assert_true(text_equal_nocase("WEBSITE", "website"));
	assert_string_equal(text_find_nocase("a PROFILE", "profile"), "PROFILE");
	rules_free(rules);
	arena_destroy(arena);
}

static void
values_are_english(void **state)
{
	Date dates[2];
	bool valid[2];
	char degrees[16];
	size_t len;
	Arena *arena;
	const char *error;
	Slugger *slugger;

	(void) state;
	need_turkish();
	arena = arena_create();
	slugger = slugger_open(&error);
	assert_int_equal(date_parse_range("FRIDAY, 11 APRIL 2025", dates, valid), 1);
	assert_true(valid[0] && dates[0].month == 4);
	assert_true(degrees_parse("39.8915435", 90, degrees));
	assert_string_equal(degrees, "39.891544");
	assert_int_equal(retry_after_ms("Fri, 31 Dec 1999 23:59:59 GMT", 946684789), 10000);
	assert_string_equal(redact_personal_data(arena, "MOBILE 555 123 4567"), "MOBILE [telephone]");
	assert_string_equal(slug_make(slugger, arena, "ESN ISIK"), "esn-isik");
	assert_memory_equal(text_to_utf8(arena, "\xfd", 1, "ISO-8859-9", &len), "ı", 2);
	slugger_close(slugger);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(markup_is_ascii),
		cmocka_unit_test(values_are_english),
	};

	return cmocka_run_group_tests_name("locale", tests, NULL, NULL);
}
