/*
 * fuzz.c: see fuzz.h.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

_Noreturn void
fuzz_broken(const char *file, int line, const char *promise)
{
	fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, promise);
	abort();
}

Arena *
fuzz_arena(void)
{
	static Arena *arena;

	if (arena == NULL)
		arena = arena_create();
	fuzz_check(arena != NULL);
	arena_reset(arena);
	return arena;
}

/*
 * In the place of arena_ensure_room(), in all targets but fuzz_memory.c. It allocates a megabyte
 * or more, and frees it untouched; under AddressSanitizer that took a quarter of the time of a
 * page.
 */
extern void __wrap_arena_ensure_room(Arena *arena, size_t size);

void
__wrap_arena_ensure_room(Arena *arena, size_t size)
{
	(void) arena;
	(void) size;
}

FuzzInput
fuzz_input(const uint8_t *data, size_t size)
{
	return (FuzzInput){.data = (const char *) data, .size = size};
}

unsigned char
fuzz_byte(FuzzInput *input)
{
	if (input->size == 0)
		return 0;
	input->size--;
	return (unsigned char) *input->data++;
}

char *
fuzz_line(FuzzInput *input, Arena *arena)
{
	const char *end = input->size == 0 ? NULL : memchr(input->data, '\n', input->size);
	size_t len = end == NULL ? input->size : (size_t) (end - input->data);
	char *line = arena_strndup(arena, len == 0 ? "" : input->data, len);

	input->data += len + (end != NULL);
	input->size -= len + (end != NULL);
	/* a NUL within ends it; a copy, so that what is behind it is out of bounds */
	return strlen(line) == len ? line : arena_strdup(arena, line);
}

char *
fuzz_rest(FuzzInput *input, Arena *arena)
{
	size_t len = strnlen(input->size == 0 ? "" : input->data, input->size);
	char *rest = arena_strndup(arena, len == 0 ? "" : input->data, len);

	input->size = 0;
	return rest;
}

/* The core's own conversion has a target of its own. */
static const char *
as_utf8(Arena *arena, const char *s)
{
	size_t len;
	const char *utf8 = text_to_utf8(arena, s, strlen(s), "utf-8", &len);

	return arena_strndup(arena, utf8, len);
}

const char *
fuzz_utf8_line(FuzzInput *input, Arena *arena)
{
	return as_utf8(arena, fuzz_line(input, arena));
}

const char *
fuzz_utf8_rest(FuzzInput *input, Arena *arena)
{
	return as_utf8(arena, fuzz_rest(input, arena));
}

/* The code point at s and how many bytes it has; 0: none. */
static size_t
decode(const char *s, size_t left, uint32_t *code)
{
	unsigned char first = (unsigned char) *s;
	size_t len = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};

	if (len == 0 || len > left || first >= 0xf8)
		return 0;
	*code = len == 1 ? first : first & (0x7fu >> len);
	for (size_t i = 1; i < len; i++)
	{
		if (((unsigned char) s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | ((unsigned char) s[i] & 0x3f);
	}
	return *code < least[len] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000) ? 0 : len;
}

bool
fuzz_is_utf8(const char *s, size_t len)
{
	while (len > 0)
	{
		uint32_t code;
		size_t width = decode(s, len, &code);

		if (width == 0 || code == 0)
			return false;
		s += width;
		len -= width;
	}
	return true;
}

bool
fuzz_is_url(const char *s)
{
	const char *host = strstr(s, "://");

	if (host == NULL || (strncasecmp(s, "http", 4) != 0) ||
		!(host - s == 4 || (host - s == 5 && (s[4] | 0x20) == 's')) ||
		strcspn(host + 3, "/?#") == 0)
		return false;
	for (; *s != '\0'; s++)
	{
		if (*s <= ' ' || *s >= 0x7f || strchr("\"<>\\^`{|}", *s) != NULL)
			return false;
	}
	return true;
}
