/*
 * labels.h: the labels that pages write above or in front of values, which are not part of them.
 */
#ifndef ESN_LABELS_H
#define ESN_LABELS_H

#include "base/arena.h"
#include "html/html.h"

/*
 * Whether a text is one of some labels (up to a NULL), in any case, with or without a colon; also
 * such a label with a colon and more ("This activity is part of the project: X").
 */
extern bool label_matches(const char *text, const char *const *labels);

/* html_lines() of an element, without the label that it begins with. labels: as above. */
extern const char *label_free_lines(Arena *arena, HtmlNode *element, const char *const *labels);

#endif
