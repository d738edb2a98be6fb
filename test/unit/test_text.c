/*
 * test_text.c: bytes of any charset become text; white space, length, slugs and keys of names.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/slug.h"
#include "core/text.h"

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

/* A charset in which a byte is four of UTF-8: a NUL ends what comes of it, however long. */
static void
what_grows_most_ends(void **state)
{
	char bytes[103] = "\x0b\x00\x01"; /* the window's place: U+10080 */
	size_t len;

	(void) state;
	memset(bytes + 3, 0x80, sizeof(bytes) - 3);
	for (size_t chars = 1; chars <= sizeof(bytes) - 3; chars++)
	{
		const char *text = text_to_utf8(arena, bytes, chars + 3, "SCSU", &len);

		assert_int_equal(len, 4 * chars);
		assert_int_equal(strlen(text), len);
		assert_int_equal(text_length(text), chars);
	}
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

/* Names of any length: they are cut at a character, and give no candidate that is longer than a slug can be. */
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_become_text),      cmocka_unit_test(space_is_folded),
		cmocka_unit_test(slugs_are_the_sites),    cmocka_unit_test(candidates_do_not_repeat),
		cmocka_unit_test(countries_have_one_key), cmocka_unit_test(slugs_come_from_addresses),
		cmocka_unit_test(long_names_are_cut),     cmocka_unit_test(what_grows_most_ends),
	};

	return cmocka_run_group_tests_name("text", tests, open_all, close_all);
}
