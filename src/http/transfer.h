/*
 * transfer.h: one request as libcurl sees it: its options, its headers, and the bytes that come
 * back.
 */
#ifndef ESN_TRANSFER_H
#define ESN_TRANSFER_H

#include "http/state.h"

/* Gives a transfer to libcurl. One that cannot be started ends. */
extern void transfer_start(Transfer *transfer);

#endif
