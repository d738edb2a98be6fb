/*
 * test_http.c: the fetcher against a server that misbehaves by path (http_server.py).
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "http_site.h"

static void
answers_and_failures(void **state)
{
	static const Expected cases[] = {
		{"/", HTTP_ANSWERED, 200, 1, false, "ok"},
		{"/gzip", HTTP_ANSWERED, 200, 1, false, "zipped"},
		{"/english", HTTP_ANSWERED, 200, 1, false, "ok"},
		{"/status/404", HTTP_ANSWERED, 404, 1, false, "ok"},
		{"/status/304", HTTP_FAILED, 304, 1, true, "304 to a request without a condition"},
		{"/status/410", HTTP_ANSWERED, 410, 1, false, "ok"},
		{"/status/500", HTTP_FAILED, 500, 4, true, "the site answered 500"},
		{"/status/408", HTTP_FAILED, 408, 4, true, "the site answered 408"},
		{"/heals", HTTP_ANSWERED, 200, 3, false, "ok"},
		{"/later", HTTP_ANSWERED, 200, 2, false, "ok"},
		{"/much-later", HTTP_BLOCKED, 503, 1, false, "answered 503: the site asks to wait 7200 s"},
		{"/closes-once", HTTP_ANSWERED, 200, 2, false, "ok"},
		{"/short", HTTP_FAILED, 0, 4, true, "broke off after 4 bytes"},
		{"/bomb", HTTP_FAILED, 200, 1, true, "larger than 1048576 bytes"},
		{"/no-http", HTTP_FAILED, 0, 4, true, "not valid HTTP"},
		{"/members/two", HTTP_ANSWERED, 200, 1, false, "plain"},
		{"/members/zeros", HTTP_ANSWERED, 200, 1, false, "plain"},
		{"/members/always", HTTP_FAILED, 0, 4, true, "after the end of its compressed data"},
		{"/no-gzip", HTTP_FAILED, 0, 4, true, "compression is invalid"},
		{"/many-headers", HTTP_FAILED, 200, 1, true, "the headers are "},
		{"/moved", HTTP_ANSWERED, 200, 1, false, "ok"},
		{"/loop", HTTP_FAILED, 302, 1, true, "in a loop"},
		{"/away", HTTP_FAILED, 302, 1, true, "http://127.0.0.1:5432/, which is not one"},
		{"/away-oddly", HTTP_FAILED, 302, 1, true, "redirected to http://y"},
		{"/file", HTTP_FAILED, 302, 1, true, "file:///etc/passwd, which is not one"},
		{"/status/302", HTTP_FAILED, 302, 1, true, "redirected without an address"},
		{"http://127.0.0.1:1/", HTTP_FAILED, 0, 1, false, "is not on one of the configured sites"},
		{"gopher://127.0.0.1/", HTTP_FAILED, 0, 1, false, "is not on one of the configured sites"},
	};
	HttpOptions options = quick_options();

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		HttpClient *client = open_client(&options);

		submit(client, cases[i].path);
		assert_int_equal(http_pending(client), 1);
		check_response(client, &cases[i]);
		assert_int_equal(http_pending(client), 0);
		http_close(client);
	}
}

static void
submit_robots(HttpClient *client, const char *path)
{
	submit_as(client, path, (HttpRequest){.is_robots = true});
}

/* RFC 9309, 2.3.1.2: at least five redirects, other hosts included; but not of a page. */
static void
robots_may_be_elsewhere(void **state)
{
	static const Expected found = {"", HTTP_ANSWERED, 200, 1, false, "rules of localhost:"};
	static const Expected rejected = {"", HTTP_FAILED, 302, 1, true, "not one of the configured"};
	HttpOptions options = quick_options();
	HttpClient *client = open_client(&options);

	(void) state;
	submit_robots(client, "/elsewhere/1/plain");
	check_response(client, &found);
	submit_robots(client, "/elsewhere/5/plain");
	check_response(client, &found);
	submit_robots(client, "/elsewhere/6/plain");
	check_response(client, &(Expected){"", HTTP_FAILED, 302, 1, true, "in a loop"});
	submit_robots(client, "/elsewhere/1/user");
	check_response(client, &rejected);
	submit_robots(client, "/elsewhere/1/scheme");
	check_response(client, &rejected);
	submit_robots(client, "/file");
	check_response(client, &rejected);
	submit(client, "/elsewhere/1/plain");
	check_response(client, &rejected);
	http_close(client);
}

/* One request more for each of the first pages, none for those after them. */
static void
spoiled_answers_are_asked_for_plain(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client;

	(void) state;
	options.max_parallel = 1;
	client = open_client(&options);
	for (int i = 0; i < 10; i++)
	{
		submit(client, "/members/two");
		check_response(client, &(Expected){"", HTTP_ANSWERED, 200, 1, false, "plain"});
	}
	assert_int_equal(http_totals(client).requests, 13);
	/* what is compressed all the same is read */
	submit(client, "/gzip");
	check_response(client, &(Expected){"", HTTP_ANSWERED, 200, 1, false, "zipped"});
	submit(client, "/bomb");
	check_response(client, &(Expected){"", HTTP_FAILED, 200, 1, true, "larger than"});
	http_close(client);
}

static bool
is_printable(const char *s)
{
	for (; *s != '\0'; s++)
	{
		if (*s < ' ' || *s > '~')
			return false;
	}
	return true;
}

/* What a site sends as a header becomes text only where it is text. */
static void
odd_headers_are_dropped(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client = open_client(&options);
	HttpResponse *response;

	(void) state;
	submit(client, "/odd-headers");
	response = wait_for_one(client);
	assert_null(response->etag);
	assert_null(response->last_modified);
	assert_string_equal(response->content_type, "text/plain");
	http_release(response);
	submit(client, "/away-oddly");
	response = wait_for_one(client);
	assert_true(is_printable(response->error));
	assert_non_null(strchr(response->error, '?'));
	http_release(response);
	submit(client, "/moved-oddly");
	response = wait_for_one(client);
	assert_int_equal(response->status, 200);
	assert_true(is_printable(response->effective_url));
	http_release(response);
	http_close(client);
}

/* Where a kept connection turns out to be closed, the others may be, too. */
static void
a_retry_takes_a_new_connection(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client;

	(void) state;
	options.max_retries = 1;
	client = open_client(&options);
	for (int i = 0; i < 3; i++)
		submit(client, "/together/3/200");
	for (int i = 0; i < 3; i++)
		check_response(client, &(Expected){"", HTTP_ANSWERED, 200, 1, false, "ok"});
	submit(client, "/first-of-connection");
	check_response(client, &(Expected){"", HTTP_ANSWERED, 200, 2, false, "ok"});
	http_close(client);
}

static bool multi_fails;

/* Stands before libcurl's own. */
CURLMcode
curl_multi_add_handle(CURLM *multi, CURL *easy)
{
	CURLMcode (*real)(CURLM *, CURL *);

	*(void **) &real = dlsym(RTLD_NEXT, "curl_multi_add_handle");
	return multi_fails ? CURLM_OUT_OF_MEMORY : real(multi, easy);
}

static void
transfers_that_do_not_start_fail(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client = open_client(&options);

	(void) state;
	multi_fails = true;
	for (int i = 0; i < 100; i++)
		submit(client, "/");
	for (int i = 0; i < 100; i++)
		check_response(client, &(Expected){"/", HTTP_FAILED, 0, 1, true, "memory"});
	assert_int_equal(http_totals(client).requests, 0);
	multi_fails = false;
	submit(client, "/");
	check_response(client, &(Expected){"/", HTTP_ANSWERED, 200, 1, false, "ok"});
	http_close(client);
}

static void
conditional_and_head(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client = open_client(&options);
	char url[128];
	HttpRequest request = {.url = url, .etag = "\"e1\"", .owner = &options};
	HttpResponse *response;

	(void) state;
	snprintf(url, sizeof(url), "%s/conditional", base);
	assert_true(http_submit(client, &request));
	response = wait_for_one(client);
	assert_int_equal(response->status, 304);
	assert_ptr_equal(response->owner, &options);
	assert_string_equal(response->etag, "\"e1\"");
	http_release(response);
	request.etag = NULL;
	request.method = HTTP_HEAD;
	assert_true(http_submit(client, &request));
	response = wait_for_one(client);
	assert_int_equal(response->status, 200);
	assert_int_equal(response->body_len, 0);
	http_release(response);
	request.method = HTTP_GET;
	assert_true(http_submit(client, &request));
	response = wait_for_one(client);
	assert_string_equal(response->body, "ok");
	http_release(response);
	assert_int_equal(http_totals(client).requests, 3);
	assert_int_equal(http_totals(client).not_modified, 1);
	http_close(client);
}

static void
user_agents_take_turns(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client = open_client(&options);

	(void) state;
	for (int i = 0; i < 4; i++)
	{
		HttpResponse *response;

		submit(client, "/agent");
		response = wait_for_one(client);
		assert_string_equal(response->body, agents[i % 2]);
		http_release(response);
	}
	http_close(client);
}

static void
refusal_ends_the_queue(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client;

	(void) state;
	options.max_parallel = 1;
	client = open_client(&options);
	submit(client, "/refused");
	submit(client, "/");
	check_response(client, &(Expected){"/refused", HTTP_BLOCKED, 403, 1, false, "Cloudflare"});
	check_response(client, &(Expected){"/", HTTP_NOT_REQUESTED, 0, 1, false, "not requested"});
	submit(client, "/");
	check_response(client, &(Expected){"/", HTTP_NOT_REQUESTED, 0, 1, false, "not requested"});
	assert_int_equal(http_totals(client).requests, 1);
	http_close(client);
}

static void
long_wait_ends_the_queue(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client;

	(void) state;
	options.max_parallel = 1;
	options.max_retries = 0;
	client = open_client(&options);
	submit(client, "/much-later");
	submit(client, "/");
	check_response(client, &(Expected){"/much-later", HTTP_BLOCKED, 503, 1, false, "wait 7200 s"});
	check_response(client, &(Expected){"/", HTTP_NOT_REQUESTED, 0, 1, false,
									   "not requested: the site asks to wait 7200 s"});
	assert_int_equal(http_totals(client).requests, 1);
	http_close(client);
}

/* A site that asks to wait a second is left alone for so long also where the request has no tries
 * left. */
static void
last_try_obeys_too(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client;
	struct timespec before;
	struct timespec after;

	(void) state;
	options.max_parallel = 1;
	options.max_retries = 0;
	client = open_client(&options);
	submit(client, "/wait");
	submit(client, "/");
	check_response(client, &(Expected){"/wait", HTTP_FAILED, 503, 1, true, "answered 503"});
	clock_gettime(CLOCK_MONOTONIC, &before);
	check_response(client, &(Expected){"/", HTTP_ANSWERED, 200, 1, false, "ok"});
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range((after.tv_sec - before.tv_sec) * 1000 +
						(after.tv_nsec - before.tv_nsec) / 1000000,
					900, 60000);
	http_close(client);
}

static bool
is_of(const void *owner, const void *preferred)
{
	return owner == preferred;
}

/* Whatever the order in the queue, the preferred requests of a site start before all others. */
static void
preferred_requests_start_first(void **state)
{
	static int wanted;
	static const int order[] = {0, 2, 4, 5, 1, 3};
	HttpOptions options = quick_options();
	HttpClient *client;

	(void) state;
	options.max_parallel = 1;
	client = open_client(&options);
	for (int i = 0; i < 6; i++)
	{
		char url[128];
		HttpRequest request = {.url = url, .owner = i == 2 || i >= 4 ? &wanted : NULL};

		snprintf(url, sizeof(url), "%s/status/%d", base, 400 + i);
		assert_true(http_submit(client, &request));
	}
	assert_true(http_wait(client, 0, -1)); /* the first has started */
	http_prefer(client, is_of, &wanted);
	for (int i = 0; i < 6; i++)
	{
		HttpResponse *response = wait_for_one(client);

		assert_int_equal(response->status, 400 + order[i]);
		http_release(response);
		if (i == 3)
			http_prefer(client, NULL, NULL);
	}
	http_close(client);
}

/* Twelve starts are eleven delays, however slow the machine is; and the server saw no more open
 * than allowed. */
static void
delay_and_limit(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client;
	HttpResponse *response;
	struct timespec before;
	struct timespec after;
	long elapsed_ms;

	(void) state;
	options.delay_ms = 40;
	client = open_client(&options);
	clock_gettime(CLOCK_MONOTONIC, &before);
	for (int i = 0; i < 12; i++)
		submit(client, "/");
	for (int i = 0; i < 12; i++)
		http_release(wait_for_one(client));
	clock_gettime(CLOCK_MONOTONIC, &after);
	elapsed_ms = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
	assert_in_range(elapsed_ms, 11 * 40 - 1, 60000);
	http_close(client);

	options.delay_ms = 0;
	options.max_parallel = 3;
	client = open_client(&options);
	for (int i = 0; i < 12; i++)
		submit(client, "/slow");
	for (int i = 0; i < 12; i++)
		http_release(wait_for_one(client));
	submit(client, "/most-slow");
	response = wait_for_one(client);
	assert_string_equal(response->body, "3");
	http_release(response);
	http_close(client);
}

static void
time_out_is_retried_then_given_up(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client;

	(void) state;
	options.timeout_ms = 300;
	options.max_retries = 1;
	client = open_client(&options);
	submit(client, "/hangs");
	check_response(client, &(Expected){"/hangs", HTTP_FAILED, 0, 2, true, "timed out after 0.3 s"});
	http_close(client);
}

/* The waits end when somebody writes to the pipe, and closing does not wait for what is open. */
static void
wakes_and_closes_in_the_middle(void **state)
{
	HttpOptions options = quick_options();
	HttpClient *client = open_client(&options);
	int wake[2];

	(void) state;
	assert_int_equal(pipe(wake), 0);
	submit(client, "/hangs");
	submit(client, "/");
	http_release(wait_for_one(client));
	assert_int_equal(write(wake[1], "x", 1), 1);
	assert_true(http_wait(client, 60000, wake[0]));
	assert_null(http_next(client));
	assert_int_equal(http_pending(client), 1);
	submit(client, "/");
	http_close(client);
	close(wake[0]);
	close(wake[1]);
}

static void
options_are_checked(void **state)
{
	HttpOptions options = quick_options();
	char error[256];

	(void) state;
	options.origins[1] = "file:///etc";
	assert_null(http_open(&options, error, sizeof(error)));
	assert_non_null(strstr(error, "not an http or https URL"));
	options = quick_options();
	options.max_parallel = 65;
	assert_null(http_open(&options, error, sizeof(error)));
	assert_non_null(strstr(error, "1 to 64"));
	http_close(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_and_failures),
		cmocka_unit_test(robots_may_be_elsewhere),
		cmocka_unit_test(spoiled_answers_are_asked_for_plain),
		cmocka_unit_test(odd_headers_are_dropped),
		cmocka_unit_test(a_retry_takes_a_new_connection),
		cmocka_unit_test(transfers_that_do_not_start_fail),
		cmocka_unit_test(conditional_and_head),
		cmocka_unit_test(user_agents_take_turns),
		cmocka_unit_test(refusal_ends_the_queue),
		cmocka_unit_test(long_wait_ends_the_queue),
		cmocka_unit_test(last_try_obeys_too),
		cmocka_unit_test(preferred_requests_start_first),
		cmocka_unit_test(delay_and_limit),
		cmocka_unit_test(time_out_is_retried_then_given_up),
		cmocka_unit_test(wakes_and_closes_in_the_middle),
		cmocka_unit_test(options_are_checked),
	};

	return cmocka_run_group_tests(tests, start_server, stop_server);
}
