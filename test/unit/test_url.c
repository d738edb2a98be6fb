/*
 * test_url.c: addresses of the web out of links.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "core/url.h"

#define COUNT(array) ((int) (sizeof(array) / sizeof((array)[0])))

/* Links and what becomes of them; NULL: nothing. */
static void
check(const char *base, const char *const (*cases)[2], int count)
{
	Arena *arena = arena_create();

	for (int i = 0; i < count; i++)
	{
		const char *url = url_absolute(arena, base, cases[i][0]);
		const char *wanted = cases[i][1];

		if ((url == NULL) != (wanted == NULL) || (url != NULL && strcmp(url, wanted) != 0))
			fail_msg("%s at %s: %s, not %s", cases[i][0], base, url == NULL ? "nothing" : url,
					 wanted == NULL ? "nothing" : wanted);
	}
	arena_destroy(arena);
}

/* The examples of RFC 3986, 5.4; what is not of the web is left to others. */
static void
examples_of_the_standard(void **state)
{
	static const char *const normal[][2] = {
		{"g:h", NULL},
		{"g", "http://a/b/c/g"},
		{"./g", "http://a/b/c/g"},
		{"g/", "http://a/b/c/g/"},
		{"/g", "http://a/g"},
		{"//g", "http://g"},
		{"?y", "http://a/b/c/d;p?y"},
		{"g?y", "http://a/b/c/g?y"},
		{"#s", "http://a/b/c/d;p?q#s"},
		{"g#s", "http://a/b/c/g#s"},
		{"g?y#s", "http://a/b/c/g?y#s"},
		{";x", "http://a/b/c/;x"},
		{"g;x", "http://a/b/c/g;x"},
		{"g;x?y#s", "http://a/b/c/g;x?y#s"},
		/* "" is the base there, and no link here */
		{"", NULL},
		{".", "http://a/b/c/"},
		{"./", "http://a/b/c/"},
		{"..", "http://a/b/"},
		{"../", "http://a/b/"},
		{"../g", "http://a/b/g"},
		{"../..", "http://a/"},
		{"../../", "http://a/"},
		{"../../g", "http://a/g"},
	};
	static const char *const abnormal[][2] = {
		{"../../../g", "http://a/g"},
		{"../../../../g", "http://a/g"},
		{"/./g", "http://a/g"},
		{"/../g", "http://a/g"},
		{"g.", "http://a/b/c/g."},
		{".g", "http://a/b/c/.g"},
		{"g..", "http://a/b/c/g.."},
		{"..g", "http://a/b/c/..g"},
		{"./../g", "http://a/b/g"},
		{"./g/.", "http://a/b/c/g/"},
		{"g/./h", "http://a/b/c/g/h"},
		{"g/../h", "http://a/b/c/h"},
		{"g;x=1/./y", "http://a/b/c/g;x=1/y"},
		{"g;x=1/../y", "http://a/b/c/y"},
		{"g?y/./x", "http://a/b/c/g?y/./x"},
		{"g?y/../x", "http://a/b/c/g?y/../x"},
		{"g#s/./x", "http://a/b/c/g#s/./x"},
		{"g#s/../x", "http://a/b/c/g#s/../x"},
		/* strictly "http:g", which holds no host */
		{"http:g", NULL},
	};

	(void) state;
	check("http://a/b/c/d;p?q", normal, COUNT(normal));
	check("http://a/b/c/d;p?q", abnormal, COUNT(abnormal));
}

static void
links_become_addresses(void **state)
{
	static const char *const cases[][2] = {
		{"/activity/a-1", "https://x.org/activity/a-1"},
		{"?page=2", "https://x.org/a/b?page=2"},
		{"?", "https://x.org/a/b?"},
		{"c d", "https://x.org/a/c%20d"},
		{"c[0]?f[1]=2", "https://x.org/a/c%5B0%5D?f%5B1%5D=2"},
		{" /c ", "https://x.org/a/%20/c%20"},
		{"c\\d", "https://x.org/a/c%5Cd"},
		{"\"<>^`{|}'", "https://x.org/a/%22%3C%3E%5E%60%7B%7C%7D'"},
		{"//y.org/z", "https://y.org/z"},
		{"http://y.org", "http://y.org"},
		{"http://y.org?a", "http://y.org?a"},
		{"HTTP://Y.org/A/./b", "HTTP://Y.org/A/b"},
		{"http://u:p@y.org:080/", "http://u:p@y.org:080/"},
		{"http://y.org:/", "http://y.org:/"},
		{"../ş", "https://x.org/%C5%9F"},
		{"//ş.org/ş", "https://%C5%9F.org/%C5%9F"},
		{"//x%2Fy%0a.org/z", "https://x%2Fy%0a.org/z"},
		{"//y.org/c:d@e", "https://y.org/c:d@e"},
		{"./c:d", "https://x.org/a/c:d"},
		{"c/d:e", "https://x.org/a/c/d:e"},
		{"%c5%9f%2F%7E", "https://x.org/a/%c5%9f%2F%7E"},
		{"%2e%2E/c", "https://x.org/a/%2e%2E/c"},
		{"#c[1]", "https://x.org/a/b#c[1]"},
		{"http://[::1]:80/", "http://[::1]:80/"},
		{"//[2001:db8::192.0.2.1]", "https://[2001:db8::192.0.2.1]"},
	};

	(void) state;
	check("https://x.org/a/b", cases, COUNT(cases));
}

static void
others_are_none(void **state)
{
	static const char *const cases[][2] = {
		{"javascript:alert(1)", NULL},
		{"mailto:a@b.c", NULL},
		{"file:///etc/passwd", NULL},
		{"ftp://x.org/", NULL},
		{"httpss://x.org/", NULL},
		{" http://x.org/", NULL},
		{"1a:b", NULL},
		{":80", NULL},
		{"a\tb", NULL},
		{"a\x7f", NULL},
		{"/activity/a%00b", NULL},
		{"50%", NULL},
		{"?y=5%0", NULL},
		{"#a#b", NULL},
		/* no host */
		{"http:", NULL},
		{"http:/x", NULL},
		{"http://", NULL},
		{"//", NULL},
		{"///x", NULL},
		{"//?x", NULL},
		{"http://@/", NULL},
		{"http://:80/", NULL},
		{"http://u@:80/", NULL},
		/* nor one of these */
		{"//a@b@c/", NULL},
		{"//[u]@c/", NULL},
		{"//x:80a/", NULL},
		{"//x:80:80/", NULL},
		{"//[::1", NULL},
		{"//[::1/]", NULL},
		{"//[]/", NULL},
		{"//[::1]8/", NULL},
		{"//[x]/", NULL},
		{"//[1:2:3]/", NULL},
		{"//[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]/", NULL},
		{"//x[::1]/", NULL},
	};

	(void) state;
	check("https://x.org/a/b", cases, COUNT(cases));
}

static void
dot_segments_lead_nowhere_else(void **state)
{
	static const char *const cases[][2] = {
		{"/a/b/../../../c", "https://x.org/c"},
		{"a/./b/", "https://x.org/p/q/a/b/"},
		{"a/b/..", "https://x.org/p/q/a/"},
		{"a/b/.", "https://x.org/p/q/a/b/"},
		{"a//../b", "https://x.org/p/q/a/b"},
		{"a//b", "https://x.org/p/q/a//b"},
		{".//a", "https://x.org/p/q//a"},
		{"/..//a", "https://x.org//a"},
		{"/../..", "https://x.org/"},
		{"..//..//..", "https://x.org/p/"},
		{"...", "https://x.org/p/q/..."},
		{"a/.../.b/..c", "https://x.org/p/q/a/.../.b/..c"},
		{"?/../a", "https://x.org/p/q/r?/../a"},
		{"http://y.org/../a/../b/.", "http://y.org/b/"},
		{"//y.org/..", "https://y.org/"},
	};

	(void) state;
	check("https://x.org/p/q/r", cases, COUNT(cases));
}

static void
bases_are_of_any_kind(void **state)
{
	static const char *const bare[][2] = {
		{"a", "HTTP://u@X.org:80/a"},
		{"../a", "HTTP://u@X.org:80/a"},
		{".", "HTTP://u@X.org:80/"},
		{"?a", "HTTP://u@X.org:80?a"},
		{"#a", "HTTP://u@X.org:80?/q/r#a"},
		{"/a", "HTTP://u@X.org:80/a"},
		{"//y", "HTTP://y"},
	};
	/* a path is the base's as it stands, or merged with it and then without dot segments */
	static const char *const dotted[][2] = {{"?a", "http://x/a/../b/?a"},
											{"c", "http://x/b/c"},
											{"../../c", "http://x/c"}};
	static const char *const in_brackets[][2] = {{"a", "http://[::1]/a"}, {"..", "http://[::1]/"}};
	static const char *const none[][2] = {
		{"a", NULL}, {"/a", NULL}, {"?a", NULL}, {"#a", NULL}, {"http://y", "http://y"}};
	static const char *const of_the_web[][2] = {{"//y", "http://y"}};
	static const char *const of_others[][2] = {{"//y", NULL}};
	static const char *const wrong[] = {"http:/x",   "http:///",   "http://x/a b",
										"http://ş/", "http://x/%", "http:"};
	static const char *const no_scheme[] = {"",    "x.org/a", "//x.org/",       "ftp://x/",
											"1:2", ":",       "javascript://x/"};
	static const char *const nul[][2] = {{"a", NULL}, {"/a", "http://x/a"}};

	(void) state;
	check("HTTP://u@X.org:80?/q/r#f", bare, COUNT(bare));
	check("http://x/a/../b/", dotted, COUNT(dotted));
	check("http://[::1]", in_brackets, COUNT(in_brackets));
	for (int i = 0; i < COUNT(wrong); i++)
	{
		check(wrong[i], none, COUNT(none));
		check(wrong[i], of_the_web, 1);
	}
	for (int i = 0; i < COUNT(no_scheme); i++)
	{
		check(no_scheme[i], none, COUNT(none));
		check(no_scheme[i], of_others, 1);
	}
	check("http://x/%00/", nul, COUNT(nul));
}

static void
addresses_have_an_end(void **state)
{
	Arena *arena = arena_create();
	char base[2001];
	char href[3000];

	(void) state;
	memset(base, 'a', sizeof(base));
	memcpy(base, "https://x.org/", 14);
	base[1000] = '/';
	base[1001] = '\0';
	memset(href, 'b', sizeof(href));
	href[999] = '\0';
	assert_int_equal(strlen(url_absolute(arena, base, href)), 2000);
	href[999] = 'b';
	href[1000] = '\0';
	assert_null(url_absolute(arena, base, href));
	/* of a link that is long as it stands, too */
	memcpy(href, "http://y.org/../", 16);
	href[1000] = 'b';
	href[2000] = '\0';
	assert_int_equal(strlen(url_absolute(arena, base, href)), 1997);
	href[2000] = 'b';
	href[2001] = '\0';
	assert_null(url_absolute(arena, base, href));
	href[2000] = '\0';
	href[1999] = ' ';
	assert_null(url_absolute(arena, base, href));
	href[2000] = 'b';
	href[2999] = '\0';
	assert_null(url_absolute(arena, base, href));
	/* and of a base */
	memset(base + 1000, 'a', 1000);
	base[2000] = '\0';
	assert_string_equal(url_absolute(arena, base, "/c"), "https://x.org/c");
	memset(href, 'a', sizeof(href));
	memcpy(href, "https://x.org/", 14);
	href[2001] = '\0';
	assert_null(url_absolute(arena, href, "/c"));
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_of_the_standard),
		cmocka_unit_test(links_become_addresses),
		cmocka_unit_test(others_are_none),
		cmocka_unit_test(dot_segments_lead_nowhere_else),
		cmocka_unit_test(bases_are_of_any_kind),
		cmocka_unit_test(addresses_have_an_end),
	};

	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
