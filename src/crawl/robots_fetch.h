/*
 * robots_fetch.h: reads robots.txt of both sites, at most once a day, before any other request.
 * http/robots.c decides what it allows.
 */
#ifndef ESN_ROBOTS_FETCH_H
#define ESN_ROBOTS_FETCH_H

#include "crawl/loop.h"

/* Makes the loop obey the sites' robots.txt if esn_pulse.respect_robots is on. */
extern void robots_fetch(Loop *loop);

#endif
