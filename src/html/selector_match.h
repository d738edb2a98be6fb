/*
 * selector_match.h: whether an element matches a compiled selector.
 */
#ifndef ESN_SELECTOR_MATCH_H
#define ESN_SELECTOR_MATCH_H

#include <stdint.h>

#include "html/html.h"
#include "html/selector_compile.h"

/* The budget of one walk. */
typedef struct Matching
{
	int64_t steps; /* steps left; a page that needs more is hostile and matches nothing more */
} Matching;

/*
 * Whether the element matches the compound and everything on its left. scope is the element of
 * :has(), or NULL.
 */
extern bool selector_match_compound(Matching *m, const Compound *compound, const HtmlNode *element,
									const HtmlNode *scope);

#endif
