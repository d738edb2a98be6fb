/*
 * css.h: the part of Selectors Level 4 (https://www.w3.org/TR/selectors-4/) that scraping needs, compiled once and
 * matched, many selectors together, in one walk over a page's tree.
 *
 * Type, *, .class, #id, [attr], [attr OP value] with OP one of =, ~=, |=, ^=, $=, *= and the flags i and s; the combinators
 * descendant, >, + and ~; lists; :not(list), :is(list), :has(relative list), :nth-child(an+b | odd | even), :first-child,
 * :last-child, :empty. Escapes as in CSS. Type and attribute names match in any ASCII case (the document is HTML); classes, ids and
 * values by case.
 */
#ifndef ESN_CSS_H
#define ESN_CSS_H

#include <stdbool.h>

#include "core/arena.h"
#include "core/html.h"

/*
 * What one css_walk() may cost, in simple selectors tried, nodes passed and bytes of attributes compared: some hundred times what a large
 * page needs. A page that asks for more is hostile.
 */
#define CSS_MAX_STEPS 20000000

typedef struct CssSelector CssSelector;

typedef struct CssError
{
	int position;      /* byte offset in the selector, from 0 */
	char message[160]; /* lower case, without a full stop */
} CssError;

/* The compiled selector list, living in the arena; NULL with *error filled in where it can't compile. */
extern CssSelector *css_compile(Arena *arena, const char *selector, CssError *error);

/* Many selectors, to be matched in one walk, found by the id, class or tag of their rightmost compound. */
typedef struct CssSet CssSet;

extern CssSet *css_set_create(Arena *arena);

/* Adds a selector; number is what css_walk() will call it by, from 0, at most 65535, ascending. */
extern void css_set_add(CssSet *set, CssSelector *selector, int number);

/* Called for each match, elements in document order; for one element, numbers in ascending order, each at most once. */
typedef void (*CssMatchCallback)(void *context, int number, HtmlNode *element);

/*
 * One walk over the elements below (and including) root, using the arena for as long as it lasts. Not recursive: depth costs no stack.
 * False: CSS_MAX_STEPS were not enough; what was found until then has been reported.
 */
extern bool css_walk(const CssSet *set, Arena *arena, HtmlNode *root, CssMatchCallback callback,
					 void *context);

#endif
