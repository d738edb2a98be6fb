/*
 * test_obedience.c: how the fetcher treats a site that struggles, is down, or asks to be left alone
 * (http_server.py). Nothing here says how fast something must be, only how soon it may not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "http_site.h"

static HttpOptions
untiring_options(void)
{
	HttpOptions options = quick_options();

	options.max_retries = 0;
	options.retry_base_ms = 10; /* left alone for 160, 320, 640 ms */
	return options;
}

static const Expected fails = {"/down", HTTP_FAILED, 503, 1, true, "the site answered 503"};
static const Expected answers = {"/down", HTTP_ANSWERED, 200, 1, false, "ok"};

/* The ms between the requests that the server has seen for a site of /down; how many gaps there
 * are. Asks as a client of its own. */
static int
read_gaps(const char *site, long *gaps, int room)
{
	HttpOptions options = quick_options();
	HttpClient *client = open_client(&options);
	HttpResponse *response;
	char path[64];
	char *next;
	char *end;
	int count = 0;

	snprintf(path, sizeof(path), "/gaps/%s", site);
	submit(client, path);
	response = wait_for_one(client);
	assert_int_equal(response->status, 200);
	next = (char *) response->body;
	for (long gap = strtol(next, &end, 10); end != next && count < room;
		 gap = strtol(next, &end, 10))
	{
		gaps[count++] = gap;
		next = end;
	}
	http_release(response);
	http_close(client);
	return count;
}

static bool
waits_for(HttpClient *client, const char *what)
{
	const char *text = http_waiting_for(client);

	return text != NULL && strncmp(text, base + strlen("http://"), strlen(base) - 7) == 0 &&
		   strstr(text, what) != NULL;
}

static void
a_date_is_of_the_sites_clock(void **state)
{
	static const struct
	{
		Expected expected;
		int least_ms;
	} cases[] = {
		{{"/clock/86400/1", HTTP_ANSWERED, 200, 2, false, ""}, 990},
		{{"/clock/-86400/1", HTTP_ANSWERED, 200, 2, false, ""}, 990},
		{{"/clock/none/2", HTTP_ANSWERED, 200, 2, false, ""}, 990},
		{{"/clock/86400/7200", HTTP_BLOCKED, 503, 1, false, "the site asks to wait 7200 s"}, 0},
		{{"/clock/-86400/7200", HTTP_BLOCKED, 503, 1, false, "the site asks to wait 7200 s"}, 0},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		HttpOptions options = quick_options();
		HttpClient *client = open_client(&options);
		struct timespec before;
		struct timespec after;

		clock_gettime(CLOCK_MONOTONIC, &before);
		submit(client, cases[i].expected.path);
		check_response(client, &cases[i].expected);
		clock_gettime(CLOCK_MONOTONIC, &after);
		assert_in_range((after.tv_sec - before.tv_sec) * 1000 +
							(after.tv_nsec - before.tv_nsec) / 1000000,
						cases[i].least_ms, 60000);
		http_close(client);
	}
}

static void
failing_together_slows_once(void **state)
{
	HttpOptions options = untiring_options();
	HttpClient *client;

	(void) state;
	options.delay_ms = 100;
	client = open_client(&options);
	submit(client, "/");
	check_response(client, &answers);
	assert_null(http_waiting_for(client));
	submit_many(client, 5, "/together/5/503");
	check_many(client, 5, &fails);
	assert_null(http_waiting_for(client));
	submit_many(client, 2, "/");
	assert_true(waits_for(client, " struggles: 0.2 s between requests"));
	check_response(client, &answers);
	assert_true(waits_for(client, " struggles: 0.1 s between requests"));
	http_close(client);
}

static void
a_wait_that_is_asked_for_is_told(void **state)
{
	HttpOptions options = untiring_options();
	HttpClient *client = open_client(&options);

	(void) state;
	submit(client, "/wait");
	check_response(client, &fails);
	submit(client, "/");
	assert_true(waits_for(client, " asks to wait: trying again in 1 s"));
	http_close(client);
}

/* Ten fail: it is left alone; one more fails: for twice as long; one is answered: all is as before.
 */
static void
a_site_that_is_down_is_left_alone(void **state)
{
	HttpOptions options = untiring_options();
	HttpClient *client = open_client(&options);
	long gaps[32];

	(void) state;
	submit_many(client, 10, "/down/11/probed/a");
	check_many(client, 10, &fails);
	submit_many(client, 8, "/down/11/probed/b");
	assert_true(waits_for(client, " struggles: trying again in "));
	check_response(client, &fails);
	assert_true(waits_for(client, " struggles: trying again in "));
	check_many(client, 7, &answers);
	assert_null(http_waiting_for(client));
	assert_int_equal(http_totals(client).requests, 18);
	http_close(client);
	assert_int_equal(read_gaps("probed", gaps, 32), 17);
	assert_in_range(gaps[9], 159, 60000);
	assert_in_range(gaps[10], 319, 60000);
}

static bool
is_preferred(const void *owner, const void *preferred)
{
	assert_non_null(owner);
	return owner == preferred;
}

/*
 * The page by which such a site is tried again belongs to no request, and is answered at once, also
 * where its compressed form cannot be read.
 */
static void
a_check_does_not_wait_among_requests(void **state)
{
	static int owner;
	HttpOptions options = untiring_options();
	HttpClient *client = open_client(&options);

	(void) state;
	submit(client, "/members/two");
	check_response(client, &(Expected){"", HTTP_ANSWERED, 200, 1, false, "plain"});
	submit_many(client, 10, "/down/10/checked");
	check_many(client, 10, &fails);
	http_prefer(client, is_preferred, &owner);
	for (int i = 0; i < 8; i++)
		submit_as(client, "/down/10/checked", (HttpRequest){.owner = &owner});
	check_many(client, 8, &answers);
	assert_int_equal(http_totals(client).requests, 2 + 18 + 1);
	http_close(client);
}

static void
a_site_that_stays_down_is_given_up(void **state)
{
	static const char *const reason =
		"given up: it failed 13 times in a row, at last: the site answered 503";
	HttpOptions options = untiring_options();
	HttpClient *client = open_client(&options);
	Expected last = {"/down", HTTP_BLOCKED, 503, 1, false, reason};
	Expected unasked = {"/down", HTTP_NOT_REQUESTED,
						0,       1,
						false,   "not requested: given up: it failed 13"};
	long gaps[32];

	(void) state;
	submit_many(client, 10, "/down/99/dead/a");
	check_many(client, 10, &fails);
	submit_many(client, 30, "/down/99/dead/b");
	check_many(client, 2, &fails);
	check_response(client, &last);
	check_many(client, 27, &unasked);
	submit(client, "/");
	check_response(client, &unasked);
	assert_int_equal(http_pending(client), 0);
	assert_null(http_waiting_for(client));
	assert_int_equal(http_totals(client).requests, 13);
	http_close(client);
	assert_int_equal(read_gaps("dead", gaps, 32), 12);
	assert_in_range(gaps[9], 159, 60000);
	assert_in_range(gaps[10], 319, 60000);
	assert_in_range(gaps[11], 639, 60000);
}

/* What has tries left waits for the site, and has as many as before. */
static void
what_waits_keeps_its_tries(void **state)
{
	HttpOptions options = untiring_options();
	HttpClient *client;
	long gaps[32];
	long longest = 0;
	int attempts = 0;

	(void) state;
	options.max_retries = 3;
	options.retry_base_ms = 40; /* the answers to all ten come before the first is tried again */
	client = open_client(&options);
	submit_many(client, 10, "/down-at-once/11/back/a");
	for (int i = 0; i < 10; i++)
	{
		HttpResponse *response = wait_for_one(client);

		assert_int_equal(response->status, 200);
		attempts += response->attempts;
		http_release(response);
	}
	http_close(client);
	assert_int_equal(attempts, 21);
	assert_int_equal(read_gaps("back", gaps, 32), 20);
	for (int i = 0; i < 20; i++)
		longest = gaps[i] > longest ? gaps[i] : longest;
	assert_in_range(longest, 639, 60000);
}

/* However many pages fail one after another: a page that worked before shows that the site is well.
 */
static void
a_page_that_worked_is_the_trial(void **state)
{
	HttpOptions options = untiring_options();
	HttpClient *client = open_client(&options);
	const Expected broken = {"/status/500", HTTP_FAILED, 500, 1, true, "the site answered 500"};

	(void) state;
	submit(client, "/");
	http_release(wait_for_one(client));
	submit_many(client, 25, "/status/500");
	check_many(client, 25, &broken);
	submit(client, "/");
	http_release(wait_for_one(client));
	assert_int_equal(http_pending(client), 0);
	/* and one or two trials */
	assert_in_range(http_totals(client).requests, 28, 29);
	http_close(client);
}

/* Nobody listens at one site; the other is none of its business. */
static void
no_connection_is_a_failure(void **state)
{
	HttpOptions options = untiring_options();
	HttpClient *client;
	int refused = 0;
	int answered = 0;

	(void) state;
	options.origins[1] = "http://127.0.0.1:1";
	options.retry_base_ms = 1;
	client = open_client(&options);
	submit_many(client, 10, "http://127.0.0.1:1/a");
	check_many(client, 10, &(Expected){"", HTTP_FAILED, 0, 1, true, "onnect"});
	submit_many(client, 4, "http://127.0.0.1:1/b");
	submit(client, "/");
	for (int i = 0; i < 5; i++)
	{
		HttpResponse *response = wait_for_one(client);

		answered += response->outcome == HTTP_ANSWERED;
		refused += response->outcome == HTTP_BLOCKED || response->outcome == HTTP_NOT_REQUESTED;
		assert_true(response->outcome != HTTP_BLOCKED ||
					strstr(response->error, "failed 13 times in a row, at last: ") != NULL);
		http_release(response);
	}
	assert_int_equal(answered, 1);
	assert_int_equal(refused, 2);
	submit(client, "/");
	check_response(client, &answers);
	http_close(client);
}

/* Nine, an answer, and nine more are not ten; of what kind the answer is does not matter. */
static void
any_answer_counts(void **state)
{
	static const char *const paths[] = {"/", "/moved", "/status/404", "/status/501", "/bomb"};
	HttpOptions options = untiring_options();
	HttpClient *client = open_client(&options);

	(void) state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
	{
		char path[64];

		/* together, so that the delay does not grow with each */
		snprintf(path, sizeof(path), "/together/9/503/before%s", paths[i]);
		submit_many(client, 9, path);
		check_many(client, 9, &fails);
		submit(client, paths[i]);
		assert_false(waits_for(client, "trying again"));
		http_release(wait_for_one(client));
	}
	http_close(client);
}

static void
head_counts_as_well(void **state)
{
	HttpOptions options = untiring_options();
	HttpClient *client = open_client(&options);
	HttpRequest request = {.method = HTTP_HEAD};
	char url[128];

	(void) state;
	snprintf(url, sizeof(url), "%s/status/503", base);
	request.url = url;
	for (int i = 0; i < 10; i++)
		assert_true(http_submit(client, &request));
	check_many(client, 10, &fails);
	submit(client, "/");
	assert_true(waits_for(client, " struggles: trying again in "));
	http_close(client);
}

/* Pages that always fail, one in two, and at the end nothing but their retries. */
static void
broken_pages_are_not_a_broken_site(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client;
	int failed = 0;

	(void) state;
	options.max_parallel = 1;
	client = open_client(&options);
	for (int i = 0; i < 8; i++)
	{
		submit(client, "/status/500");
		submit(client, "/");
	}
	for (int i = 0; i < 16; i++)
	{
		HttpResponse *response = wait_for_one(client);

		failed += response->outcome == HTTP_FAILED && response->attempts == 4;
		assert_true(response->outcome == HTTP_FAILED || response->status == 200);
		http_release(response);
	}
	assert_int_equal(failed, 8);
	assert_int_equal(http_totals(client).requests, 40);
	http_close(client);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_date_is_of_the_sites_clock),
		cmocka_unit_test(failing_together_slows_once),
		cmocka_unit_test(a_wait_that_is_asked_for_is_told),
		cmocka_unit_test(a_site_that_is_down_is_left_alone),
		cmocka_unit_test(a_check_does_not_wait_among_requests),
		cmocka_unit_test(a_site_that_stays_down_is_given_up),
		cmocka_unit_test(what_waits_keeps_its_tries),
		cmocka_unit_test(a_page_that_worked_is_the_trial),
		cmocka_unit_test(no_connection_is_a_failure),
		cmocka_unit_test(any_answer_counts),
		cmocka_unit_test(head_counts_as_well),
		cmocka_unit_test(broken_pages_are_not_a_broken_site),
	};

	return cmocka_run_group_tests_name("obedience", tests, start_server, stop_server);
}
