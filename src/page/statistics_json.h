/*
 * statistics_json.h: whether the JSON of a page of statistics has the form that is known.
 */
#ifndef ESN_STATISTICS_JSON_H
#define ESN_STATISTICS_JSON_H

#include <stdbool.h>

#include "base/arena.h"

/* Whether a text contains the name of one of the lists of counts, with quotes around it. */
extern bool statistics_named(const char *text);

/*
 * The reason why the lists of counts in a JSON text cannot be read; NULL if they can, or if the
 * text is not valid JSON, which is for the database to say. Lists may be missing or empty, but
 * something else in their place, or an object without any of them, is not read as zeros.
 */
extern const char *statistics_problem(Arena *arena, const char *json);

#endif
