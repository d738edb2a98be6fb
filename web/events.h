/*
 * events.h: streams of server-sent events, bounded in number and in what waits for each. All
 * functions may be called from any thread.
 */
#ifndef WEB_EVENTS_H
#define WEB_EVENTS_H

#include <microhttpd.h>

#include "answer.h"
#include "limits.h"

/* At most so many streams at a time, in total and of one address; of one, 0: any number. */
extern void events_limit(unsigned most, unsigned most_of_one);

/* From events_begin() to events_end() there can be streams; events_end() ends them. */
extern void events_begin(void);
extern void events_end(void);

/* Sends an event to all. data: one line; what is not is not sent. */
extern void events_publish(const char *name, const char *data);

/*
 * Ends the streams whose clients have gone, and sends the others a comment now and then, by which
 * they see that the gateway is there. Called about once a second.
 */
extern void events_keep_alive(void);

/*
 * Begins a stream with what the answer says; see answer_stream(). Sets status to what was sent: 503
 * if there are too many streams or the database is away, 429 if the address has too many.
 */
extern enum MHD_Result events_send(const Answer *answer, struct MHD_Connection *connection,
								   Client *client, const Origin *origin, unsigned *status);

#endif
