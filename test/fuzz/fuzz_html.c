/*
 * fuzz_html.c: every link of the tree is right, and it is no larger than the page allows. That
 * selectors find in it what a browser shows is tested by test/html/.
 */
#include <string.h>

#include "html/html_text.h"
#include "fuzz.h"

#define MAX_DEPTH 257

/* The depth of the tree; -1: a link of it is wrong. */
static int
check_links(const HtmlNode *node, size_t *nodes)
{
	int deepest = 0;
	const HtmlNode *before = NULL;

	++*nodes;
	fuzz_check((node->name == NULL) != (node->text == NULL));
	fuzz_check(node->name == NULL || *node->name != '\0');
	fuzz_check(node->text == NULL || (*node->text != '\0' && node->children == NULL));
	fuzz_check(node->text == NULL || fuzz_is_utf8(node->text, strlen(node->text)));
	fuzz_check(node->mark == 0 && (node->children == NULL) == (node->last == NULL));
	for (const HtmlAttribute *a = node->attributes; a != NULL; a = a->next)
		fuzz_check(*a->name != '\0' && fuzz_is_utf8(a->value, strlen(a->value)));
	for (const HtmlNode *child = node->children; child != NULL; child = child->next)
	{
		int depth = check_links(child, nodes) + 1;

		fuzz_check(child->parent == node && child->prev == before);
		fuzz_check(child->next != NULL || child == node->last);
		deepest = depth > deepest ? depth : deepest;
		before = child;
	}
	return deepest;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *s = fuzz_utf8_rest(&input, arena);
	size_t len = strlen(s);
	size_t nodes = 0;
	const char *problem;
	const HtmlNode *root = html_parse(arena, s, len, &problem);

	if (root == NULL)
	{
		fuzz_check(problem != NULL);
		return 0;
	}
	fuzz_check(root->parent != NULL && root->parent->parent == NULL);
	fuzz_check(root->next == NULL && strcmp(root->name, "html") == 0);
	fuzz_check(problem != NULL || check_links(root, &nodes) <= MAX_DEPTH);
	/* an element takes three bytes, a text one */
	fuzz_check(nodes <= len + 8);
	html_text(arena, root);
	html_lines(arena, root);
	return 0;
}
