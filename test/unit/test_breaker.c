/*
 * test_breaker.c: when a site that fails is left alone, and when it is given up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "http/breaker.h"

#define COOL_DOWN 32000

/* A breaker that ten failures have opened at time 10. */
static Breaker
opened(void)
{
	Breaker breaker = {.cool_down_ms = COOL_DOWN};

	for (int now = 1; now <= 10; now++)
	{
		assert_true(breaker_next_start(&breaker) <= now);
		assert_false(breaker_start(&breaker));
		breaker_failure(&breaker, false, true, now);
	}
	assert_int_equal(breaker_next_start(&breaker), 10 + COOL_DOWN);
	return breaker;
}

static void
cool_downs_are_bounded(void **state)
{
	(void) state;
	assert_int_equal(breaker_cool_down_ms(2000), COOL_DOWN);
	assert_int_equal(breaker_cool_down_ms(1), 16);
	assert_int_equal(breaker_cool_down_ms(600000), 3600000);
	assert_int_equal(breaker_cool_down_ms(INT32_MAX), 3600000);
}

static void
an_answer_starts_the_count_anew(void **state)
{
	Breaker breaker = {.cool_down_ms = COOL_DOWN};

	(void) state;
	for (int i = 0; i < 100; i++)
	{
		if (i % 10 == 9)
			breaker_success(&breaker, false);
		else
			breaker_failure(&breaker, false, true, i);
		assert_int_equal(breaker.state, BREAKER_CLOSED);
	}
}

/* Nor do they hide those that are. */
static void
failures_of_pages_are_no_evidence(void **state)
{
	Breaker breaker = {.cool_down_ms = COOL_DOWN};

	(void) state;
	for (int i = 0; i < 100; i++)
		breaker_failure(&breaker, false, i % 11 == 0 && i > 0, i);
	assert_int_equal(breaker.state, BREAKER_CLOSED);
	breaker_failure(&breaker, false, true, 1000);
	assert_int_equal(breaker.state, BREAKER_OPEN);
	assert_int_equal(breaker.failures, 101);
}

static void
a_trial_that_succeeds_closes_it(void **state)
{
	Breaker breaker = opened();

	(void) state;
	assert_true(breaker_start(&breaker));
	assert_true(breaker_next_start(&breaker) == INT64_MAX);
	breaker_success(&breaker, true);
	assert_int_equal(breaker.state, BREAKER_CLOSED);
	for (int i = 0; i < 9; i++)
		breaker_failure(&breaker, false, true, 50000);
	assert_int_equal(breaker.state, BREAKER_CLOSED);
	breaker_failure(&breaker, false, true, 50000);
	assert_int_equal(breaker_next_start(&breaker), 50000 + COOL_DOWN);
}

static void
three_trials_and_it_is_given_up(void **state)
{
	Breaker breaker = opened();

	(void) state;
	assert_true(breaker_start(&breaker));
	breaker_failure(&breaker, true, true, 40000);
	assert_int_equal(breaker_next_start(&breaker), 40000 + 2 * COOL_DOWN);
	assert_true(breaker_start(&breaker));
	breaker_failure(&breaker, true, false, 200000);
	assert_int_equal(breaker_next_start(&breaker), 200000 + 4 * COOL_DOWN);
	assert_true(breaker_start(&breaker));
	breaker_failure(&breaker, true, true, 400000);
	assert_int_equal(breaker.state, BREAKER_GIVEN_UP);
	assert_int_equal(breaker.failures, 13);
	assert_true(breaker_next_start(&breaker) == INT64_MAX);
	assert_false(breaker_start(&breaker));
}

/* What was under way when it opened decides nothing, neither before a trial nor in its place. */
static void
stragglers_change_nothing(void **state)
{
	Breaker breaker = opened();

	(void) state;
	breaker_success(&breaker, false);
	breaker_failure(&breaker, false, true, 20000);
	assert_int_equal(breaker_next_start(&breaker), 10 + COOL_DOWN);
	assert_true(breaker_start(&breaker));
	breaker_success(&breaker, false);
	breaker_failure(&breaker, false, true, 50000);
	breaker_no_verdict(&breaker, false);
	assert_int_equal(breaker.state, BREAKER_HALF_OPEN);
	assert_int_equal(breaker.trials, 0);
}

/* Else nothing would be asked ever again. */
static void
a_trial_without_a_verdict_lets_another_try(void **state)
{
	Breaker breaker = opened();

	(void) state;
	assert_true(breaker_start(&breaker));
	breaker_no_verdict(&breaker, true);
	assert_int_equal(breaker_next_start(&breaker), 10 + COOL_DOWN);
	assert_true(breaker_start(&breaker));
}

/* A breaker that ten refusals have opened at time 10. */
static Breaker
refused(void)
{
	Breaker breaker = {.cool_down_ms = COOL_DOWN, .patience = 100};

	for (int now = 1; now <= 10; now++)
	{
		assert_false(breaker_start(&breaker));
		breaker_refusal(&breaker, false, false, now);
	}
	assert_int_equal(breaker.state, BREAKER_OPEN);
	assert_true(breaker.refused);
	return breaker;
}

/* A site that answers needs no pause. */
static void
refusals_are_checked_at_once(void **state)
{
	Breaker breaker = refused();

	(void) state;
	assert_int_equal(breaker_next_start(&breaker), 10);
	breaker_refusal(&breaker, false, false, 20);
	assert_int_equal(breaker_next_start(&breaker), 10);
	assert_true(breaker_start(&breaker));
	breaker_success(&breaker, true);
	assert_int_equal(breaker.state, BREAKER_CLOSED);
}

static void
a_refused_check_gives_it_up(void **state)
{
	Breaker breaker = refused();

	(void) state;
	assert_true(breaker_start(&breaker));
	breaker_refusal(&breaker, true, true, 20);
	assert_int_equal(breaker.state, BREAKER_GIVEN_UP);
	assert_int_equal(breaker.failures, 11);
}

/* Nor does a failure between them hide them. */
static void
an_answer_starts_the_count_of_refusals_anew(void **state)
{
	Breaker breaker = {.cool_down_ms = COOL_DOWN, .patience = 100};

	(void) state;
	for (int i = 0; i < 9; i++)
		breaker_refusal(&breaker, false, false, i);
	breaker_success(&breaker, false);
	for (int i = 0; i < 9; i++)
		breaker_refusal(&breaker, false, false, i);
	breaker_failure(&breaker, false, true, 10);
	assert_int_equal(breaker.state, BREAKER_CLOSED);
	breaker_refusal(&breaker, false, false, 11);
	assert_int_equal(breaker.state, BREAKER_OPEN);
	assert_true(breaker.refused);
}

/* Any page may be refused. */
static void
a_refused_trial_is_the_first_of_a_row(void **state)
{
	Breaker breaker = opened();

	(void) state;
	assert_true(breaker_start(&breaker));
	breaker_refusal(&breaker, true, false, 50000);
	assert_int_equal(breaker.state, BREAKER_CLOSED);
	assert_int_equal(breaker.evidence, 1);
	for (int i = 0; i < 8; i++)
		breaker_refusal(&breaker, false, false, 50000);
	assert_int_equal(breaker.state, BREAKER_CLOSED);
	breaker_failure(&breaker, false, true, 50000);
	assert_int_equal(breaker_next_start(&breaker), 50000 + COOL_DOWN);
	assert_false(breaker.refused);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cool_downs_are_bounded),
		cmocka_unit_test(an_answer_starts_the_count_anew),
		cmocka_unit_test(failures_of_pages_are_no_evidence),
		cmocka_unit_test(a_trial_that_succeeds_closes_it),
		cmocka_unit_test(three_trials_and_it_is_given_up),
		cmocka_unit_test(stragglers_change_nothing),
		cmocka_unit_test(a_trial_without_a_verdict_lets_another_try),
		cmocka_unit_test(refusals_are_checked_at_once),
		cmocka_unit_test(a_refused_check_gives_it_up),
		cmocka_unit_test(an_answer_starts_the_count_of_refusals_anew),
		cmocka_unit_test(a_refused_trial_is_the_first_of_a_row),
	};

	return cmocka_run_group_tests_name("breaker", tests, NULL, NULL);
}
