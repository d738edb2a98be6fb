/*
 * fuzz_json.c: strings come back as they went in, and whatever order objects, arrays, members and
 * strings are written in, the text is JSON.
 */
#include <string.h>

#include "base/json.h"
#include "fuzz.h"

static void
check_string(Arena *arena, const char *s)
{
	TextBuffer out;
	TextBuffer back;

	buffer_init(&out, arena);
	buffer_init(&back, arena);
	json_string(&out, s);
	fuzz_check(strlen(out.data) == out.len);
	fuzz_check(fuzz_is_json(out.data));
	fuzz_json_decode(out.data, &back);
	fuzz_check(strcmp(back.data, s) == 0);
}

/* Opens, closes and fills objects and arrays as the bytes say. */
static void
build(FuzzInput *input, Arena *arena, TextBuffer *out)
{
	char open[60] = "";
	int depth = 0;

	buffer_putc(out, '[');
	while (input->size > 0)
	{
		unsigned char what = fuzz_byte(input) % 4;
		bool in_object = depth > 0 && open[depth - 1] == '}';

		if (what == 0 && depth > 0)
		{
			buffer_putc(out, open[--depth]);
			continue;
		}
		if (in_object)
			json_key(out, fuzz_utf8_line(input, arena));
		else
			json_separate(out);
		if (what == 1 || depth == 60)
			json_string(out, fuzz_utf8_line(input, arena));
		else if (what == 2)
			buffer_puts(out, "null");
		else
		{
			open[depth++] = fuzz_byte(input) % 2 == 0 ? '}' : ']';
			buffer_putc(out, open[depth - 1] == '}' ? '{' : '[');
			if (open[depth - 1] == '}')
				json_member(out, "a", NULL);
		}
	}
	while (depth > 0)
		buffer_putc(out, open[--depth]);
	buffer_putc(out, ']');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	TextBuffer out;

	check_string(arena, fuzz_utf8_rest(&input, arena));
	input = fuzz_input(data, size);
	buffer_init(&out, arena);
	build(&input, arena, &out);
	fuzz_check(fuzz_is_json(out.data));
	return 0;
}
