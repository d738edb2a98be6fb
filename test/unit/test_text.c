/*
 * test_text.c: bytes of any charset become text; white space, length, slugs and keys of names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/slug.h"
#include "base/text.h"

static Arena *arena;
static Slugger *slugger;

static int
open_all(void **state)
{
	const char *error;

	(void) state;
	arena = arena_create();
	slugger = slugger_open(&error);
	return arena == NULL || slugger == NULL;
}

static int
close_all(void **state)
{
	(void) state;
	slugger_close(slugger);
	arena_destroy(arena);
	return 0;
}

static const char *
utf8(const char *bytes, size_t len, const char *charset)
{
	size_t outlen;
	const char *text = text_to_utf8(arena, bytes, len, charset, &outlen);

	/* text of which nothing had to change has no NUL of its own */
	return arena_strndup(arena, text, outlen);
}

static void
bytes_become_text(void **state)
{
	static const char good[] = "Yıldız Ελλάδα 🎉 and plain text";
	size_t len;

	(void) state;
	assert_ptr_equal(text_to_utf8(arena, good, strlen(good), NULL, &len), good);
	assert_int_equal(len, strlen(good));
	assert_string_equal(utf8("a\xff"
							 "b\0c\xe2\x82",
							 7, NULL),
						"a\xef\xbf\xbd"
						"b\xef\xbf\xbd"
						"c\xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(utf8("\xc0\x80\xed\xa0\x80", 5, NULL),
						"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_string_equal(utf8("Y\xfdld\xfdz", 6, "text/html; charset=ISO-8859-9"), "Yıldız");
	assert_string_equal(utf8("Y\xfdld\xfdz", 6, "iso-8859-9"), "Yıldız");
	assert_string_equal(utf8("<meta charset=\"iso-8859-9\">\xfd", 28, NULL),
						"<meta charset=\"iso-8859-9\">ı");
	assert_string_equal(utf8("\xff\xfe"
							 "a\0\x31\x01",
							 6, "utf-8"),
						"aı");
	assert_string_equal(utf8("\xef\xbb\xbfx", 4, "iso-8859-9"), "x");
	assert_string_equal(utf8("plain", 5, "no-such-charset"), "plain");
}

/* A charset in which a byte is three of UTF-8: a NUL ends what comes of it, however long. */
static void
what_grows_most_ends(void **state)
{
	char bytes[100];
	size_t len;

	(void) state;
	memset(bytes, 0x80, sizeof(bytes));
	for (size_t chars = 1; chars <= sizeof(bytes); chars++)
	{
		const char *text = text_to_utf8(arena, bytes, chars, "latin1", &len);

		assert_int_equal(len, 3 * chars);
		assert_int_equal(strlen(text), len);
		assert_int_equal(text_length(text), chars);
	}
}

/* The text of a page in a charset that only the page itself names. */
static void
expect_page(const char *page, const char *content_type, const char *end)
{
	const char *text = utf8(page, strlen(page), content_type);
	size_t len = strlen(text);

	if (len < strlen(end) || strcmp(text + len - strlen(end), end) != 0)
		fail_msg("%s\nbecomes %s, which does not end with %s", page, text, end);
}

/* Labels of charsets, bytes, and the text that they stand for. */
static const char *const charset_labels[][3] = {
	{"iso-8859-1", "\x80\xdd\xfd", "€Ýý"},
	{"LATIN1", "\x93\x94", "“”"},
	{"us-ascii", "\xe9", "é"},
	{" ascii ", "\xe9", "é"},
	{"iso-8859-9", "\x80\xfd\xdd\xde", "€ıİŞ"},
	{"latin5", "\xf0", "ğ"},
	{"iso88599", "\xfe", "ş"},
	{"windows-1254", "\x9f", "Ÿ"},
	{"iso-8859-2", "\xb1\xe6", "ąć"},
	{"windows-1250", "\x9c", "ś"},
	{"iso-8859-7", "\xe1\xa4", "α€"},
	{"windows-1253", "\xd9", "Ω"},
	{"windows-1251", "\xe6", "ж"},
	{"koi8-r", "\xc1", "а"},
	{"latin1", "\x81", "\xc2\x81"},
	{"latin5", "\x8e", "\xc2\x8e"},
	{"koi8-u", "\xa4", "є"},
	{"iso-8859-15", "\xa4", "€"},
	{"windows-1257", "\xf0", "š"},
	{"iso-8859-13", "\xf0", "š"},
	{"iso-8859-4", "\xb9", "š"},
	{"iso-8859-10", "\xb6", "ķ"},
	{"iso-8859-14", "\xd0", "Ŵ"},
	{"iso-8859-3", "\xa1", "Ħ"},
	{"iso-8859-5", "\xd0", "а"},
	{"windows-1255", "\xe0", "א"},
	{"iso-8859-8-i", "\xe0", "א"},
	{"windows-1256", "\xc7", "ا"},
	{"iso-8859-6", "\xc7", "ا"},
	{"windows-1258", "\xf5", "ơ"},
	{"tis-620", "\xa1", "ก"},
	{"ibm866", "\xa0", "а"},
	{"macintosh", "\x8e", "é"},
	{"x-mac-cyrillic", "\xe0", "а"},
	{"gb2312", "\xd6\xd0", "中"},
	{"big5", "\xa4\xa4", "中"},
	{"shift_jis", "\x93\xfa", "日"},
	{"euc-jp", "\xc6\xfc", "日"},
	{"euc-kr", "\xc7\xd1", "한"},
	{"iso-2022-jp", "\x1b$BF|\x1b(B", "日"},
	{"utf8", "\xc4\xb1", "ı"},
	{"utf-16", "a", "\xef\xbf\xbd"},
	/* no label of browsers: UTF-8 */
	{"SCSU", "\xc4\xb1", "ı"},
	{"utf-7", "+AOk-", "+AOk-"},
	{"ebcdic-cp-us", "a", "a"},
	{"utf-32", "a", "a"},
	{"iso-8859-1 x", "\xc4\xb1", "ı"},
	{"", "\xc4\xb1", "ı"},
};

static void
charsets_are_those_of_browsers(void **state)
{
	(void) state;
	for (size_t i = 0; i < sizeof(charset_labels) / sizeof(charset_labels[0]); i++)
	{
		expect_page(charset_labels[i][1], charset_labels[i][0], charset_labels[i][2]);
		expect_page(charset_labels[i][1],
					arena_printf(arena, "text/html;charset=\"%s\"", charset_labels[i][0]),
					charset_labels[i][2]);
	}
	assert_string_equal(utf8("\x31\x01", 2, "utf-16le"), "ı");
	assert_string_equal(utf8("\x01\x31", 2, "utf-16be"), "ı");
}

static void
sources_of_a_charset_have_an_order(void **state)
{
	(void) state;
	/* the header before the page, a mark before both */
	expect_page("<meta charset=iso-8859-2>\xf0", "text/html; charset=iso-8859-9", "ğ");
	expect_page("<meta charset=iso-8859-2>\xf0", "text/html", "đ");
	expect_page("<meta charset=iso-8859-2>\xf0", "text/html; charset=nonsense", "đ");
	expect_page("<meta charset=nonsense><meta charset=latin5>\xf0", NULL, "ğ");
	expect_page("<meta charset=nonsense>\xc4\xb1", "nonsense", "ı");
	expect_page("\xef\xbb\xbf<meta charset=latin5>\xc4\xb1", "text/html; charset=latin5", "ı");
	assert_string_equal(utf8("\xfe\xff\x01\x31", 4, "text/html; charset=latin5"), "ı");
	expect_page("x\xf0", "TEXT/HTML; Charset = 'Latin5' ; x=y", "ğ");
	expect_page("x\xc4\xb1", "text/html; charset=\"latin5", "ı");
}

static void
only_meta_names_a_charset(void **state)
{
	static const char *const named[] = {
		"<meta charset=latin5>",
		"<!DOCTYPE html><html lang='tr'><head><META CharSet = \" ISO-8859-9 \" />",
		"<meta http-equiv=Content-Type content='text/html; charset=iso-8859-9'>",
		"<meta content='text/html;charset=\"latin5\"' http-equiv='content-type'>",
		"<meta/charset=latin5>",
		"<!-- <meta charset=utf-8> --><meta charset=latin5>",
		"<!--><meta charset=latin5>",
		"<?xml version='1.0' encoding='utf-8'?><meta charset=latin5>",
		"<a title='<meta charset=utf-8>'><meta charset=latin5>",
		"<script>'</s'; '<meta charset=utf-8>'</script><meta charset=latin5>",
		"<meta name=x content='charset=utf-8'><meta charset=latin5>",
		"<meta charset=latin5 charset=utf-8>",
		"</><meta charset=latin5>",
	};
	static const char *const not_named[] = {
		"<!-- <meta charset=latin5> -->",
		"<!-- <meta charset=latin5>",
		"<script>'<meta charset=latin5>'</script>",
		"<script src=x charset=latin5></script>",
		"<title><meta charset=latin5></title>",
		"<style>a{}<meta charset=latin5></style>",
		"<p>charset=latin5</p>",
		"<meta name=x content='text/html; charset=latin5'>",
		"<meta http-equiv=refresh content='1; charset=latin5'>",
		"<meta http-equiv=content-type content='text/html; charset'>",
		"<metal charset=latin5>",
		"<a charset=latin5>",
		"<meta charset=utf-16>",
		"<meta http-equiv=content-type content='charset=utf-16be'>",
		"<meta data-charset=latin5>",
		"<p title='<meta charset=latin5>'>",
		"<meta charset=latin5",
	};
	char page[1100];

	(void) state;
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		expect_page(arena_printf(arena, "%s\xf0", named[i]), NULL, "ğ");
	for (size_t i = 0; i < sizeof(not_named) / sizeof(not_named[0]); i++)
		expect_page(arena_printf(arena, "%s\xc4\xb1", not_named[i]), NULL, "ı");
	/* only in the first 1,024 bytes, where the whole tag must be */
	memset(page, ' ', sizeof(page));
	memcpy(page + 1003, "<meta charset=latin5>\xf0", 23);
	expect_page(page, NULL, "ğ");
	memset(page, ' ', 1003);
	memcpy(page + 1004, "<meta charset=latin5>\xf0", 23);
	page[1003] = ' ';
	expect_page(page, NULL, "\xef\xbf\xbd");
}

static void
space_is_folded(void **state)
{
	(void) state;
	assert_string_equal(text_fold_space(arena, " \t\xc2\xa0 a \r\n b\xe2\x80\x8b \xef\xbb\xbf"),
						"a b");
	assert_string_equal(text_fold_space(arena, "  "), "");
	assert_string_equal(text_fold_lines(arena, "\n a  b \n\n \n c\n"), "a b\nc");
	assert_int_equal(text_length("Yıldız 🎉"), 8);
	assert_string_equal(text_truncate(arena, "Yıldız 🎉", 2), "Yı");
	assert_string_equal(text_truncate(arena, "Yıldız", 6), "Yıldız");
}

static void
slugs_are_the_sites(void **state)
{
	static const char *const cases[][2] = {
		{"ESN St. Pölten", "esn-st-polten"},
		{"ESN Uni Graz", "esn-uni-graz"},
		{"ESN Åbo Akademi", "esn-abo-akademi"},
		{"ESN ULiège", "esn-uliege"},
		{"ESN UŚ Katowice", "esn-us-katowice"},
		{"ESN Piteşti", "esn-pitesti"},
		{"ESN Buddynetwork TU Wien", "esn-buddynetwork-tu-wien"},
		{"ESN Yıldız", "esn-yildiz"},
		{"ESN İstanbul", "esn-istanbul"},
		{"ESN Łódź", "esn-lodz"},
		{"ESN Άρτα", "esn-arta"},
		{"Erasmus of the North (Tromsø)", "erasmus-north-tromso"},
		{"ESN L'Aquila", "esn-laquila"},
		{"ESN A/B", "esn-ab"},
		{"ESN Straße", "esn-strasse"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(slug_pathauto(slugger, arena, cases[i][0]), cases[i][1]);
	assert_string_equal(slug_make(slugger, arena, "ESN Yıldız"), "esn-yildiz");
	assert_string_equal(slug_make(slugger, arena, "Buddy / Network"), "esn-buddy-network");
	assert_string_equal(slug_make(slugger, arena, "!!"), "");
}

static void
candidates_do_not_repeat(void **state)
{
	char *candidates[SLUG_MAX_CANDIDATES];

	(void) state;
	assert_int_equal(slug_candidates(slugger, arena, "ESN ISIK", candidates), 2);
	assert_string_equal(candidates[0], "esn-isik");
	assert_string_equal(candidates[1], "esn-isik-0");
	assert_int_equal(slug_candidates(slugger, arena, "ESN L'Aquila", candidates), 3);
	assert_string_equal(candidates[1], "esn-l-aquila");
	assert_int_equal(slug_candidates(slugger, arena, "...", candidates), 0);
}

/* Names of any length: they are cut at a character, and give no candidate that is longer than a
 * slug can be. */
static void
long_names_are_cut(void **state)
{
	char *candidates[SLUG_MAX_CANDIDATES];
	char *name = arena_alloc(arena, 10001);
	TextBuffer ideographs;

	(void) state;
	for (int i = 0; i < 10000; i += 2)
		memcpy(name + i, "é", 2);
	assert_string_equal(slug_pathauto(slugger, arena, "x"), "x");
	assert_int_equal(strlen(slug_pathauto(slugger, arena, name)), 2048);
	name[0] = 'a';
	memmove(name + 1, name + 2, 9999);
	assert_int_equal(strlen(slug_pathauto(slugger, arena, name)), 2048);
	assert_int_equal(slug_candidates(slugger, arena, name, candidates), 0);
	name[255 * 2 - 1] = '\0';
	assert_int_equal(slug_candidates(slugger, arena, name, candidates), 1);
	assert_int_equal(strlen(candidates[0]), 255);
	name[251 * 2 - 1] = '\0';
	assert_int_equal(slug_candidates(slugger, arena, name, candidates), 3);
	/* few bytes that become many letters */
	buffer_init(&ideographs, arena);
	for (int i = 0; i < 1000; i++)
		buffer_puts(&ideographs, "霜");
	assert_int_equal(strlen(slug_pathauto(slugger, arena, ideographs.data)), 1000 * 7 - 1);
	assert_string_equal(slug_pathauto(slugger, arena, "霜"), "shuang");
}

static void
countries_have_one_key(void **state)
{
	static const char *const same[][2] = {{"Türkiye", "Turkey"},
										  {"Czechia", "Czech Republic"},
										  {"UK", "United Kingdom"},
										  {"the Netherlands", "Netherlands"},
										  {"North Macedonia", "FYROM"},
										  {"ESN Albania", "Albania"},
										  {"Bosnia & Herzegovina", "Bosnia and Herzegovina"}};

	(void) state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_string_equal(country_key(slugger, arena, same[i][0]),
							country_key(slugger, arena, same[i][1]));
	assert_string_not_equal(country_key(slugger, arena, "Morocco"),
							country_key(slugger, arena, "Monaco"));
}

static void
slugs_come_from_addresses(void **state)
{
	(void) state;
	assert_string_equal(slug_from_url(arena, "https://x.org/organisation/esn-metu", "organisation"),
						"esn-metu");
	assert_string_equal(slug_from_url(arena, "/activity/boat-party-20885/?a=b#c", "activity"),
						"boat-party-20885");
	assert_string_equal(slug_from_url(arena, "/en/section/tr-anka-met", "section"), "tr-anka-met");
	assert_string_equal(slug_from_url(arena, "/activity/caf%C3%A9-1", "activity"), "café-1");
	assert_null(slug_from_url(arena, "/organisation/esn-x/activities", "organisation"));
	assert_null(slug_from_url(arena, "/activity/", "activity"));
	assert_null(slug_from_url(arena, "/reactivity/x", "activity"));
	assert_null(slug_from_url(arena, "/activity/a%2Fb", "activity"));
	assert_null(slug_from_url(arena, "/activity/%2e%2e", "activity"));
	assert_null(slug_from_url(arena, "/activity/a%5b1%5D", "activity"));
	assert_null(slug_from_url(arena, "/activity/%ff", "activity"));
	assert_null(slug_from_url(arena, "", "activity"));
	for (const char *c = "?#%& \"'"; *c != '\0'; c++)
		assert_null(
			slug_from_url(arena, arena_printf(arena, "/activity/a%%%02Xb", *c), "activity"));
	assert_null(slug_from_url(arena, "/activity/a%b", "activity"));
	assert_null(slug_from_url(arena, arena_printf(arena, "/activity/%0256d", 0), "activity"));
	assert_non_null(slug_from_url(arena, arena_printf(arena, "/activity/%0255d", 0), "activity"));
}

static void
slugs_come_from_what_people_paste(void **state)
{
	static const char *const same[][2] = {
		{"esn-metu", "esn-metu"},
		{" \tesn-metu\n", "esn-metu"},
		{"esn-d%C3%BCsseldorf", "esn-düsseldorf"},
		{"https://activities.example/organisation/esn-d%C3%BCsseldorf", "esn-düsseldorf"},
		{"https://activities.example/organisation/esn-metu/activities?page=2#top", "esn-metu"},
		{"see https://accounts.example/section/tr-anka-met in the map", "tr-anka-met"},
		{"accounts.example/country/tr/", "tr"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		assert_string_equal(slug_from_text(arena, same[i][0]), same[i][1]);
	assert_null(slug_from_text(arena, "ESN METU"));
	assert_null(slug_from_text(arena, "100%"));
	assert_null(slug_from_text(arena, "https://activities.example/activity/x"));
	assert_null(slug_from_text(arena, "/organisation/a%2Fb"));
	assert_string_equal(slug_from_text(arena, " "), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_become_text),
		cmocka_unit_test(space_is_folded),
		cmocka_unit_test(slugs_are_the_sites),
		cmocka_unit_test(candidates_do_not_repeat),
		cmocka_unit_test(countries_have_one_key),
		cmocka_unit_test(slugs_come_from_addresses),
		cmocka_unit_test(slugs_come_from_what_people_paste),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(what_grows_most_ends),
		cmocka_unit_test(charsets_are_those_of_browsers),
		cmocka_unit_test(sources_of_a_charset_have_an_order),
		cmocka_unit_test(only_meta_names_a_charset),
	};

	return cmocka_run_group_tests_name("text", tests, open_all, close_all);
}
