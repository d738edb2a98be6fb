/*
 * test_robots.c: what a robots.txt allows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/robots.h"

static Arena *arena;

static bool
allows(const char *text, const char *path)
{
	char url[4096] = "https://site.example";

	strncat(url, path, sizeof(url) - strlen(url) - 1);
	return robots_allows(robots_parse(arena, text, strlen(text), "esn_pulse"), url);
}

static void
longest_match_counts(void **state)
{
	const char *text = "User-agent: *\nDisallow: /\nAllow: /activity/\nDisallow: /activity/secret\n"
					   "Allow: /p\nDisallow: /p\n";

	(void) state;
	assert_false(allows(text, "/"));
	assert_false(allows(text, ""));
	assert_true(allows(text, "/activity/x-1"));
	assert_false(allows(text, "/activity/secret-2"));
	/* of equal ones that which allows */
	assert_true(allows(text, "/page"));
	assert_true(allows(text, "/robots.txt"));
	assert_true(allows("", "/x"));
	assert_true(allows("User-agent: *\nDisallow:\n", "/x"));
	assert_true(allows("Disallow: /\n", "/x"));
}

static void
wildcards_match(void **state)
{
	const char *text = "User-agent: *\nDisallow: /*.php$\nDisallow: /a*b*c\nDisallow: *?page=\n"
					   "Disallow: /x$y\n";

	(void) state;
	assert_false(allows(text, "/in/dex.php"));
	assert_true(allows(text, "/index.php5"));
	assert_true(allows(text, "/index.php?x"));
	assert_false(allows(text, "/a1b2b3c4"));
	assert_true(allows(text, "/a1c2b3"));
	assert_false(allows(text, "/list?page=2"));
	assert_true(allows(text, "/list?pages"));
	/* "$" that is not the last character is one like any other */
	assert_false(allows(text, "/x$y"));
	assert_true(allows("User-agent: *\nDisallow: /b$\n", "/b$"));
	assert_false(allows("User-agent: *\nDisallow: /b$\n", "/b"));
}

static void
groups_are_found(void **state)
{
	const char *text =
		"\xef\xbb\xbf# all\nUser-agent: other\nUser-agent: ESN_Pulse/2.0\r\nDisallow: /one\r\n"
		"Sitemap: https://site.example/map\nAllow: /one/1\n\n\nUSER-AGENT : *\n"
		"disallow: /\n\rUser-agent: esn_pulse # again\nDisallow: /two\nCrawl-delay: 2.5\n"
		"User-agent: esn_pulses\nDisallow: /three\n";

	(void) state;
	assert_false(allows(text, "/one"));
	assert_true(allows(text, "/one/1"));
	assert_false(allows(text, "/two"));
	assert_true(allows(text, "/three"));
	assert_true(allows(text, "/"));
	assert_int_equal(robots_delay_ms(robots_parse(arena, text, strlen(text), "esn_pulse")), 2500);
	assert_int_equal(robots_delay_ms(robots_parse(arena, text, strlen(text), "x")), 0);
	assert_false(
		robots_allows(robots_parse(arena, text, strlen(text), "x"), "https://s.example/y"));
	/* a group that names us and forbids nothing frees us from that of all */
	assert_true(allows("User-agent: *\nDisallow: /\nUser-agent: esn_pulse\nDisallow:\n", "/x"));
}

static void
encodings_are_equal(void **state)
{
	const char *text =
		"User-agent: *\nDisallow: /%7Ejoe/\nDisallow: /caf\xc3\xa9\nDisallow: /a%2fb\n"
		"Disallow: /50%25\n";

	(void) state;
	assert_false(allows(text, "/~joe/x"));
	assert_false(allows(text, "/%7ejoe/x"));
	assert_false(allows(text, "/caf%C3%A9"));
	assert_false(allows(text, "/a%2Fb"));
	assert_true(allows(text, "/a/b"));
	assert_false(allows(text, "/50%25"));
	assert_true(allows(text, "/50"));
}

static void
odd_bytes_are_survived(void **state)
{
	static const char nul[] = "User-agent: *\nDisallow: /a\0b\nDisallow /b\n:\nDisallow: /c";
	size_t big = ROBOTS_MAX_BYTES + 100;
	char *text = malloc(big + 1);

	(void) state;
	assert_false(robots_allows(robots_parse(arena, nul, sizeof(nul) - 1, "x"), "http://s/a"));
	assert_true(robots_allows(robots_parse(arena, nul, sizeof(nul) - 1, "x"), "http://s/b"));
	assert_false(robots_allows(robots_parse(arena, nul, sizeof(nul) - 1, "x"), "http://s/c"));
	assert_int_equal(robots_delay_ms(
						 robots_parse(arena, "User-agent: *\nCrawl-delay: 1e9\n", 32, "x")),
					 0);
	assert_int_equal(robots_delay_ms(
						 robots_parse(arena, "User-agent: *\nCrawl-delay: 99999999999\n", 39, "x")),
					 3600 * 1000);
	/* what stands behind 500 KiB is not read */
	memset(text, '#', big);
	memcpy(text, "User-agent: *\nDisallow: /a\n", 27);
	strcpy(text + big - 24, "\nDisallow: /b\nDisallow: ");
	assert_false(allows(text, "/a"));
	assert_true(allows(text, "/b"));
	free(text);
	assert_false(robots_allows(robots_disallow_all(arena), "http://s/x"));
	assert_true(robots_allows(robots_disallow_all(arena), "http://s/robots.txt"));
}

static int
begin(void **state)
{
	(void) state;
	arena = arena_create();
	return 0;
}

static int
end(void **state)
{
	(void) state;
	arena_destroy(arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(longest_match_counts),   cmocka_unit_test(wildcards_match),
		cmocka_unit_test(groups_are_found),       cmocka_unit_test(encodings_are_equal),
		cmocka_unit_test(odd_bytes_are_survived),
	};

	return cmocka_run_group_tests_name("robots", tests, begin, end);
}
