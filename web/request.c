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
	const char *key = header(request, "Authorization");

	if (key != NULL && strncasecmp(key, "Bearer ", 7) == 0)
		key += 7 + strspn(key + 7, " ");
	else
		key = header(request, "X-API-Key");
	return key == NULL || *key == '\0' ? NULL : key;
}

static enum MHD_Result
note_forwarded(void *last, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void) kind;
	if (strcasecmp(name, "X-Forwarded-For") == 0)
		*(const char **) last = value;
	return MHD_YES;
}

/*
 * The address that the proxy has put last, into the header that the client sent, or into one of its
 * own behind that. The client may have sent the others.
 */
static const char *
last_forwarded(const Request *request)
{
	const char *last = NULL;
	const char *comma;

	MHD_get_connection_values(request->connection, MHD_HEADER_KIND, note_forwarded, &last);
	if (last == NULL)
		return NULL;
	comma = strrchr(last, ',');
	last = comma == NULL ? last : comma + 1;
	return last + strspn(last, " ");
}

/* The NUL keeps it apart from all keys. */
static Origin
origin_of(const void *address, size_t size)
{
	Origin origin = {.size = 1 + size};

	memcpy(origin.bytes + 1, address, size);
	return origin;
}

/* An address of IPv4 may come as one of IPv6, too. */
static Origin
network_of(const struct in6_addr *address)
{
	if (IN6_IS_ADDR_V4MAPPED(address))
		return origin_of(&address->s6_addr[12], 4);
	return origin_of(address, 8);
}

static Origin
peer_origin(const struct sockaddr *peer)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;

	switch (peer->sa_family)
	{
		case AF_INET6:
			memcpy(&v6, peer, sizeof(v6));
			return network_of(&v6.sin6_addr);
		case AF_INET:
			memcpy(&v4, peer, sizeof(v4));
			return origin_of(&v4.sin_addr, 4);
		default:
			return (Origin){.size = 0};
	}
}

Origin
request_origin(const Request *request, bool behind_proxy)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *forwarded = behind_proxy ? last_forwarded(request) : NULL;
	struct in6_addr v6;
	struct in_addr v4;

	if (forwarded != NULL && inet_pton(AF_INET6, forwarded, &v6) == 1)
		return network_of(&v6);
	if (forwarded != NULL && inet_pton(AF_INET, forwarded, &v4) == 1)
		return origin_of(&v4, 4);
	if (info == NULL || info->client_addr == NULL)
		return (Origin){.size = 0};
	return peer_origin(info->client_addr);
}
