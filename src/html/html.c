/*
 * html.c: libxml2's HTML parser, whose SAX events become a tree in an arena. The only file that
 * calls libxml2. It selects nothing and reads no text: see html_text.h and selector_set.h.
 *
 * libxml2 is on the stack while an event is handled, so nothing here jumps: a handler that finds no
 * memory stops the parser, and html_parse() reports it afterwards.
 */
#include "html/html.h"

#include <assert.h>
#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlmemory.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "html/tag_cost.h"

#define MAX_LENGTH 67108864
#define MAX_DEPTH 256
#define KNOWN_NAMES 64 /* a power of two */

/*
 * No DTD is loaded, nothing is fetched, and <meta charset> is ignored: the page is already UTF-8.
 */
#define OPTIONS                                                                          \
	(HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | \
	 HTML_PARSE_IGNORE_ENC)

/* libxml2's dictionary has at most 16,384 slots; beyond that, lookups become slow. */
#define MAX_NAMES 20000

/* libxml2 composes a message for each error, even if nobody reads it. */
#define MAX_ERRORS 500000

/*
 * The memory that parsing may need: "x<p>" makes 176 bytes of nodes out of 4, and libxml2 takes up
 * to 60 times the page for a tag with many attributes, whose values it has at the same time.
 */
#define ROOM_PER_BYTE 96
#define ROOM_AT_LEAST 1048576

typedef struct Builder
{
	Arena *arena;
	xmlParserCtxt *parser;
	/* Where children go at each level of libxml2's open elements; at level 0, the root. */
	HtmlNode *open[MAX_DEPTH + 1];
	HtmlNode *body; /* NULL: none yet */
	int depth;
	char *text; /* the text collected so far, from malloc(); not terminated */
	size_t text_len;
	size_t text_capacity;
	const char *known[KNOWN_NAMES]; /* names in the arena, each at the place of its hash */
	int errors;
	const char *problem; /* why the page is rejected; NULL: it is not */
	bool out_of_memory;
} Builder;

static bool
is_done(const Builder *builder)
{
	return builder->out_of_memory || builder->problem != NULL;
}

static void
out_of_memory(Builder *builder)
{
	builder->out_of_memory = true;
	xmlStopParser(builder->parser);
}

static void
reject(Builder *builder, const char *problem)
{
	builder->problem = problem;
	xmlStopParser(builder->parser);
}

static void *
allocate(Builder *builder, size_t size)
{
	void *place = arena_try_alloc(builder->arena, size);

	if (place == NULL)
		out_of_memory(builder);
	return place;
}

/*
 * Returns the name's copy in the arena, or NULL if memory runs out. A page repeats few names many
 * times. libxml2 has nearly all of them in one place each, so that the address serves as a hash;
 * the comparison decides.
 */
static const char *
keep_name(Builder *builder, const char *name)
{
	uintptr_t hash = (uintptr_t) name;
	const char **known = &builder->known[(hash ^ hash >> 6) & (KNOWN_NAMES - 1)];

	if (*known == NULL || strcmp(*known, name) != 0)
		*known = arena_try_strndup(builder->arena, name, strlen(name));
	if (*known == NULL)
		out_of_memory(builder);
	return *known;
}

/* Makes a detached node the last child of another. */
static void
attach(HtmlNode *node, HtmlNode *parent)
{
	assert(node != parent && node->next == NULL);
	node->parent = parent;
	node->prev = parent->last;
	if (parent->last == NULL)
		parent->children = node;
	else
		parent->last->next = node;
	parent->last = node;
}

/*
 * Adds a last child to the innermost open element, with `more` bytes after it. Returns NULL if
 * there is no memory. Content after the body belongs to the body.
 */
static HtmlNode *
append(Builder *builder, size_t more)
{
	HtmlNode *parent = builder->open[builder->depth];
	HtmlNode *node = allocate(builder, sizeof(HtmlNode) + more);

	assert(builder->depth >= 0 && builder->depth <= MAX_DEPTH);
	if (node == NULL)
		return NULL;
	if (parent == builder->open[0] && builder->body != NULL)
		parent = builder->body;
	attach(node, parent);
	return node;
}

static HtmlNode *
append_element(Builder *builder, const char *name)
{
	HtmlNode *node = append(builder, 0);

	if (node != NULL)
		node->name = keep_name(builder, name);
	return node;
}

/* Makes a node of the collected text when an element begins or ends. */
static void
end_text(Builder *builder)
{
	size_t len = builder->text_len;
	HtmlNode *node;

	builder->text_len = 0;
	if (len == 0 || is_done(builder) || (node = append(builder, len + 1)) == NULL)
		return;
	memcpy(node + 1, builder->text, len);
	node->text = (char *) (node + 1);
}

/* names_and_values: libxml2's array of pairs, which ends with NULL; a value may be NULL. */
static void
add_attributes(Builder *builder, HtmlNode *node, const xmlChar **names_and_values)
{
	HtmlAttribute **place = &node->attributes;

	for (; names_and_values[0] != NULL && !is_done(builder); names_and_values += 2)
	{
		const char *value = names_and_values[1] == NULL ? "" : (const char *) names_and_values[1];
		size_t size = strlen(value) + 1;
		HtmlAttribute *attribute = allocate(builder, sizeof(HtmlAttribute) + size);

		if (attribute == NULL)
			return;
		attribute->name = keep_name(builder, (const char *) names_and_values[0]);
		attribute->value = memcpy(attribute + 1, value, size);
		*place = attribute;
		place = &attribute->next;
	}
}

bool
html_is_block(const HtmlNode *node)
{
	static const char *const names[] = {"p",       "div",      "li",         "ul",      "ol",
										"br",      "h1",       "h2",         "h3",      "h4",
										"h5",      "h6",       "tr",         "table",   "section",
										"article", "header",   "footer",     "main",    "nav",
										"aside",   "form",     "dl",         "dt",      "dd",
										"pre",     "hr",       "blockquote", "figure",  "address",
										"option",  "fieldset", "figcaption", "caption", "thead",
										"tbody",   "tfoot",    "details",    "summary", "hgroup",
										"search",  "dialog",   "menu",       "center",  "dir"};

	for (size_t i = 0; node->name != NULL && i < sizeof(names) / sizeof(names[0]); i++)
	{
		if (text_equal(node->name, names[i]))
			return true;
	}
	return false;
}

bool
html_is_cell(const HtmlNode *node)
{
	return node->name != NULL && (text_equal(node->name, "td") || text_equal(node->name, "th"));
}

/* Moves a node to the end of another parent's children. */
static void
move(HtmlNode *node, HtmlNode *parent)
{
	if (node->prev == NULL)
		node->parent->children = node->next;
	else
		node->prev->next = node->next;
	if (node->next == NULL)
		node->parent->last = node->prev;
	else
		node->next->prev = node->prev;
	node->next = NULL;
	attach(node, parent);
}

/*
 * Ends a link within which another one begins, as browsers do. What follows goes beside it, and so
 * does a block that begins within it and is still open.
 */
static void
end_open_link(Builder *builder)
{
	int level = builder->depth;
	HtmlNode *outside;

	while (level > 0 && !text_equal(builder->open[level]->name, "a"))
		level--;
	if (level == 0)
		return;
	outside = builder->open[level]->parent;
	while (level <= builder->depth && !html_is_block(builder->open[level]))
		builder->open[level++] = outside;
	if (level <= builder->depth)
		move(builder->open[level], outside);
}

/*
 * Returns the node of an element that begins. There is one html and one body element: libxml2
 * implies more for content after their end tags.
 */
static HtmlNode *
begin_element(Builder *builder, const char *name)
{
	HtmlNode *node;

	if (text_equal(name, "html"))
		return builder->open[0];
	if (builder->body != NULL && text_equal(name, "body"))
		return builder->body;
	if (text_equal(name, "a"))
		end_open_link(builder);
	node = append_element(builder, name);
	if (text_equal(name, "body"))
		builder->body = node;
	return node;
}

static void
check_bounds(Builder *builder)
{
	if (builder->depth == MAX_DEPTH)
		reject(builder, "the page's elements are nested more than 256 deep");
	else if (xmlDictSize(builder->parser->dict) > MAX_NAMES)
		reject(builder, "the page has more than 20,000 different names of tags and attributes");
	else if (builder->errors > MAX_ERRORS)
		reject(builder, "the page has more than 500,000 markup errors");
}

static void
start_element(void *context, const xmlChar *xml_name, const xmlChar **attributes)
{
	const char *name = (const char *) xml_name;
	Builder *builder = context;
	HtmlNode *node;

	end_text(builder);
	check_bounds(builder);
	/* A tag in which the page ends makes no element, because its last value is cut off. */
	if (is_done(builder) || (attributes != NULL && *builder->parser->input->cur == '\0'))
		return;
	node = begin_element(builder, name);
	if (is_done(builder))
		return;
	if (attributes != NULL && node->attributes == NULL)
		add_attributes(builder, node, attributes);
	builder->open[++builder->depth] = node;
}

static void
end_element(void *context, const xmlChar *name)
{
	Builder *builder = context;

	(void) name;
	end_text(builder);
	if (builder->depth > 0)
		builder->depth--;
}

static void
characters(void *context, const xmlChar *text, int len)
{
	Builder *builder = context;
	size_t needed = builder->text_len + (size_t) len;

	if (is_done(builder))
		return;
	if (needed > builder->text_capacity)
	{
		size_t capacity = needed < 1024 ? 1024 : needed * 2;
		char *larger = realloc(builder->text, capacity);

		if (larger == NULL)
		{
			out_of_memory(builder);
			return;
		}
		builder->text = larger;
		builder->text_capacity = capacity;
	}
	memcpy(builder->text + builder->text_len, text, (size_t) len);
	builder->text_len = needed;
}

/*
 * libxml2 ignores an end tag without a start tag. Browsers make an empty element of </br> and </p>,
 * which separates words. The parameter is const only in newer versions.
 */
static void
handle_error(void *context, xmlError *error)
{
	Builder *builder = context;

	builder->errors++;
	check_bounds(builder);
	if (error->code == XML_ERR_NO_MEMORY)
		out_of_memory(builder);
	else if (error->code == XML_ERR_TAG_NAME_MISMATCH && error->str1 != NULL &&
			 error->str2 == NULL &&
			 (strcmp(error->str1, "br") == 0 || strcmp(error->str1, "p") == 0))
	{
		end_text(builder);
		if (!is_done(builder))
			append_element(builder, error->str1);
	}
}

/* Comments, declarations and the like are no part of the tree. */
static xmlSAXHandler events = {.initialized = XML_SAX2_MAGIC, /* otherwise serror is not called */
							   .startElement = start_element,
							   .endElement = end_element,
							   .characters = characters,
							   .cdataBlock = characters,
							   .ignorableWhitespace = characters,
							   .serror = (xmlStructuredErrorFunc) handle_error};

/*
 * libxml2 before 2.14 reads the value of an attribute into 100 bytes, which it doubles at the first
 * character. If they are 256 at once, realloc() has nothing to move: a twentieth of a run's time.
 */
static size_t
rounded(size_t size)
{
	return size >= 100 && size < 256 ? 256 : size;
}

static void *
rounding_malloc(size_t size)
{
	return malloc(rounded(size));
}

static void *
rounding_realloc(void *memory, size_t size)
{
	return realloc(memory, rounded(size));
}

/*
 * The push parser gets the whole page at once. It is faster than htmlParseDocument(), which copies
 * the name of every element. It stops after the end of the html element, but what follows belongs
 * to the body, so it is called until it has parsed everything.
 */
static void
parse(Builder *builder, const char *utf8, size_t len)
{
	xmlParserCtxt *parser = builder->parser =
		htmlCreatePushParserCtxt(&events, builder, utf8, (int) len, NULL, XML_CHAR_ENCODING_UTF8);
	long parsed = 0;
	long before;

	if (parser == NULL)
	{
		builder->out_of_memory = true;
		return;
	}
	htmlCtxtUseOptions(parser, OPTIONS);
	do
	{
		before = parsed;
		htmlParseChunk(parser, NULL, 0, 1);
		parsed = xmlByteConsumed(parser);
		parser->instate = XML_PARSER_CONTENT;
	} while (!is_done(builder) && parsed > before && parsed < (long) len);
	/* A page that ends within a tag gets no final event, and a last < or & stays unparsed. */
	if (!is_done(builder) && parsed < (long) len)
		characters(builder, (const xmlChar *) utf8 + parsed, (int) ((long) len - parsed));
	end_text(builder);
	htmlFreeParserCtxt(parser);
	free(builder->text);
}

/*
 * Parses with the functions above in place of the C library's. If libxml2 uses others, it keeps
 * them, because what one function allocates, another may be unable to free.
 */
static void
parse_fast(Builder *builder, const char *utf8, size_t len)
{
	xmlFreeFunc free_before;
	xmlMallocFunc malloc_before;
	xmlReallocFunc realloc_before;
	xmlStrdupFunc strdup_before;

	xmlMemGet(&free_before, &malloc_before, &realloc_before, &strdup_before);
	if (malloc_before == malloc)
		xmlMemSetup(free_before, rounding_malloc, rounding_realloc, strdup_before);
	parse(builder, utf8, len);
	if (malloc_before == malloc)
		xmlMemSetup(free_before, malloc_before, realloc_before, strdup_before);
}

HtmlNode *
html_parse(Arena *arena, const char *utf8, size_t len, const char **problem)
{
	Builder builder = {.arena = arena};
	HtmlNode *document;
	HtmlNode *root;

	*problem = NULL;
	if (len > MAX_LENGTH)
		*problem = "the page is longer than 64 MB";
	else if (html_is_costly(utf8, len))
		*problem = "the page's tags have too many attributes";
	if (*problem != NULL)
		return NULL;
	document = arena_alloc(arena, sizeof(HtmlNode));
	root = arena_alloc(arena, sizeof(HtmlNode));
	root->name = "html";
	root->parent = document;
	document->children = document->last = root;
	builder.open[0] = root;
	/* libxml2 2.9 leaks, loops or crashes if one of its allocations fails. */
	arena_ensure_room(arena, len * ROOM_PER_BYTE + ROOM_AT_LEAST);
	/* libxml2 makes no parser for an empty page. */
	if (len > 0)
		parse_fast(&builder, utf8, len);
	if (builder.out_of_memory)
		arena_fail(arena);
	*problem = builder.problem;
	return builder.problem == NULL ? root : NULL;
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
