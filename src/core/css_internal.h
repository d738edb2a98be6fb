/*
 * css_internal.h: a compiled selector, shared by css_compile.c and css_match.c.
 */
#ifndef ESN_CSS_INTERNAL_H
#define ESN_CSS_INTERNAL_H

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

#endif
