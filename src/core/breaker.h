/*
 * breaker.h: when a site that fails is left alone, and when it is given up. Pure functions; times are in milliseconds of any
 * monotonic clock.
 *
 * Closed, all may start. Ten failures in a row open it: nothing starts for a cool-down. After that one request, the probe, may
 * start, and nothing else until it has ended. Its success closes the breaker; its failure opens it again, for twice as long; the
 * third probe that fails is the last.
 */
#ifndef ESN_BREAKER_H
#define ESN_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#define BREAKER_FAILURES 10 /* where nothing else is said */
#define BREAKER_PROBES 3

typedef enum BreakerState
{
	BREAKER_CLOSED,
	BREAKER_OPEN,
	BREAKER_PROBING,
	BREAKER_GIVEN_UP
} BreakerState;

/* All zeros but the first cool-down is a closed one. */
typedef struct Breaker
{
	int64_t cool_down_ms; /* the first */
	BreakerState state;
	int patience;  /* failures in a row that open it */
	int failures;  /* since the last success */
	int evidence;  /* of these, those that tell against the site */
	int probes;    /* that have failed since it was closed */
	int64_t until; /* where it is open: when a probe may start */
} Breaker;

/* The first cool-down where the first retry waits for base_ms: 16 times that, at most an hour. */
extern int64_t breaker_cool_down_ms(int base_ms);

/* From when on a request may start; INT64_MAX: not before the probe has ended, or never. */
extern int64_t breaker_next_start(const Breaker *breaker);

/* A request starts, at a time when it may. True: it is the probe. */
extern bool breaker_start(Breaker *breaker);

/*
 * A request has ended: well; badly; or in a way that says nothing of the site, so that another may be the probe. What is not the
 * probe and ends while the breaker is not closed was started before, and changes nothing. tells: a failure is evidence against
 * the site, not only against the page that was asked for; that of a probe always is.
 */
extern void breaker_success(Breaker *breaker, bool is_probe);
extern void breaker_failure(Breaker *breaker, bool is_probe, bool tells, int64_t now);
extern void breaker_no_verdict(Breaker *breaker, bool is_probe);

#endif
