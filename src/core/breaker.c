/*
 * breaker.c: the states of a site that fails, and what leads from one to the next.
 */
#include "core/breaker.h"

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
	breaker->state = BREAKER_PROBING;
	return true;
}

void
breaker_success(Breaker *breaker, bool is_probe)
{
	if (!is_probe && breaker->state != BREAKER_CLOSED)
		return;
	breaker->state = BREAKER_CLOSED;
	breaker->failures = 0;
	breaker->evidence = 0;
	breaker->probes = 0;
}

void
breaker_failure(Breaker *breaker, bool is_probe, bool tells, int64_t now)
{
	breaker->failures++;
	if (is_probe)
		breaker->probes++;
	else if (breaker->state != BREAKER_CLOSED)
		return;
	else
	{
		breaker->evidence += tells;
		if (breaker->evidence < (breaker->patience > 0 ? breaker->patience : BREAKER_FAILURES))
			return;
	}
	breaker->state = breaker->probes < BREAKER_PROBES ? BREAKER_OPEN : BREAKER_GIVEN_UP;
	breaker->until = now + (breaker->cool_down_ms << breaker->probes);
}

void
breaker_no_verdict(Breaker *breaker, bool is_probe)
{
	if (is_probe)
		breaker->state = BREAKER_OPEN;
}
