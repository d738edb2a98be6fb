/*
 * html.h: a page as a tree of elements and texts, which selectors search.
 */
#ifndef ESN_HTML_H
#define ESN_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef struct HtmlAttribute
{
	struct HtmlAttribute *next;
	const char *name;  /* in lower case */
	const char *value; /* entities resolved; "" if the attribute has no value */
} HtmlAttribute;

/*
 * An element, a text, or the document, which is the parent of the root. Comments, processing
 * instructions and the document type are left out.
 */
typedef struct HtmlNode
{
	struct HtmlNode *parent; /* NULL: this is the document */
	struct HtmlNode *prev;
	struct HtmlNode *next;
	struct HtmlNode *children;
	struct HtmlNode *last;
	const char *name; /* in lower case; NULL: not an element */
	const char *text; /* NULL: not a text */
	HtmlAttribute *attributes;
	int mark;      /* free for whoever works on the page; 0 at first */
	bool left_out; /* the same: the text of its surroundings does not include it */
} HtmlNode;

/*
 * Parses a page with libxml2, in time and memory proportional to its length. The page is
 * well-formed UTF-8 with a NUL after its len bytes and none within them (see text_to_utf8()).
 *
 * Returns the root, an html element, in the arena; also for an empty page. If the page is rejected,
 * returns NULL with the reason in *problem; otherwise *problem is NULL.
 * A page is rejected if it would keep libxml2 busy out of proportion to its length, which no real
 * page does: elements nested more than 256 deep, more than 20,000 different names of tags and
 * attributes, more than 500,000 markup errors, tags with thousands of attributes, or more than 64
 * MB.
 */
extern HtmlNode *html_parse(Arena *arena, const char *utf8, size_t len, const char **problem);

/* The node after this one in document order, within root; NULL at the end. */
extern HtmlNode *html_next(const HtmlNode *node, const HtmlNode *root);

/* Whether the node is an element that starts a new line: p, div, li, br, h1, tr, ... */
extern bool html_is_block(const HtmlNode *node);

/* Whether the node is a cell of a table. */
extern bool html_is_cell(const HtmlNode *node);

#endif
