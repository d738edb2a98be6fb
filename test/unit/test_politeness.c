/*
 * test_politeness.c: what can heal, and how long to wait before asking again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/pace.h"

#define NOW INT64_C(784111777) /* Sun, 06 Nov 1994 08:49:37 GMT */

static void
only_passing_troubles_heal(void **state)
{
	const int heal[] = {408, 425, 429, 500, 502, 503, 504, 520, 599};
	const int answers[] = {0, 200, 301, 304, 400, 403, 404, 410, 451, 501, 600};

	(void) state;
	for (size_t i = 0; i < sizeof(heal) / sizeof(heal[0]); i++)
		assert_true(status_is_retryable(heal[i]));
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		assert_false(status_is_retryable(answers[i]));
}

static void
waits_double_and_jitter(void **state)
{
	uint64_t random = 42;

	(void) state;
	for (int i = 0; i < 10000; i++)
	{
		uint64_t number = random_next(&random);

		assert_in_range(retry_wait_ms(2000, 1, number), 1600, 2400);
		assert_in_range(retry_wait_ms(2000, 2, number), 3200, 4800);
		assert_in_range(retry_wait_ms(2000, 3, number), 6400, 9600);
		assert_in_range(retry_wait_ms(600000, 60, number), 1, 3600000);
	}
	assert_true(retry_wait_ms(2000, 1, 0) != retry_wait_ms(2000, 1, 400));
}

static void
retry_after_is_understood(void **state)
{
	(void) state;
	assert_int_equal(retry_after_ms("120", NOW), 120000);
	assert_int_equal(retry_after_ms("  7 ", NOW), 7000);
	assert_int_equal(retry_after_ms("0", NOW), 0);
	assert_int_equal(retry_after_ms("99999999999999999999", NOW), 86400000);
	assert_int_equal(retry_after_ms("Sun, 06 Nov 1994 08:49:47 GMT", NOW), 10000);
	assert_int_equal(retry_after_ms("Sunday, 06-Nov-94 08:49:47 GMT", NOW), 10000);
	assert_int_equal(retry_after_ms("Sun Nov  6 08:49:47 1994", NOW), 10000);
	assert_int_equal(retry_after_ms("Sun, 06 Nov 1994 08:00:00 GMT", NOW), 0);
	assert_int_equal(retry_after_ms("Fri, 31 Dec 1999 23:59:59 GMT", NOW), 86400000);
}

static void
other_retry_after_says_nothing(void **state)
{
	const char *const nonsense[] = {
		"", "soon", "-5", "12 parsecs", "1.5", "Sun, 06 Nov", "Sun, 06 Nov 1994 08:49:47 GMT x"};

	(void) state;
	assert_int_equal(retry_after_ms(NULL, NOW), -1);
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
		assert_int_equal(retry_after_ms(nonsense[i], NOW), -1);
}

static void
http_dates_are_read(void **state)
{
	int64_t seconds = 0;

	(void) state;
	assert_true(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", &seconds));
	assert_int_equal(seconds, NOW);
	assert_false(parse_http_date("tomorrow", &seconds));
	assert_false(parse_http_date("784111777", &seconds));
}

/* Each start is up to 4 ms late, and the average is the delay all the same. */
static void
starts_keep_to_a_schedule(void **state)
{
	Pace pace = pace_of(500);
	int64_t last = 1000;

	(void) state;
	pace_start(&pace, last);
	for (int i = 1; i <= 1000; i++)
	{
		int64_t now = pace.next_start + i % (PACE_SLACK_MS + 1);

		assert_in_range(now - last, 500 - PACE_SLACK_MS, 500 + PACE_SLACK_MS);
		pace_start(&pace, now);
		last = now;
	}
	assert_int_equal(pace.next_start, 1000 + 1001 * 500);
}

static void
what_is_missed_is_not_made_up_for(void **state)
{
	Pace pace = pace_of(500);

	(void) state;
	pace_start(&pace, 1000);
	pace_start(&pace, 1500 + PACE_SLACK_MS + 1);
	assert_int_equal(pace.next_start, 2000 + PACE_SLACK_MS + 1);
	pace_start(&pace, 90000);
	assert_int_equal(pace.next_start, 90500);
	pace_hold(&pace, 99000);
	assert_int_equal(pace.next_start, 99000);
	pace_hold(&pace, 98000);
	assert_int_equal(pace.next_start, 99000);
	assert_int_equal(pace.held_until, 99000);
}

static void
a_struggling_site_is_asked_more_slowly(void **state)
{
	Pace pace = pace_of(500);
	int64_t now = 1000;

	(void) state;
	pace_start(&pace, now);
	pace_slow(&pace, 1000, 1100);
	assert_int_equal(pace.delay_ms, 1000);
	assert_int_equal(pace.next_start, 2000);
	for (int i = 0; i < 20; i++)
	{
		now = pace.next_start;
		pace_start(&pace, now);
		pace_slow(&pace, now, now + 50);
	}
	assert_int_equal(pace.delay_ms, 500 * PACE_MAX_FACTOR);
	pace = pace_of(40000);
	pace_slow(&pace, 10, 20);
	assert_int_equal(pace.delay_ms, PACE_MAX_DELAY_MS);
	pace = pace_of(0);
	pace_slow(&pace, 10, 20);
	assert_int_equal(pace.delay_ms, 0);
	pace = pace_of(1);
	for (int i = 1; i < 20; i++)
		pace_slow(&pace, i * 100, i * 100);
	assert_int_equal(pace.delay_ms, PACE_MAX_FACTOR);
	pace = pace_of(PACE_MAX_DELAY_MS * 10);
	pace_slow(&pace, 10, 20);
	assert_int_equal(pace.delay_ms, PACE_MAX_DELAY_MS * 10);
}

static void
failing_together_doubles_once(void **state)
{
	Pace pace = pace_of(500);

	(void) state;
	for (int started = 1000; started <= 5500; started += 500)
		pace_slow(&pace, started, 6000 + started / 100);
	assert_int_equal(pace.delay_ms, 1000);
	pace_slow(&pace, pace.slowed_at, 7000);
	assert_int_equal(pace.delay_ms, 1000);
	pace_slow(&pace, pace.slowed_at + 1, 7000);
	assert_int_equal(pace.delay_ms, 2000);
}

static void
answers_bring_the_pace_back_slowly(void **state)
{
	Pace pace = pace_of(500);
	int answers = 0;

	(void) state;
	pace_ease(&pace, 100);
	assert_int_equal(pace.delay_ms, 500);
	pace_slow(&pace, 1000, 1100);
	/* what was asked before says nothing of the new pace */
	pace_ease(&pace, 1050);
	assert_int_equal(pace.delay_ms, 1000);
	pace_ease(&pace, 2000);
	assert_int_equal(pace.delay_ms, 900);
	for (; pace.delay_ms > 500; answers++)
		pace_ease(&pace, 3000);
	assert_int_equal(pace.delay_ms, 500);
	assert_in_range(answers, 5, 10);
	for (int i = 0; i < 10; i++)
		pace_slow(&pace, 10000 + i, 10000 + i);
	assert_int_equal(pace.delay_ms, 500 * PACE_MAX_FACTOR);
	for (answers = 0; pace.delay_ms > 500; answers++)
		pace_ease(&pace, 20000);
	assert_in_range(answers, 40, 60);
	pace = pace_of(0);
	pace_slow(&pace, 10, 20);
	pace_ease(&pace, 30);
	pace_ease(&pace, 40);
	assert_int_equal(pace.delay_ms, 0);
}

/* A page that always fails, once among twenty that do not, costs its site less than five delays. */
static void
a_lone_failure_costs_little(void **state)
{
	Pace pace = pace_of(500);
	int64_t now = 0;

	(void) state;
	for (int i = 0; i < 200; i++)
	{
		pace_start(&pace, now);
		if (i % 20 == 3)
			pace_slow(&pace, now, now + 50);
		else
			pace_ease(&pace, now);
		now = pace.next_start;
	}
	assert_int_equal(pace.delay_ms, 500);
	assert_in_range(now, 200 * 500, 200 * 500 + 10 * 5 * 500);
}

static void
the_least_delay_can_rise(void **state)
{
	Pace pace = pace_of(500);

	(void) state;
	pace_set_least(&pace, 2000);
	assert_int_equal(pace.delay_ms, 2000);
	pace_slow(&pace, 10, 20);
	pace_set_least(&pace, 3000);
	assert_int_equal(pace.delay_ms, 4000);
	for (int i = 0; i < 10; i++)
		pace_ease(&pace, 100);
	assert_int_equal(pace.delay_ms, 3000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_passing_troubles_heal),
		cmocka_unit_test(waits_double_and_jitter),
		cmocka_unit_test(retry_after_is_understood),
		cmocka_unit_test(other_retry_after_says_nothing),
		cmocka_unit_test(http_dates_are_read),
		cmocka_unit_test(starts_keep_to_a_schedule),
		cmocka_unit_test(what_is_missed_is_not_made_up_for),
		cmocka_unit_test(a_struggling_site_is_asked_more_slowly),
		cmocka_unit_test(failing_together_doubles_once),
		cmocka_unit_test(answers_bring_the_pace_back_slowly),
		cmocka_unit_test(a_lone_failure_costs_little),
		cmocka_unit_test(the_least_delay_can_rise),
	};

	return cmocka_run_group_tests_name("politeness", tests, NULL, NULL);
}
