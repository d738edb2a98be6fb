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

#include "base/url.h"

#define COUNT(array) ((int) (sizeof(array) / sizeof((array)[0])))

/* Links and what becomes of them; NULL: nothing. Versions of libcurl differ in what no site has. */
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
		{"//g", "http://g/"},
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
		/* as for backward compatibility, and as browsers do */
		{"http:g", "http://a/b/c/g"},
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
		{"?", "https://x.org/a/b"},
		{"/c?", "https://x.org/c"},
		{"/c#", "https://x.org/c"},
		{"/c?#d", "https://x.org/c#d"},
		{"c d", "https://x.org/a/c%20d"},
		{"c[0]?f[1]=2", "https://x.org/a/c[0]?f[1]=2"},
		{" /c ", "https://x.org/c"},
		{"c\\d", "https://x.org/a/c/d"},
		{"\"<>^`{|}'", "https://x.org/a/%22%3C%3E%5E%60%7B%7C%7D'"},
		{"//y.org/z", "https://y.org/z"},
		{"http://y.org", "http://y.org"},
		{"http://y.org?a", "http://y.org/?a"},
		{"HTTP://Y.org/A/./b", "http://y.org/A/b"},
		{"http://y%4FY.org/", NULL},
		{"http://%35", NULL},
		{"http://%2535", NULL},
		{"http://%zz.org/", NULL},
		{"//h|x.org/", NULL},
		{"http://m%c3%bcnchen.org/", "http://m%C3%BCnchen.org/"},
		{"http://%68ttp:80/", NULL},
		{"http://u:p@y.org:080/", "http://u:p@y.org:80/"},
		{"http://y.org:/", "http://y.org/"},
		{"http:///y.org/", "http://y.org/"},
		{"../ş", "https://x.org/%C5%9F"},
		{"//ş.org/ş", "https://%C5%9F.org/%C5%9F"},
		{":80", "https://x.org/a/:80"},
		{"50%", "https://x.org/a/50%25"},
		{"?y=5%0", "https://x.org/a/b?y=5%250"},
		{"#", "https://x.org/a/b"},
		{"http:/x", "http://x"},
		{"///x", "https://x/"},
		{"//y.org/c:d@e", "https://y.org/c:d@e"},
		{"./c:d", "https://x.org/a/c:d"},
		{"c/d:e", "https://x.org/a/c/d:e"},
		{"%c5%9f%2F%7E", "https://x.org/a/%c5%9f%2F%7E"},
		{"#c[1]", "https://x.org/a/b#c[1]"},
		{"http://[::1]:80/", "http://[::1]:80/"},
		{"//[2001:db8::192.0.2.1]", "https://[2001:db8::c000:201]/"},
	};

	(void) state;
	check("https://x.org/a/b", cases, COUNT(cases));
}

/* Links as browsers read them; what follows from the slips of authors. */
static void
links_are_those_of_browsers(void **state)
{
	static const char *const cases[][2] = {
		{"https:/host/x", "https://x.org/host/x"},
		{"https:host/x", "https://x.org/a/host/x"},
		{"https:b:c", "https://x.org/a/b:c"},
		{"https:?y", "https://x.org/a/b?y"},
		{"https:#y", "https://x.org/a/b#y"},
		{"http:/host/x", "http://host/x"},
		{"http:host/x", "http://host/x"},
		{"https:\\\\host", "https://host"},
		{"https:\\\\host\\x?y\\z#\\", "https://host/x?y%5Cz#%5C"},
		{"!$&'()*+,;=-._~", "https://x.org/a/!$&'()*+,;=-._~"},
		{"https:/\\host/x", "https://host/x"},
		{"https:\\host", "https://x.org/host"},
		{"\\\\host\\x", "https://host/x"},
		{"/\\host/x", "https://host/x"},
		{"\\c", "https://x.org/c"},
		{"https:////host/x", "https://host/x"},
		{"////host/x", "https://host/x"},
		{"HTTPS://HOST.example/X?Y#Z", "https://host.example/X?Y#Z"},
		{"HtTp://U:P@Host:8080/", "http://U:P@host:8080/"},
		{"//HOST/X", "https://host/X"},
		{"  https://host/x \n", "https://host/x"},
		{"\x01\x1f https://host/x", "https://host/x"},
		{"https://ho\nst/a\tb\r\nc", "https://host/abc"},
		{"ht\ntps:/\n/host/x", "https://host/x"},
		{"/c d\n/e", "https://x.org/c%20d/e"},
		{"https://httpbin.example/", "https://httpbin.example/"},
		{"https://host/http://other/", "https://host/http://other/"},
		{"https://host?u=http://other/", "https://host/?u=http://other/"},
	};
	Arena *arena = arena_create();

	(void) state;
	check("https://x.org/a/b", cases, COUNT(cases));
	assert_true(url_names_host(arena, "https://x.org/", "\\\\host"));
	assert_true(url_names_host(arena, "https://x.org/", " HTTP:host"));
	assert_false(url_names_host(arena, "https://x.org/", "https:/host"));
	assert_false(url_names_host(arena, "https://x.org/", "www.host"));
	assert_false(url_names_host(arena, "https://x.org/", "mailto:a@b.c"));
	assert_false(url_names_host(arena, "https://x.org/", "http://http://host/"));
	arena_destroy(arena);
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
		{"tel:+90", NULL},
		{"a\x01z", NULL},
		{"MAILTO:a@b.c", NULL},
		{" mail\nto:a@b.c", NULL},
		{"java\tscript:alert(1)", NULL},
		{"Tel:+90", NULL},
		{"x.org:80/a", NULL},
		/* a scheme is not a host */
		{"http://http://host/", NULL},
		{"https://https://host/", NULL},
		{"HTTPS://Http//host/", NULL},
		{"//http://host/", NULL},
		{"http://u@https://host/", NULL},
		{"a\x7f", NULL},
		{"/activity/a%00b", NULL},
		/* no host */
		{"http:", NULL},
		{"http://", NULL},
		{"//", NULL},
		{"//?x", NULL},
		{"http://@/", NULL},
		{"http://:80/", NULL},
		{"http://u@:80/", NULL},
		/* nor one of these */
		{"//a@b@c/", NULL},
		{"//x%2Fy%0a.org/z", NULL},
		{"http://a b/", NULL},
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
		{"/a/b/../../../c", "https://x.org/c"},  {"a/./b/", "https://x.org/p/q/a/b/"},
		{"a/b/..", "https://x.org/p/q/a/"},      {"a/b/.", "https://x.org/p/q/a/b/"},
		{"a//../b", "https://x.org/p/q/a/b"},    {"a//b", "https://x.org/p/q/a//b"},
		{"/..//a", "https://x.org//a"},          {"/../..", "https://x.org/"},
		{"...", "https://x.org/p/q/..."},        {"a/.../.b/..c", "https://x.org/p/q/a/.../.b/..c"},
		{"?/../a", "https://x.org/p/q/r?/../a"}, {"//y.org/../a/../b/.", "https://y.org/b/"},
		{"//y.org/..", "https://y.org/"},
	};

	(void) state;
	check("https://x.org/p/q/r", cases, COUNT(cases));
}

static void
bases_are_of_any_kind(void **state)
{
	static const char *const bare[][2] = {
		{"a", "http://u@X.org:80/a"},  {"../a", "http://u@X.org:80/a"},
		{".", "http://u@X.org:80/"},   {"?a", "http://u@X.org:80/?a"},
		{"/a", "http://u@X.org:80/a"}, {"//y", "http://y/"},
	};
	static const char *const dotted[][2] = {{"?a", "http://x/b/?a"},
											{"c", "http://x/b/c"},
											{"../../c", "http://x/c"}};
	static const char *const in_brackets[][2] = {{"a", "http://[::1]/a"}, {"..", "http://[::1]/"}};
	static const char *const none[][2] = {{"a", NULL},  {"/a", NULL},  {"?a", NULL},
										  {"#a", NULL}, {"//y", NULL}, {"http://y", "http://y"}};
	static const char *const wrong[] = {"",  "x.org/a", "//x.org/",        "ftp://x/", "1:2",
										":", "http:",   "javascript://x/", "http:///", "http://"};
	static const char *const nul[][2] = {{"a", NULL}, {"/a", "http://x/a"}};

	(void) state;
	check("HTTP://u@X.org:80?/q/r#f", bare, COUNT(bare));
	check("http://x/a/../b/", dotted, COUNT(dotted));
	check("http://[::1]", in_brackets, COUNT(in_brackets));
	for (int i = 0; i < COUNT(wrong); i++)
		check(wrong[i], none, COUNT(none));
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
	href[1998] = ' ';
	assert_null(url_absolute(arena, base, href));
	/* nor is one cut where white space is in its middle */
	href[1998] = 'b';
	memset(href + 1990, ' ', 20);
	href[2000] = 'b';
	assert_null(url_absolute(arena, base, href));
	memset(href + 1990, 'b', 20);
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

static void
slugs_become_parts(void **state)
{
	static const char *const same[][2] = {
		{"https://x.org/a/esn-d\xc3\xbcsseldorf/b", "https://x.org/a/esn-d%c3%bcsseldorf/b?page=0"},
		{"https://x.org/a%2Db#c", "https://x.org/a-b"},
		{"https://x.org/100%", "https://x.org/100%?"},
		{"https://x.org/a", "https://x.org/a/?page=1"},
		{"https://x.org", "https://x.org/"},
		{"https://x.org/a/b", "https://x.org/en/a/b/"},
		{"https://x.org/en/a%2Db?page=0,2", "https://x.org/pt-BR/a-b"},
	};
	static const char *const others[][2] = {
		{"https://x.org/a", "https://x.org/a/b"},
		{"https://x.org/a", "https://x.org/ab"},
		{"https://x.org/a", "https://x.org/eng/a"},
		{"https://x.org/a", "https://x.org/en/b"},
		{"https://x.org/a", "https://x.org/x/en/a"},
		{"https://x.org/a", "https://y.org/en/a"},
		{"https://x.org/a", "https://x.org.y.org/en/a"},
		{"https://x.org/a", "https://x.org/en-/a"},
		{"https://x.org/a", ""},
		{"https://x.org/a", "http://x.org/a"},
		{"https://x.org/%41%", "https://x.org/A"},
	};
	Arena *arena = arena_create();

	(void) state;
	assert_string_equal(url_part(arena, "esn-metu_0.~"), "esn-metu_0.~");
	assert_string_equal(url_part(arena, "esn-d\xc3\xbcsseldorf"), "esn-d%C3%BCsseldorf");
	assert_string_equal(url_part(arena, "a/b?c#d%e"), "a%2Fb%3Fc%23d%25e");
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_true(url_same_page(same[i][0], same[i][1]));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
	{
		assert_false(url_same_page(others[i][0], others[i][1]));
		assert_false(url_same_page(others[i][1], others[i][0]));
	}
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_of_the_standard),       cmocka_unit_test(links_become_addresses),
		cmocka_unit_test(links_are_those_of_browsers),    cmocka_unit_test(others_are_none),
		cmocka_unit_test(dot_segments_lead_nowhere_else), cmocka_unit_test(bases_are_of_any_kind),
		cmocka_unit_test(addresses_have_an_end),          cmocka_unit_test(slugs_become_parts),
	};

	return cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
