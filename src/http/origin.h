/*
 * origin.h: one site: the queue of its requests, when one may start, and how its answers change
 * that.
 */
#ifndef ESN_ORIGIN_H
#define ESN_ORIGIN_H

#include "http/state.h"

/* What the end of a transfer says about its site. */
typedef enum Verdict
{
	SITE_ANSWERED,
	SITE_STRUGGLES,
	SITE_REFUSES,
	NO_VERDICT
} Verdict;

/*
 * Prepares an origin for a base URL (NULL: none). Returns false if it is not a URL of http or
 * https, or without memory.
 */
extern bool origin_init(Origin *origin, const HttpOptions *options, const char *base);

/* The configured site that an address belongs to, or NULL. */
extern Origin *origin_find(HttpClient *client, const char *url);

/* Whether an address is of http or https and has no user or password. */
extern bool origin_is_public(const char *url);

/* See http_obey(). */
extern void origin_obey(Origin *origin, const Robots *robots, const char *unread);

/*
 * Appends a transfer to the queue of its origin. If the origin is blocked, the transfer ends at
 * once.
 */
extern void origin_enqueue(Transfer *transfer);

/*
 * Takes the first transfer that may start out of an origin's queue, or makes the trial of an origin
 * that fails. If there is none, returns NULL and brings *due forward to when one may.
 */
extern Transfer *origin_take_due(Origin *origin, int64_t now, int64_t *due);

/* Takes the first transfer out of an origin's queue, whether or not it may start. NULL: none. */
extern Transfer *origin_take_first(Origin *origin);

/*
 * Adjusts the pace and the breaker of an origin when a transfer ends. Call it once per transfer
 * taken.
 */
extern void origin_heed(Transfer *transfer, Verdict verdict, int64_t now);

/* Blocks an origin: ends everything that waits for it, for the reason in origin->block_reason. */
extern void origin_block(Origin *origin);

/* The number of transfers that wait only for their turn. */
extern int origin_ready(const Origin *origin, int64_t now);

/* Appends to text why requests to an origin are slower than usual, if they are. */
extern void origin_describe_wait(const Origin *origin, int64_t now, char *text, size_t size);

#endif
