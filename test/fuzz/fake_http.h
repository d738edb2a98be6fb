/*
 * fake_http.h: what the gateway uses of libmicrohttpd, without a network. A request is given to the
 * gateway's callbacks in the order in which libmicrohttpd would, and what it does with
 * libmicrohttpd is checked.
 */
#ifndef ESN_FUZZ_FAKE_HTTP_H
#define ESN_FUZZ_FAKE_HTTP_H

#include <microhttpd.h>
#include <stdbool.h>
#include <sys/socket.h>

#define FAKE_HEADERS 32

typedef struct FakeHeaders
{
	int count;
	const char *names[FAKE_HEADERS];
	const char *values[FAKE_HEADERS];
} FakeHeaders;

/* The value of the first header of this name. NULL: there is none. */
extern const char *fake_header(const FakeHeaders *headers, const char *name);

struct MHD_Response
{
	int references;
	const char *content;
	size_t size;
	enum MHD_ResponseMemoryMode mode;
	FakeHeaders headers;
	MHD_ContentReaderCallback read; /* NULL: the content is above */
	MHD_ContentReaderFreeCallback end;
	void *context;
};

typedef enum FakeState
{
	FAKE_WAITS,    /* for the gateway */
	FAKE_ANSWERED, /* with response */
	FAKE_DROPPED   /* without an answer */
} FakeState;

/* A connection with its one request. */
struct MHD_Connection
{
	const char *method;
	const char *address;
	FakeHeaders headers;
	union
	{
		struct sockaddr any;
		struct sockaddr_storage storage;
	} client;
	FakeState state;
	unsigned status;
	struct MHD_Response *response;
	bool is_suspended;
	bool is_ended; /* nothing follows in the stream */
	void *request;
	void *socket_context;
};

/* The body arrives in two parts. */
extern void fake_http_begin(struct MHD_Connection *connection, const char *body, size_t size);

/* Goes on with a request that was resumed. */
extern void fake_http_continue(struct MHD_Connection *connection);

/* What a stream has to say now. Returns how much. */
extern size_t fake_http_read(struct MHD_Connection *connection, char *target, size_t size);

/* Closes the connection. */
extern void fake_http_end(struct MHD_Connection *connection);

/* In the place of recv(): nobody has closed a connection, and nothing has come. */
extern ssize_t fake_recv(int socket, void *target, size_t size, int flags);

/* How many responses have not been destroyed. */
extern int fake_http_responses(void);

#endif
