/*
 * text.c: turns bytes into well-formed text; white space, length, comparison.
 */
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>

#include "base/ascii.h"
#include "base/charset.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define BLOCK 64 /* bytes looked at together */

/*
 * Length of the well-formed UTF-8 sequence (RFC 3629) of a character outside ASCII at s; 0 if there
 * is none.
 */
static size_t
sequence_length(const unsigned char *s, size_t left)
{
	static const struct
	{
		unsigned char first, last, low, high;
		size_t len;
	} forms[] = {{0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
				 {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
				 {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4},
				 {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4}};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
	{
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (left < forms[i].len || s[1] < forms[i].low || s[1] > forms[i].high)
			return 0;
		for (size_t n = 2; n < forms[i].len; n++)
		{
			if ((s[n] & 0xc0) != 0x80)
				return 0;
		}
		return forms[i].len;
	}
	return 0;
}

/* Whether all bytes are ASCII and not NUL. */
static bool
is_plain_block(const char *s)
{
	unsigned char high = 0;

	for (int i = 0; i < BLOCK; i++)
	{
		unsigned char c = (unsigned char) s[i];

		high |= (unsigned char) (c | (c - 1));
	}
	return high < 0x80;
}

/* The number of well-formed bytes at the beginning. */
static size_t
well_formed(const char *bytes, size_t len)
{
	size_t i = 0;
	size_t looked = 0; /* end of the last block that is not plain */

	while (i < len)
	{
		size_t step;

		if (i >= looked && len - i >= BLOCK && is_plain_block(bytes + i))
		{
			i += BLOCK;
			continue;
		}
		looked = i < looked ? looked : i + BLOCK;
		if (bytes[i] != '\0' && ((unsigned char) bytes[i]) < 0x80)
		{
			i++;
			continue;
		}
		step = sequence_length((const unsigned char *) bytes + i, len - i);
		if (step == 0)
			break;
		i += step;
	}
	return i;
}

/* Copies the bytes, with U+FFFD in place of each ill-formed one. */
static const char *
replace_ill_formed(Arena *arena, const char *bytes, size_t len, size_t *outlen)
{
	size_t good = well_formed(bytes, len);
	TextBuffer out;

	*outlen = len;
	if (good == len)
		return bytes;
	buffer_init(&out, arena);
	while (len > 0)
	{
		buffer_append(&out, bytes, good);
		if (good < len)
		{
			buffer_puts(&out, REPLACEMENT);
			good++;
		}
		bytes += good;
		len -= good;
		good = well_formed(bytes, len);
	}
	*outlen = out.len;
	return out.data;
}

/* Converts with ICU. Returns NULL if ICU does not know the charset. */
static char *
convert(Arena *arena, const char *bytes, size_t len, const char *charset, size_t *outlen)
{
	UErrorCode status = U_ZERO_ERROR;
	/*
	 * A byte becomes at most three: "\x80" is U+20AC in windows-1252. ICU replaces what it cannot
	 * convert by U+FFFD.
	 */
	size_t capacity = len * 3 + 16;
	char *out;
	int32_t written;

	if (len > (INT32_MAX - 16) / 3)
		return NULL;
	out = arena_alloc(arena, capacity);
	/* one byte less, for the NUL */
	written =
		ucnv_convert("UTF-8", charset, out, (int32_t) capacity - 1, bytes, (int32_t) len, &status);
	if (status == U_MEMORY_ALLOCATION_ERROR)
		arena_fail(arena);
	if (U_FAILURE(status))
		return NULL;
	*outlen = (size_t) written;
	return out;
}

const char *
text_to_utf8(Arena *arena, const char *bytes, size_t len, const char *charset, size_t *outlen)
{
	const char *name = charset_of_page(bytes, len, charset);

	if (strcmp(name, "utf-8") != 0)
	{
		char *converted = convert(arena, bytes, len, name, &len);

		if (converted != NULL)
			bytes = converted;
	}
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
	{
		bytes += 3;
		len -= 3;
	}
	return replace_ill_formed(arena, bytes, len, outlen);
}

/* Length in bytes of the white space or invisible mark at s; 0 if there is none. */
static size_t
space_length(const char *s)
{
	const unsigned char *c = (const unsigned char *) s;

	switch (c[0])
	{
		case ' ':
		case '\t':
		case '\n':
		case '\v':
		case '\f':
		case '\r':
			return 1;
		case 0xc2: /* U+0085, U+00A0 */
			return c[1] == 0x85 || c[1] == 0xa0 ? 2 : 0;
		case 0xe1: /* U+1680 */
			return c[1] == 0x9a && c[2] == 0x80 ? 3 : 0;
		case 0xe2: /* U+2000 to U+200B, U+2028, U+2029, U+202F; U+205F, U+2060 */
			if (c[1] == 0x80)
				return (c[2] >= 0x80 && c[2] <= 0x8b) || c[2] == 0xa8 || c[2] == 0xa9 ||
							   c[2] == 0xaf
						   ? 3
						   : 0;
			return c[1] == 0x81 && (c[2] == 0x9f || c[2] == 0xa0) ? 3 : 0;
		case 0xe3: /* U+3000 */
			return c[1] == 0x80 && c[2] == 0x80 ? 3 : 0;
		case 0xef: /* U+FEFF */
			return c[1] == 0xbb && c[2] == 0xbf ? 3 : 0;
		default:
			return 0;
	}
}

/* Folds white space. With lines, a run that contains a line feed becomes one line feed. */
static char *
fold(Arena *arena, const char *s, bool lines)
{
	char *out = arena_alloc(arena, strlen(s) + 1);
	size_t len = 0;

	while (*s != '\0')
	{
		char gap = '\0';
		size_t width;

		while ((width = space_length(s)) > 0)
		{
			gap = lines && *s == '\n' ? '\n' : gap == '\n' ? '\n' : ' ';
			s += width;
		}
		if (*s == '\0')
			break;
		if (gap != '\0' && len > 0)
			out[len++] = gap;
		do
			out[len++] = *s++;
		while ((*s & 0xc0) == 0x80 || (*s != ' ' && ascii_is_printable(*s)));
	}
	out[len] = '\0';
	return out;
}

char *
text_fold_space(Arena *arena, const char *s)
{
	return fold(arena, s, false);
}

char *
text_fold_lines(Arena *arena, const char *s)
{
	return fold(arena, s, true);
}

size_t
text_length(const char *s)
{
	size_t length = 0;

	for (; *s != '\0'; s++)
		length += (*s & 0xc0) != 0x80;
	return length;
}

const char *
text_truncate(Arena *arena, const char *s, size_t max_chars)
{
	const char *p = s;

	for (size_t length = 0; *p != '\0'; p++)
	{
		if ((*p & 0xc0) != 0x80 && length++ == max_chars)
			return arena_strndup(arena, s, (size_t) (p - s));
	}
	return s;
}

size_t
text_encode(uint32_t c, char *out)
{
	if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		c = 0xFFFD;
	if (c < 0x80)
	{
		out[0] = (char) c;
		return 1;
	}
	if (c < 0x800)
	{
		out[0] = (char) (0xC0 | c >> 6);
		out[1] = (char) (0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000)
	{
		out[0] = (char) (0xE0 | c >> 12);
		out[1] = (char) (0x80 | (c >> 6 & 0x3F));
		out[2] = (char) (0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char) (0xF0 | c >> 18);
	out[1] = (char) (0x80 | (c >> 12 & 0x3F));
	out[2] = (char) (0x80 | (c >> 6 & 0x3F));
	out[3] = (char) (0x80 | (c & 0x3F));
	return 4;
}

bool
text_equal_nocase(const char *a, const char *b)
{
	return ascii_equal_nocase(a, b, SIZE_MAX);
}

const char *
text_find_nocase(const char *haystack, const char *needle)
{
	size_t len = strlen(needle);

	for (; *haystack != '\0'; haystack++)
	{
		if (ascii_equal_nocase(haystack, needle, len))
			return haystack;
	}
	return len == 0 ? haystack : NULL;
}
