/*
 * test_refusals.c: how the fetcher treats a site that refuses requests (http_server.py): whether
 * it blocks them all, or only some pages or a method.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "http_site.h"

static const Expected answers = {"", HTTP_ANSWERED, 200, 1, false, "ok"};
static const Expected refused = {"", HTTP_ANSWERED, 403, 1, false, "ok"};

static HttpClient *
open_patient_client(void)
{
	HttpOptions options = quick_options();

	options.max_parallel = 1;
	options.max_retries = 0;
	options.patience = 100; /* with failures, as runs of retries have */
	return open_client(&options);
}

static void
submit_head(HttpClient *client, const char *path)
{
	submit_as(client, path, (HttpRequest){.method = HTTP_HEAD});
}

/* Cloudflare itself says so. A page of the site that only names it is the site's. */
static void
cloudflare_is_recognised(void **state)
{
	static const char *const reason = "the site's protection (Cloudflare) blocked the request";
	const struct
	{
		const char *path;
		bool is_block;
	} cases[] = {
		{"/cloudflare/403/code", true},
		{"/cloudflare/429/code", true},
		{"/cloudflare/503/code", true},
		{"/cloudflare/403/page", true},
		{"/cloudflare/403/theme", false},
		{"/cloudflare/403/long", false},
		{"/cloudflare/403/other", false},
		{"/cloudflare/404/code", false},
		{"/cloudflare/403/code-elsewhere", false},
		{"/cloudflare/429/soon", false},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		HttpClient *client = open_patient_client();
		HttpResponse *response;

		submit(client, cases[i].path);
		response = wait_for_one(client);
		if ((response->outcome == HTTP_BLOCKED) != cases[i].is_block)
			fail_msg("%s: outcome %d", cases[i].path, response->outcome);
		assert_true(!cases[i].is_block || strcmp(response->error, reason) == 0);
		assert_true(!cases[i].is_block || response->wait_s == 24 * 3600);
		http_release(response);
		http_close(client);
	}
}

/* Five pages work, then nothing: after ten refusals one that worked shows that it is all. */
static void
a_site_that_refuses_everything_is_given_up(void **state)
{
	HttpClient *client = open_patient_client();
	HttpResponse *response;

	(void) state;
	submit_many(client, 100, "/refuses/5/all");
	check_many(client, 5, &answers);
	check_many(client, 10, &refused);
	response = wait_for_one(client);
	assert_int_equal(response->outcome, HTTP_BLOCKED);
	assert_string_equal(response->error, "given up: it failed 11 times in a row, at last: the site "
										 "answered 403");
	assert_int_equal(response->wait_s, 6 * 3600);
	http_release(response);
	check_many(client, 84,
			   &(Expected){"", HTTP_NOT_REQUESTED, 0, 1, false, "not requested: given up"});
	assert_int_equal(http_totals(client).requests, 16);
	http_close(client);
}

/* However many pages are refused, the others are read. */
static void
refused_pages_are_not_a_block(void **state)
{
	static const char *const paths[] = {"/status/401", "/status/403", "/status/405", "/status/451",
										"/away",       "/loop",       "/status/302"};

	(void) state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
	{
		HttpClient *client = open_patient_client();

		/* that a page worked, the site's home page shows if no other has */
		if (i % 2 == 0)
		{
			submit(client, "/");
			check_response(client, &answers);
		}
		submit_many(client, 35, paths[i]);
		submit(client, "/");
		for (int n = 0; n < 35; n++)
		{
			HttpResponse *response = wait_for_one(client);

			assert_true(response->outcome == HTTP_ANSWERED ||
						(response->outcome == HTTP_FAILED && response->retryable));
			http_release(response);
		}
		check_response(client, &answers);
		/* and three checks */
		assert_int_equal(http_totals(client).requests, 39 + (i % 2 == 0));
		http_close(client);
	}
}

/* Answers of any other kind between them start the count anew. */
static void
an_answer_ends_a_row_of_refusals(void **state)
{
	HttpClient *client = open_patient_client();

	(void) state;
	for (int i = 0; i < 5; i++)
	{
		submit_many(client, 9, "/status/403");
		check_many(client, 9, &refused);
		submit(client, i % 2 == 0 ? "/status/404" : "/");
		http_release(wait_for_one(client));
	}
	assert_int_equal(http_totals(client).requests, 50);
	http_close(client);
}

/* One HEAD in vain, and none after it, even of those that wait. */
static void
a_refused_head_becomes_a_get(void **state)
{
	static const int statuses[] = {400, 401, 403, 405, 501};

	(void) state;
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
	{
		HttpClient *client = open_patient_client();
		char path[64];

		snprintf(path, sizeof(path), "/method/%d/200", statuses[i]);
		for (int n = 0; n < 30; n++)
			submit_head(client, path);
		check_many(client, 30, &answers);
		assert_int_equal(http_totals(client).requests, 31);
		http_close(client);
	}
}

static void
an_answered_head_stays_one(void **state)
{
	HttpClient *client = open_patient_client();

	(void) state;
	submit_head(client, "/method/404/200");
	check_response(client, &(Expected){"", HTTP_ANSWERED, 404, 1, false, ""});
	submit_head(client, "/method/200/500");
	check_response(client, &(Expected){"", HTTP_ANSWERED, 200, 1, false, ""});
	http_close(client);
}

/* Of forty HEADs, and GETs in their place, so many are refused; then the site is blocked. */
static void
check_heads(HttpClient *client, const char *path, int refusals, const char *reason)
{
	int ended[HTTP_BLOCKED + 1] = {0};

	for (int i = 0; i < 40; i++)
		submit_head(client, path);
	for (int i = 0; i < 40; i++)
	{
		HttpResponse *response = wait_for_one(client);

		ended[response->outcome]++;
		assert_true(response->outcome != HTTP_BLOCKED || strstr(response->error, reason) != NULL);
		http_release(response);
	}
	assert_int_equal(ended[HTTP_ANSWERED], refusals);
	assert_int_equal(ended[HTTP_BLOCKED], 1);
	assert_int_equal(ended[HTTP_NOT_REQUESTED], 39 - refusals);
}

/* Answers to HEAD have no body that could name the block. */
static void
a_block_of_heads_is_noticed(void **state)
{
	HttpClient *client = open_patient_client();

	(void) state;
	check_heads(client, "/cloudflare/403/code", 0, "Cloudflare");
	assert_int_equal(http_totals(client).requests, 2);
	http_close(client);
	client = open_patient_client();
	submit(client, "/refuses/1/heads");
	check_response(client, &answers);
	check_heads(client, "/method/403/403", 10, "given up: it failed 11 times in a row");
	assert_int_equal(http_totals(client).requests, 13);
	http_close(client);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cloudflare_is_recognised),
		cmocka_unit_test(a_site_that_refuses_everything_is_given_up),
		cmocka_unit_test(refused_pages_are_not_a_block),
		cmocka_unit_test(an_answer_ends_a_row_of_refusals),
		cmocka_unit_test(a_refused_head_becomes_a_get),
		cmocka_unit_test(an_answered_head_stays_one),
		cmocka_unit_test(a_block_of_heads_is_noticed),
	};

	return cmocka_run_group_tests_name("refusals", tests, start_server, stop_server);
}
