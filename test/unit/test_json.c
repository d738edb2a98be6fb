/*
 * test_json.c: JSON text that any reader takes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/json.h"

static void
strings_are_escaped(void **state)
{
	Arena *arena = arena_create();
	TextBuffer out;

	(void) state;
	buffer_init(&out, arena);
	json_string(&out, "a \"quoted\" \\ path\nnext\tcolumn\r\x01 Yıldız 🎉");
	assert_string_equal(out.data,
						"\"a \\\"quoted\\\" \\\\ path\\nnext\\tcolumn\\r\\u0001 Yıldız 🎉\"");
	arena_destroy(arena);
}

static void
members_are_separated(void **state)
{
	Arena *arena = arena_create();
	TextBuffer out;

	(void) state;
	buffer_init(&out, arena);
	buffer_putc(&out, '{');
	json_member(&out, "title", "Boat party");
	json_member(&out, "city", NULL);
	json_key(&out, "causes");
	buffer_putc(&out, '[');
	json_separate(&out);
	json_string(&out, "Culture");
	json_separate(&out);
	json_string(&out, "");
	buffer_puts(&out, "]}");
	assert_string_equal(out.data,
						"{\"title\":\"Boat party\",\"city\":null,\"causes\":[\"Culture\",\"\"]}");
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(members_are_separated),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
