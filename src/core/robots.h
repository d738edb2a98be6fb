/*
 * robots.h: what a site's robots.txt allows, as RFC 9309 says. Pure: text in, answers out.
 */
#ifndef ESN_ROBOTS_H
#define ESN_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"

/* Bytes of a robots.txt that are read; a longer one is read so far (RFC 9309, 2.5). */
#define ROBOTS_MAX_BYTES ((size_t) 500 * 1024)

typedef struct Robots Robots;

/*
 * The rules for a crawler. product: its product token, such as "esn_pulse", compared without regard to case. The groups that name it
 * count, all of them together; where none does, those for "*"; where there are none either, all is allowed (2.2.1). bytes may be anything.
 */
extern Robots *robots_parse(Arena *arena, const char *bytes, size_t len, const char *product);

/* The rules of a site that is not to be asked at all: its robots.txt could not be had (2.3.1.4). */
extern Robots *robots_refuse_all(Arena *arena);

/*
 * Whether an address may be asked for. Of the rules that match its path and query, percent-encoding being undone on both sides, the longest
 * counts, of equal ones that which allows (2.2.2); "*" is any text, "$" at the end the end. /robots.txt itself is always allowed.
 */
extern bool robots_allows(const Robots *robots, const char *url);

/* The Crawl-delay of the group, in ms, at most an hour; 0: none. Not of the RFC, but written by many. */
extern int robots_delay_ms(const Robots *robots);

#endif
