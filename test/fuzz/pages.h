/*
 * pages.h: what the targets that read whole pages share: the kinds, their addresses, charsets, the
 * shipped rules, a tree.
 */
#ifndef ESN_FUZZ_PAGES_H
#define ESN_FUZZ_PAGES_H

#include "page/rules.h"

#define PAGES_MAX_RULES 200

/* '0' to '5' are the kinds in their order, and so is any other byte. */
extern PageKind pages_kind(unsigned char byte);

/* '0': none is said; NULL then. */
extern const char *pages_charset(unsigned char byte);

/* Where a page of this kind is. */
extern const char *pages_url(PageKind kind);

extern const RuleSet *pages_rules(void);

/* The root of a target's one page, made at the first call. */
extern HtmlNode *pages_tree(const char *html);

#endif
