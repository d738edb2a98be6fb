/*
 * ascii.h: letters and digits by ASCII alone. Markup, header fields, selectors and slugs are ASCII
 * in every locale. The C library's <ctype.h> and strcasecmp() depend on the process's locale: in a
 * Turkish one 'I' is not the upper case of 'i'.
 */
#ifndef ESN_ASCII_H
#define ESN_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char) (c + ('a' - 'A')) : c;
}

static inline char
ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char) (c - ('a' - 'A')) : c;
}

static inline bool
ascii_is_letter(char c)
{
	c = ascii_lower(c);
	return c >= 'a' && c <= 'z';
}

static inline bool
ascii_is_alnum(char c)
{
	return ascii_is_letter(c) || ascii_is_digit(c);
}

static inline bool
ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline bool
ascii_is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

/* The value of a hexadecimal digit; -1 if it is not one. */
static inline int
ascii_hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of two hexadecimal digits; -1 if they are not two. They may end early, at a NUL. */
static inline int
ascii_hex_byte(const char *digits)
{
	int high = ascii_hex_value(digits[0]);
	int low = high < 0 ? -1 : ascii_hex_value(digits[1]);

	return low < 0 ? -1 : high * 16 + low;
}

static inline void
ascii_lower_all(char *s)
{
	for (; *s != '\0'; s++)
		*s = ascii_lower(*s);
}

/* Whether len bytes are equal ignoring case. A NUL ends both. */
static inline bool
ascii_equal_nocase(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
	{
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
		if (a[i] == '\0')
			break;
	}
	return true;
}

#endif
