/*
 * test_redact.c: addresses and numbers of persons go, everything else stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "page/redact.h"

static void
personal_data_goes(void **state)
{
	static const char *const cases[][2] = {
		{"Write to ayse.k+esn@mail.metu.edu.tr!", "Write to [e-mail]!"},
		{"a@b.co, c@d.org.", "[e-mail], [e-mail]."},
		{"mailto:x_y@z.eu", "mailto:[e-mail]"},
		{"call +90 532 123 45 67 now", "call [telephone] now"},
		{"+44 (0)20 7946 0958", "[telephone]"},
		{"0049-30-1234567.", "[telephone]."},
		{"0532 123 45 67", "[telephone]"},
		{"(0212) 555 12 34", "[telephone]"},
		{"tel: 5551234567", "tel: [telephone]"},
		{"WhatsApp 555 123 4567", "WhatsApp [telephone]"},
		{"Ünal: +905321234567 ✆", "Ünal: [telephone] ✆"},
		{"06.12.34.56.78 or 06-12-34-56-78", "[telephone] or [telephone]"},
		{"tel 030/12345678", "tel [telephone]"},
		{"030/12345678", "[telephone]"},
		{"+90–555–123–4567, +90‐555‑123—45", "[telephone], [telephone]"},
		{"03.05.2026 0532 123 45 67", "03.05.2026 [telephone]"},
		{"18:30 0532 123 45 67", "18:30 [telephone]"},
		{"12.0532 123 45 67", "12.[telephone]"},
		{"24/7 0532 123 45 67", "24/7 [telephone]"},
		{"info@uni-köln.de, jürgen@x.de", "[e-mail], [e-mail]"},
		{"„jürgen@x.de“ – ρ@ουτοπία.gr…", "„[e-mail]“ – [e-mail]…"},
		{"0532 123 45 67 0533 987 65 43", "[telephone] [telephone]"},
		{"0532 123 45 67/0533 987 65 43", "[telephone]/[telephone]"},
		{"+90 532 123 45 67 2026 1234", "[telephone] 2026 1234"},
		{"(0212) 555 12 34+905321234567", "[telephone][telephone]"},
		{"18:300 0532 123 45 6 0532 123 45 67", "18:300 [telephone] [telephone]"},
		{"me@x.org.I am, a@b.c.de.f.g", "[e-mail].I am, [e-mail].f.g"},
		{"0532 123 45 67:0533 987 65 43", "[telephone]:[telephone]"},
		{"35.223.)5.202.6.0.2026.02.223.)2.2020.2026.025223.)5.2026.0.2026.0.20.6.6. 8",
		 "35.223.)5.202.6.[telephone].2020.2026.[telephone].[telephone]"},
		{"724 (00321 3724 12 (00321 333 12 34", "724 ([telephone] ([telephone]"},
		{"0532 123 45 67 18:30", "[telephone] 18:30"},
		{"CALL 555 123 4567, Tel.: 5551234", "CALL [telephone], Tel.: [telephone]"},
	};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
	{
		const char *redacted = redact_personal_data(arena, cases[i][0]);

		assert_string_equal(redacted, cases[i][1]);
		assert_ptr_equal(redact_personal_data(arena, redacted), redacted);
	}
	arena_destroy(arena);
}

static void
all_else_stays(void **state)
{
	static const char *const texts[] = {
		"",
		"on 03/05/2026 at 18:30",
		"03.05.2026 - 05.05.2026",
		"2026-05-03",
		"03-05-2026 18:30",
		"season 2025-2026",
		"1.250.000 TL, €20, 15,00",
		"1,250 students of 12 countries",
		"SDG 3 and 17",
		"postcode 06800, 00-950 Warszawa",
		"https://x.org/123456789012?tel=0532",
		"@esn_metu on Instagram",
		"a @ b",
		"user@localhost",
		"room 0123",
		"03/05/2026, 2023-11-08, 11/05/2026 - 16/05/2026",
		"03/05/2026-04/05/2026 (03.05.26-10.05.26)",
		"contact 03/05/2026, call 2024/2025, text 2024-2025",
		"08:30 12.05.2026, 09.00 12.05.2026, 10.00-18.00 12 May",
		"01/10 2026 18:30",
		"open 24/7, 1/2 price",
		"TR33 0006 1005 1978 6457 8413 26",
		"at 08 09 10 11 12 13 14 15 16 17",
		"@köln, a@b, ü@ö",
	};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_string_equal(redact_personal_data(arena, texts[i]), texts[i]);
	arena_destroy(arena);
}

/* The texts of redact.tsv, which says how it is written. All wrong ones are shown. */
static void
texts_of_the_table(void **state)
{
	Arena *arena = arena_create();
	FILE *table = fopen("test/unit/redact.tsv", "r");
	char line[1024];
	int rows = 0;
	int wrong = 0;

	(void) state;
	assert_non_null(table);
	while (fgets(line, sizeof(line), table) != NULL)
	{
		const char *wanted = line;
		const char *result;
		char *tab;

		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "# ", 2) == 0)
			continue;
		tab = strchr(line, '\t');
		if (tab != NULL)
		{
			*tab = '\0';
			wanted = tab + 1;
		}
		result = redact_personal_data(arena, line);
		rows++;
		if (strcmp(result, wanted) == 0 && redact_personal_data(arena, result) == result)
			continue;
		print_message("%s\n  becomes %s\n  not     %s\n", line, result, wanted);
		wrong++;
	}
	fclose(table);
	print_message("%d of %d texts are wrong\n", wrong, rows);
	assert_true(rows >= 120);
	assert_int_equal(wrong, 0);
	arena_destroy(arena);
}

/* Texts made to be looked at again and again: with quadratic work these would take minutes. */
static void
hostile_texts_end(void **state)
{
	static const char *const pieces[] = {"1 ",
										 "(",
										 "1.",
										 "+1 ",
										 "0/1 ",
										 "12345678901234567890",
										 "@",
										 "a@",
										 "ü",
										 "1–1 ",
										 "1.1.1.",
										 "http://",
										 "a%40",
										 "%40",
										 "(at)",
										 "a (at) ",
										 " at a dot ",
										 "[dot]",
										 "a [dot] ",
										 "tel 1 ",
										 "<b>1",
										 "<1>1",
										 "tel 1234567>",
										 "+ 1",
										 "https://wa.me/",
										 "#a",
										 "data-cfemail=",
										 "DE89 0000",
										 "email-protection#",
										 "IBAN 0 ",
										 "no 1 ",
										 "☎",
										 "C.F. 1",
										 "AB12 "};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
	{
		TextBuffer text;

		buffer_init(&text, arena);
		while (text.len < 100000)
			buffer_puts(&text, pieces[i]);
		redact_page(arena, text.data);
		redact_personal_data(arena, text.data);
		buffer_puts(&text, "; me@x.example");
		assert_non_null(strstr(redact_personal_data(arena, text.data), "[e-mail]"));
		arena_reset(arena);
	}
	arena_destroy(arena);
}

/* A kept page is redacted, and reads as before. */
static void
pages_stay_pages(void **state)
{
	static const char *const pairs[][2] = {
		{"<p class=\"c 05321234567\">Call 0532 123 45 67</p>",
		 "<p class=\"c 05321234567\">Call [telephone]</p>"},
		{"<img src=\"/a/0532-123-45-67.jpg\"> +90 532 123 45 67",
		 "<img src=\"/a/0532-123-45-67.jpg\"> [telephone]"},
		{"<a href=\"tel:+905321234567\">x</a>", "<a href=\"tel:[telephone]\">x</a>"},
		{"<a href=\"mailto:a.b@c.example\">a.b@c.example</a>",
		 "<a href=\"mailto:[e-mail]\">[e-mail]</a>"},
		{"<script>var n = [0532123456789, 1]; '<p>'</script>0532 123 45 67",
		 "<script>var n = [0532123456789, 1]; '<p>'</script>[telephone]"},
		{"<STYLE>a{b:05321234567}</STYLE>", "<STYLE>a{b:05321234567}</STYLE>"},
		{" {\"values\": [[\"x\", 05321234567], [\"a@b.example\", 1]]}",
		 " {\"values\": [[\"x\", 05321234567], [\"[e-mail]\", 1]]}"},
		{"1 < 2 0532 123 45 67 <script>05321234567", "1 < 2 [telephone] <script>05321234567"},
		{"<p 0532 123 45 67", "<p 0532 123 45 67"},
	};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_equal(redact_page(arena, pairs[i][0]), pairs[i][1]);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_stay_pages),  cmocka_unit_test(personal_data_goes),
		cmocka_unit_test(all_else_stays),    cmocka_unit_test(texts_of_the_table),
		cmocka_unit_test(hostile_texts_end),
	};

	return cmocka_run_group_tests_name("redact", tests, NULL, NULL);
}
