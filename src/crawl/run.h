/*
 * run.h: the life of a run.
 */
#ifndef ESN_RUN_H
#define ESN_RUN_H

#include "launch.h"

/*
 * Runs what was requested, from the lock to the last row. ERROR where it cannot even begin or was
 * stopped by an error.
 */
extern void run_execute(const RunRequest *request);

#endif
