/*
 * attempts.h: transactions that are tried again while another session stands in their way: it has
 * locked what they need, or a deadlock was resolved at their cost.
 */
#ifndef ESN_STORE_ATTEMPTS_H
#define ESN_STORE_ATTEMPTS_H

/* One or more statements of a transaction, from its beginning on. */
typedef void (*Attempt)(void *state);

/*
 * Tries, at most four times, with pauses of 0.5, 1 and 2 s, and raises the last error. What an
 * attempt has done outside of its transaction it must undo itself when it is made again. Within an
 * attempt, only the outermost is repeated. activity: for the server's log.
 */
extern void attempt(const char *activity, Attempt make, void *state);

#endif
