/*
 * breaker.h: a circuit breaker: when a failing site gets a pause, and when the run gives it up.
 * Pure functions; times are in milliseconds of any monotonic clock.
 *
 * While the breaker is closed, every request may start. Ten failures in a row open it: nothing
 * starts during the cool-down. Then one request, the half-open trial, may start, and nothing else
 * until it has ended. If it succeeds, the breaker closes. If it fails, the breaker opens for twice
 * as long. After the third failed trial it stays open.
 *
 * A refusal is an answer, but not the page. It counts among the failures in a row; ten refusals
 * open the breaker, however patient it is otherwise. Then there is no cool-down, and the trial
 * should be a page that worked before, a check. If that is refused, too, the breaker stays open.
 */
#ifndef ESN_BREAKER_H
#define ESN_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

#define BREAKER_FAILURES 10 /* the default */
#define BREAKER_TRIALS 3

typedef enum BreakerState
{
	BREAKER_CLOSED,
	BREAKER_OPEN,
	BREAKER_HALF_OPEN,
	BREAKER_GIVEN_UP
} BreakerState;

/* A closed breaker is all zeros except for the first cool-down. */
typedef struct Breaker
{
	int64_t cool_down_ms; /* the first */
	BreakerState state;
	int patience;  /* failures in a row that open it */
	int failures;  /* since the last success */
	int evidence;  /* of these, those that count against the site */
	int refusals;  /* since the last success */
	int trials;    /* failed since it was closed */
	int64_t until; /* if it is open: when a trial may start */
	bool refused;  /* if it is open: because of refusals */
} Breaker;

/* The first cool-down for a first retry wait of base_ms: 16 times that, at most an hour. */
extern int64_t breaker_cool_down_ms(int base_ms);

/* When the next request may start. INT64_MAX: not before the trial has ended, or never. */
extern int64_t breaker_next_start(const Breaker *breaker);

/* A request starts, at a time when it may. Returns true if it is the trial. */
extern bool breaker_start(Breaker *breaker);

/*
 * Record how a request ended: with success, with failure, or without a verdict on the site, so that
 * another may be the trial. A request other than the trial that ends while the breaker is not
 * closed was started before, and changes nothing.
 * is_evidence: the failure counts against the site, not only against the requested page. That of a
 * trial always does.
 */
extern void breaker_success(Breaker *breaker, bool is_trial);
extern void breaker_failure(Breaker *breaker, bool is_trial, bool is_evidence, int64_t now);
extern void breaker_no_verdict(Breaker *breaker, bool is_trial);

/* Records that a request was refused. is_check: it was the trial, and its page worked before. */
extern void breaker_refusal(Breaker *breaker, bool is_trial, bool is_check, int64_t now);

#endif
