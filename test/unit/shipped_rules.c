/*
 * shipped_rules.c: see shipped_rules.h.
 */
#include "shipped_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULES_FILE "sql/install/20-rules.sql"
#define MAX_RULES 200

static void
give_up(const char *what, const char *line)
{
	fprintf(stderr, "%s: %s: %s\n", RULES_FILE, what, line);
	exit(1);
}

/* The next value of a row: a string in quotes, or a word. *at moves behind it and its comma. */
static char *
next_value(Arena *arena, char **at)
{
	char *start = *at + strspn(*at, " ,");
	char *end;

	if (*start == '\'')
	{
		start++;
		end = strchr(start, '\'');
		if (end == NULL)
			give_up("unclosed string", start);
		*at = end + 1;
	}
	else
	{
		end = start + strcspn(start, ",)");
		*at = end;
	}
	return arena_strndup(arena, start, (size_t) (end - start));
}

static void
read_rule(Arena *arena, char *row, Rule *rule)
{
	char *attribute;

	next_value(arena, &row); /* shipped */
	if (!page_kind_from_name(next_value(arena, &row), &rule->kind))
		give_up("unknown kind of page", row);
	rule->field = next_value(arena, &row);
	next_value(arena, &row); /* position */
	rule->selector = next_value(arena, &row);
	attribute = next_value(arena, &row);
	rule->attribute = strcmp(attribute, "NULL") == 0 ? NULL : attribute;
	rule->required = strcmp(next_value(arena, &row), "true") == 0;
}

RuleSet *
shipped_rules(void)
{
	Arena *arena = arena_create();
	FILE *file = fopen(RULES_FILE, "r");
	Rule rules[MAX_RULES];
	char line[2000];
	int count = 0;
	int culprit = 0;
	CssError error;
	RuleSet *set;

	if (file == NULL)
		give_up("cannot be read", "");
	while (fgets(line, sizeof(line), file) != NULL)
	{
		if (strncmp(line, "\t(", 2) == 0 && count < MAX_RULES)
			read_rule(arena, line + 2, &rules[count++]);
	}
	fclose(file);
	set = rules_compile(rules, count, &culprit, &error);
	if (set == NULL)
		give_up(error.message, rules[culprit].selector);
	arena_destroy(arena);
	return set;
}
