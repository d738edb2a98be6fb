/*
 * server_slugger.h: the slugger of a backend.
 */
#ifndef ESN_SERVER_SLUGGER_H
#define ESN_SERVER_SLUGGER_H

#include "base/slug.h"

/* The slugger of this process, opened at the first call. ERROR if it cannot be opened. */
extern Slugger *server_slugger(void);

#endif
