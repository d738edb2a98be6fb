/*
 * request.h: a request while it is being received and answered.
 */
#ifndef WEB_REQUEST_H
#define WEB_REQUEST_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "limits.h"

/* Bodies of requests are small: what a run shall do. */
#define MAX_BODY ((size_t) 64 * 1024)

typedef struct Request
{
	struct Request *next; /* of those that wait for the same answer */
	struct MHD_Connection *connection;
	char *address; /* as it was requested, with the query */
	char *body;
	size_t body_size;
	bool is_begun;
	bool is_too_large;
	int64_t began; /* when all of it was there */
	Answer *answer;
	unsigned status;
} Request;

/* NULL: there is no memory. */
extern Request *request_create(struct MHD_Connection *connection, const char *address);
extern void request_destroy(Request *request);

/* Adds a part of the body; notes if there is too much of it. */
extern void request_receive(Request *request, const char *data, size_t size);

/* What is wrong with the address or the headers. NULL: nothing. */
extern Answer *request_refusal(const Request *request, const char *method);

/* The key that was given. NULL: none, or an empty one. */
extern const char *request_key(const Request *request);

/* Whose request it is, for limits.c. */
extern Origin request_origin(const Request *request, bool behind_proxy);

#endif
