/*
 * channel.h: the messages from a run's worker to its caller.
 */
#ifndef ESN_CHANNEL_H
#define ESN_CHANNEL_H

#include "storage/dsm.h"
#include "storage/shm_mq.h"

typedef enum MessageKind
{
	MESSAGE_STARTED = 'S', /* the run's row, when it begins */
	MESSAGE_NOTICE = 'N',  /* for the user */
	MESSAGE_ENDED = 'R',   /* the run's row, when it has ended */
	MESSAGE_ANSWER = 'A',  /* instead of a row: what a run without one has found */
	MESSAGE_ERROR = 'E'    /* the error, if there is no row */
} MessageKind;

typedef struct Message
{
	MessageKind kind;
	ErrorData *report; /* notice and error */
	Datum row;         /* started and ended */
	char *answer;
} Message;

/* The worker's end. These functions do nothing once the caller has gone. */
extern void channel_open(dsm_segment *segment, shm_mq *queue);

/*
 * Shows a message of this level to the caller. It is dropped if the caller does not keep up. hint
 * may be NULL.
 */
extern void channel_notice(int elevel, const char *hint, const char *format, ...)
	pg_attribute_printf(3, 4);

/* These wait a few seconds for room in the queue. detail and hint may be NULL. */
extern void channel_summary(int elevel, const char *message, const char *detail, const char *hint);
extern void channel_row(MessageKind kind, Datum row);
extern void channel_answer(const char *answer);
extern void channel_error(ErrorData *error);

/* The caller's end: decodes a message, in the current memory context. */
extern void channel_decode(const char *data, Size len, Message *message);

#endif
