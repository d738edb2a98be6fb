/*
 * print_page.c: prints each page on standard input as a line of JSON, as a run would store it. A
 * page is its kind, its address and its length in bytes on a line, and then its bytes. A line is
 * written before the next page is read. Reads the shipped rules from sql/, so that it runs from the
 * project's top.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "page/page.h"
#include "page/page_json.h"
#include "shipped_rules.h"

#define MAX_LENGTH ((size_t) 64 * 1024 * 1024)

static void
die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* The bytes of a page, in memory no longer than they are, so that a sanitizer sees what lies
 * beyond. */
static char *
read_bytes(size_t len)
{
	char *bytes = len > MAX_LENGTH ? NULL : malloc(len == 0 ? 1 : len);

	if (bytes == NULL)
		die("page too long");
	if (fread(bytes, 1, len, stdin) != len)
		die("standard input ends within a page");
	return bytes;
}

int
main(void)
{
	RuleSet *rules = shipped_rules();
	PageOptions options = {.rules = rules, .redact = true};
	Arena *arena = arena_create();
	char kind_name[32];
	char url[1024];
	size_t len;

	if (arena == NULL)
		die("out of memory");
	while (scanf("%31s %1023s %zu", kind_name, url, &len) == 3 && getchar() == '\n')
	{
		char *bytes = read_bytes(len);
		PageKind kind;
		SitePage *page;

		if (!page_kind_from_name(kind_name, &kind))
			die("unknown kind of page");
		page = page_parse(arena, &options, kind, url, bytes, len, "utf-8");
		if (page == NULL)
			die("out of memory");
		puts(page_to_json(arena, page));
		fflush(stdout);
		free(bytes);
		arena_reset(arena);
	}
	rules_free(rules);
	arena_destroy(arena);
	return 0;
}
