/*
 * test_redact.c: addresses and numbers of persons go, everything else stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/text.h"

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
	};
	Arena *arena = arena_create();

	(void) state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_string_equal(redact_personal_data(arena, texts[i]), texts[i]);
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(personal_data_goes),
		cmocka_unit_test(all_else_stays),
	};

	return cmocka_run_group_tests_name("redact", tests, NULL, NULL);
}
