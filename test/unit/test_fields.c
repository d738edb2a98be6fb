/*
 * test_fields.c: what is a field's value and what only stands beside it, by the shipped rules.
 */
#include "page_expect.h"

#define PAGE ACTIVITIES "/activity/a-1"
#define BOX(x) "<div class=highlight-data-text>" x "</div>"
#define NUMBER                                                                         \
	"<div class=highlight-data-number><span class=highlight-data-text-big>160</span> " \
	"<div class=highlight-data-text><span>total</span> <span>participants</span></div></div>"

/* A page with something in the article, and what its place must be. */
static void
place_is(const char *article, const char *html, const char *city, const char *country)
{
	expect_texts(PAGE_ACTIVITY, PAGE,
				 arena_printf(page_arena, "<h1 class=page-header>T</h1>%s%s</article>", article,
							  html),
				 arena_printf(page_arena, "\"city\":%s,\"country_name\":%s,", city, country), NULL);
}

static void
only_a_place_is_a_place(void **state)
{
	static const char *const others[] = {
		BOX("<span>Free of charge</span>"),
		"<div class=field-top-wrapper>" BOX("<span>Free of charge</span>") "</div>",
		"<div class=" FULL "-price>" BOX("<span>5</span> <span>Euro</span>") "</div>",
		"<div class=" FULL "-price>" BOX("<span>Free</span> <span>for members</span>") "</div>",
		NUMBER,
		BOX("<span class=highlight-data-text-big>160</span><span>total</span>"),
		BOX("<span>1,250</span><span>participants</span>"),
		BOX("<span>Total</span><span>participants</span>"),
		BOX("<span>03/05/2026</span><span>04/05/2026</span>"),
		BOX("<span>03/05/2026</span><span>until dawn</span>"),
		"<div class=highlight-dates-single>" BOX("<span>soon</span><span>later</span>") "</div>",
		BOX("<span>https://zoom.example/j/1</span><span>Norway</span>") NUMBER};

	(void) state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) - 1; i++)
	{
		place_is(ACTIVITY, others[i], "null", "null");
		place_is(ACTIVITY,
				 arena_printf(page_arena, "%s%s", others[i],
							  BOX("<span>Troms\xc3\xb8,</span> <span>Norway</span>")),
				 "\"Troms\xc3\xb8\"", "\"Norway\"");
	}
	/* in its own field, a city may stand alone */
	place_is(ACTIVITY, "<div class=" FULL "-location>" BOX("<span>Oslo</span>") "</div>" NUMBER,
			 "\"Oslo\"", "null");
	place_is(ACTIVITY,
			 "<div class='field-top-wrapper " FULL
			 "-location'>" BOX("<span>Aarhus, Copenhagen</span><span>Denmark</span>") "</div>",
			 "\"Aarhus, Copenhagen\"", "\"Denmark\"");
}

static void
online_is_no_place(void **state)
{
	static const char *const platforms[] = {
		"<span>Facebook / Zoom</span>", "<span>Discord server</span><span>Link</span>",
		"<span><a href='https://zoom.example/j/1?pwd=s3cret'>https://zoom.example/j/1?pwd=s3cret"
		"</a></span>",
		"<span>Oslo</span><span>Norway</span>"};

	(void) state;
	for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++)
	{
		const char *box = arena_printf(page_arena, BOX("%s"), platforms[i]);

		place_is(ONLINE, box, "null", "null");
		place_is(ONLINE,
				 arena_printf(page_arena,
							  "<div class=ct-online-activity__field-ct-act-location>%s</div>", box),
				 "null", "null");
	}
	expect_parts(PAGE_LISTING, ACTIVITIES "/activities",
				 "<article class='activities-mini-preview ct-online-activity'>"
				 "<a href=/activity/a-1>A</a><span class=act-location-city>Discord</span>"
				 "<span class=act-location-rest>, NO</span></article>"
				 "<article class='activities-mini-preview ct-physical-activity'>"
				 "<a href=/activity/b-2>B</a><span class=act-location-city>zoom.example/j/2</span>"
				 "</article>",
				 "\"title\":\"A\",\"date\":null,\"city\":null,\"country_code\":null",
				 "\"title\":\"B\",\"date\":null,\"city\":null,\"country_code\":null");
}

/* The link lets anybody in: it is reported, but not quoted. */
static void
meeting_link_is_not_kept(void **state)
{
	static const char *const links[] = {"https://zoom.example/j/1?pwd=s3cret", "www.s3cret.example",
										"meet.example/s3cret"};

	(void) state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
	{
		const char *html =
			arena_printf(page_arena,
						 ACTIVITY "<div class=" FULL "-location>" BOX("<span>%s</span>"), links[i]);

		expect_parts(PAGE_ACTIVITY, PAGE, html, "\"city\":null,\"country_name\":null",
					 "{\"field\":\"city\",\"message\":\"a link, not a place\",\"raw\":null}");
		assert_null(strstr(json_of(PAGE_ACTIVITY, PAGE, html), "s3cret"));
	}
}

static void
what_separates_words(void **state)
{
	static const char *const cases[][2] = {
		{"<table><tr><td>Mon</td><td>10:00</td></tr><tr><td>3</td><td>12</td></tr></table>",
		 "Mon 10:00\\n3 12"},
		{"<table><thead><tr><th>Day</th><th>Time</th></tr></thead><caption>C</caption></table>",
		 "Day Time\\nC"},
		{"<details><summary>More</summary>Text</details>", "More\\nText"},
		{"<dl><dt>One</dt><dd>1</dd></dl><figure><img><figcaption>F</figcaption></figure>",
		 "One\\n1\\nF"},
		{"a<br>b<h3>c</h3>d<ul><li>e<li>f</ul>g", "a\\nb\\nc\\nd\\ne\\nf\\ng"},
		{"1<b>2</b>3<span>4</span>", "1234"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_parts(PAGE_ACTIVITY, PAGE,
					 arena_printf(page_arena,
								  ACTIVITY "<div class=" FULL
										   "-description><div class=field__item>%s</div></div>",
								  cases[i][0]),
					 arena_printf(page_arena, "\"description\":\"%s\"", cases[i][1]));
	expect_parts(PAGE_ACTIVITY, PAGE, "<h1 class=page-header>Boat<br>party</h1>" ACTIVITY,
				 "\"title\":\"Boat party\"");
	expect_parts(PAGE_SECTION, ACCOUNTS "/section/x",
				 "<h1 class=page-header>ESN<br/>METU</h1><div class=field--name-field-city>"
				 "<div class=field--item><p>Ankara</p><p>Yenimahalle</p></div></div>",
				 "\"name\":\"ESN METU\"", "\"city\":\"Ankara Yenimahalle\"");
}

#define OUTCOMES(x) ACTIVITY "<div class=" FULL "-res-pos-aspect>" x "</div>"
#define GOAL(x) \
	ACTIVITY "<div class=" FULL "-goal-activity><div class=field__item>" x "</div></div>"
#define DESCRIPTION(x) \
	ACTIVITY "<div class=" FULL "-description><div class=field__item>" x "</div></div>"

static void
labels_are_no_values(void **state)
{
	static const char *const cases[][2] = {
		{OUTCOMES("<div class=field__label>Outcomes</div><div class=field__item>All smiled</div>"),
		 "\"outcomes\":\"All smiled\""},
		{OUTCOMES("<div class=field__label>Whatever</div><div class=field__item>All smiled</div>"),
		 "\"outcomes\":\"All smiled\""},
		{OUTCOMES("<strong>Outcomes:</strong> All smiled"), "\"outcomes\":\"All smiled\""},
		{OUTCOMES("<p><b>Result of the activity</b>: All smiled"), "\"outcomes\":\"All smiled\""},
		{OUTCOMES("<h3>Result of the Activity</h3><p>All smiled"), "\"outcomes\":\"All smiled\""},
		{OUTCOMES("OUTCOMES : All smiled"), "\"outcomes\":\"All smiled\""},
		{OUTCOMES("Outcomes<br>All smiled<br>Outcomes"), "\"outcomes\":\"All smiled\\nOutcomes\""},
		{OUTCOMES("<div class=field__label>Outcomes</div><div class=field__item></div>"),
		 "\"outcomes\":null"},
		{OUTCOMES("<div>Outcomes:</div><div> </div>"), "\"outcomes\":null"},
		{OUTCOMES("Outcomes"), "\"outcomes\":null"},
		/* words of a sentence */
		{OUTCOMES("Outcomes were good"), "\"outcomes\":\"Outcomes were good\""},
		{OUTCOMES("<em>Results</em> were good"), "\"outcomes\":\"Results were good\""},
		{OUTCOMES("Goal: to smile"), "\"outcomes\":\"Goal: to smile\""},
		{OUTCOMES("All smiled<br>Outcomes: two"), "\"outcomes\":\"All smiled\\nOutcomes: two\""},
		{GOAL("<b>Objective / Goal of the activity</b><ul><li>a<li>b</ul>"),
		 "\"activity_goal\":\"a\\nb\""},
		{GOAL("<strong>Goal of the Activity:</strong>"), "\"activity_goal\":null"},
		{DESCRIPTION("Description: We sail"), "\"description\":\"We sail\""},
		{DESCRIPTION("<p>Description</p>"), "\"description\",\"message\":\"missing\""},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_parts(PAGE_ACTIVITY, PAGE, cases[i][0], cases[i][1]);
}

static void
titles_are_found(void **state)
{
	static const char *const cases[][2] = {
		{"<h1>Boat</h1>" ACTIVITY, "\"title\":\"Boat\""},
		{"<h1 class='title x'><span>Boat</span></h1>" ACTIVITY, "\"title\":\"Boat\""},
		{ACTIVITY "<div class=x><h1>Boat</h1></div>", "\"title\":\"Boat\""},
		{"<h1 class=site-name>ESN</h1><h1>Boat</h1>" ACTIVITY, "\"title\":\"Boat\""},
		/* the best rule wins, wherever its element is */
		{"<h1>Other</h1>" ACTIVITY "<h1 class=page-header>Boat</h1>", "\"title\":\"Boat\""},
		{ACTIVITY "<div class=activity-label>Objectives</div><h1>Boat</h1>", "\"title\":\"Boat\""},
		{ACTIVITY "<div class=activity-label>This activity is part of the project: X</div>"
				  "<div class=activity-label>Boat</div>",
		 "\"title\":\"Boat\""},
		{ACTIVITY "<div class=activity-label>Goal of the Activity:</div>",
		 "{\"field\":\"title\",\"message\":\"missing\",\"raw\":null}"},
		{DESCRIPTION("<h1>Programme</h1>"), "\"title\",\"message\":\"missing\""},
		{GOAL("<h1>Programme</h1>"), "\"title\",\"message\":\"missing\""},
		{"<h1> </h1>" ACTIVITY, "\"title\",\"message\":\"missing\""},
		{"<h1 class=page-header>Results are in</h1>" ACTIVITY, "\"title\":\"Results are in\""},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_parts(PAGE_ACTIVITY, PAGE, cases[i][0], cases[i][1]);
}

/* A section's page with something on it, and what its social media must be. */
static void
profiles_are_named_by_host(void **state)
{
	static const char *const cases[][3] = {
		{"X (formerly Twitter) profile", "https://x.com/metu", "x"},
		{"X (formerly Twitter) profile", "https://twitter.com/metu", "x"},
		{"Twitter profile", "https://mobile.twitter.com/metu", "x"},
		{"LinkedIn company profile", "https://www.linkedin.com/company/metu", "linkedin"},
		{"Facebook Profile", "https://www.facebook.com/metu", "facebook"},
		{"facebook PROFILE", "https://m.facebook.com:443/metu", "facebook"},
		{"Facebook profile", "https://www.instagram.com/metu", "instagram"},
		{"Our profile", "https://t.me/metu", "telegram"},
		/* of other hosts the title says what they are */
		{"LinkedIn company profile", "https://go.example/li", "linkedin"},
		{"X (formerly Twitter) profile", "https://go.example/x", "x"},
		{"Mastodon profile", "https://mastodon.example/@metu", "mastodon"},
		{"ESN Facebook Profile", "https://notfacebook.example/metu", "facebook"},
		{"Mastodon profile", "https://notfacebook.com/metu", "mastodon"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		const char *url = cases[i][1];

		expect_parts(PAGE_SECTION, ACCOUNTS "/section/x",
					 arena_printf(page_arena,
								  "<h1 class=page-header>X</h1><a title='%s' href='%s'>",
								  cases[i][0], url),
					 arena_printf(page_arena, "\"social_media\":{\"%s\":\"https://", cases[i][2]));
	}
	expect_parts(PAGE_SECTION, ACCOUNTS "/section/x",
				 "<h1 class=page-header>X</h1><a title='Facebook profile' href='x'></a>"
				 "<a title='Facebook profile' href='https://fb.com/x'></a>"
				 "<a title='Facebook profile' href='https://fb.com/y'></a>",
				 "\"social_media\":{\"facebook\":\"https://fb.com/x\"}",
				 "\"message\":\"not a web address\",\"raw\":\"x\"");
}

/* info@esn-metu.example, the key being 5f */
#define HIDDEN "5f363139301f3a2c3172323a2b2a713a273e322f333a"
#define CF_SPAN "<span class=__cf_email__ data-cfemail=" HIDDEN ">[email&#160;protected]</span>"

static void
hidden_addresses_are_read(void **state)
{
	static const char *const fields[][2] = {
		{CF_SPAN, "info@esn-metu.example"},
		{"<a href='/cdn-cgi/l/email-protection#" HIDDEN "'>" CF_SPAN "</a>",
		 "info@esn-metu.example"},
		{"<a href='https://x.example/cdn-cgi/l/email-protection#" HIDDEN "'>Write to us</a>",
		 "info@esn-metu.example"},
		{"<a href='mailto:a@b.example?subject=Hi'>Write to us</a>", "a@b.example"},
		{"<a href='mailto:a@b.example'>c@d.example</a>", "c@d.example"},
	};
	static const char *const wrong[] = {"<i data-cfemail=5f3>[email protected]</i>",
										"<i data-cfemail=zz363139>[email protected]</i>",
										"<i data-cfemail=5f36313z>[email protected]</i>",
										"<i data-cfemail=5f36ff31>[email protected]</i>",
										"<i data-cfemail=5f363139>[email protected]</i>",
										"<i data-cfemail>[email protected]</i>"};
	const char *page = "<h1 class=page-header>X</h1><div class=field--name-field-email>"
					   "<div class=field--item>%s</div></div>";

	(void) state;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		expect_parts(PAGE_SECTION, ACCOUNTS "/section/x",
					 arena_printf(page_arena, page, fields[i][0]),
					 arena_printf(page_arena, "\"email\":\"%s\"", fields[i][1]));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		expect_parts(PAGE_SECTION, ACCOUNTS "/section/x", arena_printf(page_arena, page, wrong[i]),
					 "\"email\":null", "\"raw\":\"[email protected]\"");
	expect_parts(PAGE_ACTIVITY, PAGE, DESCRIPTION("Write to " CF_SPAN " now"),
				 "\"description\":\"Write to [e-mail] now\"");
	expect_parts(PAGE_ACTIVITY, PAGE,
				 ACTIVITY "<div class=" FULL
						  "-link-registrat><a href='/cdn-cgi/l/email-protection#" HIDDEN "'>R</a>",
				 "\"registration_url\":null", "\"raw\":\"mailto:[e-mail]\"");
}

static void
late_images_are_found(void **state)
{
	static const char *const images[] = {
		"<img class=img-fluid src=/i.jpg>",
		"<img class=img-fluid data-src=/i.jpg src='data:image/gif;base64,R0lG'>",
		"<img class=img-fluid data-src=/i.jpg src=/placeholder.gif>",
		"<img class=img-fluid srcset='/i.jpg 1x, /j.jpg 2x' src='DATA:image/gif;base64,R0lG'>",
		"<img class=img-fluid data-srcset=' /i.jpg, /j.jpg 2x'>",
		"<source srcset='/i.jpg 480w,/j.jpg 800w'><img class=img-fluid>",
		"<source data-srcset='/i.jpg'><img class=img-fluid src='data:,'>",
	};

	(void) state;
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
		expect_parts(PAGE_ACTIVITY, PAGE,
					 arena_printf(page_arena, ACTIVITY "<picture>%s</picture>", images[i]),
					 "\"image_url\":\"" ACTIVITIES "/i.jpg\"");
	expect_parts(PAGE_SECTION, ACCOUNTS "/section/x",
				 "<h1 class=page-header>X</h1><div class=group__field-pseudo-group-logo>"
				 "<img data-src=/l.png src='data:,'></div>",
				 "\"logo_url\":\"" ACCOUNTS "/l.png\"", "\"errors\":[]");
}

static void
addresses_are_canonical(void **state)
{
	(void) state;
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/index.php/activity/a-1", ACTIVITY,
				 "\"event_slug\":\"a-1\",\"url\":\"" ACTIVITIES "/activity/a-1\"");
	expect_parts(PAGE_ACTIVITY, PAGE,
				 ACTIVITY "<a class=url href=/index.php/activity/a-1></a>"
						  "<p class=pseudo__organisers><a href=/index.php/organisation/esn-x>X</a>"
						  "<p class=" FULL "-link-registrat><a href=https://r.example/index.php/1>",
				 "\"url\":\"" ACTIVITIES "/activity/a-1\"",
				 "\"url\":\"" ACTIVITIES "/organisation/esn-x\"",
				 "\"registration_url\":\"https://r.example/index.php/1\"");
	expect_parts(PAGE_LISTING, ACTIVITIES "/activities",
				 "<article class=activities-mini-preview>"
				 "<a href=" ACTIVITIES "/index.php/activity/a-1>A</a></article>",
				 "\"url\":\"" ACTIVITIES "/activity/a-1\"");
}

#define DATES(x) ACTIVITY "<div class=highlight-dates-single>" x "</div>"

static void
dates_and_counts_are_read(void **state)
{
	static const char *const cases[][2] = {
		{DATES("<span>Fri, 05/08/2026 - 10:00</span>"),
		 "\"2026-05-08\",\"end_date\":\"2026-05-08\""},
		{DATES("<span><time datetime='2026-05-02T22:00:00Z'>03/05/2026</time></span>"),
		 "\"2026-05-03\",\"end_date\":\"2026-05-03\""},
		{DATES("<span><time datetime='2026-05-03T12:00:00Z'>next Sunday</time></span>"),
		 "\"2026-05-03\",\"end_date\":\"2026-05-03\""},
		{DATES("<time datetime='2026-05-03'>tomorrow</time> - <time datetime='2026-05-04'></time>"),
		 "\"2026-05-03\",\"end_date\":\"2026-05-04\""},
		{ACTIVITY "<div class=" FULL "-dates><time datetime='2026-05-03'></time></div>",
		 "\"2026-05-03\""},
		{DATES("<span><time datetime='soon'>next Sunday</time></span>"),
		 "\"message\":\"not a date\",\"raw\":\"soon\""},
		{ACTIVITY "<p class=highlight-data-number><b class=highlight-data-text-big>1'250</b>",
		 "\"participants\":1250"},
		{ACTIVITY "<p class=highlight-data-number><b class=highlight-data-text-big>50+</b>",
		 "\"message\":\"not a count\",\"raw\":\"50+\""},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_parts(PAGE_ACTIVITY, PAGE, cases[i][0], cases[i][1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PAGE_TEST(only_a_place_is_a_place),   PAGE_TEST(online_is_no_place),
		PAGE_TEST(meeting_link_is_not_kept),  PAGE_TEST(what_separates_words),
		PAGE_TEST(labels_are_no_values),      PAGE_TEST(titles_are_found),
		PAGE_TEST(dates_and_counts_are_read), PAGE_TEST(profiles_are_named_by_host),
		PAGE_TEST(hidden_addresses_are_read), PAGE_TEST(late_images_are_found),
		PAGE_TEST(addresses_are_canonical),
	};

	return cmocka_run_group_tests_name("fields", tests, pages_set_up, pages_tear_down);
}
