/*
 * test_arena.c: the memory of one page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"

/* Without AddressSanitizer, as under valgrind, there is no guard to be seen. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define CHECK(condition) assert_true(condition)
#else
#define CHECK(condition) (void) (first != NULL && second != NULL)
#endif

static void
allocations_are_zeroed_and_apart(void **state)
{
	Arena *arena = arena_create();
	char *first = arena_alloc(arena, 100000);
	char *second = arena_alloc(arena, 3);

	(void) state;
	for (int i = 0; i < 100000; i++)
		assert_int_equal(first[i], 0);
	memset(first, 'a', 100000);
	assert_int_equal(second[0], 0);
	assert_int_equal((uintptr_t) second % _Alignof(max_align_t), 0);
	arena_destroy(arena);
}

/* A byte too far, or one of a page before, is seen. */
static void
allocations_are_guarded(void **state)
{
	Arena *arena = arena_create();
	char *first = arena_alloc(arena, 3);
	char *second = arena_alloc(arena, 16);

	(void) state;
	CHECK(__asan_region_is_poisoned(first, 3) == NULL);
	CHECK(__asan_address_is_poisoned(first + 3));
	CHECK(__asan_region_is_poisoned(second, 16) == NULL);
	CHECK(__asan_address_is_poisoned(second + 16));
	arena_reset(arena);
	CHECK(__asan_address_is_poisoned(first) && __asan_address_is_poisoned(second));
	arena_destroy(arena);
}

static void
reset_keeps_one_chunk(void **state)
{
	Arena *arena = arena_create();
	char *first = arena_alloc(arena, 10000);

	(void) state;
	for (int i = 0; i < 1000; i++)
		arena_alloc(arena, 10000);
	arena_reset(arena);
	assert_ptr_equal(arena_alloc(arena, 10000), first);
	assert_string_equal(arena_strdup(arena, "again"), "again");
	arena_destroy(arena);
}

static void
exhaustion_jumps(void **state)
{
	Arena *arena = arena_create();
	jmp_buf handler;

	(void) state;
	assert_null(arena_on_exhaustion(arena, &handler));
	if (setjmp(handler) == 0)
	{
		arena_alloc(arena, SIZE_MAX - 10);
		fail_msg("an impossible allocation came back");
	}
	assert_ptr_equal(arena_on_exhaustion(arena, NULL), &handler);
	assert_string_equal(arena_strndup(arena, "still usable", 5), "still");
	arena_destroy(arena);
}

static void
report(void *context)
{
	longjmp(*(jmp_buf *) context, 2);
}

/* A jump comes first: it is set for as long as a page is parsed. */
static void
exhaustion_reports(void **state)
{
	Arena *arena = arena_create();
	jmp_buf handler;
	jmp_buf reported;

	(void) state;
	arena_on_out_of_memory(arena, report, &reported);
	arena_on_exhaustion(arena, &handler);
	if (setjmp(handler) == 0)
	{
		arena_alloc(arena, SIZE_MAX - 10);
		fail_msg("an impossible allocation came back");
	}
	arena_on_exhaustion(arena, NULL);
	if (setjmp(reported) == 0)
	{
		arena_alloc(arena, SIZE_MAX - 10);
		fail_msg("an impossible allocation came back");
	}
	assert_string_equal(arena_strdup(arena, "still usable"), "still usable");
	arena_destroy(arena);
}

static void
buffers_grow(void **state)
{
	Arena *arena = arena_create();
	TextBuffer buffer;

	(void) state;
	buffer_init(&buffer, arena);
	assert_string_equal(buffer.data, "");
	for (int i = 0; i < 10000; i++)
		buffer_printf(&buffer, "%d,", i % 10);
	buffer_putc(&buffer, '.');
	buffer_puts(&buffer, "end");
	assert_int_equal(buffer.len, 20004);
	assert_int_equal(strlen(buffer.data), buffer.len);
	assert_string_equal(buffer.data + 20000, ".end");
	assert_string_equal(arena_printf(arena, "%s-%d", "page", 7), "page-7");
	arena_destroy(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allocations_are_zeroed_and_apart),
		cmocka_unit_test(allocations_are_guarded),
		cmocka_unit_test(reset_keeps_one_chunk),
		cmocka_unit_test(exhaustion_jumps),
		cmocka_unit_test(exhaustion_reports),
		cmocka_unit_test(buffers_grow),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
