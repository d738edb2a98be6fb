/*
 * fuzz_gateway.c: the web gateway, from its callbacks for libmicrohttpd to its use of libpq; those
 * two are replaced. The input is blocks of lines, with an empty line between them, and each says
 * what happens next: see read_block(). Each request gets an answer that was made for the same
 * request with the same key, and no older than allowed. gateway_check.c checks that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fake_database.h"
#include "fuzz.h"
#include "gateway_check.h"

#include "cache.h"
#include "database.h"
#include "events.h"
#include "flight.h"
#include "limits.h"
#include "listener.h"
#include "server.h"
#include "usage.h"

#define MAX_ASKED 64
#define MAX_FILLER 20000

/* For the gateway's clock.h. */
extern int fake_clock_gettime(clockid_t clock, struct timespec *now);
extern ssize_t fake_getrandom(void *target, size_t size, unsigned flags);

static Arena *arena;
static Gateway gateway;
static Asked asked[MAX_ASKED];
static int asked_count;
static bool hears;
static const char *client;
static Said said; /* what the database says next */
static int id;    /* of the last answer of the database */

int
fake_clock_gettime(clockid_t clock, struct timespec *now)
{
	(void) clock;
	*now = (struct timespec){.tv_sec = gateway.seconds};
	return 0;
}

ssize_t
fake_getrandom(void *target, size_t size, unsigned flags)
{
	(void) flags;
	memset(target, 7, size);
	return (ssize_t) size;
}

bool
listener_hears(void)
{
	return hears;
}

static const char *
copy_of(const char *s)
{
	return s == NULL ? NULL : arena_strdup(arena, s);
}

/* The X-Call of an answer names the request that it was made for. */
static FakeRow
answer(const char *const *arguments)
{
	Made *made = arena_alloc(arena, sizeof(Made));
	char *content = arena_alloc(arena, said.filler + 1);

	*made = (Made){.method = copy_of(arguments[0]),
				   .path = copy_of(arguments[1]),
				   .query = copy_of(arguments[2]),
				   .key = copy_of(arguments[3]),
				   .body = copy_of(arguments[4]),
				   .generation = gateway.generation,
				   .seconds = gateway.seconds,
				   .lifetime = said.lifetime,
				   .status = said.status,
				   .content = content,
				   .older = gateway.made};
	memset(content, '-', said.filler);
	if (!hears && made->lifetime > UNHEARD_LIFETIME)
		made->lifetime = UNHEARD_LIFETIME;
	if (made->key != NULL && fake_database.is_standby)
		made->lifetime = 0;
	made->id = arena_printf(arena, "%d", ++id);
	made->headers = arena_printf(arena, "X-Call: %s\n%s", made->id, said.headers);
	gateway.made = made;
	return (FakeRow){{arena_printf(arena, "%u", said.status), made->headers, content, said.route,
					  arena_printf(arena, "%d", said.lifetime)}};
}

/* As listener.c hears of it. */
static void
notify(const char *channel, const char *payload)
{
	cache_void();
	gateway.generation++;
	if (strcmp(channel, "run") != 0)
		return;
	events_publish("run", payload);
	for (int i = 0; i < asked_count; i++)
		check_published(&asked[i], payload);
}

static void
check_all(void)
{
	for (int i = 0; i < asked_count; i++)
	{
		if (asked[i].is_checked || asked[i].connection.state == FAKE_WAITS)
			continue;
		asked[i].is_checked = true;
		check_answered(&gateway, &asked[i]);
	}
}

static void
work(void)
{
	fake_database_work();
	for (int i = 0; i < asked_count; i++)
		fake_http_continue(&asked[i].connection);
	check_all();
}

/* What libmicrohttpd takes for a header, and hands on. */
static void
read_header(Asked *request, char *line)
{
	FakeHeaders *headers = &request->connection.headers;
	char *colon = strchr(line, ':');
	const char *value;

	if (colon == NULL || colon == line || headers->count == FAKE_HEADERS)
		return;
	*colon = '\0';
	value = colon + 1 + strspn(colon + 1, " \t");
	if (strcasecmp(line, "Content-Length") == 0 && value[strspn(value, "0123456789")] != '\0')
		return;
	headers->names[headers->count] = line;
	headers->values[headers->count++] = value;
}

/* "=text", "#123" (as many thousands of bytes), "~": a NUL. */
static void
read_body(TextBuffer *body, const char *line)
{
	long thousands = strtol(line + 1, NULL, 10);

	if (*line == '=')
		buffer_puts(body, line + 1);
	else if (*line == '~')
		buffer_putc(body, '\0');
	for (long n = 0; *line == '#' && n < thousands && n < 80; n++)
		buffer_puts(body, arena_printf(arena, "%01000d", 0));
}

static void
request(const char *method, const char *address, FuzzInput *input)
{
	Asked *request = &asked[asked_count];
	TextBuffer body;
	char *line;

	if (asked_count == MAX_ASKED)
		return;
	asked_count++;
	buffer_init(&body, arena);
	*request = (Asked){.connection = {.method = method, .address = address}};
	set_client(request, client);
	while (*(line = fuzz_line(input, arena)) != '\0')
	{
		if (strchr("=#~", *line) != NULL)
			read_body(&body, line);
		else
			read_header(request, line);
	}
	request->body = body.data;
	request->body_size = body.len;
	check_begun(&gateway, request);
	fake_http_begin(&request->connection, request->body, request->body_size);
	check_all();
}

/* The status, for how many seconds it may be kept, how long it is, and its headers. */
static void
read_said(const char *first, FuzzInput *input)
{
	static const char *const routes[] = {"GET /api/v1/sections", NULL, "none", "a \"route\""};
	TextBuffer headers;
	char *line;

	buffer_init(&headers, arena);
	said = (Said){.status = 200, .lifetime = 60};
	(void) sscanf(first, "%9u %9d %5u", &said.status, &said.lifetime, &said.filler);
	said.filler %= MAX_FILLER;
	said.route = routes[said.status % 4];
	while (*(line = fuzz_line(input, arena)) != '\0')
		buffer_puts(&headers, arena_printf(arena, "%s\n", line));
	said.headers = headers.data;
}

/* With line feeds. */
static const char *
rest_of_block(FuzzInput *input)
{
	TextBuffer rest;
	const char *line;

	buffer_init(&rest, arena);
	while (*(line = fuzz_line(input, arena)) != '\0')
		buffer_printf(&rest, "%s%s", rest.len == 0 ? "" : "\n", line);
	return rest.data;
}

static void
wait_for(unsigned seconds)
{
	gateway.seconds += seconds;
	limits_enforce();
	events_keep_alive();
}

static void
read_block(FuzzInput *input)
{
	char *line = fuzz_line(input, arena);
	char *rest = line + strcspn(line, " ");

	if (*rest == ' ')
		*rest++ = '\0';
	if (strcmp(line, "ANSWER") == 0)
		read_said(rest, input);
	else if (strcmp(line, "ERROR") == 0)
	{
		fake_database.error = *rest == '-' ? NULL : rest;
		gateway.was_bad = true;
	}
	else if (strcmp(line, "AWAY") == 0)
	{
		fake_database.is_away = *rest != '-';
		gateway.was_bad = true;
	}
	else if (strcmp(line, "STANDBY") == 0)
		fake_database.is_standby = *rest != '-';
	else if (strcmp(line, "DEAF") == 0)
		hears = *rest == '-';
	else if (strcmp(line, "CLIENT") == 0)
		client = rest;
	else if (strcmp(line, "WORK") == 0)
		work();
	else if (strcmp(line, "WAIT") == 0)
		wait_for((unsigned) strtoul(rest, NULL, 10) % 1000);
	else if (strcmp(line, "NOTIFY") == 0)
		notify(rest, rest_of_block(input));
	else if (strcmp(line, "READ") == 0)
	{
		for (int i = 0; i < asked_count; i++)
			check_stream(&asked[i]);
	}
	else if (*line != '\0')
		request(line, rest, input);
}

static void
begin(void)
{
	static bool is_open;
	static const ServerOptions options = {.listen = "127.0.0.1:0",
										  .threads = 1,
										  .connections = 16,
										  .behind_proxy = true};

	if (!is_open)
	{
		is_open = true;
		events_limit(GATEWAY_STREAMS, GATEWAY_STREAMS_OF_ONE);
		fake_database.answer = answer;
		fuzz_check(cache_open(100000) && limits_open(GATEWAY_RATE) && database_open("", 1) &&
				   server_open(&options));
	}
	arena = fuzz_arena();
	/* all buckets of limits.c are full again, and nothing is paused */
	gateway = (Gateway){.arena = arena, .seconds = gateway.seconds + 1000000};
	fake_database = (FakeDatabase){.answer = answer};
	said = (Said){.status = 200, .lifetime = 60, .headers = "ETag: W/\"a\"\n", .filler = 20};
	hears = true;
	client = "192.0.2.1";
	asked_count = 0;
	id = 0;
	events_begin();
}

/* All are answered, and nothing is kept. */
static void
end(void)
{
	work();
	events_end();
	for (int i = 0; i < asked_count; i++)
	{
		check_stream(&asked[i]);
		fake_http_end(&asked[i].connection);
	}
	cache_void();
	fuzz_check(fake_http_responses() == 0 && fake_database_objects() == 0);
	usage_close(0);
	fuzz_check(usage_waiting() == NULL || fuzz_is_json(usage_waiting()));
	usage_end();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzInput input = fuzz_input(data, size);

	begin();
	while (input.size > 0)
		read_block(&input);
	end();
	return 0;
}
