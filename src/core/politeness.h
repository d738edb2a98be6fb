/*
 * politeness.h: the arithmetic of being a good guest: when the next request may start, whether a failure can heal, how
 * long to wait before trying again. Pure functions; times are in milliseconds of any monotonic clock. When a site is not to be
 * asked at all says breaker.h.
 */
#ifndef ESN_POLITENESS_H
#define ESN_POLITENESS_H

#include <stdbool.h>
#include <stdint.h>

/* Whether asking again may help: 408, 425, 429 and 5xx but 501. 404 and 410 are answers. */
extern bool status_can_heal(int status);

/*
 * The wait before retry number retry (from 1): base_ms * 2^(retry-1), jittered by +-20 % with random (any 64 bits), at most an
 * hour.
 */
extern int64_t retry_wait_ms(int base_ms, int retry, uint64_t random);

/* An HTTP date (RFC 9110, 5.6.7, all three forms) as seconds since 1970; false: it is none. */
extern bool parse_http_date(const char *s, int64_t *seconds);

/*
 * The wait that a Retry-After header asks for (RFC 9110, 10.2.3: seconds, or an HTTP date, against now in seconds since 1970), in
 * ms; 0 for a date in the past; -1 where the header says nothing that can be understood. At most a day.
 */
extern int64_t retry_after_ms(const char *header, int64_t now_seconds);

/* A start that is late by no more than this does not shift those after it. */
#define PACE_SLACK_MS 4

/*
 * The longest delay that a struggling site gets: so many times the least one, and no more than a minute; where there is no least one there is none;
 * a least one that is longer stays.
 */
#define PACE_MAX_FACTOR 64
#define PACE_MAX_DELAY_MS 60000

/* The pace at which one site is asked. */
typedef struct Pace
{
	int least_ms;       /* between two starts, where all is well */
	int delay_ms;       /* between two starts at present */
	int64_t next_start; /* no sooner */
	int64_t held_until; /* the latest pace_hold() */
	int64_t slowed_at;  /* when the delay was last doubled */
} Pace;

/* A pace at which something may start at once. */
extern Pace pace_of(int least_ms);

/* The least delay is now this. */
extern void pace_set_least(Pace *pace, int least_ms);

/* Nothing starts before this time. */
extern void pace_hold(Pace *pace, int64_t until);

/*
 * Something starts now, at next_start or later. The starts keep to a schedule as long as they are not late by more than
 * PACE_SLACK_MS, so that their average is the delay however a machine wakes up, and no two are closer than the delay less that.
 */
extern void pace_start(Pace *pace, int64_t now);

/*
 * The site has failed now to answer what was started then: the delay is doubled, up to the longest. What was
 * started before the last doubling does not double it again: ten that fail together are one failure.
 */
extern void pace_slow(Pace *pace, int64_t started, int64_t now);

/* The site has answered what was started then, after the last doubling: a tenth of the delay is taken off, down to the least. */
extern void pace_ease(Pace *pace, int64_t started);

/* The next number of a splitmix64 sequence. */
extern uint64_t random_next(uint64_t *state);

#endif
