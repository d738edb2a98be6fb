/*
 * text.h: turns bytes into text. All strings are UTF-8, NUL-terminated.
 */
#ifndef ESN_TEXT_H
#define ESN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

/*
 * Converts the bytes of a page to well-formed UTF-8 without NUL, from the charset that
 * charset_of_page() names. charset: the Content-Type header, see there.
 * Ill-formed sequences and NULs become U+FFFD. *outlen is in bytes. If nothing had to change, the
 * result is bytes itself, after the mark if there is one; it is then NUL-terminated only if bytes
 * is.
 */
extern const char *text_to_utf8(Arena *arena, const char *bytes, size_t len, const char *charset,
								size_t *outlen);

/*
 * Trims white space (also U+00A0, U+200B, U+FEFF and the like) and folds each run of it to one
 * space.
 */
extern char *text_fold_space(Arena *arena, const char *s);

/* As text_fold_space(), in each line. Drops empty lines. Lines are separated by '\n'. */
extern char *text_fold_lines(Arena *arena, const char *s);

/*
 * Writes the UTF-8 of a character; of U+FFFD for an invalid one or NUL. Returns the number of
 * bytes, at most four.
 */
extern size_t text_encode(uint32_t c, char *out);

/* Length in code points. */
extern size_t text_length(const char *s);

/* Cuts s to at most max_chars code points. Copies it only if it has to be cut. */
extern const char *text_truncate(Arena *arena, const char *s, size_t max_chars);

/* Whether two strings are equal. Compares the first bytes inline: most names differ there. */
static inline bool
text_equal(const char *a, const char *b)
{
	return *a == *b && strcmp(a, b) == 0;
}

/* ASCII case-insensitive equality and search: markup, header values, labels. */
extern bool text_equal_nocase(const char *a, const char *b);
extern const char *text_find_nocase(const char *haystack, const char *needle);

#endif
