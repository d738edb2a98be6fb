/*
 * turn.h: how the run of a section waits while another run is in progress.
 */
#ifndef ESN_TURN_H
#define ESN_TURN_H

/*
 * Waits until the run may begin; then it holds the lock of the run. Asks the run in progress to
 * read the section meanwhile. Returns NULL, or the status with which that run has ended this one.
 */
extern char *turn_await(int64 run);

#endif
