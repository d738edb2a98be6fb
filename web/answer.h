/*
 * answer.h: an answer to a request, ready to be sent any number of times. answer.c has the text.
 */
#ifndef WEB_ANSWER_H
#define WEB_ANSWER_H

#include <microhttpd.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Answer Answer;

/*
 * What the database says. None of the strings needs to stay. headers has one header per line;
 * content may be NULL.
 */
typedef struct AnswerText
{
	unsigned status;
	const char *headers;
	const char *content;
	size_t content_size;
	const char *route; /* by which usage is counted */
} AnswerText;

/* An answer with one reference. NULL: there is no memory. compress: also make a gzip of it. */
extern Answer *answer_create(const AnswerText *text, int compress);

/* An error of the gateway itself. retry_after: in seconds, 0: no such header. */
extern Answer *answer_problem(unsigned status, const char *title, const char *detail,
							  unsigned retry_after);

extern Answer *answer_share(Answer *answer);
extern void answer_release(Answer *answer);

/* How many bytes it keeps in memory, and the number of its route for usage_count(). */
extern size_t answer_size(const Answer *answer);
extern unsigned answer_route(const Answer *answer);

/* What a stream of events begins with, if it is one (its type says so). NULL: it is not. */
extern const char *answer_stream(const Answer *answer);
extern void answer_copy_headers(const Answer *answer, struct MHD_Response *response);

/*
 * Queues it on a connection: as 304 if the client has it already, as gzip if the client takes that.
 * Sets status to what was sent.
 */
extern enum MHD_Result answer_send(const Answer *answer, struct MHD_Connection *connection,
								   unsigned *status);

#endif
