/*
 * json.h: writing JSON text (RFC 8259) into a TextBuffer.
 */
#ifndef ESN_JSON_H
#define ESN_JSON_H

#include "base/arena.h"

/* s as a JSON string with its quotes, or null where s is NULL. s is UTF-8. */
extern void json_string(TextBuffer *out, const char *s);

/* "name": with a comma before it unless it is the first in its object or array. */
extern void json_key(TextBuffer *out, const char *name);

/* json_key() and json_string(). */
extern void json_member(TextBuffer *out, const char *name, const char *value);

/* A comma where the last byte doesn't open an object or array. */
extern void json_separate(TextBuffer *out);

#endif
