/*
 * html.h: a page as a tree, made by libxml2's HTML parser, tamed: no network, no entities from outside, no output, never a crash on depth or
 * size. The parser reports what it meets; the tree is our own, in an arena, so that it costs no allocation a node and is freed with the page.
 */
#ifndef ESN_HTML_H
#define ESN_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"

typedef struct HtmlAttribute
{
	struct HtmlAttribute *next;
	const char *name;  /* in lower case */
	const char *value; /* entities resolved; "" where there is none */
} HtmlAttribute;

/* An element, a piece of text, or the document, which is the parent of the root. Comments and the like are left out. */
typedef struct HtmlNode
{
	struct HtmlNode *parent; /* NULL: this is the document */
	struct HtmlNode *prev;
	struct HtmlNode *next;
	struct HtmlNode *children;
	struct HtmlNode *last;
	const char *name; /* in lower case; NULL: this is no element */
	const char *text; /* NULL: this is no text */
	HtmlAttribute *attributes;
	int mark; /* free for whoever works on the page; 0 at first */
} HtmlNode;

/*
 * Why a page, given as to html_parse() but with a NUL behind, must not be parsed: it would keep libxml2 busy out of all proportion. NULL: it
 * may be. Takes time in proportion to the page's length.
 */
extern const char *html_hostile(const char *utf8);

/*
 * The root of a page given as well-formed UTF-8 without NUL (see text_to_utf8()), in the arena. NULL: nothing in it is an element.
 * Elements nested deeper than 256 end the page there: then *whole (NULL: nobody asks) is false.
 */
extern HtmlNode *html_parse(Arena *arena, const char *utf8, size_t len, bool *whole);

/*
 * The text of an element as a reader sees it, in the arena: script, style, template and comments left out, white space folded.
 * html_text(): one line. html_lines(): block elements (p, div, li, br, h1 to h6, tr, ...) begin a new line, empty lines dropped.
 * Not recursive.
 */
extern char *html_text(Arena *arena, const HtmlNode *element);
extern char *html_lines(Arena *arena, const HtmlNode *element);

/* The text of a <script> or the like as it stands, nothing folded. */
extern char *html_raw_text(Arena *arena, const HtmlNode *element);

/* The node after this one in document order, not leaving root; NULL at the end. */
extern HtmlNode *html_next(const HtmlNode *node, const HtmlNode *root);

/* An attribute's value, trimmed, in the arena; NULL where there is none or it is empty. */
extern char *html_attribute(Arena *arena, const HtmlNode *element, const char *name);

#endif
