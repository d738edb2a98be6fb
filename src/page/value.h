/*
 * value.h: parses texts as values: dates, counts, degrees.
 */
#ifndef ESN_VALUE_H
#define ESN_VALUE_H

#include <stdbool.h>

typedef struct Date
{
	int year;  /* 1900 to 2199 */
	int month; /* 1 to 12 */
	int day;   /* 1 to 31, valid in the month */
} Date;

/*
 * Parses "date" or "start - end", separated by '-', en dash, em dash or "to" with white space
 * around.
 * A date has one of the forms that the sites use: 03/05/2026 (day first; also with . or -),
 * 2023-11-08, 2023-11-08T15:30:00Z, 8 Nov 2023, 8 November 2023, November 8, 2023 (English month
 * names, any case). An ordinal suffix as in "8th" and a weekday in front are allowed. If only the
 * month first makes it that weekday ("Fri, 05/08/2026"), the month is first. A time of day after
 * it, or two, is allowed and dropped: "10:00", "- 10:00", "at 10:00 am". Returns the number of
 * dates that make up the whole text, 1 or 2, even if they do not exist (31/02/2024): valid[i] says
 * whether dates[i] does. Returns 0 for any other text.
 */
extern int date_parse_range(const char *s, Date dates[2], bool valid[2]);

/*
 * Whether the text is written as a date or a range of dates, even one that does not exist, so that
 * it is not taken for a city.
 */
extern bool date_resembles(const char *s);

/* Whether the text is an address on the web, such as a link to a meeting: "https://...",
 * "www.x.org", "zoom.us/j/1".
 */
extern bool link_resembles(const char *s);

/* Writes date as YYYY-MM-DD into out (11 bytes). */
extern void date_format(const Date *date, char out[11]);

/* <0, 0, >0 as a is before, equal to or after b. */
extern int date_compare(const Date *a, const Date *b);

/*
 * Parses a count of 0 to 2147483647: "160", " 160 ", "1,250", "1.250", "1'250", "1 250" (also with
 * spaces that do not break, thin ones and the like). Returns false for any other text, also for
 * what is not exact: "50+", "ca. 40".
 */
extern bool count_parse(const char *s, int *count);

/*
 * Parses degrees as written in data-lat and data-lng, between -limit and limit (90 or 180). Rounds
 * half away from zero to six decimals and writes the result into out (16 bytes). Returns false if
 * the text is not a number, not finite, or out of range.
 */
extern bool degrees_parse(const char *s, int limit, char out[16]);

#endif
