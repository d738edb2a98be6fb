/*
 * fuzz_values.c: dates exist, counts and degrees keep their bounds, and what was read and written
 * again reads the same.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "page/value.h"
#include "fuzz.h"

static void
check_date(const Date *date)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (date->year % 4 == 0 && date->year % 100 != 0) || date->year % 400 == 0;
	Date again[2];
	bool valid[2];
	char text[11];

	fuzz_check(date->year >= 1900 && date->year <= 2199);
	fuzz_check(date->month >= 1 && date->month <= 12);
	fuzz_check(date->day >= 1 &&
			   date->day <= lengths[date->month - 1] + (leap && date->month == 2));
	date_format(date, text);
	fuzz_check(strlen(text) == 10);
	fuzz_check(date_parse_range(text, again, valid) == 1 && valid[0]);
	fuzz_check(date_compare(date, &again[0]) == 0);
}

static void
check_dates(const char *s)
{
	Date dates[2];
	bool valid[2];
	int count = date_parse_range(s, dates, valid);

	fuzz_check(count >= 0 && count <= 2);
	fuzz_check(date_resembles(s) == (count > 0));
	for (int i = 0; i < count; i++)
	{
		if (valid[i])
			check_date(&dates[i]);
	}
	fuzz_check(date_compare(&dates[0], &dates[1]) == -date_compare(&dates[1], &dates[0]));
}

static void
check_count(const char *s)
{
	char text[16];
	int count = -7;
	int again;

	if (!count_parse(s, &count))
		return;
	fuzz_check(count >= 0);
	snprintf(text, sizeof(text), "%d", count);
	fuzz_check(count_parse(text, &again) && again == count);
	/* what is digits alone is the number that the C library reads */
	if (strspn(s, "0123456789") == strlen(s))
		fuzz_check(strtoll(s, NULL, 10) == count);
}

static void
check_degrees(const char *s, int limit)
{
	char out[16];
	char again[16];
	size_t whole;
	bool plain = strspn(s, "0123456789.+-eE") == strlen(s) && strlen(s) < 100;

	if (!degrees_parse(s, limit, out))
	{
		char *end;
		double value = strtod(s, &end);

		/* nothing that is a number within the limits is refused */
		fuzz_check(!plain || *s == '\0' || *end != '\0' || fabs(value) > limit - 1e-9);
		return;
	}
	whole = strspn(out + (*out == '-'), "0123456789");
	fuzz_check(whole >= 1 && whole <= 3);
	fuzz_check(out[(*out == '-') + whole] == '.');
	fuzz_check(strspn(out + (*out == '-') + whole + 1, "0123456789") == 6);
	fuzz_check(strlen(out) == (*out == '-') + whole + 7);
	fuzz_check(fabs(strtod(out, NULL)) <= limit);
	fuzz_check(strcmp(out, "-0.000000") != 0);
	fuzz_check(degrees_parse(out, limit, again) && strcmp(out, again) == 0);
	fuzz_check(!plain || fabs(strtod(s, NULL) - strtod(out, NULL)) <= 0.00000050001);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *s = fuzz_rest(&input, arena);

	check_dates(s);
	check_count(s);
	check_degrees(s, 90);
	check_degrees(s, 180);
	return 0;
}
