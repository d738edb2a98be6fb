/*
 * test_usage.c: for which hour the web gateway reports what it has counted, and what it keeps while
 * nobody takes the reports.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "usage.h"

#define HOUR 3600
#define NOON ((time_t) 1767268800) /* 2026-01-01T12:00:00Z */

static unsigned route;

/* What waits is a report of so many requests in that hour of the first of January 2026, and goes.
 */
static void
expect_report(unsigned hour, unsigned requests)
{
	char wanted[60];

	snprintf(wanted, sizeof(wanted), "\"hour\": \"2026-01-%02uT%02u:00:00Z\"", 1 + hour / 24,
			 hour % 24);
	assert_non_null(usage_waiting());
	assert_non_null(strstr(usage_waiting(), wanted));
	snprintf(wanted, sizeof(wanted), "\"requests\": %u,", requests);
	assert_non_null(strstr(usage_waiting(), wanted));
	usage_stored();
}

static void
count(unsigned requests)
{
	while (requests-- > 0)
		usage_count(route, 200, 5);
}

static int
begin(void **state)
{
	(void) state;
	route = usage_route("GET /x");
	usage_begin(NOON);
	return 0;
}

static int
end(void **state)
{
	(void) state;
	usage_end();
	return 0;
}

static void
a_report_is_of_the_hour_in_which_it_began(void **state)
{
	(void) state;
	count(2);
	usage_turn(NOON + HOUR - 1);
	assert_null(usage_waiting());
	usage_close(NOON + HOUR - 30);
	expect_report(12, 2);
	/* the last half minute, noticed a second late */
	count(3);
	usage_turn(NOON + HOUR + 1);
	expect_report(12, 3);
	count(1);
	usage_close(NOON + HOUR + 60);
	expect_report(13, 1);
	assert_null(usage_waiting());
}

static void
what_nobody_asked_is_not_reported(void **state)
{
	(void) state;
	usage_turn(NOON + HOUR);
	usage_close(NOON + HOUR + 60);
	assert_null(usage_waiting());
	count(1);
	usage_turn(NOON + 2 * HOUR);
	expect_report(13, 1);
}

/* From noon on, counts one request in the first hour, two in the second, and so on. */
static void
count_hours(unsigned hours)
{
	for (unsigned hour = 0; hour < hours; hour++)
	{
		count(hour + 1);
		usage_turn(NOON + (time_t) (hour + 1) * HOUR);
	}
}

static void
hours_stay_apart_while_reports_wait(void **state)
{
	(void) state;
	count_hours(3);
	for (unsigned hour = 0; hour < 3; hour++)
		expect_report(12 + hour, hour + 1);
	assert_null(usage_waiting());
}

static void
the_last_day_waits(void **state)
{
	(void) state;
	count_hours(30);
	for (unsigned hour = 6; hour < 30; hour++)
		expect_report(12 + hour, hour + 1);
	assert_null(usage_waiting());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_report_is_of_the_hour_in_which_it_began, begin, end),
		cmocka_unit_test_setup_teardown(what_nobody_asked_is_not_reported, begin, end),
		cmocka_unit_test_setup_teardown(hours_stay_apart_while_reports_wait, begin, end),
		cmocka_unit_test_setup_teardown(the_last_day_waits, begin, end),
	};

	return cmocka_run_group_tests_name("usage", tests, NULL, NULL);
}
