/*
 * print_tree.c: of each document on stdin (its length in bytes, a line feed, the bytes) the tree as a line of JSON: an array of strings, in
 * document order: "<depth> <name" an element, "<depth> @name=value" an attribute of it, "<depth> 'text" a text, those side by side being one.
 * "problem" instead: it was not read whole. Each line is written before the next document is read.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/html.h"

#define MAX_LENGTH ((size_t) 64 * 1024 * 1024)

static void
die(const char *what)
{
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* As it stands within a string of JSON. */
static void
print_escaped(const char *s)
{
	for (; *s != '\0'; s++)
	{
		if (*s == '"' || *s == '\\')
			putchar('\\');
		if ((unsigned char) *s < ' ')
			printf("\\u%04x", (unsigned) *s);
		else
			putchar(*s);
	}
}

/* first: nothing stands before it. */
static void
print_element(const HtmlNode *node, int depth, bool first)
{
	printf("%s\"%d <", first ? "" : ",", depth);
	print_escaped(node->name);
	putchar('"');
	for (const HtmlAttribute *attribute = node->attributes; attribute != NULL;
		 attribute = attribute->next)
	{
		printf(",\"%d @", depth + 1);
		print_escaped(attribute->name);
		putchar('=');
		print_escaped(attribute->value);
		putchar('"');
	}
}

/* What stands before and behind it may be text, too. */
static void
print_text(const HtmlNode *node, int depth)
{
	if (node->prev == NULL || node->prev->text == NULL)
		printf(",\"%d '", depth);
	print_escaped(node->text);
	if (node->next == NULL || node->next->text == NULL)
		putchar('"');
}

static int
depth_below(const HtmlNode *node, const HtmlNode *root)
{
	int depth = 0;

	for (; node != root; node = node->parent)
		depth++;
	return depth;
}

static void
print_tree(const HtmlNode *root)
{
	for (const HtmlNode *node = root; node != NULL; node = html_next(node, root))
	{
		if (node->name != NULL)
			print_element(node, depth_below(node, root), node == root);
		else
			print_text(node, depth_below(node, root));
	}
}

/* The next document, its memory being no longer than it; NULL: there is none. */
static char *
read_document(size_t *len)
{
	char line[32];
	char *document;

	if (fgets(line, sizeof(line), stdin) == NULL)
		return NULL;
	*len = strtoul(line, NULL, 10);
	document = *len > MAX_LENGTH ? NULL : malloc(*len == 0 ? 1 : *len);
	if (document == NULL)
		die("too long a document");
	if (fread(document, 1, *len, stdin) != *len)
		die("stdin ends within a document");
	return document;
}

int
main(void)
{
	Arena *arena = arena_create();
	char *document;
	size_t len;

	if (arena == NULL)
		die("out of memory");
	while ((document = read_document(&len)) != NULL)
	{
		const char *problem;
		HtmlNode *root = html_parse(arena, document, len, &problem);

		if (problem != NULL)
			fputs("problem", stdout);
		else
		{
			putchar('[');
			print_tree(root);
			putchar(']');
		}
		putchar('\n');
		fflush(stdout);
		free(document);
		arena_reset(arena);
	}
	arena_destroy(arena);
	return 0;
}
