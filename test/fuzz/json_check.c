/*
 * json_check.c: whether a text is JSON: a reader as small as RFC 8259 allows, which shares nothing
 * with what the core writes with.
 */
#include <string.h>

#include "fuzz.h"

#define MAX_DEPTH 64

typedef struct Reader
{
	const char *at;
	bool failed;
} Reader;

static void read_value(Reader *reader, int depth);

static void
expect(Reader *reader, char c)
{
	if (*reader->at == c)
		reader->at++;
	else
		reader->failed = true;
}

/* Between items: the gateway writes it there, the core does not. */
static void
skip_space(Reader *reader)
{
	reader->at += *reader->at == ' ';
}

static void
read_string(Reader *reader)
{
	expect(reader, '"');
	while (!reader->failed && *reader->at != '"')
	{
		if ((unsigned char) *reader->at < 0x20)
			reader->failed = true;
		else if (*reader->at++ != '\\')
			continue;
		else if (*reader->at == 'u')
		{
			reader->at++;
			if (strspn(reader->at, "0123456789abcdefABCDEF") < 4)
				reader->failed = true;
			else
				reader->at += 4;
		}
		else if (*reader->at == '\0' || strchr("\"\\/bfnrt", *reader->at++) == NULL)
			reader->failed = true;
	}
	expect(reader, '"');
}

static void
read_number(Reader *reader)
{
	static const char digits[] = "0123456789";
	size_t width;

	reader->at += *reader->at == '-';
	width = strspn(reader->at, digits);
	if (width == 0 || (width > 1 && *reader->at == '0'))
		reader->failed = true;
	reader->at += width;
	if (*reader->at == '.')
	{
		width = strspn(reader->at + 1, digits);
		reader->failed = reader->failed || width == 0;
		reader->at += 1 + width;
	}
}

/* An array or an object, whose closing bracket is given. */
static void
read_items(Reader *reader, char end, int depth)
{
	reader->at++;
	if (*reader->at == end)
	{
		reader->at++;
		return;
	}
	for (;;)
	{
		if (end == '}')
		{
			read_string(reader);
			expect(reader, ':');
			skip_space(reader);
		}
		read_value(reader, depth + 1);
		if (reader->failed || *reader->at != ',')
			break;
		reader->at++;
		skip_space(reader);
	}
	expect(reader, end);
}

static void
read_value(Reader *reader, int depth)
{
	static const char *const words[] = {"null", "true", "false"};

	if (depth > MAX_DEPTH)
		reader->failed = true;
	if (reader->failed)
		return;
	if (*reader->at == '{' || *reader->at == '[')
	{
		read_items(reader, *reader->at == '{' ? '}' : ']', depth);
		return;
	}
	if (*reader->at == '"')
	{
		read_string(reader);
		return;
	}
	for (int i = 0; i < 3; i++)
	{
		if (strncmp(reader->at, words[i], strlen(words[i])) == 0)
		{
			reader->at += strlen(words[i]);
			return;
		}
	}
	read_number(reader);
}

bool
fuzz_is_json(const char *s)
{
	Reader reader = {.at = s};

	if (!fuzz_is_utf8(s, strlen(s)))
		return false;
	read_value(&reader, 0);
	return !reader.failed && *reader.at == '\0';
}

void
fuzz_json_decode(const char *s, TextBuffer *out)
{
	static const char from[] = "nrtbf";
	static const char to[] = "\n\r\t\b\f";

	for (s++; *s != '"'; s++)
	{
		const char *escape;

		if (*s != '\\')
			buffer_putc(out, *s);
		else if (*++s == 'u')
		{
			/* the core escapes control characters so, and nothing else */
			buffer_putc(out, (char) ((s[3] - '0') * 16 +
									 (s[4] <= '9' ? s[4] - '0' : (s[4] | 0x20) - 'a' + 10)));
			s += 4;
		}
		else if ((escape = strchr(from, *s)) != NULL)
			buffer_putc(out, to[escape - from]);
		else
			buffer_putc(out, *s);
	}
}
