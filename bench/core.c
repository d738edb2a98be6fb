/*
 * core.c: what reading one page costs, without network and database: libxml2's parse of it, the look that is taken at it before, and the
 * matching of all shipped rules of its kind. Each round is as many repetitions as last a tenth of a second; prints the median of the
 * rounds in microseconds. Built and run by bench/core.sh. Arguments: the kind of page, and a file that holds one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/html.h"
#include "core/rules.h"
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
	xmlDoc *doc;
	Arena *arena;
} Bench;

static double
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double) now.tv_sec * 1e9 + (double) now.tv_nsec;
}

static void
parse_once(Bench *bench)
{
	xmlFreeDoc(html_parse(bench->page, bench->len));
}

static void
look_once(Bench *bench)
{
	if (html_hostile(bench->page) != NULL)
		exit(1);
}

static void
match_once(Bench *bench)
{
	rules_match(bench->rules, bench->kind, bench->arena, xmlDocGetRootElement(bench->doc));
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
	Bench bench = {.rules = shipped_rules(), .page = page, .arena = arena_create()};
	FILE *file = argc == 3 ? fopen(argv[2], "r") : NULL;
	double look;
	double parse;
	double match;

	if (file == NULL || bench.arena == NULL || !page_kind_from_name(argv[1], &bench.kind))
	{
		fprintf(stderr, "usage: core <kind of page> <file>\n");
		return 2;
	}
	bench.len = fread(page, 1, sizeof(page) - 1, file);
	fclose(file);
	bench.doc = html_parse(page, bench.len);
	look = measure(&bench, look_once);
	parse = measure(&bench, parse_once);
	match = measure(&bench, match_once);
	printf("%-10s %6zu bytes: parse %6.1f us, match %5.1f us (%.3f of it), look before %4.1f us\n",
		   argv[1], bench.len, parse, match, match / parse, look);
	xmlFreeDoc(bench.doc);
	arena_destroy(bench.arena);
	return 0;
}
