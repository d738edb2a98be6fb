/*
 * html.c: the text, the attributes and the addresses of a page's elements.
 */
#include "core/html.h"

#include <libxml/uri.h>
#include <string.h>

#include "core/ascii.h"
#include "core/html_internal.h"
#include "core/text.h"

#define MAX_URL 2000

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
	static const char *const names[] = {"script", "style", "template", "noscript", "head", NULL};

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

/*
 * href with what an address may not hold percent-encoded, as browsers do; NULL where it is too long or holds a control character, or
 * an encoded NUL: libxml2 would decode that, and take what stands before it for the whole.
 */
static char *
encode(Arena *arena, const char *href)
{
	TextBuffer out;

	buffer_init(&out, arena);
	for (; *href != '\0'; href++)
	{
		unsigned char c = (unsigned char) *href;

		if (c < 0x20 || c == 0x7f || strncmp(href, "%00", 3) == 0)
			return NULL;
		if (c > 0x7f || strchr(" \"<>\\^`{|}", c) != NULL)
			buffer_printf(&out, "%%%02X", c);
		else
			buffer_putc(&out, (char) c);
	}
	return out.len == 0 || out.len > MAX_URL ? NULL : out.data;
}

char *
html_absolute_url(Arena *arena, const char *base, const char *href)
{
	char *encoded = encode(arena, href);
	char stack[2 * MAX_URL];
	const char *rest;
	bool memory_ran_out;
	XmlWatch watch;
	xmlChar *built;

	if (encoded == NULL || strlen(base) > MAX_URL)
		return NULL;
	/* By itself, since libxml2 undoes the encoding of a host that it puts behind another's scheme. */
	if (strncmp(encoded, "//", 2) == 0)
		encoded = arena_printf(arena, "%.*s:%s", (int) strcspn(base, ":"), base, encoded);
	xml_watch(&watch);
	built = xmlBuildURI((const xmlChar *) encoded, (const xmlChar *) base);
	memory_ran_out = xml_watch_end(&watch);
	/* To the stack first: the arena may jump, and libxml2's string would be lost. */
	if (memory_ran_out || built == NULL || strlen((const char *) built) >= sizeof(stack))
	{
		xmlFree(built);
		if (memory_ran_out)
			arena_fail(arena);
		return NULL;
	}
	strcpy(stack, (const char *) built);
	xmlFree(built);
	if (ascii_equal_nocase(stack, "https://", 8))
		rest = stack + 8;
	else if (ascii_equal_nocase(stack, "http://", 7))
		rest = stack + 7;
	else
		return NULL;
	/* again for its length, and where the base's host holds more than letters */
	return strcspn(rest, "/?#") == 0 ? NULL : encode(arena, stack);
}
