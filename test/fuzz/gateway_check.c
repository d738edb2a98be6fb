/*
 * gateway_check.c: see gateway_check.h.
 */
#include "gateway_check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define LARGEST_BODY 65536
#define SMALLEST_GZIP 1000
#define LONGEST_ETAG 77 /* without what says that it is weak; longer ones are not known */

void
set_client(Asked *asked, const char *address)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};

	asked->connection.client.any.sa_family = AF_UNSPEC;
	if (inet_pton(AF_INET6, address, &six.sin6_addr) == 1)
		memcpy(&asked->connection.client, &six, sizeof(six));
	else if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
		memcpy(&asked->connection.client, &four, sizeof(four));
}

/* An IPv4 address, also as one of IPv6, or the network of an IPv6 address. */
static const char *
name_of_address(Arena *arena, int family, const void *address)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	const unsigned char *bytes = address;
	bool is_long = family == AF_INET6 && memcmp(bytes, mapped, sizeof(mapped)) != 0;
	TextBuffer name;

	if (family == AF_INET6 && !is_long)
		bytes += sizeof(mapped);
	buffer_init(&name, arena);
	buffer_puts(&name, "address ");
	for (int i = 0; i < (is_long ? 8 : 4); i++)
		buffer_printf(&name, "%02x", bytes[i]);
	return name.data;
}

/* Whose request it is: the last address that the proxy names, or else the client's own. */
static const char *
origin(Arena *arena, const struct MHD_Connection *connection)
{
	const char *last = NULL;
	unsigned char bytes[16];

	for (int i = 0; i < connection->headers.count; i++)
	{
		if (strcasecmp(connection->headers.names[i], "X-Forwarded-For") == 0)
			last = connection->headers.values[i];
	}
	for (const char *comma; last != NULL && (comma = strchr(last, ',')) != NULL;)
		last = comma + 1;
	while (last != NULL && *last == ' ')
		last++;
	if (last != NULL && inet_pton(AF_INET6, last, bytes) == 1)
		return name_of_address(arena, AF_INET6, bytes);
	if (last != NULL && inet_pton(AF_INET, last, bytes) == 1)
		return name_of_address(arena, AF_INET, bytes);
	if (connection->client.any.sa_family == AF_INET6)
	{
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *) &connection->client;

		return name_of_address(arena, AF_INET6, &six->sin6_addr);
	}
	if (connection->client.any.sa_family == AF_INET)
	{
		const struct sockaddr_in *four = (const struct sockaddr_in *) &connection->client;

		return name_of_address(arena, AF_INET, &four->sin_addr);
	}
	return NULL;
}

/* An empty key is none. */
static const char *
key_of(const FakeHeaders *headers)
{
	const char *key = fake_header(headers, "Authorization");

	if (key != NULL && strncasecmp(key, "Bearer ", 7) == 0)
	{
		for (key += 7; *key == ' ';)
			key++;
	}
	else
		key = fake_header(headers, "X-API-Key");
	return key == NULL || *key == '\0' ? NULL : key;
}

/* Returns whether a token was there. */
static bool
take_token(Gateway *gateway, const char *name)
{
	Bucket *bucket = gateway->buckets;

	while (bucket != NULL && strcmp(bucket->name, name) != 0)
		bucket = bucket->next;
	if (bucket == NULL)
	{
		bucket = arena_alloc(gateway->arena, sizeof(Bucket));
		*bucket = (Bucket){gateway->buckets, name, GATEWAY_BURST, gateway->seconds};
		gateway->buckets = bucket;
	}
	bucket->tokens += (gateway->seconds - bucket->seconds) * GATEWAY_RATE;
	bucket->seconds = gateway->seconds;
	if (bucket->tokens > GATEWAY_BURST)
		bucket->tokens = GATEWAY_BURST;
	if (bucket->tokens == 0)
		return false;
	bucket->tokens--;
	return true;
}

/* Whether the gateway may not even look at it. */
static bool
is_wrong(const Asked *asked)
{
	static const char methods[] = " GET HEAD OPTIONS POST PUT PATCH DELETE ";
	const FakeHeaders *headers = &asked->connection.headers;
	const char *length = fake_header(headers, "Content-Length");
	const char *method = strstr(methods, asked->connection.method);

	if (method == NULL || method[-1] != ' ' || method[strlen(asked->connection.method)] != ' ')
		return true;
	if (asked->connection.address[0] != '/')
		return true;
	for (const char *c = asked->connection.address; *c != '\0'; c++)
	{
		if (*c < 0x21 || *c > 0x7e)
			return true;
	}
	return fake_header(headers, "Transfer-Encoding") != NULL || asked->body_size > LARGEST_BODY ||
		   (length != NULL && strtod(length, NULL) > LARGEST_BODY) ||
		   memchr(asked->body, '\0', asked->body_size) != NULL;
}

void
check_begun(Gateway *gateway, Asked *asked)
{
	const char *address = asked->connection.address;
	size_t path = strcspn(address, "?");

	asked->path = arena_strndup(gateway->arena, address, path);
	asked->query = address[path] == '?' ? address + path + 1 : NULL;
	asked->who = origin(gateway->arena, &asked->connection);
	asked->key = key_of(&asked->connection.headers);
	asked->generation = gateway->generation;
	asked->seconds = gateway->seconds;
	asked->is_wrong = is_wrong(asked);
	if (!asked->is_wrong)
		asked->is_limited =
			(asked->who != NULL && !take_token(gateway, asked->who)) ||
			(asked->key != NULL &&
			 !take_token(gateway, arena_printf(gateway->arena, "key %s", asked->key)));
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The answer was made for such a request, and may still be sent. */
static void
check_made_for(const Asked *asked, const Made *made)
{
	const char *method = asked->connection.method;
	bool is_post = strcmp(method, "POST") == 0;
	const char *body = is_post && asked->body_size > 0 ? asked->body : NULL;

	fuzz_check(strcmp(made->method, strcmp(method, "HEAD") == 0 ? "GET" : method) == 0);
	fuzz_check(is_same(made->path, asked->path) && is_same(made->query, asked->query));
	fuzz_check(is_same(made->key, asked->key) && is_same(made->body, body));
	fuzz_check(made->generation >= asked->generation);
	fuzz_check(made->seconds >= asked->seconds ||
			   (!is_post && asked->seconds < made->seconds + made->lifetime));
}

/* Whether an element of a list such as "gzip;q=0.8, br" is this name. */
static bool
is_named(const char *element, size_t length, const char *name)
{
	while (length > 0 && (*element == ' ' || *element == '\t'))
	{
		element++;
		length--;
	}
	return length >= strlen(name) && strncasecmp(element, name, strlen(name)) == 0 &&
		   (length == strlen(name) || strchr(" \t;", element[strlen(name)]) != NULL);
}

/* Whether the client may get gzip; must: and nothing else has to be considered. */
static bool
takes_gzip(const char *list, bool *must)
{
	*must = false;
	while (list != NULL && *list != '\0')
	{
		size_t length = strcspn(list, ",");

		if (is_named(list, length, "gzip"))
		{
			const char *weight = memchr(list, '=', length);

			*must = memchr(list, ';', length) == NULL;
			return weight == NULL || strtod(weight + 1, NULL) > 0;
		}
		list += length + (list[length] == ',');
	}
	return false;
}

static void
check_gzip(const struct MHD_Response *response, const char *content)
{
	size_t length = strlen(content);
	char *plain = malloc(length + 1);
	z_stream stream = {.next_in = (unsigned char *) response->content,
					   .avail_in = (uInt) response->size,
					   .next_out = (unsigned char *) plain,
					   .avail_out = (uInt) length + 1};

	fuzz_check(plain != NULL && inflateInit2(&stream, 15 + 16) == Z_OK);
	fuzz_check(inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == length &&
			   stream.avail_in == 0 && memcmp(plain, content, length) == 0);
	fuzz_check(response->size < length);
	inflateEnd(&stream);
	free(plain);
}

static void
check_content(const Asked *asked, const Made *made)
{
	const struct MHD_Response *response = asked->connection.response;
	bool is_gzip = strcmp(response->headers.names[0], "Content-Encoding") == 0;
	bool must;
	bool may = takes_gzip(fake_header(&asked->connection.headers, "Accept-Encoding"), &must) &&
			   strlen(made->content) >= SMALLEST_GZIP &&
			   strcmp(asked->connection.method, "POST") != 0;

	fuzz_check(is_gzip ? may : !(may && must));
	if (is_gzip)
		check_gzip(response, made->content);
	else
		fuzz_check(response->size == strlen(made->content) &&
				   memcmp(response->content, made->content, response->size) == 0);
}

/* The opaque part of the ETag. NULL: it has none, or a long one. */
static const char *
etag_of(Arena *arena, const Made *made)
{
	const char *found = strstr(made->headers, "\nETag: W/\"");
	size_t length;

	if (found == NULL)
		return NULL;
	found += strlen("\nETag: W/");
	length = strcspn(found, "\n");
	return length > LONGEST_ETAG ? NULL : arena_strndup(arena, found, length);
}

/* A 304 is for clients that have named the ETag. */
static bool
is_known(Arena *arena, const Asked *asked, const Made *made)
{
	const char *known = fake_header(&asked->connection.headers, "If-None-Match");
	const char *etag = etag_of(arena, made);

	if (known == NULL || etag == NULL)
		return false;
	return strcmp(known, "*") == 0 || strstr(known, etag) != NULL;
}

static bool
is_header(const FakeHeaders *headers, const char *name, const char *value)
{
	for (int i = 0; i < headers->count; i++)
	{
		if (strcmp(headers->names[i], name) == 0 && strcmp(headers->values[i], value) == 0)
			return true;
	}
	return false;
}

/* All that the database has said, and libmicrohttpd can send; a 304 describes no content. */
static void
check_headers(Arena *arena, const Asked *asked, const char *said, bool is_304)
{
	const FakeHeaders *headers = &asked->connection.response->headers;

	for (int i = 0; is_304 && i < headers->count; i++)
		fuzz_check(strncasecmp(headers->names[i], "Content-", 8) != 0);
	if (headers->count == FAKE_HEADERS)
		return;
	fuzz_check(is_header(headers, "X-Content-Type-Options", "nosniff"));
	fuzz_check(is_header(headers, "Vary", "Accept-Encoding, Authorization"));
	while (*said != '\0')
	{
		size_t length = strcspn(said, "\n");
		char *line = arena_strndup(arena, said, length);
		char *value = strstr(line, ": ");

		said += length + 1;
		if (value == NULL || value == line || value[2] == '\0' || strpbrk(line, "\t\r") != NULL)
			continue;
		*value = '\0';
		fuzz_check((is_304 && strncasecmp(line, "Content-", 8) == 0) ||
				   is_header(headers, line, value + 2));
	}
}

/* How many streams there are; whose: of one address, or NULL. */
static int
count_streams(const Gateway *gateway, const char *whose)
{
	int count = 0;

	for (const Asked *stream = gateway->streams; stream != NULL; stream = stream->older)
		count += whose == NULL || is_same(whose, stream->who);
	return count;
}

/* An error of the gateway itself. */
static void
check_problem(Arena *arena, const Gateway *gateway, const Asked *asked)
{
	const struct MHD_Response *response = asked->connection.response;
	const char *retry_after = fake_header(&response->headers, "Retry-After");
	unsigned status = asked->connection.status;
	bool must_wait = status == 429 || status == 503;

	fuzz_check(is_header(&response->headers, "Content-Type", "application/problem+json"));
	fuzz_check(fuzz_is_json(arena_strndup(arena, response->content, response->size)));
	fuzz_check((retry_after != NULL) == must_wait && (!must_wait || atoi(retry_after) > 0));
	if (asked->is_wrong)
		fuzz_check(status == 400 || status == 411 || status == 413 || status == 501);
	else if (asked->is_limited)
		fuzz_check(status == 429);
	else
		fuzz_check((status == 503 && count_streams(gateway, NULL) == GATEWAY_STREAMS) ||
				   (status == 429 && asked->who != NULL &&
					count_streams(gateway, asked->who) == GATEWAY_STREAMS_OF_ONE) ||
				   (gateway->was_bad && (status == 400 || status == 500 || status == 503)));
}

static void
begin_stream(Gateway *gateway, Asked *asked, const Made *made)
{
	fuzz_check(strstr(made->headers, "Content-Type: text/event-stream") != NULL);
	fuzz_check(asked->connection.status == 200);
	fuzz_check(count_streams(gateway, NULL) < GATEWAY_STREAMS);
	fuzz_check(asked->who == NULL || count_streams(gateway, asked->who) < GATEWAY_STREAMS_OF_ONE);
	asked->older = gateway->streams;
	gateway->streams = asked;
	asked->is_stream = true;
	buffer_init(&asked->stream, gateway->arena);
	buffer_puts(&asked->stream, made->content);
	asked->first = asked->stream.len;
}

void
check_answered(Gateway *gateway, Asked *asked)
{
	const struct MHD_Response *response = asked->connection.response;
	const Made *made = gateway->made;
	bool is_304;
	const char *id;

	if (asked->connection.state == FAKE_DROPPED)
	{
		/* only because libmicrohttpd knows no such status */
		while (made != NULL && made->status >= 100 && made->status <= 999)
			made = made->older;
		fuzz_check(made != NULL);
		return;
	}
	id = fake_header(&response->headers, "X-Call");
	if (id == NULL)
	{
		check_problem(gateway->arena, gateway, asked);
		return;
	}
	while (made != NULL && strcmp(made->id, id) != 0)
		made = made->older;
	fuzz_check(made != NULL && !asked->is_wrong && !asked->is_limited);
	check_made_for(asked, made);
	if (response->read != NULL)
	{
		begin_stream(gateway, asked, made);
		check_headers(gateway->arena, asked, made->headers, false);
		return;
	}
	is_304 = is_known(gateway->arena, asked, made);
	fuzz_check(asked->connection.status == (is_304 ? 304 : made->status));
	check_headers(gateway->arena, asked, made->headers, is_304);
	if (is_304)
		fuzz_check(response->size == 0);
	else
		check_content(asked, made);
}

void
check_published(Asked *asked, const char *payload)
{
	/* what ends a line would begin another field */
	if (asked->is_stream && strpbrk(payload, "\r\n") == NULL)
		buffer_printf(&asked->stream, "event: run\ndata: %s\n\n", payload);
}

void
check_stream(Asked *asked)
{
	static const char comment[] = ": here\n\n";
	static char got[65536];
	const char *at = got;
	size_t left;

	if (!asked->is_stream)
		return;
	left = fake_http_read(&asked->connection, got, sizeof(got));
	while (left > 0)
	{
		const TextBuffer *stream = &asked->stream;
		bool is_between = asked->read == asked->first ||
						  (asked->read > 0 && stream->data[asked->read - 1] == '\n');

		if (is_between && left >= strlen(comment) && strncmp(at, comment, strlen(comment)) == 0)
		{
			at += strlen(comment);
			left -= strlen(comment);
			continue;
		}
		fuzz_check(asked->read < stream->len && *at == stream->data[asked->read]);
		asked->read++;
		at++;
		left--;
	}
	/* an end before all was said is for a client that is too slow */
	fuzz_check(asked->connection.is_ended || asked->read == asked->stream.len);
}
