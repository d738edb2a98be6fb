/*
 * digits.c: see digits.h.
 */
#include "page/digits.h"

#include <string.h>

#include "base/ascii.h"

#define DIGITS "0123456789"
#define MIN_IBAN 15 /* ISO 13616 */
#define MAX_IBAN 34

size_t
group_length(const char *s, int *value)
{
	size_t len = 0;

	*value = 0;
	for (; len <= MAX_DIGITS && ascii_is_digit(s[len]); len++)
		*value = len < 9 ? *value * 10 + (s[len] - '0') : *value;
	return len;
}

/* Length of one separator at s that is not a slash; 0 if there is none. */
static size_t
separator_length(const char *s)
{
	if (*s == '\0')
		return 0;
	if (strchr(" -.()", *s) != NULL)
		return 1;
	if (strncmp(s, "\xc2\xa0", 2) == 0 || strncmp(s, "\xc2\xb7", 2) == 0) /* U+00A0, U+00B7 */
		return 2;
	if (strncmp(s, "&nbsp;", 6) == 0)
		return 6;
	if (s[0] != '\xe2' || s[1] != '\x80')
		return 0;
	/* U+2010 to U+2014; U+2009, U+202F */
	return (s[2] >= '\x90' && s[2] <= '\x94') || s[2] == '\x89' || s[2] == '\xaf' ? 3 : 0;
}

size_t
gap_length(const char *s, int *slashes, int *others)
{
	size_t len = 0;

	for (int i = 0; i < 2; i++)
	{
		size_t width = separator_length(s + len);

		if (s[len] == '/')
		{
			(*slashes)++;
			len++;
		}
		else if (width > 0)
		{
			(*others)++;
			len += width;
		}
	}
	return *slashes > 1 && *others > 0 ? 0 : len;
}

bool
is_year(size_t width, int value)
{
	return width == 4 && value >= 1900 && value < 2200;
}

static bool
is_day(size_t width, int value)
{
	return width >= 1 && width <= 2 && value >= 1 && value <= 31;
}

size_t
date_length(const char *s, const char *separators)
{
	int values[3] = {0};
	size_t widths[3];
	size_t end = 0;
	char separator = '\0';

	for (int i = 0; i < 3; i++)
	{
		if (i > 0)
			end++;
		widths[i] = group_length(s + end, &values[i]);
		end += widths[i];
		if (widths[i] == 0)
			return 0;
		if (i == 0)
			separator = s[end];
		if (i == 1 && is_year(widths[0], values[0]) && is_year(widths[1], values[1]))
			return s[end] == separator && ascii_is_digit(s[end + 1]) ? 0 : end;
		if (i < 2 &&
			(s[end] != separator || strchr(separators, separator) == NULL || separator == '\0'))
			return 0;
	}
	if (!is_day(widths[1], values[1]))
		return 0;
	if (is_year(widths[0], values[0]))
		return is_day(widths[2], values[2]) ? end : 0;
	if (!is_day(widths[0], values[0]))
		return 0;
	if (is_year(widths[2], values[2]))
		return end;
	/* 06.12.34.56.78 is a French number: a two-digit year must be the last group */
	return separator != ' ' && widths[2] == 2 &&
				   !(s[end] == separator && ascii_is_digit(s[end + 1]))
			   ? end
			   : 0;
}

bool
is_full_date(const char *s)
{
	size_t length = date_length(s, ".-/");

	return length > 0 && (is_year(strspn(s, DIGITS), 1900) || strspn(s + length - 4, DIGITS) == 4);
}

bool
is_time_with_dot(const char *s)
{
	int hour;
	int minute;
	size_t width = group_length(s, &hour);
	size_t minutes;

	if (width < 1 || width > 2 || hour > 24 || s[width] != '.')
		return false;
	minutes = group_length(s + width + 1, &minute);
	s += width + 1 + minutes;
	return minutes == 2 && minute < 60 && !(s[0] == '.' && ascii_is_digit(s[1]));
}

bool
is_decimal(const char *s)
{
	size_t fraction = s[0] == '0' && s[1] == '.' ? strspn(s + 2, DIGITS) : 0;

	return fraction > 0 && !(s[2 + fraction] == '.' && ascii_is_digit(s[3 + fraction]));
}

bool
begins_coordinate(const char *s)
{
	size_t whole;

	if (*s == ',' || *s == ';')
		s++;
	if (*s == ' ')
		s++;
	if (*s == '+' || *s == '-')
		s++;
	whole = strspn(s, DIGITS);
	return whole >= 1 && whole <= 3 && s[whole] == '.' && strspn(s + whole + 1, DIGITS) >= 3;
}

/* Length of the digits and capital letters at s, at most five. */
static size_t
iban_group(const char *s)
{
	size_t len = 0;

	while (len < 5 && (ascii_is_digit(s[len]) || (s[len] >= 'A' && s[len] <= 'Z')))
		len++;
	return len;
}

size_t
iban_length(const char *s)
{
	size_t end = 4;
	size_t characters = 4;

	if (!ascii_is_letter(s[0]) || !ascii_is_letter(s[1]) || !ascii_is_digit(s[2]) ||
		!ascii_is_digit(s[3]))
		return 0;
	while (s[end] == ' ')
	{
		size_t len = iban_group(s + end + 1);

		if (len == 0 || len > 4 || characters + len > MAX_IBAN)
			break;
		end += 1 + len;
		characters += len;
		if (len < 4)
			break;
	}
	return characters < MIN_IBAN ? 0 : end;
}
