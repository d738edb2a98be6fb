/*
 * cache.h: answers by address and key, bounded in bytes. All functions may be called from any
 * thread.
 */
#ifndef WEB_CACHE_H
#define WEB_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "answer.h"

/* limit: the bytes of all answers; 0: none are kept. False: there is no memory. */
extern int cache_open(size_t limit);
extern void cache_close(void);

/*
 * The generation: answers that were computed in an older one may be wrong, and are not kept.
 * cache_void() forgets all answers and begins the next.
 */
extern uint64_t cache_generation(void);
extern void cache_void(void);

/* An answer that is kept, with a reference for the caller. NULL: none. */
extern Answer *cache_find(const char *address);

/* Keeps an answer for some seconds, if nothing has changed since the generation in which
 * it was made. */
extern void cache_keep(const char *address, Answer *answer, int64_t seconds, uint64_t made_in);

#endif
