/*
 * outcome.h: what the end of a transfer means: an answer, a redirect, a retry, a failure, or a site
 * that blocks us.
 */
#ifndef ESN_OUTCOME_H
#define ESN_OUTCOME_H

#include "http/state.h"

/* A complete answer, or an error: the transfer ends, or goes into a queue again. */
extern void outcome_of_status(Transfer *transfer, int64_t now, const char *location);
extern void outcome_of_error(Transfer *transfer, int64_t now, CURLcode code);

#endif
