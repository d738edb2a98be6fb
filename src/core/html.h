/*
 * html.h: libxml2's HTML parser, tamed: no network, no entities from outside, no output, never a crash on depth or size.
 */
#ifndef ESN_HTML_H
#define ESN_HTML_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/arena.h"

/*
 * Why a page, given as to html_parse() but with a NUL behind, must not be parsed: it would keep libxml2 busy out of all proportion. NULL: it
 * may be. Takes time in proportion to the page's length.
 */
extern const char *html_hostile(const char *utf8);

/*
 * The tree of a page given as well-formed UTF-8 without NUL (see text_to_utf8()). NULL: no memory, or nothing in it that is
 * an element. To be freed with xmlFreeDoc(). Elements nested deeper than the parser's own limit end the page there.
 */
extern xmlDoc *html_parse(const char *utf8, size_t len);

/*
 * The text of an element as a reader sees it, in the arena: script, style, template and comments left out, white space folded.
 * html_text(): one line. html_lines(): block elements (p, div, li, br, h1 to h6, tr, ...) begin a new line, empty lines dropped.
 * Not recursive.
 */
extern char *html_text(Arena *arena, const xmlNode *element);
extern char *html_lines(Arena *arena, const xmlNode *element);

/* The text of a <script> or the like as it stands, nothing folded. */
extern char *html_raw_text(Arena *arena, const xmlNode *element);

/* An attribute's value, trimmed, in the arena; NULL where there is none or it is empty. */
extern char *html_attribute(Arena *arena, const xmlNode *element, const char *name);

/*
 * href as an absolute URL, resolved against base (RFC 3986); http and https only, else NULL; also NULL where it is empty or no URL.
 */
extern char *html_absolute_url(Arena *arena, const char *base, const char *href);

#endif
