/*
 * flat.c: a process that has read 100,000 pages uses no more memory than one that has read 10,000:
 * pages of every kind, whole, cut off, with bytes turned over, with their ends exchanged. A lost
 * byte a page would be seen in what is allocated, to which malloc counts what it keeps for the
 * thread; what the system has given may be a little more, since the heap is fragmented. Built
 * without sanitizers, which keep what is freed. The arguments are the pages' files.
 */
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page/page.h"
#include "page/page_json.h"
#include "shipped_rules.h"

#define PAGES 100000
#define FIRST 10000
#define MAX_PAGE ((size_t) 64 * 1024)
#define CACHED 65536 /* bytes */
#define FRAGMENTS_KB 512

static uint64_t state = 88172645463325252u;

/* xorshift: the same numbers each time */
static size_t
next(size_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t) (state % below);
}

static void
die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* Private memory in use now, in kB. */
static long
memory(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	long kb = -1;

	if (file == NULL)
		die("there is no /proc");
	while (kb < 0 && fgets(line, sizeof(line), file) != NULL)
	{
		if (strncmp(line, "RssAnon:", 8) == 0)
			kb = strtol(line + 8, NULL, 10);
	}
	fclose(file);
	return kb;
}

/* A file's beginning, of as many bytes as fit; how many. */
static size_t
read_file(const char *name, char *page)
{
	FILE *file = fopen(name, "r");
	size_t len;

	if (file == NULL)
		die(name);
	len = fread(page, 1, MAX_PAGE, file);
	fclose(file);
	return len;
}

/* Breaks a page in one of several ways, or not; its new length. */
static size_t
break_page(char *page, size_t len)
{
	size_t kind = next(4);

	if (len == 0 || kind == 0)
		return len;
	if (kind == 1)
		return next(len);
	for (size_t i = 0; i < 1 + len / 500; i++)
		page[next(len)] = kind == 2 ? (char) next(256) : "<>\"'&/ "[next(7)];
	return len;
}

/* The kind that a file is by its path, but one time in four any. */
static PageKind
kind_of(const char *name)
{
	static const char *const parts[PAGE_KINDS] = {
		[PAGE_HOME] = "/index.html",    [PAGE_COUNTRY] = "/country/",
		[PAGE_SECTION] = "/section/",   [PAGE_LISTING] = "/page-",
		[PAGE_ACTIVITY] = "/activity/", [PAGE_STATISTICS] = "statistics",
	};
	bool as_it_is = next(4) != 0;

	for (int kind = 0; kind < PAGE_KINDS && as_it_is; kind++)
	{
		if (strstr(name, parts[kind]) != NULL)
			return (PageKind) kind;
	}
	return (PageKind) next(PAGE_KINDS);
}

int
main(int argc, char **argv)
{
	static char page[MAX_PAGE];
	PageOptions options = {.rules = shipped_rules(), .redact = true};
	Arena *arena = arena_create();
	int problems = 0;
	long first = 0;
	long last;
	size_t first_used = 0;
	size_t last_used;

	if (argc < 2 || arena == NULL)
		die("usage: flat <file> ...");
	for (int i = 1; i <= PAGES; i++)
	{
		const char *name = argv[1 + next((size_t) argc - 1)];
		size_t len = break_page(page, read_file(name, page));
		SitePage *parsed = page_parse(arena, &options, kind_of(name),
									  "https://activities.example/activity/a-1", page, len, NULL);

		if (parsed == NULL)
			die("out of memory");
		problems += parsed->problem != NULL;
		page_to_json(arena, parsed);
		arena_reset(arena);
		if (i == FIRST)
		{
			first = memory();
			first_used = mallinfo2().uordblks;
		}
	}
	last = memory();
	last_used = mallinfo2().uordblks;
	arena_destroy(arena);
	rules_free((RuleSet *) options.rules);
	printf(
		"after %d pages %zu bytes are allocated and %ld kB private, after %d pages %zu bytes and "
		"%ld kB (%d of them unfit)\n",
		FIRST, first_used, first, PAGES, last_used, last, problems);
	return last_used > first_used + CACHED || last > first + FRAGMENTS_KB;
}
