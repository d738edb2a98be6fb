/*
 * test_accounts.c: pages of accounts.esn.org.
 */
#include "page_expect.h"

static void
home_has_countries_and_map(void **state)
{
	(void) state;
	expect(PAGE_HOME, ACCOUNTS "/",
		   "<a href='/country/al'>ESN Albania</a><a href=/country/all>All</a>"
		   "<a href='/country/TR'>T&uuml;rkiye</a><a href='/country/al'>again</a>"
		   "<div class=geolocation-location><h2 class='field-content location-title'>"
		   "<a href='/section/tr-anka-met'>ESN METU</a></h2></div>"
		   "<div class=geolocation-location><h2 class='field-content location-title'>"
		   "<a href=''>ESN Nowhere</a></h2></div>",
		   "\"data\":{\"countries\":["
		   "{\"name\":\"Albania\",\"slug\":\"al\",\"url\":\"" ACCOUNTS "/country/al\"},"
		   "{\"name\":\"T\xc3\xbcrkiye\",\"slug\":\"tr\",\"url\":\"" ACCOUNTS "/country/TR\"}],"
		   "\"sections\":[{\"name\":\"ESN METU\",\"slug\":\"tr-anka-met\",\"url\":\"" ACCOUNTS
		   "/section/tr-anka-met\"}]},\"errors\":[]");
	expect_parts(PAGE_HOME, ACCOUNTS "/",
				 "<a href=/country/al>Albania</a><a href=/country/all>All</a>"
				 "<a href=/country/alb>Albania</a>",
				 "\"countries\":[{\"name\":\"Albania\",\"slug\":\"al\",",
				 "\"errors\":[{\"field\":\"countries\",\"message\":\"not a country code of two "
				 "letters\",\"raw\":\"" ACCOUNTS "/country/alb\"}]");
	expect_parts(PAGE_HOME, ACCOUNTS "/", "<a href=/country/all>All</a>",
				 "\"problem\":\"the page has no list of countries: no link leads to one\"");
}

static void
country_has_sections(void **state)
{
	const char *sections =
		"\"data\":{\"slug\":\"tr\",\"sections\":[{\"name\":\"ESN METU\","
		"\"slug\":\"tr-anka-met\",\"url\":\"" ACCOUNTS "/section/tr-anka-met\"}],\"email\":null,"
		"\"website\":null,\"social_media\":{}},\"errors\":[]";

	(void) state;
	expect(PAGE_COUNTRY, ACCOUNTS "/country/tr",
		   "<div class=views-view-grid><a href=''>x</a><a href='/section/tr-anka-met'><img></a>"
		   "<a href='/section/tr-anka-met'>ESN METU</a></div>",
		   sections);
	expect(PAGE_COUNTRY, ACCOUNTS "/country/tr",
		   "<span class=field-content><a href='/section/tr-anka-met'>ESN METU</a></span>",
		   sections);
	expect_parts(PAGE_COUNTRY, ACCOUNTS "/country/tr",
				 "<div class=view><div class=view-empty></div></div>", "\"sections\":[]");
	expect_parts(PAGE_COUNTRY, ACCOUNTS "/country/tr",
				 "<div class=field--name-field-email><div class=field--item>board@tr.example</div>"
				 "</div><a href=https://tr.example/>Website</a>"
				 "<a title='Instagram profile' href=https://instagram.com/esn_tr></a>"
				 "<div class=view><div class=view-empty></div></div>",
				 "\"email\":\"board@tr.example\"", "\"website\":\"https://tr.example/\"",
				 "\"social_media\":{\"instagram\":\"https://instagram.com/esn_tr\"}",
				 "\"errors\":[]");
	expect(PAGE_COUNTRY, ACCOUNTS "/country/TR",
		   "<span class=field-content><a href='/section/tr-anka-met'>ESN METU</a></span>",
		   sections);
	expect_parts(PAGE_COUNTRY, ACCOUNTS "/country/tr", "<p>We are down for maintenance</p>",
				 "\"problem\":\"the page has no country: nothing matches the rules for ");
}

static void
section_in_full(void **state)
{
	(void) state;
	expect(
		PAGE_SECTION, ACCOUNTS "/section/tr-anka-met",
		"<h1 class=page-header> ESN\n METU </h1>"
		"<div class=field--name-field-email><div class=field--item>info@metu.example</div></div>"
		"<a title='Website of the organisation' href='http://metu.example'>Our site</a>"
		"<div class=field--name-field-university-name><div class=field--item>METU</div></div>"
		"<div class=field--name-field-city><div class=field--item>Ankara</div></div>"
		"<div class=field--name-field-address><div class=field--item><p class=address>"
		"<span class=given-name>A Person</span><span class=country>T\xc3\xbcrkiye</span>"
		"<span class=address-line1>Dumlup\xc4\xb1nar 1,</span><span class=postal-code>06800</span>"
		"<span class=locality>Ankara</span></p></div></div>"
		"<div class=geolocation-location data-lat=39.89123456 data-lng=32.7></div>"
		"<img class='center-block img-responsive' alt='Logo of METU' src='/logo.png'>"
		"<a title='Facebook profile' href='https://facebook.example/metu'></a>"
		"<a title='X profile' href='//x.example/metu'></a>",
		"\"data\":{\"slug\":\"tr-anka-met\",\"name\":\"ESN METU\",\"email\":"
		"\"info@metu.example\",\"website\":\"http://metu.example\",\"university_name\":"
		"\"METU\",\"city\":\"Ankara\",\"address\":\"Dumlup\xc4\xb1nar 1, 06800, Ankara, "
		"T\xc3\xbcrkiye\",\"latitude\":39.891235,\"longitude\":32.700000,\"logo_url\":"
		"\"" ACCOUNTS "/logo.png\",\"social_media\":{\"facebook\":"
		"\"https://facebook.example/metu\",\"x\":\"https://x.example/metu\"}},\"errors\":[]");
}

static void
section_variants_and_errors(void **state)
{
	(void) state;
	expect_parts(PAGE_SECTION, ACCOUNTS "/section/x",
				 "<h1 class=page-header>ESN X</h1><a href=/>Home</a><a href=http://x.example/>"
				 "Website</a><div class=field--name-field-university-website><a href=/u>U</a></div>"
				 "<div class=group__field-pseudo-group-logo><img src=/l.png></div>",
				 "\"website\":\"http://x.example/\"", "\"university_name\":\"U\"",
				 "\"logo_url\":\"" ACCOUNTS "/l.png\"", "\"social_media\":{}", "\"address\":null",
				 "\"errors\":[]");
	expect_parts(PAGE_SECTION, ACCOUNTS "/section/x",
				 "<h1 class=page-header>ESN X</h1><div class=field--name-field-email>"
				 "<div class=field--item>nobody</div></div><a href=x.example>Website</a>"
				 "<div class=geolocation-location data-lat=139 data-lng=x></div>",
				 "\"email\":null", "\"website\":null", "\"latitude\":null,\"longitude\":null",
				 "{\"field\":\"email\",\"message\":\"not an e-mail address\",\"raw\":\"nobody\"}",
				 "{\"field\":\"website\",\"message\":\"not a web address\",\"raw\":\"x.example\"}",
				 "\"not a number of degrees between -90 and 90\",\"raw\":\"139\"",
				 "\"not a number of degrees between -180 and 180\",\"raw\":\"x\"");
	expect_parts(PAGE_SECTION, ACCOUNTS "/section/x", "<h1>Access denied</h1>",
				 "the page has no section: nothing matches the rules for");
	expect_parts(PAGE_SECTION, ACCOUNTS "/section/x", "<h1 class=page-header> </h1>",
				 "the page has no section: its name is empty");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PAGE_TEST(home_has_countries_and_map),
		PAGE_TEST(country_has_sections),
		PAGE_TEST(section_in_full),
		PAGE_TEST(section_variants_and_errors),
	};

	return cmocka_run_group_tests_name("accounts", tests, pages_set_up, pages_tear_down);
}
