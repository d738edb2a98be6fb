/*
 * pace.h: the arithmetic of politeness: when the next request may start, whether a failure is
 * retryable, how long to wait before a retry. Pure functions; times are in milliseconds of any
 * monotonic clock. breaker.h decides when a site gets no requests at all.
 */
#ifndef ESN_PACE_H
#define ESN_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether a retry may succeed: 408, 425, 429 and 5xx but 501. 404 and 410 are answers. */
extern bool status_is_retryable(int status);

/*
 * The wait before a retry (counted from 1): base_ms * 2^(retry-1), with a jitter of +-20 % by
 * random (any 64 bits), at most an hour.
 */
extern int64_t retry_wait_ms(int base_ms, int retry, uint64_t random);

/*
 * Parses an HTTP date (RFC 9110, 5.6.7, all three forms) as seconds since 1970. Returns false if it
 * is not one.
 */
extern bool parse_http_date(const char *s, int64_t *seconds);

/*
 * The wait in ms that a Retry-After header requests (RFC 9110, 10.2.3: seconds, or an HTTP date,
 * compared with now in seconds since 1970). 0 for a date in the past; -1 if the header is invalid.
 * At most a day.
 */
extern int64_t retry_after_ms(const char *header, int64_t now_seconds);

/* A start that is at most this late does not shift those after it. */
#define PACE_SLACK_MS 4

/*
 * The longest delay of a struggling site: this many times the least delay, at most a minute. A
 * least delay of 0 stays 0, and a longer least delay stays.
 */
#define PACE_MAX_FACTOR 64
#define PACE_MAX_DELAY_MS 60000

/* The pace of requests to one site. */
typedef struct Pace
{
	int least_ms;       /* between two starts, where all is well */
	int delay_ms;       /* between two starts at present */
	int64_t next_start; /* no sooner */
	int64_t held_until; /* the latest pace_hold() */
	int64_t slowed_at;  /* when the delay was last doubled */
} Pace;

/* A pace that lets a request start at once. */
extern Pace pace_of(int least_ms);

/* Changes the least delay. */
extern void pace_set_least(Pace *pace, int least_ms);

/* Nothing starts before this time. */
extern void pace_hold(Pace *pace, int64_t until);

/*
 * A request starts now, at next_start or later. Starts keep to a schedule as long as they are at
 * most PACE_SLACK_MS late. So their average is the delay however the machine wakes up, and no two
 * are closer than the delay minus PACE_SLACK_MS.
 */
extern void pace_start(Pace *pace, int64_t now);

/*
 * The site has just failed to answer a request that started then: the delay is doubled, up to the
 * longest. A request started before the last doubling does not double it again: ten that fail
 * together are one failure.
 */
extern void pace_slow(Pace *pace, int64_t started, int64_t now);

/*
 * The site has answered a request that started then, after the last doubling: the delay is reduced
 * by a tenth, down to the least.
 */
extern void pace_ease(Pace *pace, int64_t started);

/* The next number of a splitmix64 sequence. */
extern uint64_t random_next(uint64_t *state);

#endif
