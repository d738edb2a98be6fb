/*
 * digits.h: groups of digits and what they are besides telephone numbers: dates, times, figures,
 * accounts. Each call reads a bounded number of bytes.
 */
#ifndef ESN_DIGITS_H
#define ESN_DIGITS_H

#include <stdbool.h>
#include <stddef.h>

#define MAX_DIGITS 15 /* of a telephone number: ITU-T E.164 */

/*
 * Length of the group of digits at s, and its value (of the first nine digits) in *value. Stops
 * after as many digits as a number can have.
 */
extern size_t group_length(const char *s, int *value);

/*
 * Length of the separator between a number's groups: up to two of space, dot, hyphen, dash and
 * bracket, or slashes if nothing else separates them. Counts both kinds.
 */
extern size_t gap_length(const char *s, int *slashes, int *others);

/* Whether a group of this width and value is a year. */
extern bool is_year(size_t width, int value);

/*
 * Length of the date, or of the pair of years, at s: 03.05.2026, 2026-05-03, 03/05/26, 2025/2026; 0
 * if there is none. separators: those that may stand in it. A date with spaces has a four-digit
 * year.
 */
extern size_t date_length(const char *s, const char *separators);

/* Whether a date with a four-digit year is at s: it ends a number. */
extern bool is_full_date(const char *s);

/* Whether a time such as 09.30 begins at s. */
extern bool is_time_with_dot(const char *s);

/* Whether a fraction such as 0.1278 is at s. */
extern bool is_decimal(const char *s);

/* Whether a second coordinate follows at s: ", -0.0005". */
extern bool begins_coordinate(const char *s);

/* Length of the IBAN in groups of four at s; 0 if there is none. */
extern size_t iban_length(const char *s);

#endif
