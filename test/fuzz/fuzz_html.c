/*
 * fuzz_html.c: the core's tree of a page is the one that libxml2 itself would make of it: the same elements, attributes and texts in the same
 * order, and every link of it is right.
 */
#include <libxml/HTMLparser.h>
#include <libxml/SAX2.h>
#include <string.h>

#include "core/html.h"
#include "fuzz.h"

#define OPTIONS (HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET)
#define DEEP 250 /* the core ends a page at 256, libxml2 at about that */

/* The depth of the tree; -1: a link of it is wrong. */
static int
check_links(const HtmlNode *node)
{
	int deepest = 0;
	const HtmlNode *before = NULL;

	fuzz_check((node->name == NULL) != (node->text == NULL));
	fuzz_check(node->name == NULL || *node->name != '\0');
	fuzz_check(node->text == NULL || (*node->text != '\0' && node->children == NULL));
	fuzz_check(node->text == NULL || fuzz_is_utf8(node->text, strlen(node->text)));
	fuzz_check(node->mark == 0 && (node->children == NULL) == (node->last == NULL));
	for (const HtmlAttribute *a = node->attributes; a != NULL; a = a->next)
		fuzz_check(*a->name != '\0' && fuzz_is_utf8(a->value, strlen(a->value)));
	for (const HtmlNode *child = node->children; child != NULL; child = child->next)
	{
		int depth = check_links(child) + 1;

		fuzz_check(child->parent == node && child->prev == before);
		fuzz_check(child->next != NULL || child == node->last);
		/* what was between two texts is no node, and they are one */
		fuzz_check(before == NULL || before->text == NULL || child->text == NULL);
		deepest = depth > deepest ? depth : deepest;
		before = child;
	}
	return deepest;
}

/* libxml2 takes a name before ':' for a prefix, in elements only. */
static bool
same_element(const HtmlNode *ours, const xmlNode *theirs)
{
	return ours->name != NULL && (strchr(ours->name, ':') != NULL ||
								  strcmp(ours->name, (const char *) theirs->name) == 0);
}

/* Attributes of a second <html> libxml2 adds to the first: those of the core are the first of its own. */
static void
check_attributes(const HtmlNode *ours, const xmlNode *theirs)
{
	const xmlAttr *attribute = theirs->properties;

	for (const HtmlAttribute *a = ours->attributes; a != NULL; a = a->next)
	{
		const char *value;

		fuzz_check(attribute != NULL && strcmp(a->name, (const char *) attribute->name) == 0);
		value = attribute->children == NULL ? "" : (const char *) attribute->children->content;
		/* one without a value has its name for one in libxml2's tree, where HTML knows it as such */
		fuzz_check(strcmp(a->value, value) == 0 ||
				   (*a->value == '\0' && strcmp(a->name, value) == 0));
		attribute = attribute->next;
	}
	fuzz_check(attribute == NULL || strcmp(ours->name, "html") == 0);
}

/* The text of libxml2's nodes up to the next element. */
static const xmlNode *
gather(const xmlNode *node, TextBuffer *text)
{
	for (; node != NULL && node->type != XML_ELEMENT_NODE; node = node->next)
	{
		if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE)
			buffer_puts(text, (const char *) node->content);
	}
	return node;
}

static void
check_children(Arena *arena, const HtmlNode *ours, const xmlNode *theirs)
{
	const HtmlNode *child = ours->children;
	const xmlNode *node = theirs->children;

	for (;;)
	{
		TextBuffer text;

		buffer_init(&text, arena);
		node = gather(node, &text);
		if (child != NULL && child->text != NULL)
		{
			fuzz_check(strcmp(child->text, text.data) == 0);
			child = child->next;
		}
		else
			fuzz_check(text.len == 0);
		if (child == NULL || node == NULL)
			break;
		fuzz_check(same_element(child, node));
		check_attributes(child, node);
		check_children(arena, child, node);
		child = child->next;
		node = node->next;
	}
	fuzz_check(child == NULL && node == NULL);
}

/* As libxml2 does it, but that white space stays where it thinks that it does not matter. */
static xmlDoc *
their_tree(const char *s)
{
	xmlParserCtxt *parser = htmlNewParserCtxt();
	xmlDoc *doc;

	fuzz_check(parser != NULL);
	parser->sax->ignorableWhitespace = xmlSAX2Characters;
	doc = htmlCtxtReadMemory(parser, s, (int) strlen(s), NULL, "UTF-8", OPTIONS);
	htmlFreeParserCtxt(parser);
	return doc;
}

/* The root, and below it, last, what libxml2 has made roots beside it. */
static xmlNode *
gather_roots(xmlDoc *doc)
{
	xmlNode *root = doc->children;
	xmlNode *next;

	while (root != NULL && root->type != XML_ELEMENT_NODE)
		root = root->next;
	for (xmlNode *node = root == NULL ? NULL : root->next; node != NULL; node = next)
	{
		next = node->next;
		if (node->type != XML_ELEMENT_NODE)
			continue;
		xmlUnlinkNode(node);
		xmlAddChild(root, node);
	}
	return root;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *s = fuzz_utf8_rest(&input, arena);
	const HtmlNode *root;
	const xmlNode *first;
	xmlDoc *doc;

	if (html_hostile(s) != NULL || *s == '\0')
		return 0;
	root = html_parse(arena, s, strlen(s), NULL);
	if (root == NULL)
		return 0;
	fuzz_check(root->parent != NULL && root->parent->parent == NULL);
	if (check_links(root) >= DEEP)
		return 0;
	html_text(arena, root);
	html_lines(arena, root);
	doc = their_tree(s);
	fuzz_check(doc != NULL);
	first = gather_roots(doc);
	fuzz_check(first != NULL && same_element(root, first));
	check_attributes(root, first);
	check_children(arena, root, first);
	xmlFreeDoc(doc);
	return 0;
}
