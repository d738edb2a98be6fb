/*
 * text.h: bytes become text, text becomes values. All strings are UTF-8, NUL-terminated.
 */
#ifndef ESN_TEXT_H
#define ESN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"

/*
 * The bytes of a page as well-formed UTF-8 without NUL. What counts, in this order: a byte order mark, the charset of
 * the Content-Type header (may be NULL; a bare name such as "iso-8859-9" or a whole Content-Type value), a <meta> in the
 * first 1,024 bytes (https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding), else UTF-8.
 * Ill-formed sequences and NULs become U+FFFD. An unknown charset counts as UTF-8. *outlen is in bytes.
 * Where nothing had to change it returns bytes itself, behind the mark if there is one: then a NUL ends it only where one ends them.
 */
extern const char *text_to_utf8(Arena *arena, const char *bytes, size_t len, const char *charset,
								size_t *outlen);

/* White space (also U+00A0, U+200B, U+FEFF and the like) trimmed at both ends and folded to one space within. */
extern char *text_fold_space(Arena *arena, const char *s);

/* The same in each line; empty lines dropped. Lines are parted by '\n'. */
extern char *text_fold_lines(Arena *arena, const char *s);

/* Writes the UTF-8 of a character, of U+FFFD in place of what is none, or NUL; returns how many bytes, at most four. */
extern size_t text_encode(uint32_t c, char *out);

/* Length in code points. */
extern size_t text_length(const char *s);

/* s, cut to at most max_chars code points; a copy only where it had to be cut. */
extern const char *text_truncate(Arena *arena, const char *s, size_t max_chars);

/* ASCII case-insensitive equality and search: markup, header values, labels. */
extern bool text_equal_nocase(const char *a, const char *b);
extern const char *text_find_nocase(const char *haystack, const char *needle);

typedef struct Date
{
	int year;  /* 1900 to 2199 */
	int month; /* 1 to 12 */
	int day;   /* 1 to 31, right for the month */
} Date;

/*
 * "date" or "start - end" in one text (parted by '-', en dash, em dash or "to", with white space around). A date is written in one of the
 * forms the sites use: 03/05/2026 (day first; also with . or -), 2023-11-08, 2023-11-08T15:30:00Z, 8 Nov 2023, 8 November 2023,
 * November 8, 2023 (English month names, any case; an ordinal's suffix as in "8th" and a weekday in front are allowed); a time of day
 * behind it is allowed and dropped. Returns how many dates the whole text is made of, 1 or 2, whether or not they exist (31/02/2024);
 * valid[i] says whether dates[i] does. 0: the text is no date at all.
 */
extern int date_parse_range(const char *s, Date dates[2], bool valid[2]);

/* Whether the text is written as a date or a range of dates, also one that doesn't exist: so that it isn't taken for a city. */
extern bool date_resembles(const char *s);

/* date as YYYY-MM-DD in out (11 bytes). */
extern void date_format(const Date *date, char out[11]);

/* <0, 0, >0 as a is before, equal to or after b. */
extern int date_compare(const Date *a, const Date *b);

/* A count of 0 to 2147483647: "160", " 160 ", "1,250", "1.250", "1 250" (also with U+00A0, U+202F). False: anything else. */
extern bool count_parse(const char *s, int *count);

/*
 * Degrees as written in data-lat and data-lng, within -limit and limit (90 or 180), rounded half away from zero to six
 * decimals and written so into out (16 bytes). False: no number, not finite, or out of range.
 */
extern bool degrees_parse(const char *s, int limit, char out[16]);

/*
 * E-mail addresses become "[e-mail]" and telephone numbers "[telephone]". Dates, times, years, prices, postal codes and short
 * numbers stay. Returns s itself where nothing had to change.
 */
extern const char *redact_personal_data(Arena *arena, const char *s);

/*
 * The same of a whole page, HTML or JSON, so that it reads as before: in markup, scripts and JSON digits stay where nothing announces a
 * telephone number ("tel:").
 */
extern const char *redact_page(Arena *arena, const char *html);

#endif
