/*
 * html_text.h: the text and the attributes of a page's elements.
 */
#ifndef ESN_HTML_TEXT_H
#define ESN_HTML_TEXT_H

#include "html/html.h"

/*
 * The text of an element as a reader sees it, in the arena, white space folded. The text of script,
 * style, template, title, noscript, noframes, noembed and iframe, and what is marked as left out,
 * is missing, unless it is that of the element itself. html_text() returns one line, with a space
 * around block elements (p, div, li, br, h1 to h6, tr, ...) and between the cells of a table.
 * html_lines() starts a new line at each block element and drops empty lines.
 */
extern char *html_text(Arena *arena, const HtmlNode *element);
extern char *html_lines(Arena *arena, const HtmlNode *element);

/* The text of a <script> or the like, unchanged. */
extern char *html_raw_text(Arena *arena, const HtmlNode *element);

/* The value of an attribute, white space folded, in the arena; NULL if it is missing or empty. */
extern char *html_attribute(Arena *arena, const HtmlNode *element, const char *name);

/* As html_attribute(), of an attribute that is an address: tabs and line ends in it are nothing. */
extern char *html_link(Arena *arena, const HtmlNode *element, const char *name);

#endif
