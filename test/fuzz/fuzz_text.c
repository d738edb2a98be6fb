/*
 * fuzz_text.c: any bytes in any charset become well-formed text; folding, cutting and searching
 * keep it so. The first line is the charset; where it is "-", none is given.
 */
#include <string.h>

#include "base/text.h"
#include "fuzz.h"

static void
check_fold(Arena *arena, const char *s)
{
	const char *folded = text_fold_space(arena, s);
	const char *lines = text_fold_lines(arena, s);

	fuzz_check(fuzz_is_utf8(folded, strlen(folded)) && fuzz_is_utf8(lines, strlen(lines)));
	fuzz_check(strlen(folded) <= strlen(s) && strlen(lines) == strlen(folded));
	fuzz_check(strcmp(text_fold_space(arena, folded), folded) == 0);
	fuzz_check(strcmp(text_fold_lines(arena, lines), lines) == 0);
	fuzz_check(strcmp(text_fold_space(arena, lines), folded) == 0);
	fuzz_check(strpbrk(folded, "\t\n\v\f\r") == NULL && strstr(folded, "  ") == NULL);
	fuzz_check(strpbrk(lines, "\t\v\f\r") == NULL && strstr(lines, "\n\n") == NULL);
	fuzz_check(*folded != ' ' && (*folded == '\0' || folded[strlen(folded) - 1] != ' '));
}

static void
check_cut(Arena *arena, const char *s, size_t chars)
{
	size_t length = text_length(s);
	const char *cut = text_truncate(arena, s, chars);

	fuzz_check(length <= strlen(s) && strlen(s) <= 4 * length);
	fuzz_check(fuzz_is_utf8(cut, strlen(cut)));
	fuzz_check(strncmp(s, cut, strlen(cut)) == 0);
	fuzz_check(text_length(cut) == (length < chars ? length : chars));
	fuzz_check((cut == s) == (length <= chars));
}

static void
check_search(Arena *arena, const char *s, size_t at, size_t len)
{
	const char *needle;

	at = at > strlen(s) ? strlen(s) : at;
	needle = arena_strndup(arena, s + at, strnlen(s + at, len));
	fuzz_check(text_find_nocase(s, needle) == strcasestr(s, needle));
	fuzz_check(text_find_nocase(needle, s) == strcasestr(needle, s));
	fuzz_check(text_equal_nocase(s, needle) == (strcasecmp(s, needle) == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *charset = fuzz_line(&input, arena);
	size_t len = input.size;
	char *bytes = arena_alloc(arena, len == 0 ? 1 : len);
	size_t outlen;
	size_t again_len;
	const char *utf8;
	const char *again;

	if (len > 0)
		memcpy(bytes, input.data, len);
	utf8 = text_to_utf8(arena, bytes, len, strcmp(charset, "-") == 0 ? NULL : charset, &outlen);
	fuzz_check(fuzz_is_utf8(utf8, outlen));
	/* where it is not a part of the bytes a NUL ends it */
	if (utf8 < bytes || utf8 > bytes + len)
		fuzz_check(strlen(utf8) == outlen);
	utf8 = arena_strndup(arena, utf8, outlen);
	again = text_to_utf8(arena, utf8, outlen, "utf-8", &again_len);
	fuzz_check(again == utf8 || (again == utf8 + 3 && memcmp(utf8, "\xef\xbb\xbf", 3) == 0));
	check_fold(arena, utf8);
	check_cut(arena, utf8, size % 17);
	check_search(arena, utf8, size / 3, size % 5);
	return 0;
}
