/*
 * answer.c: answers as libmicrohttpd's responses: plain, as gzip, and as 304. It decides which of
 * them a client gets; what they say comes from the database.
 */
#include "answer.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#include "usage.h"

#define SMALLEST_GZIP 1000 /* shorter bodies are sent as they are */
#define HEADER_SIZE 4096
#define ETAG_SIZE 80

struct Answer
{
	atomic_int references;
	unsigned status;
	unsigned route;
	size_t size;
	char etag[ETAG_SIZE];              /* without "W/", in quotes; empty: it has none */
	char *stream;                      /* NULL: not a stream of events */
	struct MHD_Response *plain;        /* never NULL */
	struct MHD_Response *gzip;         /* NULL: there is none */
	struct MHD_Response *not_modified; /* NULL: it has no ETag */
};

/* The content compressed, in memory of malloc(). NULL: it would not be smaller. */
static void *
compressed(const char *content, size_t size, size_t *compressed_size)
{
	z_stream stream = {0};
	unsigned char *target;
	bool done;

	/* 15: the largest window; 16 more: gzip's header. */
	if (size > UINT32_MAX || deflateInit2(&stream, 5, Z_DEFLATED, 15 + 16, 8, 0) != Z_OK)
		return NULL;
	target = malloc(size);
	if (target == NULL)
	{
		deflateEnd(&stream);
		return NULL;
	}
	stream.next_in = (unsigned char *) content;
	stream.avail_in = (uInt) size;
	stream.next_out = target;
	stream.avail_out = (uInt) size;
	done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
	*compressed_size = stream.total_out;
	deflateEnd(&stream);
	if (!done)
	{
		free(target);
		return NULL;
	}
	return target;
}

/* Adds one line of headers to the responses; a 304 describes no content. */
static void
add_header(Answer *answer, char *line)
{
	char *value = strstr(line, ": ");

	if (value == NULL)
		return;
	*value = '\0';
	value += 2;
	MHD_add_response_header(answer->plain, line, value);
	if (answer->gzip != NULL)
		MHD_add_response_header(answer->gzip, line, value);
	if (answer->not_modified != NULL && strncasecmp(line, "Content-", 8) != 0)
		MHD_add_response_header(answer->not_modified, line, value);
}

static void
add_headers(Answer *answer, const char *headers)
{
	char line[HEADER_SIZE];

	while (*headers != '\0')
	{
		size_t length = strcspn(headers, "\n");

		if (length < sizeof(line))
		{
			memcpy(line, headers, length);
			line[length] = '\0';
			add_header(answer, line);
		}
		headers += length + (headers[length] == '\n');
	}
	snprintf(line, sizeof(line), "X-Content-Type-Options: nosniff");
	add_header(answer, line);
	snprintf(line, sizeof(line), "Vary: Accept-Encoding, Authorization");
	add_header(answer, line);
}

static void
find_etag(Answer *answer, const char *headers)
{
	static const char name[] = "ETag: W/";
	size_t length;

	while (strncmp(headers, name, strlen(name)) != 0)
	{
		headers = strchr(headers, '\n');
		if (headers == NULL)
			return;
		headers++;
	}
	headers += strlen(name);
	length = strcspn(headers, "\n");
	if (*headers == '"' && length < sizeof(answer->etag))
		memcpy(answer->etag, headers, length);
}

static bool
create_responses(Answer *answer, const AnswerText *text, bool compress)
{
	size_t gzip_size = 0;
	void *gzip = NULL;

	answer->plain =
		MHD_create_response_from_buffer(text->content_size,
										(void *) (text->content_size > 0 ? text->content : ""),
										MHD_RESPMEM_MUST_COPY);
	if (answer->plain == NULL)
		return false;
	answer->size = text->content_size + HEADER_SIZE / 4;
	if (compress && text->content_size >= SMALLEST_GZIP)
		gzip = compressed(text->content, text->content_size, &gzip_size);
	if (gzip != NULL)
	{
		answer->gzip = MHD_create_response_from_buffer(gzip_size, gzip, MHD_RESPMEM_MUST_FREE);
		if (answer->gzip == NULL)
		{
			free(gzip);
			return false;
		}
		answer->size += gzip_size;
		MHD_add_response_header(answer->gzip, "Content-Encoding", "gzip");
	}
	if (answer->etag[0] != '\0')
		answer->not_modified =
			MHD_create_response_from_buffer(0, (void *) "", MHD_RESPMEM_PERSISTENT);
	return true;
}

Answer *
answer_create(const AnswerText *text, int compress)
{
	Answer *answer = calloc(1, sizeof(Answer));

	if (answer == NULL)
		return NULL;
	atomic_init(&answer->references, 1);
	answer->status = text->status;
	answer->route = usage_route(text->route);
	find_etag(answer, text->headers);
	if (strstr(text->headers, "Content-Type: text/event-stream") != NULL)
		answer->stream = strndup(text->content, text->content_size);
	if (!create_responses(answer, text, compress))
	{
		answer_release(answer);
		return NULL;
	}
	add_headers(answer, text->headers);
	return answer;
}

Answer *
answer_problem(unsigned status, const char *title, const char *detail, unsigned retry_after)
{
	char content[512];
	char headers[256];
	AnswerText text = {.status = status, .headers = headers, .content = content, .route = "none"};

	snprintf(content, sizeof(content),
			 "{\"type\": \"about:blank\", \"title\": \"%s\", \"status\": %u, \"detail\": \"%s\"}",
			 title, status, detail);
	text.content_size = strlen(content);
	snprintf(headers, sizeof(headers),
			 "Content-Type: application/problem+json\nAccess-Control-Allow-Origin: *\n");
	if (retry_after > 0)
		snprintf(headers + strlen(headers), sizeof(headers) - strlen(headers), "Retry-After: %u\n",
				 retry_after);
	return answer_create(&text, 0);
}

Answer *
answer_share(Answer *answer)
{
	atomic_fetch_add(&answer->references, 1);
	return answer;
}

void
answer_release(Answer *answer)
{
	if (answer == NULL || atomic_fetch_sub(&answer->references, 1) > 1)
		return;
	if (answer->plain != NULL)
		MHD_destroy_response(answer->plain);
	if (answer->gzip != NULL)
		MHD_destroy_response(answer->gzip);
	if (answer->not_modified != NULL)
		MHD_destroy_response(answer->not_modified);
	free(answer->stream);
	free(answer);
}

size_t
answer_size(const Answer *answer)
{
	return answer->size;
}

unsigned
answer_route(const Answer *answer)
{
	return answer->route;
}

const char *
answer_stream(const Answer *answer)
{
	return answer->stream;
}

static enum MHD_Result
copy_header(void *target, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void) kind;
	return MHD_add_response_header(target, name, value);
}

void
answer_copy_headers(const Answer *answer, struct MHD_Response *response)
{
	MHD_get_response_headers(answer->plain, copy_header, response);
}

/* Whether a list of names, such as "gzip;q=0.8, br", has gzip, and not with the weight 0. */
static bool
takes_gzip(const char *list)
{
	while (list != NULL && *list != '\0')
	{
		size_t length;

		list += strspn(list, ", \t");
		length = strcspn(list, ",; \t");
		if (length == strlen("gzip") && strncasecmp(list, "gzip", length) == 0)
		{
			const char *weight = list + strcspn(list, "=,");

			return *weight != '=' || strtod(weight + 1, NULL) > 0;
		}
		list += strcspn(list, ",");
	}
	return false;
}

enum MHD_Result
answer_send(const Answer *answer, struct MHD_Connection *connection, unsigned *status)
{
	struct MHD_Response *response = answer->plain;
	const char *known;

	*status = answer->status;
	if (answer->not_modified != NULL)
	{
		known = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match");
		if (known != NULL && (strcmp(known, "*") == 0 || strstr(known, answer->etag) != NULL))
		{
			*status = MHD_HTTP_NOT_MODIFIED;
			return MHD_queue_response(connection, *status, answer->not_modified);
		}
	}
	if (answer->gzip != NULL &&
		takes_gzip(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept-Encoding")))
		response = answer->gzip;
	return MHD_queue_response(connection, *status, response);
}
