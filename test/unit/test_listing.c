/*
 * test_listing.c: which list is read completely. What is not understood is neither an empty list
 * nor the end of one.
 */
#include "page_expect.h"

#define URL ACTIVITIES "/organisation/esn-x/activities"
#define LINK "<a href=/organisation/esn-x>ESN X</a>"
#define CARD "<article class=activities-mini-preview><a href=/activity/a-1>A</a></article>"

static void
pagers_are_followed(void **state)
{
	static const struct
	{
		const char *html;
		int last_page;
	} cases[] = {
		{"", -1},
		{"<nav><a title='Go to last page' href='?page=27'>Last</a></nav>", 27},
		{"<nav><a href='?page=1'>2</a><a href='?page=27'>Last</a></nav>", 27},
		{"<li class=pager__item--next><a href='?page=4'>Next</a></li>", 4},
		{"<a rel=next href='?page=4&x=1#y'>Next</a>", 4},
		{"<ul class=js-pager__items><li><a href='?a=b&page=1'>Load more</a></ul>", 1},
		{"<nav><a href='?page=0'>1</a><a href='?page=1'>2</a><a href='?page=2'>3</a>", 2},
		{"<nav><a href='" URL "?page=2'>3</a></nav>", 2},
		{"<link rel='next nofollow' href='?page=1'>", 1},
		{"<ul><li class='pager__item--next disabled'><a href='#'>Next</a></ul>", -1},
		{"<a rel=next aria-disabled=true href='#'>Next</a>", -1},
		/* other lists */
		{"<nav><a href='/news?page=9'>9</a></nav>", -1},
		{"<a href='/user/login?destination=/x&amp;page=9'>Log in</a>", -1},
		{"<a href='?homepage=9&sort=page=8'>x</a>", -1},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		const char *html = arena_printf(page_arena, CARD "%s", cases[i].html);
		const char *last = cases[i].last_page < 0
							   ? "\"last_page\":null,\"incomplete\":null"
							   : arena_printf(page_arena, "\"last_page\":%d,\"incomplete\":null",
											  cases[i].last_page);

		expect_parts(PAGE_LISTING, URL, html, last);
		expect_parts(PAGE_LISTING, URL "?page=3", html, last);
	}
}

static void
slugs_need_not_be_ascii(void **state)
{
	static const char *const urls[] = {
		ACTIVITIES "/organisation/esn-d\xc3\xbcsseldorf/activities",
		ACTIVITIES "/organisation/esn-d%C3%BCsseldorf/activities?page=0",
		ACTIVITIES "/organisation/esn-d%c3%bcsseldorf/activities?page=1",
	};

	(void) state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
	{
		expect_parts(PAGE_LISTING, urls[i], CARD "<nav><a href='?page=4'>5</a></nav>",
					 "\"last_page\":4");
		expect_parts(PAGE_LISTING, urls[i],
					 CARD "<a href=/organisation/esn-d%c3%bcsseldorf/activities?page=4>5</a>",
					 "\"last_page\":4");
		expect_parts(PAGE_LISTING, urls[i], "<a href=/organisation/esn-d\xc3\xbcsseldorf>D</a>",
					 "\"cards\":[]");
	}
}

static void
other_pagers_are_incomplete(void **state)
{
	static const char *const pagers[] = {
		"<nav><a href='?page=0,2'>3</a></nav>",
		"<nav><a href='?page=0%2C2'>3</a></nav>",
		"<nav><a href='?page=two'>3</a></nav>",
		"<nav><a href='?page='>3</a></nav>",
		"<nav><a href='?page=99999'>3</a></nav>",
		"<a href='?page=1'>2</a><a href='?page=0,2'>3</a>",
		"<li class=pager__item--next><a href='#'>Next</a></li>",
		"<a rel=next href='?offset=12'>Next</a>",
		"<ul class=js-pager__items><a href='javascript:more()'>Load more</a></ul>",
		"<li class=pager__item--last><a href='?p=27'>Last</a></li>",
	};

	(void) state;
	for (size_t i = 0; i < sizeof(pagers) / sizeof(pagers[0]); i++)
		expect_parts(PAGE_LISTING, URL, arena_printf(page_arena, CARD "%s", pagers[i]),
					 "\"incomplete\":\"the pager of its list is not understood: ",
					 "\"event_slug\":\"a-1\"");
}

static void
only_an_empty_list_is_empty(void **state)
{
	static const char *const empty[] = {
		LINK,
		LINK "<div class=view></div>",
		LINK "<nav><a href=/activity/a-1>News</a></nav>",
		LINK "<a href='?page=0'>1</a>",
		"<div class=view><div class=view-empty>Nothing yet</div></div>",
		"<div class=view><div class=view-empty>None</div></div><a href=/activity/a-1>Newest</a>",
	};
	static const char *const others[] = {
		LINK "<div class=view><div class=teaser><a href=/activity/a-1>A</a></div></div>",
		LINK "<table><tr><td><a href='" ACTIVITIES "/activity/a-1'>A</a></table>",
		LINK "<article class=activities-mini-preview><a href=/node/1>A</a></article>",
		LINK "<div class=view></div><nav><a href='?page=3'>Last</a></nav>",
		LINK "<div class=view></div><nav><a href='?page=0,1'>2</a></nav>",
	};

	(void) state;
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		expect_parts(PAGE_LISTING, URL, empty[i], "\"cards\":[]");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		expect_parts(PAGE_LISTING, URL, others[i],
					 "\"problem\":\"the page's list is not understood: ");
	/* behind the end of a list that has become shorter */
	expect_parts(PAGE_LISTING, URL "?page=3", LINK "<nav><a href='?page=2'>3</a></nav>",
				 "\"cards\":[]");
}

static void
cards_in_other_markup(void **state)
{
	(void) state;
	expect_parts(PAGE_LISTING, URL,
				 "<article class='node ct-physical-activity ct-physical-activity--full'>"
				 "<a class=url href='/activity/boat-1'>Read more</a>"
				 "<div class=activity-label>Boat<br>party</div><div class=activity-causes>"
				 "<div class=activity-label>Culture</div></div>" LINK "</article>"
				 "<nav><a href='?page=2'>Last</a></nav>",
				 "\"event_slug\":\"boat-1\",\"url\":\"" ACTIVITIES "/activity/boat-1\","
				 "\"title\":\"Boat party\"",
				 "\"is_online\":false", "\"organiser\":\"esn-x\"", "\"last_page\":2");
}

static void
first_organiser_is_named(void **state)
{
	static const char *const cases[][2] = {
		{"ESN DTU and 3 other organisations", "ESN DTU"},
		{"ESN DTU and 1 other organisation", "ESN DTU"},
		{"ESN Bread and 3 Butter", "ESN Bread and 3 Butter"},
		{"ESN Salt and Pepper and 12 others", "ESN Salt and Pepper"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_parts(PAGE_LISTING, URL,
					 arena_printf(page_arena,
								  "<article class=activities-mini-preview><a href=/activity/a-1>A"
								  "</a><a href=/organisation/esn-x>%s</a></article>",
								  cases[i][0]),
					 arena_printf(page_arena, "\"organiser_name\":\"%s\"", cases[i][1]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PAGE_TEST(pagers_are_followed),         PAGE_TEST(slugs_need_not_be_ascii),
		PAGE_TEST(other_pagers_are_incomplete), PAGE_TEST(only_an_empty_list_is_empty),
		PAGE_TEST(cards_in_other_markup),       PAGE_TEST(first_organiser_is_named),
	};

	return cmocka_run_group_tests_name("listing", tests, pages_set_up, pages_tear_down);
}
