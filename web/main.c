/*
 * main.c: the web gateway, esn-pulse-web: its options, and its beginning and end. It knows HTTP;
 * routes, answers and rights are the database's (sql/api.sql).
 */
#include <getopt.h>
#include <microhttpd.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cache.h"
#include "database.h"
#include "events.h"
#include "limits.h"
#include "listener.h"
#include "server.h"

typedef struct Options
{
	ServerOptions server;
	const char *dsn;
	unsigned readers;
	unsigned rate;
	unsigned cache_mb;
	unsigned streams;
	unsigned streams_by_address;
} Options;

static const char usage[] =
	"esn-pulse-web answers HTTP requests from a database with the extension esn_pulse.\n"
	"\n"
	"  --listen ADDRESS:PORT  where it listens (127.0.0.1:8080)\n"
	"  --dsn CONNINFO         the database, as libpq takes it, such as\n"
	"                         'host=db1,db2 dbname=esn user=esn_web' (the environment)\n"
	"  --behind-proxy         clients' addresses are in the last of X-Forwarded-For\n"
	"  --rate N               requests per second of an address or key; 0: any (50)\n"
	"  --cache MB             memory for answers; 0: none is kept (64)\n"
	"  --readers N            sessions that read, at most 64 (4)\n"
	"  --threads N            threads for HTTP (2)\n"
	"  --connections N        connections at a time (10000)\n"
	"  --streams N            of these: streams of events (1000)\n"
	"  --streams-by-address N of these: of one address; 0: any (20)\n";

/* The options that are numbers. */
static const struct
{
	const char *name;
	unsigned least;
	unsigned most;
	size_t offset; /* in Options */
} numbers[] = {
	{"rate", 0, 1000000, offsetof(Options, rate)},
	{"cache", 0, 65536, offsetof(Options, cache_mb)},
	{"readers", 1, 64, offsetof(Options, readers)},
	{"threads", 1, 256, offsetof(Options, server.threads)},
	{"connections", 16, 1000000, offsetof(Options, server.connections)},
	{"streams", 0, 1000000, offsetof(Options, streams)},
	{"streams-by-address", 0, 1000000, offsetof(Options, streams_by_address)},
};

#define NUMBERS ((int) (sizeof(numbers) / sizeof(numbers[0])))

static void
set_number(Options *options, int n, const char *text)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text == '\0' || *text == '-' || *end != '\0' || value < numbers[n].least ||
		value > numbers[n].most)
	{
		fprintf(stderr, "esn-pulse-web: --%s must be a number from %u to %u, not \"%s\"\n",
				numbers[n].name, numbers[n].least, numbers[n].most, text);
		exit(2);
	}
	*(unsigned *) ((char *) options + numbers[n].offset) = (unsigned) value;
}

static void
refuse_argument(const char *argument)
{
	fprintf(stderr, "esn-pulse-web: unknown argument: \"%s\"\n%s", argument, usage);
	exit(2);
}

static void
read_options(Options *options, int count, char **arguments)
{
	struct option known[NUMBERS + 5] = {[NUMBERS] = {"listen", required_argument, NULL, 'l'},
										{"dsn", required_argument, NULL, 'd'},
										{"behind-proxy", no_argument, NULL, 'p'},
										{"help", no_argument, NULL, 'h'},
										{NULL, 0, NULL, 0}};
	int option;
	int place = 0;

	for (int n = 0; n < NUMBERS; n++)
		known[n] = (struct option){numbers[n].name, required_argument, NULL, 'n'};
	while ((option = getopt_long(count, arguments, "", known, &place)) != -1)
	{
		switch (option)
		{
			case 'l':
				options->server.listen = optarg;
				break;
			case 'd':
				options->dsn = optarg;
				break;
			case 'p':
				options->server.behind_proxy = true;
				break;
			case 'n':
				set_number(options, place, optarg);
				break;
			case 'h':
				fputs(usage, stdout);
				exit(0);
			default:
				fputs(usage, stderr);
				exit(2);
		}
	}
	if (optind < count)
		refuse_argument(arguments[optind]);
}

/* Each connection is a file. */
static void
allow_files(unsigned connections)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < connections + 100)
		fprintf(stderr, "esn-pulse-web: for %u connections the limit of open files is too low\n",
				connections);
}

int
main(int count, char **arguments)
{
	Options options = {
		.server = {.listen = "127.0.0.1:8080", .threads = 2, .connections = 10000},
		.dsn = "",
		.readers = 4,
		.rate = 50,
		.cache_mb = 64,
		.streams = 1000,
		.streams_by_address = 20,
	};
	sigset_t ends;
	int received;

	read_options(&options, count, arguments);
	allow_files(options.server.connections);
	/* The threads inherit the mask: only this one waits for signals. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	events_limit(options.streams, options.streams_by_address);
	if (!cache_open((size_t) options.cache_mb * 1024 * 1024) || !limits_open(options.rate) ||
		!listener_open(options.dsn) || !database_open(options.dsn, options.readers) ||
		!server_open(&options.server))
		return 1;
	fprintf(stderr, "esn-pulse-web: listens at %s\n", options.server.listen);
	sigwait(&ends, &received);
	server_refuse();
	database_close();
	events_end();
	server_close();
	listener_close();
	cache_close();
	limits_close();
	return 0;
}
