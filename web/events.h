/*
 * events.h: streams of server-sent events, bounded in number and in what waits for each. All
 * functions may be called from any thread.
 */
#ifndef WEB_EVENTS_H
#define WEB_EVENTS_H

#include <microhttpd.h>

#include "answer.h"
#include "limits.h"

/* At most so many streams at a time. */
extern void events_limit(unsigned most);

/* From events_begin() to events_end() there can be streams; events_end() ends them. */
extern void events_begin(void);
extern void events_end(void);

/* Sends an event to all. data: one line. */
extern void events_publish(const char *name, const char *data);

/* Sends a comment now and then, by which both sides see that the other is there. */
extern void events_keep_alive(void);

/*
 * Begins a stream with what the answer says; see answer_stream(). Sets status to what was sent: 503
 * if there are too many streams, or none can be.
 */
extern enum MHD_Result events_send(const Answer *answer, struct MHD_Connection *connection,
								   Client *client, unsigned *status);

#endif
