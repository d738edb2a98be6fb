/*
 * html_tree.c: from the parser's reports to a tree. Nothing here may jump: libxml2 is below on the stack.
 */
#include "core/html.h"

#include <libxml/HTMLparser.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/html_internal.h"

#define OPTIONS (HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET)
#define MAX_DEPTH 256
#define KNOWN_NAMES 64 /* a power of two */

typedef struct Builder
{
	Arena *arena;
	xmlParserCtxt *parser;
	HtmlNode *document;
	HtmlNode *root;    /* NULL: no element has come yet */
	HtmlNode *current; /* the innermost element that is open, or the document */
	int depth;
	char *text; /* what has come of a piece of text, from malloc(); not terminated */
	size_t text_len;
	size_t text_capacity;
	const char *known[KNOWN_NAMES]; /* names that are in the arena, each where its hash puts it */
	bool out_of_memory;
} Builder;

/* The parser reports nothing more. */
static void
give_up(Builder *builder)
{
	builder->out_of_memory = true;
	xmlStopParser(builder->parser);
}

static char *
copy(Builder *builder, const char *s, size_t len)
{
	char *place = arena_try_alloc(builder->arena, len + 1);

	if (place == NULL)
		give_up(builder);
	else
		memcpy(place, s, len);
	return place;
}

/* A name in the arena: few are many times on a page. */
static const char *
keep_name(Builder *builder, const char *name)
{
	uint32_t hash = 2166136261u;
	const char *end;
	const char **known;

	for (end = name; *end != '\0'; end++)
		hash = (hash ^ (unsigned char) *end) * 16777619u;
	known = &builder->known[(hash ^ hash >> 16) & (KNOWN_NAMES - 1)];
	if (*known == NULL || strcmp(*known, name) != 0)
		*known = copy(builder, name, (size_t) (end - name));
	return *known;
}

/* A new last child of the current element, with so many bytes behind it; NULL: no memory. */
static HtmlNode *
append(Builder *builder, size_t more)
{
	HtmlNode *parent = builder->current;
	HtmlNode *node = arena_try_alloc(builder->arena, sizeof(HtmlNode) + more);

	if (node == NULL)
	{
		give_up(builder);
		return NULL;
	}
	node->parent = parent;
	node->prev = parent->last;
	if (parent->last == NULL)
		parent->children = node;
	else
		parent->last->next = node;
	parent->last = node;
	return node;
}

/* An element begins or ends: what was text before it is a node. */
static void
end_text(Builder *builder)
{
	size_t len = builder->text_len;
	HtmlNode *node;

	builder->text_len = 0;
	if (len == 0 || (node = append(builder, len + 1)) == NULL)
		return;
	memcpy(node + 1, builder->text, len);
	node->text = (char *) (node + 1);
}

/* names_and_values: as libxml2 has them: pairs, a value may be NULL, NULL at the end. */
static void
add_attributes(Builder *builder, HtmlNode *node, const xmlChar **names_and_values)
{
	HtmlAttribute **place = &node->attributes;

	for (; names_and_values[0] != NULL && !builder->out_of_memory; names_and_values += 2)
	{
		const char *value = names_and_values[1] == NULL ? "" : (const char *) names_and_values[1];
		HtmlAttribute *attribute = arena_try_alloc(builder->arena, sizeof(HtmlAttribute));

		if (attribute == NULL)
		{
			give_up(builder);
			return;
		}
		attribute->name = keep_name(builder, (const char *) names_and_values[0]);
		attribute->value = copy(builder, value, strlen(value));
		*place = attribute;
		place = &attribute->next;
	}
}

static void
start_element(void *context, const xmlChar *name, const xmlChar **attributes)
{
	Builder *builder = context;
	HtmlNode *node;

	end_text(builder);
	if (builder->out_of_memory || builder->depth > MAX_DEPTH)
		return;
	if (++builder->depth > MAX_DEPTH)
	{
		xmlStopParser(builder->parser);
		return;
	}
	/* What comes behind the root's end is still of the page. */
	if (builder->depth == 1 && builder->root != NULL)
		builder->current = builder->root;
	node = append(builder, 0);
	if (node == NULL)
		return;
	if (builder->root == NULL)
		builder->root = node;
	node->name = keep_name(builder, (const char *) name);
	if (attributes != NULL)
		add_attributes(builder, node, attributes);
	builder->current = node;
}

static void
end_element(void *context, const xmlChar *name)
{
	Builder *builder = context;

	(void) name;
	end_text(builder);
	if (builder->out_of_memory || builder->depth > MAX_DEPTH || builder->current->parent == NULL)
		return;
	builder->depth--;
	builder->current = builder->depth == 0 ? builder->document : builder->current->parent;
}

static void
characters(void *context, const xmlChar *text, int len)
{
	Builder *builder = context;
	size_t needed = builder->text_len + (size_t) len;

	if (builder->out_of_memory || builder->depth > MAX_DEPTH)
		return;
	if (needed > builder->text_capacity)
	{
		size_t capacity = needed < 1024 ? 1024 : needed * 2;
		char *larger = realloc(builder->text, capacity);

		if (larger == NULL)
		{
			give_up(builder);
			return;
		}
		builder->text = larger;
		builder->text_capacity = capacity;
	}
	memcpy(builder->text + builder->text_len, text, (size_t) len);
	builder->text_len = needed;
}

/* libxml2's type for this says const only in newer versions. */
static void
hear(void *context, xmlError *error)
{
	if (error->code == XML_ERR_NO_MEMORY)
		((XmlWatch *) context)->memory_ran_out = true;
}

void
xml_watch(XmlWatch *watch)
{
	watch->before = xmlStructuredError;
	watch->context = xmlStructuredErrorContext;
	watch->memory_ran_out = false;
	xmlSetStructuredErrorFunc(watch, (xmlStructuredErrorFunc) hear);
}

bool
xml_watch_end(XmlWatch *watch)
{
	xmlSetStructuredErrorFunc(watch->context, watch->before);
	return watch->memory_ran_out;
}

/* Has the parser go over the page. */
static void
run_parser(Builder *builder, const char *utf8, size_t len)
{
	xmlParserCtxt *parser = builder->parser = htmlNewParserCtxt();

	if (parser == NULL)
	{
		builder->out_of_memory = true;
		return;
	}
	memset(parser->sax, 0, sizeof(*parser->sax));
	parser->sax->startElement = start_element;
	parser->sax->endElement = end_element;
	parser->sax->characters = characters;
	parser->sax->cdataBlock = characters;
	parser->sax->ignorableWhitespace = characters;
	parser->sax->initialized = 1;
	parser->userData = builder;
	xmlFreeDoc(htmlCtxtReadMemory(parser, utf8, (int) len, NULL, "UTF-8", OPTIONS));
	/* a page that ends within a tag ends without a report of that */
	end_text(builder);
	htmlFreeParserCtxt(parser);
	free(builder->text);
}

/* false: there was no memory for all of the tree. */
static bool
build(Builder *builder, const char *utf8, size_t len)
{
	XmlWatch watch;

	xml_watch(&watch);
	run_parser(builder, utf8, len);
	return !xml_watch_end(&watch) && !builder->out_of_memory;
}

HtmlNode *
html_parse(Arena *arena, const char *utf8, size_t len, bool *whole)
{
	Builder builder = {.arena = arena};

	if (whole != NULL)
		*whole = true;
	if (len == 0 || len > INT_MAX)
		return NULL;
	builder.document = builder.current = arena_alloc(arena, sizeof(HtmlNode));
	if (!build(&builder, utf8, len))
		arena_fail(arena);
	if (whole != NULL)
		*whole = builder.depth <= MAX_DEPTH;
	return builder.root;
}
