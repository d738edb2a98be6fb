/*
 * fake_http.c: see fake_http.h.
 */
#include "fake_http.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "fuzz.h"

typedef void *(*BeginCallback)(void *, const char *, struct MHD_Connection *);

static MHD_AccessHandlerCallback handle;
static MHD_RequestCompletedCallback completed;
static MHD_NotifyConnectionCallback notify;
static BeginCallback begin;
static int responses;

static void
take_option(enum MHD_OPTION option, va_list *values)
{
	if (option == MHD_OPTION_LISTEN_SOCKET)
		close(va_arg(*values, MHD_socket));
	else if (option == MHD_OPTION_CONNECTION_MEMORY_LIMIT)
		fuzz_check(va_arg(*values, size_t) >= 1024);
	else if (option == MHD_OPTION_NOTIFY_COMPLETED)
		completed = va_arg(*values, MHD_RequestCompletedCallback);
	else if (option == MHD_OPTION_NOTIFY_CONNECTION)
		notify = va_arg(*values, MHD_NotifyConnectionCallback);
	else if (option == MHD_OPTION_URI_LOG_CALLBACK)
		begin = va_arg(*values, BeginCallback);
	else if (option == MHD_OPTION_UNESCAPE_CALLBACK)
		(void) va_arg(*values, size_t(*)(void *, struct MHD_Connection *, char *));
	else
		fuzz_check(va_arg(*values, unsigned) > 0);
	/* these four have a context */
	if (option == MHD_OPTION_NOTIFY_COMPLETED || option == MHD_OPTION_NOTIFY_CONNECTION ||
		option == MHD_OPTION_URI_LOG_CALLBACK || option == MHD_OPTION_UNESCAPE_CALLBACK)
		(void) va_arg(*values, void *);
}

struct MHD_Daemon *
MHD_start_daemon(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback accept_policy,
				 void *accept_context, MHD_AccessHandlerCallback handler, void *context, ...)
{
	static char daemon;
	enum MHD_OPTION option;
	va_list values;

	(void) accept_context;
	fuzz_check((flags & MHD_ALLOW_SUSPEND_RESUME) != 0 && port == 0 && accept_policy == NULL &&
			   context == NULL);
	handle = handler;
	va_start(values, context);
	while ((option = va_arg(values, enum MHD_OPTION)) != MHD_OPTION_END)
		take_option(option, &values);
	va_end(values);
	fuzz_check(begin != NULL && completed != NULL && notify != NULL);
	return (struct MHD_Daemon *) &daemon;
}

void
MHD_stop_daemon(struct MHD_Daemon *daemon)
{
	(void) daemon;
}

const char *
fake_header(const FakeHeaders *headers, const char *name)
{
	for (int i = 0; i < headers->count; i++)
	{
		if (strcasecmp(headers->names[i], name) == 0)
			return headers->values[i];
	}
	return NULL;
}

const char *
MHD_lookup_connection_value(struct MHD_Connection *connection, enum MHD_ValueKind kind,
							const char *key)
{
	fuzz_check(kind == MHD_HEADER_KIND);
	return fake_header(&connection->headers, key);
}

int
MHD_get_connection_values(struct MHD_Connection *connection, enum MHD_ValueKind kind,
						  MHD_KeyValueIterator iterator, void *context)
{
	const FakeHeaders *headers = &connection->headers;

	fuzz_check(kind == MHD_HEADER_KIND);
	for (int i = 0; i < headers->count; i++)
	{
		if (iterator(context, kind, headers->names[i], headers->values[i]) == MHD_NO)
			break;
	}
	return headers->count;
}

const union MHD_ConnectionInfo *
MHD_get_connection_info(struct MHD_Connection *connection, enum MHD_ConnectionInfoType type, ...)
{
	static union MHD_ConnectionInfo info;

	memset(&info, 0, sizeof(info));
	if (type == MHD_CONNECTION_INFO_CLIENT_ADDRESS)
		info.client_addr = &connection->client.any;
	else if (type == MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		info.socket_context = connection->socket_context;
	else
	{
		fuzz_check(type == MHD_CONNECTION_INFO_CONNECTION_FD);
		info.connect_fd = -1;
	}
	return &info;
}

void
MHD_suspend_connection(struct MHD_Connection *connection)
{
	fuzz_check(!connection->is_suspended);
	connection->is_suspended = true;
}

void
MHD_resume_connection(struct MHD_Connection *connection)
{
	fuzz_check(connection->is_suspended);
	connection->is_suspended = false;
}

struct MHD_Response *
MHD_create_response_from_buffer(size_t size, void *buffer, enum MHD_ResponseMemoryMode mode)
{
	struct MHD_Response *response = calloc(1, sizeof(struct MHD_Response));

	fuzz_check(response != NULL && buffer != NULL);
	response->references = 1;
	response->size = size;
	response->mode = mode;
	response->content = buffer;
	if (mode == MHD_RESPMEM_MUST_COPY)
	{
		char *copy = malloc(size + 1);

		fuzz_check(copy != NULL);
		memcpy(copy, buffer, size);
		response->content = copy;
	}
	responses++;
	return response;
}

struct MHD_Response *
MHD_create_response_from_callback(uint64_t size, size_t block_size, MHD_ContentReaderCallback read,
								  void *context, MHD_ContentReaderFreeCallback end)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(0, (void *) "", MHD_RESPMEM_PERSISTENT);

	fuzz_check(size == MHD_SIZE_UNKNOWN && block_size > 0);
	response->read = read;
	response->context = context;
	response->end = end;
	return response;
}

void
MHD_destroy_response(struct MHD_Response *response)
{
	fuzz_check(response->references > 0);
	if (--response->references > 0)
		return;
	if (response->end != NULL)
		response->end(response->context);
	for (int i = 0; i < response->headers.count; i++)
	{
		free((char *) response->headers.names[i]);
		free((char *) response->headers.values[i]);
	}
	if (response->mode != MHD_RESPMEM_PERSISTENT)
		free((char *) response->content);
	free(response);
	responses--;
}

/* As libmicrohttpd, it takes no empty ones, and none that would end the line. */
enum MHD_Result
MHD_add_response_header(struct MHD_Response *response, const char *header, const char *content)
{
	FakeHeaders *headers = &response->headers;

	if (*header == '\0' || *content == '\0' || strpbrk(header, "\t\r\n") != NULL ||
		strpbrk(content, "\t\r\n") != NULL || headers->count == FAKE_HEADERS)
		return MHD_NO;
	headers->names[headers->count] = strdup(header);
	headers->values[headers->count++] = strdup(content);
	return MHD_YES;
}

int
MHD_get_response_headers(struct MHD_Response *response, MHD_KeyValueIterator iterator,
						 void *context)
{
	for (int i = 0; i < response->headers.count; i++)
		iterator(context, MHD_HEADER_KIND, response->headers.names[i], response->headers.values[i]);
	return response->headers.count;
}

enum MHD_Result
MHD_queue_response(struct MHD_Connection *connection, unsigned status,
				   struct MHD_Response *response)
{
	fuzz_check(connection->response == NULL && !connection->is_suspended);
	if (status < 100 || status > 999)
		return MHD_NO;
	response->references++;
	connection->response = response;
	connection->status = status;
	return MHD_YES;
}

/* Returns whether more of the request can follow. */
static bool
hand_over(struct MHD_Connection *connection, const char *data, size_t size)
{
	size_t left = size;
	enum MHD_Result result = handle(NULL, connection, connection->address, connection->method,
									"HTTP/1.1", data, &left, &connection->request);

	if (result != MHD_YES)
		connection->state = FAKE_DROPPED;
	else if (connection->response != NULL)
		connection->state = FAKE_ANSWERED;
	else
		fuzz_check(left == 0);
	return connection->state == FAKE_WAITS;
}

void
fake_http_begin(struct MHD_Connection *connection, const char *body, size_t size)
{
	size_t half = size / 2;

	notify(NULL, connection, &connection->socket_context, MHD_CONNECTION_NOTIFY_STARTED);
	connection->request = begin(NULL, connection->address, connection);
	if (!hand_over(connection, NULL, 0) || (half > 0 && !hand_over(connection, body, half)) ||
		(size > half && !hand_over(connection, body + half, size - half)))
		return;
	/* it must be answered, dropped or suspended now */
	fuzz_check(!hand_over(connection, NULL, 0) || connection->is_suspended);
}

void
fake_http_continue(struct MHD_Connection *connection)
{
	if (connection->state == FAKE_WAITS && !connection->is_suspended)
		fuzz_check(!hand_over(connection, NULL, 0));
}

size_t
fake_http_read(struct MHD_Connection *connection, char *target, size_t size)
{
	const struct MHD_Response *response = connection->response;
	size_t all = 0;

	while (!connection->is_suspended && !connection->is_ended && all < size)
	{
		ssize_t got = response->read(response->context, 0, target + all, size - all);

		fuzz_check(got != 0 || connection->is_suspended);
		if (got == MHD_CONTENT_READER_END_OF_STREAM)
			connection->is_ended = true;
		else
		{
			fuzz_check(got >= 0 && (size_t) got <= size - all);
			all += (size_t) got;
		}
	}
	return all;
}

void
fake_http_end(struct MHD_Connection *connection)
{
	fuzz_check(connection->state != FAKE_WAITS);
	if (connection->response != NULL)
		MHD_destroy_response(connection->response);
	completed(NULL, connection, &connection->request, MHD_REQUEST_TERMINATED_COMPLETED_OK);
	notify(NULL, connection, &connection->socket_context, MHD_CONNECTION_NOTIFY_CLOSED);
	fuzz_check(connection->request == NULL && connection->socket_context == NULL);
}

ssize_t
fake_recv(int socket, void *target, size_t size, int flags)
{
	(void) target;
	(void) flags;
	fuzz_check(socket == -1 && size > 0);
	errno = EAGAIN;
	return -1;
}

int
fake_http_responses(void)
{
	return responses;
}
