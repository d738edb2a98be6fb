/*
 * fuzz_robots.c: what a robots.txt of any bytes says. The first line is the path asked for. What
 * means the same must be answered the same.
 */
#include <string.h>

#include "http/robots.h"
#include "fuzz.h"

#define PRODUCT "esn_pulse"

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* The path with letters and digits percent-encoded, but those that may be part of an encoding. */
static const char *
encoded(Arena *arena, const char *path)
{
	const char *fragment = path + strcspn(path, "#");
	int spared = 0;
	TextBuffer out;

	buffer_init(&out, arena);
	for (; *path != '\0'; path++)
	{
		if (*path == '%')
			spared = 3;
		if (spared == 0 && is_alnum(*path) && path < fragment)
			buffer_printf(&out, "%%%02x", (unsigned char) *path);
		else
			buffer_putc(&out, *path);
		spared -= spared > 0;
	}
	return out.data;
}

/* The same lines, ended otherwise, with lines between that mean nothing. */
static const char *
other_lines(Arena *arena, FuzzInput input, size_t *len)
{
	TextBuffer out;

	buffer_init(&out, arena);
	for (size_t i = 0; i < input.size; i++)
	{
		if (input.data[i] == '\n')
			buffer_puts(&out, "\r\n \r# comment: x\n\tSitemap : https://x.example\n");
		else
			buffer_putc(&out, input.data[i]);
	}
	*len = out.len;
	return out.data;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *path = fuzz_line(&input, arena);
	const char *url = arena_printf(arena, "https://x.example/%s", path);
	char *bytes = arena_alloc(arena, input.size == 0 ? 1 : input.size);
	const char *other;
	size_t other_len;
	Robots *robots;
	bool allowed;

	if (input.size > 0)
		memcpy(bytes, input.data, input.size);
	robots = robots_parse(arena, bytes, input.size, PRODUCT);
	allowed = robots_allows(robots, url);
	fuzz_check(robots_allows(robots, "https://x.example/robots.txt"));
	fuzz_check(robots_delay_ms(robots) >= 0 && robots_delay_ms(robots) <= 3600000);
	fuzz_check(robots_allows(robots, arena_printf(arena, "http://y/%s", encoded(arena, path))) ==
			   allowed);
	other = other_lines(arena, input, &other_len);
	robots = robots_parse(arena, other, other_len, "ESN_Pulse");
	fuzz_check(robots_allows(robots, url) == allowed);
	fuzz_check(robots_allows(robots_parse(arena, "", 0, PRODUCT), url));
	robots = robots_disallow_all(arena);
	fuzz_check(!robots_allows(robots, url) || strcmp(path, "robots.txt") == 0 ||
			   strcspn(path, "%#") != strlen(path));
	return 0;
}
