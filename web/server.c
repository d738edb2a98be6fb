/*
 * server.c: libmicrohttpd's callbacks: receive a request, answer it from the cache, or suspend it
 * until the database has answered.
 */
#include "server.h"

#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cache.h"
#include "clock.h"
#include "events.h"
#include "flight.h"
#include "limits.h"
#include "request.h"
#include "usage.h"

#define HEADER_LIMIT ((size_t) 8 * 1024) /* of a connection: its headers, both ways */
#define SILENCE_SECONDS 30U
#define NEXT_REQUEST_MS 30000 /* until all of the next request is there */
#define BODY_MS 15000
#define ANSWER_MS 120000 /* from the request until all of the answer is taken */
#define BACKLOG 4096U

static struct MHD_Daemon *daemon_pool;
static bool behind_proxy;
static atomic_bool refuses;

static Client *
client_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info == NULL ? NULL : info->socket_context;
}

static void
notify_connection(void *unused, struct MHD_Connection *connection, void **context,
				  enum MHD_ConnectionNotificationCode code)
{
	const union MHD_ConnectionInfo *info;

	(void) unused;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED)
	{
		limits_disconnected(*context);
		*context = NULL;
		return;
	}
	info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	*context = info == NULL ? NULL : limits_connected(info->connect_fd);
}

static void *
begin_request(void *unused, const char *address, struct MHD_Connection *connection)
{
	(void) unused;
	return request_create(connection, address);
}

static void
end_request(void *unused, struct MHD_Connection *connection, void **context,
			enum MHD_RequestTerminationCode code)
{
	Request *request = *context;

	(void) unused;
	(void) code;
	if (request != NULL)
		request_destroy(request);
	*context = NULL;
	limits_extend(client_of(connection), NEXT_REQUEST_MS);
}

/* The address is decoded by the database: %2F is not a slash. */
static size_t
leave_escaped(void *unused, struct MHD_Connection *connection, char *text)
{
	(void) unused;
	(void) connection;
	return strlen(text);
}

static enum MHD_Result
send_answer(Request *request)
{
	enum MHD_Result result;

	if (request->answer == NULL)
		return MHD_NO;
	if (answer_stream(request->answer) != NULL)
	{
		Origin origin = request_origin(request, behind_proxy);

		result = events_send(request->answer, request->connection, client_of(request->connection),
							 &origin, &request->status);
	}
	else
		result = answer_send(request->answer, request->connection, &request->status);
	usage_count(answer_route(request->answer), request->status,
				request->began == 0 ? 0 : clock_now() - request->began);
	return result;
}

static enum MHD_Result
refuse(Request *request, Answer *problem)
{
	answer_release(request->answer);
	request->answer = problem;
	return send_answer(request);
}

/* Both count: who guesses keys has an address. */
static unsigned
must_wait(const Request *request)
{
	Origin origin = request_origin(request, behind_proxy);
	const char *key = request_key(request);
	unsigned wait = origin.size == 0 ? 0 : limits_take(origin.bytes, origin.size);

	if (wait == 0 && key != NULL)
		wait = limits_take(key, strlen(key));
	return wait;
}

/* By method, address and key: a key can show more. NULL: there is no memory. */
static char *
cached_as(const Request *request, const char *method)
{
	const char *key = request_key(request);
	size_t size = strlen(method) + strlen(request->address) + 3;
	char *text;

	if (key != NULL)
		size += strlen(key);
	text = malloc(size);
	if (text != NULL)
		snprintf(text, size, "%s %s\n%s", method, request->address, key == NULL ? "" : key);
	return text;
}

static enum MHD_Result
answer_request(Request *request, const char *method)
{
	bool is_kept = strcmp(method, "POST") != 0;
	unsigned wait = must_wait(request);
	char *name = NULL;
	bool taken;

	request->began = clock_now();
	limits_extend(client_of(request->connection), ANSWER_MS);
	if (wait > 0)
		return refuse(request,
					  answer_problem(429, "Too Many Requests",
									 "there were too many requests; wait, then try again", wait));
	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	if (is_kept)
	{
		name = cached_as(request, method);
		if (name == NULL)
			return MHD_NO;
		request->answer = cache_find(name);
		if (request->answer != NULL)
		{
			free(name);
			return send_answer(request);
		}
	}
	MHD_suspend_connection(request->connection);
	taken = !atomic_load(&refuses) && flight_join(request, method, name);
	free(name);
	if (!taken)
	{
		request->answer = answer_problem(503, "Service Unavailable", "the server is busy", 5);
		MHD_resume_connection(request->connection);
	}
	return MHD_YES;
}

static enum MHD_Result
handle(void *unused, struct MHD_Connection *connection, const char *url, const char *method,
	   const char *version, const char *data, size_t *size, void **context)
{
	Request *request = *context;
	Answer *problem;

	(void) unused;
	(void) url;
	(void) version;
	if (request == NULL)
		return MHD_NO;
	if (!request->is_begun)
	{
		request->is_begun = true;
		limits_extend(client_of(connection), BODY_MS);
		problem = request_refusal(request, method);
		return problem == NULL ? MHD_YES : refuse(request, problem);
	}
	if (*size > 0)
	{
		request_receive(request, data, *size);
		*size = 0;
		return MHD_YES;
	}
	if (request->began != 0)
		return send_answer(request);
	problem = request_refusal(request, method);
	return problem == NULL ? answer_request(request, method) : refuse(request, problem);
}

/* A socket that listens at address:port, or [address]:port. -1: none. */
static int
listen_at(const char *where)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
	struct addrinfo *found = NULL;
	const char *colon = strrchr(where, ':');
	char host[256];
	size_t length;
	int yes = 1;
	int listener = -1;

	if (colon == NULL || (length = (size_t) (colon - where)) >= sizeof(host))
		return -1;
	memcpy(host, where, length);
	host[length] = '\0';
	if (length > 1 && host[0] == '[' && host[length - 1] == ']')
	{
		memmove(host, host + 1, length - 2);
		host[length - 2] = '\0';
	}
	if (getaddrinfo(host[0] == '\0' ? NULL : host, colon + 1, &hints, &found) != 0)
		return -1;
	listener = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener >= 0)
	{
		setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
		if (bind(listener, found->ai_addr, found->ai_addrlen) != 0 ||
			listen(listener, (int) BACKLOG) != 0)
		{
			perror("esn-pulse-web: listen");
			close(listener);
			listener = -1;
		}
	}
	freeaddrinfo(found);
	return listener;
}

bool
server_open(const ServerOptions *options)
{
	int listener = listen_at(options->listen);

	if (listener < 0)
	{
		fprintf(stderr, "esn-pulse-web: cannot listen at %s\n", options->listen);
		return false;
	}
	behind_proxy = options->behind_proxy;
	daemon_pool =
		MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
						 handle, NULL, MHD_OPTION_LISTEN_SOCKET, (MHD_socket) listener,
						 MHD_OPTION_THREAD_POOL_SIZE, options->threads, MHD_OPTION_CONNECTION_LIMIT,
						 options->connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_LIMIT,
						 MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_SECONDS,
						 MHD_OPTION_NOTIFY_COMPLETED, end_request, NULL,
						 MHD_OPTION_NOTIFY_CONNECTION, notify_connection, NULL,
						 MHD_OPTION_URI_LOG_CALLBACK, begin_request, NULL,
						 MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL, MHD_OPTION_END);
	if (daemon_pool == NULL)
		fprintf(stderr, "esn-pulse-web: the HTTP server did not start\n");
	return daemon_pool != NULL;
}

void
server_refuse(void)
{
	atomic_store(&refuses, true);
}

void
server_close(void)
{
	if (daemon_pool != NULL)
		MHD_stop_daemon(daemon_pool);
	daemon_pool = NULL;
}
