/*
 * css_internal.h: a compiled selector, shared by css_compile.c, css_match.c and css_set.c. Names of elements and attributes are in lower
 * case, as html_parse() writes them, so that they need no folding when they are compared.
 */
#ifndef ESN_CSS_INTERNAL_H
#define ESN_CSS_INTERNAL_H

#include <stdint.h>

#include "core/css.h"

typedef enum SimpleKind
{
	SIMPLE_TYPE,
	SIMPLE_CLASS,
	SIMPLE_ID,
	SIMPLE_ATTRIBUTE,
	SIMPLE_NOT,
	SIMPLE_IS,
	SIMPLE_HAS,
	SIMPLE_NTH_CHILD, /* of element children: a * n + b */
	SIMPLE_LAST_CHILD,
	SIMPLE_EMPTY
} SimpleKind;

typedef struct Simple
{
	struct Simple *next;
	SimpleKind kind;
	const char *name; /* type, class, id, attribute */
	char op;          /* of attributes: 0 (is there), '=', '~', '|', '^', '$', '*' */
	const char *value;
	size_t length; /* of the value, or of the class */
	bool ignore_case;
	int a;
	int b;
	struct CssSelector *list; /* of :not, :is, :has */
} Simple;

/* A compound, and what ties it to the compound on its left. */
typedef struct Compound
{
	struct Compound *left; /* NULL: none */
	char combinator;       /* ' ', '>', '+', '~'; within :has() the leftmost has one, too */
	Simple *simples;
} Compound;

struct CssSelector
{
	Compound *rightmost;
	CssSelector *next; /* of the list */
};

/* One walk's allowance. */
typedef struct Matching
{
	int64_t steps; /* left; a page that needs more is hostile, and matches nothing further */
} Matching;

/* Whether the element matches the compound and all on its left. scope is :has()'s element, else NULL. */
extern bool css_match_compound(Matching *m, const Compound *compound, const HtmlNode *element,
							   const HtmlNode *scope);

/* The value of an attribute; NULL: it has none of this name. */
extern const char *css_attribute(Matching *m, const HtmlNode *element, const char *name);

static inline bool
css_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

#endif
