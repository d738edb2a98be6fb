/*
 * events.c: streams of server-sent events. A connection that has nothing to send is suspended, so
 * that it takes a little memory and no thread. A client that reads too slowly loses its stream; it
 * will connect again.
 */
#include "events.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define PENDING_SIZE 16384U /* what waits for one client */
#define BLOCK_SIZE 1024
#define KEEP_ALIVE_MS 15000
#define PATIENCE_MS 60000 /* for a client to take what was sent */

typedef struct Stream
{
	struct Stream *next;
	struct Stream **place;
	struct MHD_Connection *connection;
	Client *client;
	Origin origin;
	bool is_suspended;
	bool is_ended; /* after what is pending */
	size_t size;
	char pending[PENDING_SIZE];
} Stream;

typedef struct Refusal
{
	unsigned status;
	const char *title;
	const char *detail;
	unsigned retry_after;
} Refusal;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Stream *streams;
static unsigned count;
static unsigned limit;
static unsigned origin_limit;
static bool is_open;
static int64_t kept_alive;

void
events_limit(unsigned most, unsigned most_of_one)
{
	limit = most;
	origin_limit = most_of_one;
}

/* The lock is held: libmicrohttpd cannot close a suspended connection meanwhile. */
static void
resume(Stream *stream)
{
	if (!stream->is_suspended)
		return;
	stream->is_suspended = false;
	MHD_resume_connection(stream->connection);
}

static void
append(Stream *stream, const char *text, size_t size)
{
	if (stream->is_ended)
		return;
	if (size > PENDING_SIZE - stream->size)
		stream->is_ended = true;
	else
	{
		memcpy(stream->pending + stream->size, text, size);
		stream->size += size;
	}
	resume(stream);
}

static void
append_to_all(const char *text, size_t size)
{
	pthread_mutex_lock(&lock);
	for (Stream *stream = streams; stream != NULL; stream = stream->next)
		append(stream, text, size);
	kept_alive = clock_now();
	pthread_mutex_unlock(&lock);
}

void
events_begin(void)
{
	pthread_mutex_lock(&lock);
	is_open = true;
	pthread_mutex_unlock(&lock);
}

void
events_end(void)
{
	pthread_mutex_lock(&lock);
	is_open = false;
	for (Stream *stream = streams; stream != NULL; stream = stream->next)
	{
		stream->is_ended = true;
		resume(stream);
	}
	pthread_mutex_unlock(&lock);
}

void
events_publish(const char *name, const char *data)
{
	char text[PENDING_SIZE];
	int size = snprintf(text, sizeof(text), "event: %s\ndata: %s\n\n", name, data);

	/* Every role of the database can notify; a second line could pretend to be another event. */
	if (strpbrk(data, "\r\n") != NULL)
		return;
	if (size > 0 && (size_t) size < sizeof(text))
		append_to_all(text, (size_t) size);
}

void
events_keep_alive(void)
{
	bool is_due;

	pthread_mutex_lock(&lock);
	for (Stream *stream = streams; stream != NULL; stream = stream->next)
	{
		if (stream->is_suspended && limits_is_gone(stream->client))
		{
			stream->is_ended = true;
			resume(stream);
		}
	}
	is_due = clock_now() - kept_alive >= KEEP_ALIVE_MS;
	pthread_mutex_unlock(&lock);
	if (is_due)
		append_to_all(": here\n\n", strlen(": here\n\n"));
}

static ssize_t
read_stream(void *context, uint64_t position, char *target, size_t size)
{
	Stream *stream = context;
	ssize_t result = 0;

	(void) position;
	pthread_mutex_lock(&lock);
	if (stream->size > 0)
	{
		if (size > stream->size)
			size = stream->size;
		memcpy(target, stream->pending, size);
		stream->size -= size;
		memmove(stream->pending, stream->pending + size, stream->size);
		limits_extend(stream->client, PATIENCE_MS);
		result = (ssize_t) size;
	}
	else if (stream->is_ended)
		result = MHD_CONTENT_READER_END_OF_STREAM;
	else
	{
		stream->is_suspended = true;
		MHD_suspend_connection(stream->connection);
	}
	pthread_mutex_unlock(&lock);
	return result;
}

static void
free_stream(void *context)
{
	Stream *stream = context;

	pthread_mutex_lock(&lock);
	*stream->place = stream->next;
	if (stream->next != NULL)
		stream->next->place = stream->place;
	count--;
	pthread_mutex_unlock(&lock);
	free(stream);
}

/* The lock is held. */
static unsigned
count_of(const Origin *origin)
{
	unsigned found = 0;

	for (const Stream *stream = streams; stream != NULL; stream = stream->next)
		found += limits_same(&stream->origin, origin);
	return found;
}

/* Why there cannot be one more. NULL: there can. The lock is held. */
static const Refusal *
refusal(const Origin *origin)
{
	static const Refusal away = {503, "Service Unavailable",
								 "the database that sends events is not available", 5};
	static const Refusal full = {503, "Service Unavailable", "there are too many streams", 60};
	static const Refusal taken = {429, "Too Many Requests",
								  "there are too many streams of your address", 60};

	if (!is_open)
		return &away;
	if (count >= limit)
		return &full;
	if (origin_limit > 0 && origin->size > 0 && count_of(origin) >= origin_limit)
		return &taken;
	return NULL;
}

/* Returns NULL if there can be none, for which refused is the reason, or memory is short. */
static Stream *
create_stream(struct MHD_Connection *connection, const Origin *origin, const char *text,
			  const Refusal **refused)
{
	Stream *stream = calloc(1, sizeof(Stream));

	if (stream == NULL)
		return NULL;
	stream->connection = connection;
	stream->origin = *origin;
	pthread_mutex_lock(&lock);
	*refused = refusal(&stream->origin);
	if (*refused != NULL)
	{
		pthread_mutex_unlock(&lock);
		free(stream);
		return NULL;
	}
	append(stream, text, strlen(text));
	stream->next = streams;
	stream->place = &streams;
	if (streams != NULL)
		streams->place = &stream->next;
	streams = stream;
	count++;
	pthread_mutex_unlock(&lock);
	return stream;
}

static enum MHD_Result
refuse(const Refusal *refused, struct MHD_Connection *connection, unsigned *status)
{
	Answer *problem;
	enum MHD_Result result;

	if (refused == NULL)
		return MHD_NO;
	problem =
		answer_problem(refused->status, refused->title, refused->detail, refused->retry_after);
	if (problem == NULL)
		return MHD_NO;
	result = answer_send(problem, connection, status);
	answer_release(problem);
	return result;
}

enum MHD_Result
events_send(const Answer *answer, struct MHD_Connection *connection, Client *client,
			const Origin *origin, unsigned *status)
{
	const Refusal *refused = NULL;
	Stream *stream = create_stream(connection, origin, answer_stream(answer), &refused);
	struct MHD_Response *response;
	enum MHD_Result result;

	if (stream == NULL)
		return refuse(refused, connection, status);
	stream->client = client;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_SIZE, read_stream, stream,
												 free_stream);
	if (response == NULL)
	{
		free_stream(stream);
		return MHD_NO;
	}
	answer_copy_headers(answer, response);
	*status = MHD_HTTP_OK;
	result = MHD_queue_response(connection, *status, response);
	MHD_destroy_response(response);
	return result;
}
