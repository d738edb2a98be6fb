/*
 * selector_set.h: many selectors, matched in one walk over a page's tree.
 */
#ifndef ESN_SELECTOR_SET_H
#define ESN_SELECTOR_SET_H

#include <stdbool.h>

#include "html/html.h"
#include "html/selector_compile.h"

/*
 * The budget of one selector_set_walk(): simple selectors tried, nodes passed and bytes of
 * attributes compared. It is some hundred times what a large page needs; a page that needs more is
 * hostile.
 */
#define SELECTOR_MAX_STEPS 20000000

/*
 * Many selectors to match in one walk, indexed by the id, class or tag of their rightmost compound.
 */
typedef struct SelectorSet SelectorSet;

extern SelectorSet *selector_set_create(Arena *arena);

/* Adds a selector. selector_set_walk() reports it by its number: ascending, from 0 to 65535. */
extern void selector_set_add(SelectorSet *set, Selector *selector, int number);

/*
 * Is called for each match, elements in document order. For one element, numbers ascend and each
 * comes at most once.
 */
typedef void (*SelectorMatchCallback)(void *context, int number, HtmlNode *element);

/*
 * Walks once over root and the elements below it. The arena provides working space. Not recursive:
 * depth costs no stack. Returns false if SELECTOR_MAX_STEPS were not enough; the matches found
 * until then have been reported.
 */
extern bool selector_set_walk(const SelectorSet *set, Arena *arena, HtmlNode *root,
							  SelectorMatchCallback callback, void *context);

#endif
