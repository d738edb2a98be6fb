/*
 * test_page.c: pages of activities.esn.org, right and wrong, by the shipped rules. What a page says
 * is compared as JSON: that is what is stored.
 */
#include "page_expect.h"

static void
listing_has_cards_and_pager(void **state)
{
	(void) state;
	expect(
		PAGE_LISTING, ACTIVITIES "/organisation/esn-x/activities?page=0",
		"<article class='activities-mini-preview ct-physical-activity'><div class=eg-c-card-title>"
		"<a href=/activity/boat-1>Boat</a></div><span class=act-date>03/05/2026</span>"
		"<span class=act-location-city>Lofoten</span><span class=act-location-rest>, no</span>"
		"<a href=/organisation/esn-x>ESN X</a></article>"
		"<article class='activities-mini-preview ct-online-activity'>"
		"<a href=/activity/talk-2><img></a><a href=/activity/talk-2>Talk</a></article>"
		"<article class=activities-mini-preview>Lost</article>"
		"<nav><a title='Go to last page' href='?x=1&page=27'>Last</a></nav>",
		"\"data\":{\"cards\":[{\"event_slug\":\"boat-1\",\"url\":\"" ACTIVITIES
		"/activity/boat-1\",\"title\":\"Boat\",\"date\":\"03/05/2026\",\"city\":\"Lofoten\","
		"\"country_code\":\"NO\",\"is_online\":false,\"organiser\":\"esn-x\","
		"\"organiser_name\":\"ESN X\"},{\"event_slug\":\"talk-2\",\"url\":\"" ACTIVITIES
		"/activity/talk-2\",\"title\":\"Talk\",\"date\":null,\"city\":null,"
		"\"country_code\":null,\"is_online\":true,\"organiser\":null,\"organiser_name\":"
		"null}],\"last_page\":27,\"incomplete\":null},\"errors\":[{\"field\":\"card_title\","
		"\"message\":\"no "
		"link to an activity\",\"raw\":\"Lost\"}]");
	expect_parts(PAGE_LISTING, ACTIVITIES "/organisation/esn-x/activities",
				 "<a href=/activity/a-1>A</a><div class=view></div><article "
				 "class=activities-mini-preview><a href=/activity/a-1>A</a></article>"
				 "<li class=pager__item--last><a href='?page=3'></a></li>",
				 "\"last_page\":3,\"incomplete\":null");
	expect_parts(PAGE_LISTING, ACTIVITIES "/organisation/esn-x/activities",
				 "<a href=/organisation/esn-x/statistics>X</a><div class=view></div>"
				 "<article class=activities-mini-preview><a href=/activity/a-1>A</a></article>"
				 "<li class=pager__item--last><a href='?page=99999999999999999999'></a></li>",
				 "\"last_page\":null",
				 "\"incomplete\":\"the pager of its list is not understood: " ACTIVITIES
				 "/organisation/esn-x/activities?page=99999999999999999999\"");
	expect_parts(PAGE_LISTING, ACTIVITIES "/organisation/esn-x/activities", "<p>Oops</p>",
				 "\"problem\":\"the page has no list of activities");
}

static void
activity_in_full(void **state)
{
	(void) state;
	expect(PAGE_ACTIVITY, ACTIVITIES "/activity/boat-1",
		   "<div class=block--eg-activities-theme-page-title><h1><span>Boat &amp; party</span></h1>"
		   "</div><article class='node ct-physical-activity ct-physical-activity--full'>"
		   "<a class=url href='/activity/boat-1'></a>"
		   "<div class=" FULL "-description><div class=field__item><p>One me@x.example</p><p>Two"
		   "</p></div></div>"
		   "<div class='field-top-wrapper " FULL "-dates'><div class=highlight-data-text>"
		   "<span>03/05/2026</span> - <span>2026-05-04</span></div></div>"
		   "<div class='field-top-wrapper " FULL "-location'><div class=highlight-data-text>"
		   "<span>Troms\xc3\xb8,</span><span>Norway</span></div></div>"
		   "<div class=highlight-data-number><span class=highlight-data-text-big> 1,250 </span>"
		   "</div><div class=activity-types><div class=activity-type><a>Sports</a></div>"
		   "<div class=activity-type><a>Leisure</a></div></div>"
		   "<div class=pseudo__organisers><div class=pseudo__organiser><a "
		   "href=/organisation/esn-x>ESN X</a></div><div class=pseudo__organiser><a "
		   "href=/organisation/esn-y>ESN Y</a></div><div class=pseudo__organiser>ESN Z, tel. "
		   "+32 2 256 74 27</div><div class=pseudo__organiser>ESN X</div></div>"
		   "<div class=" FULL "-project><div class=field__label>This activity is part of the "
		   "project:</div><a href=/project/mov-in-europe>Mov'in Europe</a></div>"
		   "<div class=activity-causes><div class=activity-label><a>Culture</a></div>"
		   "<div class=activity-label><a>Culture</a></div></div>"
		   "<div class=field-sdgs-wrapper><img alt='SDG 13'><img alt=Icon title='Goal 3: Good "
		   "health'></div>"
		   "<div class=activity__objectives><div class=field__item><span>Meet</span></div></div>"
		   "<div class=" FULL
		   "-goal-activity><div class=field__item><ul><li>a<li>b</ul></div></div>"
		   "<div class=" FULL "-res-pos-aspect>Call +32 2 256 74 27</div>"
		   "<picture><img class=img-fluid src=/i.jpg></picture>"
		   "<div class=" FULL "-link-registrat><a href=https://r.example/1>Register</a></div>"
		   "</article>",
		   "\"data\":{\"event_slug\":\"boat-1\",\"url\":\"" ACTIVITIES "/activity/boat-1\","
		   "\"title\":\"Boat & party\",\"description\":\"One [e-mail]\\nTwo\",\"start_date\":"
		   "\"2026-05-03\",\"end_date\":\"2026-05-04\",\"is_online\":false,\"city\":"
		   "\"Troms\xc3\xb8\",\"country_name\":\"Norway\",\"participants\":1250,"
		   "\"activity_type\":\"Sports\",\"activity_types\":[\"Sports\",\"Leisure\"],"
		   "\"project_name\":\"Mov'in Europe\",\"project_slug\":\"mov-in-europe\","
		   "\"organisers\":[{\"name\":\"ESN X\",\"slug\":"
		   "\"esn-x\",\"url\":\"" ACTIVITIES "/organisation/esn-x\"},{\"name\":\"ESN Y\","
		   "\"slug\":\"esn-y\",\"url\":\"" ACTIVITIES "/organisation/esn-y\"},"
		   "{\"name\":\"ESN Z, tel. [telephone]\",\"slug\":null,\"url\":null}],\"causes\":"
		   "[\"Culture\"],\"sdgs\":[\"SDG 3\",\"SDG 13\"],\"objectives\":[\"Meet\"],"
		   "\"activity_goal\":\"a\\nb\",\"outcomes\":\"Call [telephone]\",\"image_url\":"
		   "\"" ACTIVITIES "/i.jpg\",\"registration_url\":\"https://r.example/1\"},"
		   "\"errors\":[]");
}

static void
activity_by_the_other_selectors(void **state)
{
	(void) state;
	expect_parts(
		PAGE_ACTIVITY, ACTIVITIES "/activity/talk-2",
		"<article class='node ct-online-activity ct-online-activity--full'>"
		"<h1 class=page-header>Talk</h1>"
		"<div class=activity__field-ct-act-description><div class=field__item>D</div></div>"
		"<div class=highlight-dates-single><p class=highlight-data-text><span>8 Nov 2023</span></p>"
		"</div><p class=highlight-data-text><span>03/05/2026</span><span>Online</span></p>"
		"<div class=ct-online-activity__field-ct-act-types><div class=field__item><a>Talk</a></div>"
		"</div><div class=pseudo__organisers><a href=/organisation/esn-x>ESN X</a></div>"
		"<div class=activity-cause><a>Health</a></div>"
		"<div class=field-sdgs-wrapper><img alt='Goal 4'></div>"
		"<div class=activity__objective><span class=badge>Learn</span></div></article>",
		"\"title\":\"Talk\"", "\"description\":\"D\"",
		"\"start_date\":\"2023-11-08\",\"end_date\":\"2023-11-08\"", "\"is_online\":true",
		"\"city\":null", "\"activity_type\":\"Talk\"", "\"slug\":\"esn-x\"",
		"\"causes\":[\"Health\"]", "\"sdgs\":[\"SDG 4\"]", "\"objectives\":[\"Learn\"]",
		"\"participants\":null", "\"errors\":[]");
}

#define DATES(x) "<div class=highlight-dates-single>" x "</div>"

/* Anybody writes these fields, and a name of a place can be anything. */
static void
personal_data_is_in_any_field(void **state)
{
	char *cut = arena_alloc(page_arena, 256);

	(void) state;
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1",
				 ACTIVITY "<div class=field__item><h1>Dinner, call Ana 612 345 678</h1></div>"
						  "<p class=highlight-data-text><span>Via Roma, a@b.example</span>"
						  "<span>Italy, tel. 333 123 4567</span>"
						  "<div class=activity__objectives><div class=field__item>"
						  "<span>Ask maria [at] esn dot example</span></div></div>"
						  "<div class=" FULL "-goal-activity><div class=field__item>"
						  "2022-1-IT01-KA210-VET-000081592</div></div>"
						  "<div class=" FULL "-res-pos-aspect>Móvil: 612 345 678</div>"
						  "<div class=" FULL "-link-registrat>"
						  "<a href='https://wa.me/34612345678?text=Hi'>R</a></div>",
				 "\"title\":\"Dinner, call Ana [telephone]\"",
				 "\"city\":\"Via Roma, [e-mail]\",\"country_name\":\"Italy, tel. [telephone]\"",
				 "\"objectives\":[\"Ask [e-mail]\"]",
				 "\"activity_goal\":\"2022-1-IT01-KA210-VET-000081592\"",
				 "\"outcomes\":\"M\xc3\xb3vil: [telephone]\"",
				 "\"registration_url\":\"https://wa.me/[telephone]?text=Hi\"");
	/* redacted before it is cut, so that no half of an address is left */
	memset(cut, 'x', 248);
	memcpy(cut + 246, " a@b.exam", 10);
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1",
				 arena_printf(page_arena, ACTIVITY "<div class=field__item><h1>%sple</h1></div>",
							  cut),
				 "x [e-mail]\",\"description\"");
}

/* An activity's page with that link to its registration. */
static const char *
registration_page(const char *href)
{
	return arena_printf(page_arena,
						ACTIVITY "<div class=" FULL "-link-registrat><a href='%s'>R</a></div>",
						href);
}

/* No link to a person is stored as an address for registering. */
static void
links_to_persons_are_invalid(void **state)
{
	static const char *const links[][2] = {
		{"mailto:a@b.example", "mailto:[e-mail]"},
		{"MAILTO:a%40b.example", "MAILTO:[e-mail]"},
		{"tel:+34 612 345 678", "tel:[telephone]"},
		{"tel:612345678", "tel:[telephone]"},
		{"sms:+34612345678?body=Hi", "sms:[telephone]?body=Hi"},
		{"a@b.example", "[e-mail]"},
		{"/cdn-cgi/l/email-protection#016041632f6479606c716d64", "mailto:[e-mail]"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1", registration_page(links[i][0]),
					 "\"registration_url\":null",
					 arena_printf(page_arena,
								  "{\"field\":\"registration_url\",\"message\":\"not a web "
								  "address\",\"raw\":\"%s\"}",
								  links[i][1]));
}

/* Links with the slips that browsers forgive, and one that leads nowhere. */
static void
links_are_read_as_by_browsers(void **state)
{
	static const char *const links[][2] = {
		{"\n https://r.example/a\n\tb ", "\"https://r.example/ab\""},
		{"HTTPS:\\\\R.example\\A", "\"https://r.example/A\""},
		{"https:/form", "\"" ACTIVITIES "/form\""},
		{"http:/r.example/1", "\"http://r.example/1\""},
		{"http://http://r.example/", "null"},
		{"Mail\nTo:a@b.example", "null"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1", registration_page(links[i][0]),
					 arena_printf(page_arena, "\"registration_url\":%s", links[i][1]));
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1",
				 ACTIVITY "<div class=" FULL "-link-registrat>"
						  "<a href='http://http://r.example/'>R</a></div>"
						  "<div class=pseudo__organisers>"
						  "<a href='\n/organi\nsation/esn-x '>ESN X</a></div>",
				 "\"not a web address\",\"raw\":\"http://http://r.example/\"",
				 "\"slug\":\"esn-x\"");
	expect_parts(PAGE_SECTION, ACCOUNTS "/section/x",
				 "<h1 class=page-header>X</h1><a title='Website of the organisation' "
				 "href='HTTP:\\\\X.example'>w</a>",
				 "\"website\":\"http://x.example\"");
	/* it leads to accounts.esn.org, which was not meant */
	expect_parts(PAGE_SECTION, ACCOUNTS "/section/x",
				 "<h1 class=page-header>X</h1><a title='Website of the organisation' "
				 "href='https:/x.example'>w</a>",
				 "\"website\":null", "\"not a web address\",\"raw\":\"https:/x.example\"");
}

static void
activity_errors(void **state)
{
	char *longer = arena_alloc(page_arena, 301);

	(void) state;
	memset(longer, 'x', 300);
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1", ACTIVITY, "\"title\":null",
				 "{\"field\":\"title\",\"message\":\"missing\",\"raw\":null}",
				 "{\"field\":\"description\",\"message\":\"missing\",\"raw\":null}",
				 "{\"field\":\"start_date\",\"message\":\"missing\",\"raw\":null}");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1",
				 arena_printf(page_arena, ACTIVITY "<div class=field__item><h1>%s</h1></div>",
							  longer),
				 "\"longer than 255 characters\"", longer);
	expect_parts(
		PAGE_ACTIVITY, ACTIVITIES "/activity/a-1",
		ACTIVITY DATES(
			"<span>31/02/2024</span><span>soon</span>") "<div class=highlight-data-number><b "
														"class=highlight-data-text-big>-5</b></div>"
														"<div class=field-sdgs-wrapper><img "
														"alt='SDG 18'></div>"
														"<div class=activity-causes><div "
														"class=activity-label><a>C</a></div></div>"
														"<div class=" FULL "-link-registrat><a "
														"href='mailto:a@b.example'>R</a></div>",
		"\"start_date\":null,\"end_date\":null", "\"title\":null",
		"\"start_date\",\"message\":\"no such date\",\"raw\":\"31/02/2024\"",
		"\"end_date\",\"message\":\"not a date\",\"raw\":\"soon\"",
		"\"participants\",\"message\":\"not a count\",\"raw\":\"-5\"",
		"\"sdgs\",\"message\":\"not an SDG between 1 and 17\",\"raw\":\"SDG 18\"",
		"\"not a web address\",\"raw\":\"mailto:[e-mail]\"");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1",
				 ACTIVITY DATES("<span>05/03/2024 - 04/03/2024</span>"),
				 "\"start_date\":\"2024-03-05\",\"end_date\":null",
				 "\"end_date\",\"message\":\"before start_date\"");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1",
				 ACTIVITY DATES("<span>05/03/2024</span><span>05/03/2024</span>"),
				 "\"start_date\":\"2024-03-05\",\"end_date\":\"2024-03-05\"");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1",
				 ACTIVITY "<p class=pseudo__organisers><a href=/organisation/a%27b>B</a></p>",
				 "\"organisers\":[]", "slug that can be kept\",\"raw\":\"/organisation/a%27b\"}");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activities", ACTIVITY,
				 "\"problem\":\"the address is not that of an activity\"");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1", "", "\"the page is empty\"");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1", "<!-- -->", "\"problem\":\"");
}

static void
statistics_in_script_or_body(void **state)
{
	const char *url = ACTIVITIES "/organisation/esn-x/statistics";

	(void) state;
	expect(PAGE_STATISTICS, url,
		   "<script type='application/json' data-drupal-selector=drupal-settings-json>"
		   "{\"activities_statistics\":{\"total_causes\":{\"values\":[[\"<b>\",1]]}}}</script>",
		   "\"data\":{\"slug\":\"esn-x\",\"json\":"
		   "\"{\\\"activities_statistics\\\":{\\\"total_causes\\\":{\\\"values\\\":"
		   "[[\\\"<b>\\\",1]]}}}\"},\"errors\":[]");
	expect(PAGE_STATISTICS, url, " {\"total_activities\":{}}",
		   "\"data\":{\"slug\":\"esn-x\",\"json\":\" {\\\"total_activities\\\":{}}\"},"
		   "\"errors\":[]");
	expect(PAGE_STATISTICS, url, "<a href=/organisation/esn-x>ESN X</a>",
		   "\"data\":{\"slug\":\"esn-x\",\"json\":null},\"errors\":[]");
	expect_parts(PAGE_STATISTICS, url, "<h1>Error</h1>",
				 "\"problem\":\"the page has no statistics");
	expect_parts(PAGE_STATISTICS, url, "{\"error\": \"down\"}",
				 "\"problem\":\"the page has no statistics: the JSON contains none\"");
}

/* An error, maintenance, a log-in or another section's page, answered with 200, is not read as an
 * empty page. */
static void
another_page_is_not_an_empty_one(void **state)
{
	static const char *const others[] = {
		"<a href=/organisation/esn-y>ESN Y</a>",
		"<a href=/organisation/esn-xy/activities>ESN XY</a>",
		"<a href=/organisation/>x</a><a href='/user/login?destination=/organisation/esn-x'>Log "
		"in</a>",
		"<a href=/organisation/esn-y>Y</a><p title='/organisation/esn-x'>x</p>"};
	static const char *const own[] = {
		"<a href=/organisation/esn-x>X</a>", "<a href=" ACTIVITIES "/organisation/esn-x/>X</a>",
		"<ul><li><a href='/en/organisation/esn-x/statistics?a'>X</a>",
		"<a href=/organisation/esn-y>Y</a><a href=/organisation/esn-x>X"};
	const char *list = ACTIVITIES "/organisation/esn-x/activities?page=0";
	const char *statistics = ACTIVITIES "/organisation/esn-x/statistics";
	const char *settings =
		"<script type='application/json' data-drupal-selector=drupal-settings-json>{}</script>";

	(void) state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
	{
		expect_parts(PAGE_LISTING, list, others[i],
					 "\"problem\":\"the page has no list of activities: no activity and no link");
		expect_parts(PAGE_STATISTICS, statistics,
					 arena_printf(page_arena, "%s%s", settings, others[i]),
					 "\"problem\":\"the page has no statistics: neither");
	}
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
	{
		expect_parts(PAGE_LISTING, list, own[i], "\"cards\":[]");
		expect_parts(PAGE_STATISTICS, statistics,
					 arena_printf(page_arena, "%s%s", settings, own[i]), "\"json\":null");
	}
	expect_parts(PAGE_LISTING, ACTIVITIES "/activities?page=3", own[0],
				 "\"problem\":\"the page has no list of activities: it contains none");
}

/* A byte order mark is left out, and what follows it need not end with a NUL. */
static void
bytes_need_no_nul(void **state)
{
	static const char json[] = "\xef\xbb\xbf{\"total_activities\":{}}";
	const char *url = ACTIVITIES "/organisation/esn-x/statistics";
	PageOptions options = {.rules = page_rules, .redact = true};
	char *bytes = malloc(sizeof(json) - 1);

	(void) state;
	memcpy(bytes, json, sizeof(json) - 1);
	assert_string_equal(page_parse(page_arena, &options, PAGE_STATISTICS, url, bytes,
								   sizeof(json) - 1, NULL)
							->statistics.json,
						json + 3);
	assert_string_equal(page_parse(page_arena, &options, PAGE_STATISTICS, url, bytes + 3,
								   sizeof(json) - 4, NULL)
							->statistics.json,
						json + 3);
	assert_non_null(page_parse(page_arena, &options, PAGE_HOME, url, bytes, 3, NULL)->problem);
	free(bytes);
}

/* Thousands of repeated and nested elements neither take long nor overflow. */
static void
hostile_pages_end(void **state)
{
	TextBuffer html;

	(void) state;
	buffer_init(&html, page_arena);
	buffer_puts(&html, ACTIVITY);
	for (int i = 0; i < 20000; i++)
		buffer_printf(&html, "<p class=pseudo__organisers><a href=/organisation/s-%d>S</a></p>", i);
	for (int i = 0; i < 20000; i++)
		buffer_puts(&html, "<div class=field-sdgs-wrapper><img alt='SDG 99'></div>");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1", html.data, "\"slug\":\"s-0\"");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1",
				 ACTIVITY "<h1 class=page-header>\xff\xfe\x80 \xed\xa0\x80</h1>", "\xef\xbf\xbd");
	/* one tag of many attributes; one long class above many links */
	buffer_init(&html, page_arena);
	buffer_puts(&html, ACTIVITY "<p ");
	for (int i = 0; i < 60000; i++)
		buffer_printf(&html, "a%d ", i);
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1", html.data,
				 "\"problem\":\"the page's tags have too many attributes\"");
	buffer_init(&html, page_arena);
	buffer_puts(&html, ACTIVITY "<div class=activity-types><div class=activity-type><div class='");
	for (int i = 0; i < 40000; i++)
		buffer_puts(&html, "j ");
	buffer_puts(&html, "'>");
	for (int i = 0; i < 5000; i++)
		buffer_puts(&html, "<a></a>");
	expect_parts(PAGE_ACTIVITY, ACTIVITIES "/activity/a-1", html.data,
				 "\"problem\":\"the page takes more work to parse than any page of the sites\"");
}

/* How often rules match is counted, on pages that are what they should be. */
static void
matches_are_counted(void **state)
{
	int matched[200] = {0};
	RuleTally tally = {.matched = matched};
	PageOptions options = {.rules = page_rules, .redact = true, .tally = &tally};
	const char *list = "<div class=\"views-view-grid\"><a href=\"/section/tr-x\">X</a></div>";
	int total = 0;

	(void) state;
	for (int i = 0; i < 3; i++)
		page_parse(page_arena, &options, PAGE_COUNTRY, ACCOUNTS "/country/tr", list, strlen(list),
				   NULL);
	page_parse(page_arena, &options, PAGE_COUNTRY, ACCOUNTS "/country/tr", "<p>x</p>", 8, NULL);
	assert_int_equal(tally.pages[PAGE_COUNTRY], 3);
	assert_int_equal(tally.pages[PAGE_HOME], 0);
	for (int i = 0; i < 200; i++)
	{
		assert_true(matched[i] == 0 || matched[i] == 3);
		total += matched[i];
	}
	/* the container, the first of the rules for sections, and that for links labelled "Website" */
	assert_int_equal(total, 3 * 3);
}

/* Pages of old activities have other fields: they do not count. */
static void
old_activities_are_not_counted(void **state)
{
	int matched[200] = {0};
	RuleTally tally = {.since = {2026, 3, 5}, .matched = matched};
	PageOptions options = {.rules = page_rules, .redact = true, .tally = &tally};
	const char *const dates[] = {"04/03/2026", "05/03/2026", "01/01/2027", "some day", ""};

	(void) state;
	for (int i = 0; i < 5; i++)
	{
		const char *page =
			arena_printf(page_arena,
						 "<article class=\"node ct-physical-activity ct-physical-activity--full\">"
						 "<div class=\"highlight-dates-single\"><span>%s</span></div></article>",
						 dates[i]);

		page_parse(page_arena, &options, PAGE_ACTIVITY, ACTIVITIES "/activity/x-1", page,
				   strlen(page), NULL);
		assert_int_equal(tally.pages[PAGE_ACTIVITY], i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PAGE_TEST(matches_are_counted),
		PAGE_TEST(old_activities_are_not_counted),
		PAGE_TEST(listing_has_cards_and_pager),
		PAGE_TEST(activity_in_full),
		PAGE_TEST(activity_by_the_other_selectors),
		PAGE_TEST(personal_data_is_in_any_field),
		PAGE_TEST(links_to_persons_are_invalid),
		PAGE_TEST(links_are_read_as_by_browsers),
		PAGE_TEST(activity_errors),
		PAGE_TEST(statistics_in_script_or_body),
		PAGE_TEST(another_page_is_not_an_empty_one),
		PAGE_TEST(bytes_need_no_nul),
		PAGE_TEST(hostile_pages_end),
	};

	return cmocka_run_group_tests(tests, pages_set_up, pages_tear_down);
}
