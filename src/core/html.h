/*
 * html.h: a page as a tree, the one that browsers make of it, so that a selector from a browser's inspector finds what it found there.
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

/*
 * An element, a piece of text, or the document, which is the parent of the root. Comments and the like are left out. What a template holds is
 * below it, unlike in browsers; names within SVG and MathML are in lower case like others.
 */
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
 * The root of a page given as well-formed UTF-8 without NUL (see text_to_utf8()), in the arena, as browsers make it with scripting off:
 * https://html.spec.whatwg.org/multipage/parsing.html. An empty page has one, too, with a head and a body. *problem: why the page was not read to its
 * end, and the root may be NULL; NULL: it was. That is so where elements are nested more than 256 deep, where a tag has more than 256 attributes,
 * where misnested tags ask for more than 10,000 elements that are not in the page, and where more than 512 formatting elements and cells
 * are still at work, or so many that comparing them would take long. Takes time and memory in proportion to the page's length.
 */
extern HtmlNode *html_parse(Arena *arena, const char *utf8, size_t len, const char **problem);

/*
 * The text of an element as a reader sees it, in the arena: what is in script, style, template, noscript, noframes, noembed, iframe or head is left
 * out unless that is the element, white space folded.
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
