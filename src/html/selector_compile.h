/*
 * selector_compile.h: compiles selectors: the part of Selectors Level 4
 * (https://www.w3.org/TR/selectors-4/) that scraping needs.
 *
 * Type, *, .class, #id, [attr], [attr OP value] with OP one of =, ~=, |=, ^=, $=, *= and the flags
 * i and s; the combinators descendant, >, + and ~; lists; :not(list), :is(list), :has(relative
 * list), :nth-child(an+b | odd | even), :first-child, :last-child, :empty. Escapes as in CSS. Type
 * and attribute names match in any ASCII case (the document is HTML); classes, ids and values by
 * case.
 */
#ifndef ESN_SELECTOR_COMPILE_H
#define ESN_SELECTOR_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef struct Selector Selector;

typedef struct SelectorError
{
	int position;      /* byte offset in the selector, from 0 */
	char message[160]; /* lower case, without a full stop */
} SelectorError;

/* Returns the compiled selector list, in the arena, or NULL with *error filled in. */
extern Selector *selector_compile(Arena *arena, const char *selector, SelectorError *error);

/*
 * What a selector is compiled to. Names of elements and attributes are in lower case, as
 * html_parse() writes them, so that comparing them needs no folding.
 */
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
	struct Selector *list; /* of :not, :is, :has */
} Simple;

/* A compound and its combinator with the compound on its left. */
typedef struct Compound
{
	struct Compound *left; /* NULL: none */
	char combinator;       /* ' ', '>', '+', '~'; within :has() the leftmost has one, too */
	Simple *simples;
} Compound;

struct Selector
{
	Compound *rightmost;
	Selector *next; /* of the list */
};

/* White space by the rules of CSS and HTML. */
static inline bool
selector_is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

#endif
