/*
 * html_text.c: see html_text.h. Walks the tree by its links and never recurses.
 */
#include "html/html_text.h"

#include <string.h>

#include "base/text.h"

/* Whether the text of an element is excluded from that of its surroundings. */
static bool
is_hidden(const HtmlNode *node)
{
	static const char *const names[] = {"script",   "style",  "template", "title",
										"noscript", "iframe", "noframes", "noembed"};

	if (node->left_out)
		return true;
	for (size_t i = 0; node->name != NULL && i < sizeof(names) / sizeof(names[0]); i++)
	{
		if (text_equal(node->name, names[i]))
			return true;
	}
	return false;
}

/* A line feed of the source is ordinary white space; only a block starts a new line. */
static void
append_text(TextBuffer *out, const char *s)
{
	for (;;)
	{
		size_t len = strcspn(s, "\n");

		buffer_append(out, s, len);
		if (s[len] == '\0')
			return;
		buffer_putc(out, ' ');
		s += len + 1;
	}
}

typedef enum TextForm
{
	TEXT_RAW,  /* as it is in the source */
	TEXT_LINE, /* spaces around blocks and cells */
	TEXT_LINES /* line feeds around blocks, spaces around cells */
} TextForm;

/* What is beside an element is another word, or another line. */
static void
append_boundary(TextBuffer *out, const HtmlNode *node, TextForm form)
{
	if (form == TEXT_RAW || node->name == NULL)
		return;
	if (html_is_block(node))
		buffer_putc(out, form == TEXT_LINES ? '\n' : ' ');
	else if (html_is_cell(node))
		buffer_putc(out, ' ');
}

/* Collects the text below an element. Follows the tree's own links. */
static TextBuffer
gather(Arena *arena, const HtmlNode *element, TextForm form)
{
	const HtmlNode *node = element;
	TextBuffer out;

	buffer_init(&out, arena);
	for (;;)
	{
		if (node->text != NULL && form == TEXT_RAW)
			buffer_puts(&out, node->text);
		else if (node->text != NULL && !node->left_out)
			append_text(&out, node->text);
		append_boundary(&out, node, form);
		if (node->children != NULL && (form == TEXT_RAW || node == element || !is_hidden(node)))
		{
			node = node->children;
			continue;
		}
		while (node != element && node->next == NULL)
		{
			node = node->parent;
			append_boundary(&out, node, form);
		}
		if (node == element)
			return out;
		node = node->next;
	}
}

char *
html_text(Arena *arena, const HtmlNode *element)
{
	return text_fold_space(arena, gather(arena, element, TEXT_LINE).data);
}

char *
html_lines(Arena *arena, const HtmlNode *element)
{
	return text_fold_lines(arena, gather(arena, element, TEXT_LINES).data);
}

char *
html_raw_text(Arena *arena, const HtmlNode *element)
{
	return gather(arena, element, TEXT_RAW).data;
}

/* The value of an attribute as it stands; NULL if the element has none. */
static const char *
raw_attribute(const HtmlNode *element, const char *name)
{
	for (const HtmlAttribute *attribute = element->attributes; attribute != NULL;
		 attribute = attribute->next)
	{
		if (text_equal_nocase(attribute->name, name))
			return attribute->value;
	}
	return NULL;
}

char *
html_attribute(Arena *arena, const HtmlNode *element, const char *name)
{
	const char *value = raw_attribute(element, name);
	char *folded = value == NULL ? NULL : text_fold_space(arena, value);

	return folded == NULL || *folded == '\0' ? NULL : folded;
}

char *
html_link(Arena *arena, const HtmlNode *element, const char *name)
{
	const char *value = raw_attribute(element, name);
	TextBuffer out;
	char *folded;

	if (value == NULL || strpbrk(value, "\t\n\r") == NULL)
		return html_attribute(arena, element, name);
	buffer_init(&out, arena);
	for (; *value != '\0'; value++)
	{
		if (strchr("\t\n\r", *value) == NULL)
			buffer_putc(&out, *value);
	}
	folded = text_fold_space(arena, out.data);
	return *folded == '\0' ? NULL : folded;
}
