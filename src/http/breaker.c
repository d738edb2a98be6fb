/*
 * breaker.c: the states of a circuit breaker, and the transitions between them.
 */
#include "http/breaker.h"

#include <assert.h>

#define COOL_DOWN_RETRIES 16
#define MAX_COOL_DOWN_MS ((int64_t) 3600 * 1000)

int64_t
breaker_cool_down_ms(int base_ms)
{
	int64_t cool_down = (int64_t) base_ms * COOL_DOWN_RETRIES;

	return cool_down < MAX_COOL_DOWN_MS ? cool_down : MAX_COOL_DOWN_MS;
}

int64_t
breaker_next_start(const Breaker *breaker)
{
	if (breaker->state == BREAKER_CLOSED)
		return INT64_MIN;
	return breaker->state == BREAKER_OPEN ? breaker->until : INT64_MAX;
}

bool
breaker_start(Breaker *breaker)
{
	if (breaker->state != BREAKER_OPEN)
		return false;
	breaker->state = BREAKER_HALF_OPEN;
	return true;
}

void
breaker_success(Breaker *breaker, bool is_trial)
{
	if (!is_trial && breaker->state != BREAKER_CLOSED)
		return;
	breaker->state = BREAKER_CLOSED;
	breaker->failures = 0;
	breaker->evidence = 0;
	breaker->refusals = 0;
	breaker->trials = 0;
}

void
breaker_failure(Breaker *breaker, bool is_trial, bool is_evidence, int64_t now)
{
	assert(!is_trial || breaker->state == BREAKER_HALF_OPEN);
	breaker->failures++;
	if (is_trial)
		breaker->trials++;
	else if (breaker->state != BREAKER_CLOSED)
		return;
	else
	{
		breaker->evidence += is_evidence;
		if (breaker->evidence < (breaker->patience > 0 ? breaker->patience : BREAKER_FAILURES))
			return;
	}
	breaker->state = breaker->trials < BREAKER_TRIALS ? BREAKER_OPEN : BREAKER_GIVEN_UP;
	breaker->until = now + (breaker->cool_down_ms << breaker->trials);
	breaker->refused = false;
}

void
breaker_refusal(Breaker *breaker, bool is_trial, bool is_check, int64_t now)
{
	bool was_closed;

	/* The site answers again. Whether it refuses everything is for others to show. */
	if (is_trial && !is_check)
		breaker_success(breaker, true);
	was_closed = breaker->state == BREAKER_CLOSED;
	breaker_failure(breaker, is_trial && is_check, true, now);
	if (is_trial && is_check)
		breaker->state = BREAKER_GIVEN_UP;
	else if (was_closed &&
			 (++breaker->refusals >= BREAKER_FAILURES || breaker->state == BREAKER_OPEN))
	{
		breaker->state = BREAKER_OPEN;
		breaker->until = now;
	}
	else
		return;
	breaker->refused = true;
}

void
breaker_no_verdict(Breaker *breaker, bool is_trial)
{
	assert(!is_trial || breaker->state == BREAKER_HALF_OPEN);
	if (is_trial)
		breaker->state = BREAKER_OPEN;
}
