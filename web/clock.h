/*
 * clock.h: time that never goes back, and a number that nobody can guess.
 */
#ifndef WEB_CLOCK_H
#define WEB_CLOCK_H

#include <stdint.h>
#include <sys/random.h>
#include <time.h>

/* In milliseconds. */
static inline int64_t
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline uint64_t
random_seed(void)
{
	uint64_t seed = 0;

	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t) sizeof(seed))
		seed = (uint64_t) clock_now();
	return seed;
}

#endif
