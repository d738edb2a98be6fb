/*
 * politeness.h: the arithmetic of being a good guest: when the next request may start, whether a failure can heal, how
 * long to wait before trying again. Pure functions; times are in milliseconds of any monotonic clock.
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

/*
 * The wait that a Retry-After header asks for (RFC 9110, 10.2.3: seconds, or an HTTP date, against now in seconds since 1970), in
 * ms; 0 for a date in the past; -1 where the header says nothing that can be understood. At most a day.
 */
extern int64_t retry_after_ms(const char *header, int64_t now_seconds);

/* The next number of a splitmix64 sequence. */
extern uint64_t random_next(uint64_t *state);

#endif
