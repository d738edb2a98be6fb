/*
 * test_value.c: dates, counts and degrees as the sites write them, and what is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "page/value.h"

static void
dates_are_read(void **state)
{
	static const struct
	{
		const char *text;
		const char *date;
	} cases[] = {
		{"03/05/2026", "2026-05-03"},
		{" 3/5/2026 ", "2026-05-03"},
		{"03.05.2026", "2026-05-03"},
		{"03-05-2026", "2026-05-03"},
		{"2023-11-08", "2023-11-08"},
		{"2023-11-08T15:30:00Z", "2023-11-08"},
		{"2023-11-08 15:30", "2023-11-08"},
		{"2023-11-08T15:30:00.5+01:00", "2023-11-08"},
		{"8 Nov 2023", "2023-11-08"},
		{"8 november 2023", "2023-11-08"},
		{"November 8, 2023", "2023-11-08"},
		{"Nov. 8th, 2023", "2023-11-08"},
		{"1st Sept 2024", "2024-09-01"},
		{"Friday, 29 Feb 2024", "2024-02-29"},
		{"29/02/2000", "2000-02-29"},
		/* as Drupal writes it */
		{"Fri, 05/08/2026 - 10:00", "2026-05-08"},
		{"Fri, 08/05/2026 - 10:00", "2026-05-08"},
		{"Friday, 08.05.2026", "2026-05-08"},
		{"Sun, 05/08/2026", "2026-08-05"}, /* the weekday is wrong either way */
		{"Friday, 8 May, 2026 - 10:00", "2026-05-08"},
		{"Friday, May 8, 2026 - 10:00", "2026-05-08"},
		{"Sat, 02/29/2020 - 10:00", "2020-02-29"},
		{"Sat, 01/01/2000", "2000-01-01"},
		{"03/05/2026 10:00 am", "2026-05-03"},
		{"03/05/2026, 3:30 p.m.", "2026-05-03"},
		{"8 May 2026 at 10PM", "2026-05-08"},
		{"03/05/2026 - 10:00 - 12:00", "2026-05-03"},
		{"03/05/2026 10:00 am to 11:30 pm", "2026-05-03"},
		{"8\xc2\xa0Nov\xc2\xa0"
		 "2023",
		 "2023-11-08"},
	};

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		Date read[2];
		bool valid[2];
		char out[11];

		assert_int_equal(date_parse_range(cases[i].text, read, valid), 1);
		assert_true(valid[0]);
		date_format(&read[0], out);
		assert_string_equal(out, cases[i].date);
		assert_true(date_resembles(cases[i].text));
	}
}

static void
other_texts_are_no_dates(void **state)
{
	static const char *const texts[] = {"",
										"Paris",
										"31/02/2024",
										"29/02/1900",
										"00/01/2024",
										"12/13/2024",
										"2024-13-01",
										"03/05/26",
										"03/05-2026",
										"8 Foo 2023",
										"03/05/20266",
										"about 3/5/26",
										"1/1/1899",
										"03/05/2026 in Oslo",
										"03/05/2026 10 amber",
										"03/05/2026 10",
										"03/05/2026 at",
										"Fri, 02/30/2026"};

	(void) state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
	{
		Date read[2];
		bool valid[2];

		assert_true(date_parse_range(texts[i], read, valid) == 0 || !valid[0]);
	}
	assert_true(date_resembles("31/02/2024"));
	assert_true(date_resembles("31/02/2024 - 02/03/2024"));
	assert_false(date_resembles("Lofoten Islands"));
	assert_false(date_resembles("May"));
}

static void
ranges_are_read(void **state)
{
	static const char *const texts[] = {"11/05/2026 - 16/05/2026",
										"11/05/2026 \xe2\x80\x93 16/05/2026",
										"11 May 2026 to 16 May 2026",
										"2026-05-11 \xe2\x80\x94 2026-05-16",
										"11/05/2026-16/05/2026",
										"Mon, 05/11/2026 - 10:00 - Sat, 05/16/2026 - 12:00",
										"11/05/2026 10:00 am to 16/05/2026 1:00 pm"};
	Date dates[2];
	bool valid[2];

	(void) state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
	{
		char out[11];

		assert_int_equal(date_parse_range(texts[i], dates, valid), 2);
		assert_true(valid[0] && valid[1]);
		date_format(&dates[1], out);
		assert_string_equal(out, "2026-05-16");
		assert_true(date_compare(&dates[0], &dates[1]) < 0);
	}
	assert_int_equal(date_parse_range("11/05/2026 - 31/06/2026", dates, valid), 2);
	assert_true(valid[0] && !valid[1]);
	assert_int_equal(date_parse_range("11/05/2026 - later", dates, valid), 0);
}

static void
counts_are_read(void **state)
{
	static const struct
	{
		const char *text;
		int count;
	} cases[] = {{"160", 160},
				 {" 160 ", 160},
				 {"0", 0},
				 {"1,250", 1250},
				 {"1.250", 1250},
				 {"1 250", 1250},
				 {"1'250", 1250},
				 {"1\xe2\x80\x99"
				  "250",
				  1250},
				 {"1\xe2\x80\x89"
				  "250",
				  1250},
				 {"1\xe2\x80\x87"
				  "250\xe2\x80\x88"
				  "000",
				  1250000},
				 {"1\xc2\xa0"
				  "250",
				  1250},
				 {"1\xe2\x80\xaf"
				  "250",
				  1250},
				 {"2,147,483,647", 2147483647}};
	static const char *const others[] = {
		"",          "-5",        "about forty", "12.5",          "1,25",
		"1234,567",  "1,250.000", "2147483648",  "9,999,999,999", "99999999999999999999",
		"12 people", "1e3",       "50+",         "ca. 40",        "about 40",
		"~40",       "1'25",      "'250",        "40-50"};
	int count;

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		assert_true(count_parse(cases[i].text, &count));
		assert_int_equal(count, cases[i].count);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(count_parse(others[i], &count));
}

static void
degrees_are_read(void **state)
{
	static const char *const cases[][2] = {
		{"90", "90.000000"},         {"90.000000000", "90.000000"}, {"89.9999995", "90.000000"},
		{"-0", "0.000000"},          {"+.5", "0.500000"},           {"5.", "5.000000"},
		{"1.0E-5", "0.000010"},      {"5e-7", "0.000001"},          {"4.9e-7", "0.000000"},
		{"0.000000499", "0.000000"}, {"900e-1", "90.000000"},       {"0e999", "0.000000"},
		{"00012.5", "12.500000"},    {"1e-99999999999", "0.000000"}};
	static const char *const others[] = {
		"",      "north", "90.0000001x", "91",      "-90.1",        "nan", "inf",
		"1e400", "0x10",  ".",           "-",       "e5",           "1e",  "1e+",
		"1.2.3", "1,5",   "90.00000001", "900e-1.", "1e99999999999"};
	char out[16];

	(void) state;
	assert_true(degrees_parse("39.89154321987", 90, out));
	assert_string_equal(out, "39.891543");
	assert_true(degrees_parse(" -0.00000001 ", 90, out));
	assert_string_equal(out, "0.000000");
	assert_true(degrees_parse("-64.9058075", 180, out));
	assert_string_equal(out, "-64.905808");
	assert_true(degrees_parse("-179.9999999", 180, out));
	assert_string_equal(out, "-180.000000");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		assert_true(degrees_parse(cases[i][0], 90, out));
		assert_string_equal(out, cases[i][1]);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(degrees_parse(others[i], 90, out));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_read),   cmocka_unit_test(other_texts_are_no_dates),
		cmocka_unit_test(ranges_are_read),  cmocka_unit_test(counts_are_read),
		cmocka_unit_test(degrees_are_read),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
