/*
 * core.c: what reading one page costs, without network and database: its tree, the matching of all
 * shipped rules of its kind, and all of it up to the JSON that is stored; beside libxml2's parse
 * into a tree of its own. Each round is as many repetitions as last a tenth of a second; prints a
 * row of a table, the medians of the rounds in microseconds. Built and run by bench/core.sh.
 * Arguments: the kind of page, and a file that holds one.
 */
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "html/html.h"
#include "page/page.h"
#include "page/page_json.h"
#include "page/rules.h"
#include "shipped_rules.h"

#define ROUNDS 15
#define ROUND_NS 100000000.0
#define MAX_PAGE (4 * 1024 * 1024)

typedef struct Bench
{
	const RuleSet *rules;
	PageKind kind;
	const char *page;
	size_t len;
	HtmlNode *root;
	Arena *tree_arena; /* of root */
	Arena *arena;
} Bench;

static double
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double) now.tv_sec * 1e9 + (double) now.tv_nsec;
}

/* As bench/floor.c does it. */
static void
libxml2_once(Bench *bench)
{
	xmlFreeDoc(htmlReadMemory(bench->page, (int) bench->len, NULL, "UTF-8",
							  HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
								  HTML_PARSE_NONET | HTML_PARSE_COMPACT));
}

static void
tree_once(Bench *bench)
{
	const char *problem;

	html_parse(bench->arena, bench->page, bench->len, &problem);
	arena_reset(bench->arena);
}

static void
match_once(Bench *bench)
{
	rules_match(bench->rules, bench->kind, bench->arena, bench->root);
	arena_reset(bench->arena);
}

static void
read_once(Bench *bench)
{
	PageOptions options = {.rules = bench->rules, .redact = true};
	SitePage *page = page_parse(bench->arena, &options, bench->kind, "https://activities.example/x",
								bench->page, bench->len, "utf-8");

	if (page == NULL || page_to_json(bench->arena, page) == NULL)
		exit(1);
	arena_reset(bench->arena);
}

static int
compare(const void *a, const void *b)
{
	double difference = *(const double *) a - *(const double *) b;

	return (difference > 0) - (difference < 0);
}

/* The median of what one repetition takes, in microseconds. */
static double
measure(Bench *bench, void (*once)(Bench *))
{
	double rounds[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
	{
		double began = now_ns();
		int repetitions = 0;

		do
			once(bench);
		while (++repetitions % 8 != 0 || now_ns() - began < ROUND_NS);
		rounds[i] = (now_ns() - began) / repetitions / 1000;
	}
	qsort(rounds, ROUNDS, sizeof(double), compare);
	return rounds[ROUNDS / 2];
}

int
main(int argc, char **argv)
{
	static char page[MAX_PAGE];
	Bench bench = {.rules = shipped_rules(),
				   .page = page,
				   .tree_arena = arena_create(),
				   .arena = arena_create()};
	FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;
	const char *problem;
	double libxml2;
	double tree;
	double match;
	double all;

	if (file == NULL || bench.arena == NULL || bench.tree_arena == NULL ||
		!page_kind_from_name(argv[1], &bench.kind))
	{
		fprintf(stderr, "usage: core <kind of page> <file>\n");
		return 2;
	}
	bench.len = fread(page, 1, sizeof(page) - 1, file);
	fclose(file);
	bench.root = html_parse(bench.tree_arena, page, bench.len, &problem);
	libxml2 = measure(&bench, libxml2_once);
	tree = measure(&bench, tree_once);
	match = measure(&bench, match_once);
	all = measure(&bench, read_once);
	printf("| %s | %zu | %.0f | %.0f | %.2f | %.0f | %.3f | %.0f | %.2f |\n", argv[1], bench.len,
		   libxml2, tree, tree / libxml2, match, match / libxml2, all, all / libxml2);
	arena_destroy(bench.tree_arena);
	arena_destroy(bench.arena);
	return 0;
}
