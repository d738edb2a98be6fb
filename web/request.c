/*
 * request.c: what a request says, in terms of HTTP: its address, body, key and origin. What they
 * mean is decided by the database.
 */
#include "request.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "clock.h"

Request *
request_create(struct MHD_Connection *connection, const char *address)
{
	Request *request = calloc(1, sizeof(Request));

	if (request == NULL)
		return NULL;
	request->connection = connection;
	request->address = strdup(address);
	if (request->address == NULL)
	{
		free(request);
		return NULL;
	}
	return request;
}

void
request_destroy(Request *request)
{
	answer_release(request->answer);
	free(request->address);
	free(request->body);
	free(request);
}

void
request_receive(Request *request, const char *data, size_t size)
{
	char *body;

	if (request->body_size + size > MAX_BODY)
		request->is_too_large = true;
	if (request->is_too_large)
		return;
	body = realloc(request->body, request->body_size + size + 1);
	if (body == NULL)
	{
		request->is_too_large = true;
		return;
	}
	memcpy(body + request->body_size, data, size);
	request->body = body;
	request->body_size += size;
	body[request->body_size] = '\0';
}

static const char *
header(const Request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

/* Whether all is printable ASCII, as in an address. */
static bool
is_printable(const char *text)
{
	for (; *text != '\0'; text++)
	{
		if (*text <= ' ' || *text > '~')
			return false;
	}
	return true;
}

Answer *
request_refusal(const Request *request, const char *method)
{
	static const char *const methods[] = {"GET", "HEAD",  "OPTIONS", "POST",
										  "PUT", "PATCH", "DELETE"};
	const char *size = header(request, "Content-Length");
	size_t n = 0;

	while (n < sizeof(methods) / sizeof(methods[0]) && strcmp(methods[n], method) != 0)
		n++;
	if (n == sizeof(methods) / sizeof(methods[0]))
		return answer_problem(501, "Not Implemented", "the method is unknown", 0);
	if (request->address[0] != '/' || !is_printable(request->address))
		return answer_problem(400, "Bad Request", "the path is not that of an address", 0);
	if (header(request, "Transfer-Encoding") != NULL)
		return answer_problem(411, "Length Required", "a body needs a Content-Length", 0);
	if (request->is_too_large || (size != NULL && strtoull(size, NULL, 10) > MAX_BODY))
		return answer_problem(413, "Content Too Large", "the body is larger than 64 KiB", 0);
	if (request->body != NULL && strlen(request->body) != request->body_size)
		return answer_problem(400, "Bad Request", "the body has a NUL", 0);
	return NULL;
}

const char *
request_key(const Request *request)
{
	const char *given = header(request, "Authorization");

	if (given != NULL && strncasecmp(given, "Bearer ", 7) == 0)
		return given + 7 + strspn(given + 7, " ");
	return header(request, "X-API-Key");
}

static size_t
address_bytes(int family, const void *address, unsigned char *origin)
{
	size_t size = family == AF_INET6 ? 8 : 4;

	memcpy(origin, address, size);
	return size;
}

size_t
request_origin(const Request *request, bool behind_proxy, unsigned char *origin, size_t size)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *forwarded = behind_proxy ? header(request, "X-Forwarded-For") : NULL;
	unsigned char bytes[16];

	if (size < sizeof(bytes))
		return 0;
	if (forwarded != NULL)
	{
		/* The proxy adds the last one; the client may have sent the others. */
		const char *last = strrchr(forwarded, ',');

		last = last == NULL ? forwarded : last + 1;
		last += strspn(last, " ");
		if (inet_pton(AF_INET6, last, bytes) == 1)
			return address_bytes(AF_INET6, bytes, origin);
		if (inet_pton(AF_INET, last, bytes) == 1)
			return address_bytes(AF_INET, bytes, origin);
	}
	if (info == NULL || info->client_addr == NULL)
		return 0;
	if (info->client_addr->sa_family == AF_INET6)
	{
		struct sockaddr_in6 address;

		memcpy(&address, info->client_addr, sizeof(address));
		return address_bytes(AF_INET6, &address.sin6_addr, origin);
	}
	if (info->client_addr->sa_family == AF_INET)
	{
		struct sockaddr_in address;

		memcpy(&address, info->client_addr, sizeof(address));
		return address_bytes(AF_INET, &address.sin_addr, origin);
	}
	return 0;
}
