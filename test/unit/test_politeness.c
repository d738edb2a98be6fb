/*
 * test_politeness.c: what can heal, and how long to wait before asking again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/politeness.h"

#define NOW INT64_C(784111777) /* Sun, 06 Nov 1994 08:49:37 GMT */

static void
only_passing_troubles_heal(void **state)
{
	const int heal[] = {408, 425, 429, 500, 502, 503, 504, 520, 599};
	const int answers[] = {0, 200, 301, 304, 400, 403, 404, 410, 451, 501, 600};

	(void) state;
	for (size_t i = 0; i < sizeof(heal) / sizeof(heal[0]); i++)
		assert_true(status_can_heal(heal[i]));
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
		assert_false(status_can_heal(answers[i]));
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_passing_troubles_heal),
		cmocka_unit_test(waits_double_and_jitter),
		cmocka_unit_test(retry_after_is_understood),
		cmocka_unit_test(other_retry_after_says_nothing),
	};

	return cmocka_run_group_tests_name("politeness", tests, NULL, NULL);
}
