/*
 * html.c: the text and the attributes of a page's elements.
 */
#include "core/html.h"

#include <string.h>

#include "core/text.h"

/* Names are in lower case: the parser has seen to that. */
static bool
is_one_of(const HtmlNode *node, const char *const *names)
{
	for (; node->name != NULL && *names != NULL; names++)
	{
		if (strcmp(node->name, *names) == 0)
			return true;
	}
	return false;
}

static bool
is_hidden(const HtmlNode *node)
{
	static const char *const names[] = {"script", "style",   "template", "noscript", "noframes",
										"iframe", "noembed", "head",     NULL};

	return is_one_of(node, names);
}

static bool
is_block(const HtmlNode *node)
{
	static const char *const names[] = {"p",       "div",        "li",     "ul",    "ol",
										"br",      "h1",         "h2",     "h3",    "h4",
										"h5",      "h6",         "tr",     "table", "section",
										"article", "header",     "footer", "dl",    "dt",
										"dd",      "blockquote", "pre",    "hr",    "figure",
										"address", "option",     NULL};

	return is_one_of(node, names);
}

/* A line feed of the source is white space like any other; only a block begins a line. */
static void
append_text(TextBuffer *out, const char *s)
{
	for (; *s != '\0'; s++)
		buffer_putc(out, *s == '\n' ? ' ' : *s);
}

/* The text below an element; with lines, line feeds around blocks. Walks by the tree's own links. */
static TextBuffer
gather(Arena *arena, const HtmlNode *element, bool lines, bool raw)
{
	const HtmlNode *node = element;
	TextBuffer out;

	buffer_init(&out, arena);
	for (;;)
	{
		if (node->text != NULL && raw)
			buffer_puts(&out, node->text);
		else if (node->text != NULL)
			append_text(&out, node->text);
		if (lines && is_block(node))
			buffer_putc(&out, '\n');
		if (node->children != NULL && (raw || node == element || !is_hidden(node)))
		{
			node = node->children;
			continue;
		}
		while (node != element && node->next == NULL)
		{
			node = node->parent;
			if (lines && is_block(node))
				buffer_putc(&out, '\n');
		}
		if (node == element)
			return out;
		node = node->next;
	}
}

HtmlNode *
html_next(const HtmlNode *node, const HtmlNode *root)
{
	if (node->children != NULL)
		return node->children;
	while (node != root && node->next == NULL)
		node = node->parent;
	return node == root ? NULL : node->next;
}

char *
html_text(Arena *arena, const HtmlNode *element)
{
	return text_fold_space(arena, gather(arena, element, false, false).data);
}

char *
html_lines(Arena *arena, const HtmlNode *element)
{
	return text_fold_lines(arena, gather(arena, element, true, false).data);
}

char *
html_raw_text(Arena *arena, const HtmlNode *element)
{
	return gather(arena, element, false, true).data;
}

char *
html_attribute(Arena *arena, const HtmlNode *element, const char *name)
{
	for (const HtmlAttribute *attribute = element->attributes; attribute != NULL;
		 attribute = attribute->next)
	{
		if (text_equal_nocase(attribute->name, name))
		{
			char *folded = text_fold_space(arena, attribute->value);

			return *folded == '\0' ? NULL : folded;
		}
	}
	return NULL;
}
