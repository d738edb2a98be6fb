/*
 * robots.h: which URLs a site's robots.txt allows, by RFC 9309. Pure functions.
 */
#ifndef ESN_ROBOTS_H
#define ESN_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Only so many bytes of a robots.txt are read (RFC 9309, 2.5). */
#define ROBOTS_MAX_BYTES ((size_t) 500 * 1024)

typedef struct Robots Robots;

/*
 * Parses the rules for a crawler. product is its product token, such as "esn_pulse", compared
 * ignoring case. All groups that name it count together. Without any, those for "*" count; without
 * those, everything is allowed (2.2.1). bytes can be anything.
 */
extern Robots *robots_parse(Arena *arena, const char *bytes, size_t len, const char *product);

/* The rules of a site that gets no requests, because its robots.txt could not be read (2.3.1.4). */
extern Robots *robots_disallow_all(Arena *arena);

/*
 * Whether an address may be requested. Of the rules that match its path and query, with
 * percent-encoding undone on both sides, the longest decides; of equally long ones, an allowing one
 * (2.2.2). "*" matches any text, and "$" at the end the end. /robots.txt itself is always allowed.
 */
extern bool robots_allows(const Robots *robots, const char *url);

/*
 * The Crawl-delay of the group, in ms, at most an hour; 0: none. It is not part of the RFC, but
 * common.
 */
extern int robots_delay_ms(const Robots *robots);

#endif
