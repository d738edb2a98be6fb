/*
 * tag_cost.h: whether the tags of a page are too expensive for libxml2.
 */
#ifndef ESN_TAG_COST_H
#define ESN_TAG_COST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether libxml2 may need more than a second for the attributes of a page: before 2.12 it compares
 * each attribute of a tag with all before it. Every "<" before a letter counts as a tag, also in a
 * comment or a script, so that nothing can hide one. A page in which such tags overlap often is
 * rejected, too.
 */
extern bool html_is_costly(const char *page, size_t len);

#endif
