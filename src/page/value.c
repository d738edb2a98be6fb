/*
 * value.c: parses dates, counts and degrees, and rejects any other text.
 */
#include "page/value.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

#define MIN_YEAR 1900
#define MAX_YEAR 2199
#define VALUE_SIZE 128 /* longer texts are not values */

/*
 * Copies s, trimmed, with each white space as ' ' and each dash as '-'. Returns false if it is too
 * long.
 */
static bool
normalise(const char *s, char out[VALUE_SIZE])
{
	static const struct
	{
		const char *bytes;
		char ascii;
	} marks[] = {{"\xc2\xa0", ' '},      {"\xe2\x80\xaf", ' '}, {"\xe2\x80\x89", ' '},
				 {"\xe2\x80\x87", ' '},  {"\xe2\x80\x88", ' '}, {"\xe2\x80\x8a", ' '},
				 {"\xe2\x80\x93", '-'},  {"\xe2\x80\x94", '-'}, {"\xe2\x80\x90", '-'},
				 {"\xe2\x80\x91", '-'},  {"\xe2\x88\x92", '-'}, {"\xe2\x80\x99", '\''},
				 {"\xe2\x80\x98", '\''}, {"\xca\xbc", '\''}};
	size_t len = 0;

	while (*s != '\0')
	{
		char c = *s;
		size_t step = 1;

		/* ASCII, as nearly every character is, is none of the marks */
		for (size_t i = 0; (*s & 0x80) != 0 && i < sizeof(marks) / sizeof(marks[0]); i++)
		{
			size_t width = strlen(marks[i].bytes);

			if (strncmp(s, marks[i].bytes, width) == 0)
			{
				c = marks[i].ascii;
				step = width;
				break;
			}
		}
		if (ascii_is_space(c))
			c = ' ';
		if (!(c == ' ' && (len == 0 || out[len - 1] == ' ')))
		{
			if (len + 1 >= VALUE_SIZE)
				return false;
			out[len++] = c;
		}
		s += step;
	}
	while (len > 0 && out[len - 1] == ' ')
		len--;
	out[len] = '\0';
	return true;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool
date_exists(const Date *date)
{
	return date->year >= MIN_YEAR && date->year <= MAX_YEAR && date->month >= 1 &&
		   date->month <= 12 && date->day >= 1 &&
		   date->day <= days_in_month(date->year, date->month);
}

/* Reads min to max digits. Returns NULL if there are fewer or more. */
static const char *
read_digits(const char *s, int min, int max, int *value)
{
	int digits = 0;

	*value = 0;
	while (digits < max && ascii_is_digit(s[digits]))
		*value = *value * 10 + (s[digits++] - '0');
	return digits < min || ascii_is_digit(s[digits]) ? NULL : s + digits;
}

/* 03/05/2026 and 2026-05-03, with / . or - */
static const char *
read_numeric_date(const char *s, Date *date)
{
	int first;
	int last;
	const char *p = read_digits(s, 1, 4, &first);
	bool year_first = p != NULL && p - s == 4;
	char separator;

	if (p == NULL || p - s == 3 || strchr("/.-", *p) == NULL || *p == '\0')
		return NULL;
	separator = *p;
	p = read_digits(p + 1, 1, 2, &date->month);
	if (p == NULL || *p != separator)
		return NULL;
	p = read_digits(p + 1, year_first ? 1 : 4, year_first ? 2 : 4, &last);
	date->year = year_first ? first : last;
	date->day = year_first ? last : first;
	return p;
}

static const char *
read_month(const char *s, int *month)
{
	static const char *const names[] = {"january",   "february", "march",    "april",
										"may",       "june",     "july",     "august",
										"september", "october",  "november", "december"};
	size_t len = 0;
	char word[12] = "";

	while (ascii_is_letter(s[len]))
		len++;
	if (len < 3 || len >= sizeof(word))
		return NULL;
	for (size_t i = 0; i < len; i++)
		word[i] = ascii_lower(s[i]);
	for (int i = 0; i < 12; i++)
	{
		if (len <= strlen(names[i]) && strncmp(word, names[i], len) == 0 &&
			(len == 3 || len == strlen(names[i]) || strcmp(word, "sept") == 0))
		{
			*month = i + 1;
			return s + len + (s[len] == '.');
		}
	}
	return NULL;
}

/* Reads a day of one or two digits, with or without an ordinal suffix. */
static const char *
read_day(const char *s, int *day)
{
	static const char *const suffixes[] = {"st", "nd", "rd", "th"};
	const char *p = read_digits(s, 1, 2, day);

	for (int i = 0; p != NULL && i < 4; i++)
	{
		if (strncmp(p, suffixes[i], 2) == 0 && !ascii_is_letter(p[2]))
			return p + 2;
	}
	return p;
}

static const char *
skip(const char *s, const char *set)
{
	return s == NULL ? NULL : s + strspn(s, set);
}

/* 8 Nov 2023, 8 November 2023, November 8, 2023 */
static const char *
read_worded_date(const char *s, Date *date)
{
	const char *p;

	if (ascii_is_digit(*s))
	{
		p = skip(read_day(s, &date->day), " ");
		p = p == NULL ? NULL : skip(read_month(p, &date->month), " ,");
	}
	else
	{
		p = skip(read_month(s, &date->month), " ");
		p = p == NULL ? NULL : skip(read_day(p, &date->day), " ,");
	}
	return p == NULL ? NULL : read_digits(p, 4, 4, &date->year);
}

/* Reads "Friday, " or "Fri " in front of a date. *weekday: 0 is Monday; -1: there is none. */
static const char *
read_weekday(const char *s, int *weekday)
{
	static const char *const names[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	size_t len = 0;

	*weekday = -1;
	while (ascii_is_letter(s[len]))
		len++;
	for (int i = 0; i < 7 && len >= 3 && len <= 9; i++)
	{
		if (ascii_equal_nocase(s, names[i], 3) && strchr(" ,.", s[len]) != NULL && s[len] != '\0')
		{
			*weekday = i;
			return s + len + strspn(s + len, " ,.");
		}
	}
	return s;
}

/* Whether a date exists and is that weekday (0: Monday), by Zeller's congruence. */
static bool
is_weekday(const Date *date, int weekday)
{
	int month = date->month < 3 ? date->month + 12 : date->month;
	int year = date->month < 3 ? date->year - 1 : date->year;

	return date_exists(date) &&
		   (date->day + 13 * (month + 1) / 5 + year + year / 4 - year / 100 + year / 400 + 5) % 7 ==
			   weekday;
}

/* "am", " p.m." after a time; s if there is none. */
static const char *
skip_half(const char *s)
{
	const char *p = s + strspn(s, " ");
	bool dotted = p[0] != '\0' && p[1] == '.';

	if ((ascii_lower(p[0]) != 'a' && ascii_lower(p[0]) != 'p') ||
		ascii_lower(p[1 + dotted]) != 'm' || ascii_is_letter(p[2 + dotted]))
		return s;
	return p + 2 + dotted + (dotted && p[3] == '.');
}

/*
 * Skips a time of day after a date or time: "T15:30:00Z", " 15:30", " - 3:30 pm", ", 10 am",
 * ", 15:30:00+01:00". Returns s if there is none.
 */
static const char *
skip_time(const char *s)
{
	const char *p = s + strspn(s, " ,T-");
	int number;
	const char *q;

	if (ascii_equal_nocase(p, "at ", 3) || ascii_equal_nocase(p, "to ", 3))
		p += 3;
	q = read_digits(p, 1, 2, &number);
	if (p != s && q != NULL && skip_half(q) != q)
		return skip_half(q);
	if (p == s || q == NULL || *q != ':' || (q = read_digits(q + 1, 2, 2, &number)) == NULL)
		return s;
	if (*q == ':' && read_digits(q + 1, 2, 2, &number) != NULL)
		q = read_digits(q + 1, 2, 2, &number);
	if (*q == '.' && ascii_is_digit(q[1]))
		q += 1 + strspn(q + 1, "0123456789");
	if (*q == 'Z')
		return q + 1;
	if ((*q == '+' || *q == '-') && (p = read_digits(q + 1, 2, 2, &number)) != NULL && *p == ':' &&
		read_digits(p + 1, 2, 2, &number) != NULL)
		return p + 3;
	return skip_half(q);
}

/*
 * Reads one date at s, even one that does not exist. Returns what follows it and its time, or NULL.
 */
static const char *
read_date(const char *s, Date *date)
{
	int weekday;
	const char *p;

	s = read_weekday(s, &weekday);
	p = read_numeric_date(s, date);
	if (p != NULL && weekday >= 0 && !is_weekday(date, weekday))
	{
		Date other = {.year = date->year, .month = date->day, .day = date->month};

		if (is_weekday(&other, weekday))
			*date = other;
	}
	if (p == NULL)
		p = read_worded_date(s, date);
	return p == NULL ? NULL : skip_time(skip_time(p));
}

int
date_parse_range(const char *s, Date dates[2], bool valid[2])
{
	char text[VALUE_SIZE];
	const char *p;

	memset(dates, 0, 2 * sizeof(Date));
	valid[0] = valid[1] = false;
	if (!normalise(s, text) || (p = read_date(text, &dates[0])) == NULL)
		return 0;
	valid[0] = date_exists(&dates[0]);
	if (*p == '\0')
		return 1;
	p += strspn(p, " ");
	if (*p == '-')
		p += 1;
	else if (ascii_equal_nocase(p, "to ", 3))
		p += 3;
	else
		return 0;
	p = read_date(p + strspn(p, " "), &dates[1]);
	if (p == NULL || *p != '\0')
		return 0;
	valid[1] = date_exists(&dates[1]);
	return 2;
}

bool
date_resembles(const char *s)
{
	Date dates[2];
	bool valid[2];

	return date_parse_range(s, dates, valid) > 0;
}

bool
link_resembles(const char *s)
{
	const char *host = strchr(s, '.');

	if (strstr(s, "://") != NULL || ascii_equal_nocase(s, "www.", 4))
		return true;
	if (host == NULL || strchr(s, ' ') != NULL)
		return false;
	host += 1 + strspn(host + 1, "abcdefghijklmnopqrstuvwxyz0123456789-.");
	return *host == '/' && ascii_is_letter(host[-1]);
}

void
date_format(const Date *date, char out[11])
{
	assert(date->year >= 1900 && date->year <= 2199);
	snprintf(out, 11, "%04u-%02u-%02u", (unsigned) date->year % 10000, (unsigned) date->month % 100,
			 (unsigned) date->day % 100);
}

int
date_compare(const Date *a, const Date *b)
{
	if (a->year != b->year)
		return a->year < b->year ? -1 : 1;
	if (a->month != b->month)
		return a->month < b->month ? -1 : 1;
	return (a->day > b->day) - (a->day < b->day);
}

bool
count_parse(const char *s, int *count)
{
	char text[VALUE_SIZE];
	long long value = 0;
	size_t digits;
	const char *p = text;
	char separator;

	if (!normalise(s, text))
		return false;
	digits = strspn(p, "0123456789");
	if (digits == 0 || digits > 10)
		return false;
	separator = p[digits];
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + (*p++ - '0');
	if (separator != '\0' && (digits > 3 || strchr(",.' ", separator) == NULL))
		return false;
	while (*p != '\0')
	{
		int group;
		const char *end = *p == separator ? read_digits(p + 1, 3, 3, &group) : NULL;

		if (end == NULL || value > 2147483647)
			return false;
		value = value * 1000 + group;
		p = end;
	}
	*count = (int) value;
	return value <= 2147483647;
}

/* A number as its decimal digits: 0.ddd * 10^point, the first digit not 0. */
typedef struct Decimal
{
	bool negative;
	int count;
	int point;
	char digits[VALUE_SIZE];
} Decimal;

/*
 * Reads digits with an optional sign, decimal point and exponent. Returns false for any other text.
 */
static bool
decimal_read(const char *s, Decimal *decimal)
{
	bool any = false;
	bool fraction = false;
	long exponent = 0;

	*decimal = (Decimal){.negative = *s == '-'};
	for (s += *s == '-' || *s == '+'; ascii_is_digit(*s) || (*s == '.' && !fraction); s++)
	{
		any = any || *s != '.';
		if (*s == '.')
			fraction = true;
		else if (decimal->count > 0 || *s != '0')
		{
			decimal->digits[decimal->count++] = (char) (*s - '0');
			decimal->point += !fraction;
		}
		else
			decimal->point -= fraction;
	}
	if (any && ascii_lower(*s) == 'e')
	{
		bool down = *++s == '-';

		for (s += *s == '-' || *s == '+', any = ascii_is_digit(*s); ascii_is_digit(*s); s++)
			exponent = exponent < 10000 ? exponent * 10 + (*s - '0') : exponent;
		decimal->point += (int) (down ? -exponent : exponent);
	}
	return any && *s == '\0';
}

bool
degrees_parse(const char *s, int limit, char out[16])
{
	char text[VALUE_SIZE];
	Decimal decimal;
	int millionths = 0;
	bool more = false; /* whether digits follow the sixth decimal */
	int last;

	assert(limit == 90 || limit == 180);
	if (!normalise(s, text) || !decimal_read(text, &decimal) ||
		(decimal.count > 0 && decimal.point > 3))
		return false;
	last = decimal.point + 6;
	for (int i = 0; i < last && decimal.count > 0; i++)
		millionths = millionths * 10 + (i < decimal.count ? decimal.digits[i] : 0);
	for (int i = last < 0 ? 0 : last; i < decimal.count; i++)
		more = more || decimal.digits[i] != 0;
	if (millionths > limit * 1000000 || (millionths == limit * 1000000 && more))
		return false;
	if (last >= 0 && last < decimal.count && decimal.digits[last] >= 5)
		millionths++;
	snprintf(out, 16, "%s%d.%06d", decimal.negative && millionths > 0 ? "-" : "",
			 millionths / 1000000, millionths % 1000000);
	return true;
}
