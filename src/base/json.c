/*
 * json.c: writing JSON text.
 */
#include "base/json.h"

#include <string.h>

void
json_separate(TextBuffer *out)
{
	char last = out->len == 0 ? '{' : out->data[out->len - 1];

	if (last != '{' && last != '[' && last != ':')
		buffer_putc(out, ',');
}

static void
put_escape(TextBuffer *out, unsigned char c)
{
	switch (c)
	{
		case '"':
			buffer_puts(out, "\\\"");
			break;
		case '\\':
			buffer_puts(out, "\\\\");
			break;
		case '\n':
			buffer_puts(out, "\\n");
			break;
		case '\t':
			buffer_puts(out, "\\t");
			break;
		case '\r':
			buffer_puts(out, "\\r");
			break;
		default:
			buffer_printf(out, "\\u%04x", c);
			break;
	}
}

void
json_string(TextBuffer *out, const char *s)
{
	const char *plain = s;

	if (s == NULL)
	{
		buffer_puts(out, "null");
		return;
	}
	buffer_putc(out, '"');
	for (; *s != '\0'; s++)
	{
		unsigned char c = (unsigned char) *s;

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buffer_append(out, plain, (size_t) (s - plain));
		put_escape(out, c);
		plain = s + 1;
	}
	buffer_append(out, plain, (size_t) (s - plain));
	buffer_putc(out, '"');
}

void
json_key(TextBuffer *out, const char *name)
{
	json_separate(out);
	json_string(out, name);
	buffer_putc(out, ':');
}

void
json_member(TextBuffer *out, const char *name, const char *value)
{
	json_key(out, name);
	json_string(out, value);
}
