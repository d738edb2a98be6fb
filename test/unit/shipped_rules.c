/*
 * shipped_rules.c: see shipped_rules.h.
 */
#include "shipped_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULES_FILE "sql/seeds.sql"
#define MAX_RULES 200

static void
give_up(const char *what, const char *line)
{
	fprintf(stderr, "%s: %s: %s\n", RULES_FILE, what, line);
	exit(1);
}

/* The next value of a row: a string in quotes, or in several that follow one another, or a word.
 * *at moves behind it. */
static char *
next_value(Arena *arena, char **at)
{
	char *start = *at + strspn(*at, " ,\t\n");
	char *end;

	if (*start == '\'')
	{
		char *value = arena_strndup(arena, start, strlen(start));
		size_t length = 0;

		while (*start == '\'')
		{
			start++;
			end = strchr(start, '\'');
			if (end == NULL)
				give_up("unclosed string", start);
			memcpy(value + length, start, (size_t) (end - start));
			length += (size_t) (end - start);
			*at = end + 1;
			start = end + 1 + strspn(end + 1, " \t\n");
		}
		value[length] = '\0';
		return value;
	}
	end = start + strcspn(start, ",)");
	*at = end;
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
	char row[2000] = "";
	char line[200];
	int count = 0;
	int culprit = 0;
	SelectorError error;
	RuleSet *set;

	if (file == NULL)
		give_up("cannot be read", "");
	while (fgets(line, sizeof(line), file) != NULL)
	{
		size_t length = strlen(line);

		/* A row begins with whether it is shipped, and may be of several lines. */
		if (row[0] == '\0' && strncmp(line, "\t(true, ", 8) != 0)
			continue;
		if (strlen(row) + length >= sizeof(row))
			give_up("too long a row", line);
		strcat(row, line);
		if (length > 3 &&
			(strcmp(line + length - 3, "),\n") == 0 || strcmp(line + length - 3, ");\n") == 0))
		{
			if (count < MAX_RULES)
				read_rule(arena, row + 2, &rules[count++]);
			row[0] = '\0';
		}
	}
	fclose(file);
	set = rules_compile(rules, count, &culprit, &error);
	if (set == NULL)
		give_up(error.message, rules[culprit].selector);
	arena_destroy(arena);
	return set;
}
