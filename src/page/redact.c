/*
 * redact.c: removes personal data from free text. Each byte is examined a bounded number of times,
 * whatever the text. What is personal data, email.h and telephone.h say.
 */
#include "page/redact.h"

#include <stdbool.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"
#include "page/email.h"
#include "page/telephone.h"

#define MAX_PASSES 16 /* over the whole text, so that a hostile one ends */
#define EMAIL "[e-mail]"
#define TELEPHONE "[telephone]"

/* One pass over a text. */
typedef struct Pass
{
	const char *s;
	size_t copied;     /* bytes of s that were copied or replaced */
	size_t markup_end; /* of a page: where the markup that was last seen ends */
	bool after_number; /* what ends at copied was a telephone number */
	bool page;
} Pass;

/*
 * Whether the text at s + i continues a word, or a time such as 18.00, that begins at floor or
 * later.
 */
static bool
goes_on(const char *s, size_t i, size_t floor)
{
	if (i > floor && (ascii_is_alnum(s[i - 1]) || s[i - 1] == '+'))
		return !is_after_encoded_plus(s, i);
	return i > floor + 1 && (s[i - 1] == '.' || s[i - 1] == ':') && ascii_is_digit(s[i - 2]) &&
		   strspn(s + i, "0123456789") == 2;
}

/*
 * The number of bytes to keep at s + i, at least 1: a web address, an account, a date, digits that
 * are not a number, or one byte.
 */
static size_t
kept_length(const char *s, size_t i, bool in_word)
{
	size_t length = in_word ? 0 : whole_length(s + i);

	/* keep the digits as a whole, so that no part of them is taken for a number */
	if (length == 0)
		length = strspn(s + i, "0123456789");
	return length == 0 ? 1 : length;
}

/* Length of the markup at s: a tag, or a whole script or style sheet; 0 if there is none. */
static size_t
markup_length(const char *s)
{
	static const char *const raw[] = {"script", "style"};
	const char *end = s;

	if (s[0] != '<' || !(ascii_is_letter(s[1]) || s[1] == '/' || s[1] == '!'))
		return 0;
	for (size_t i = 0; i < sizeof(raw) / sizeof(raw[0]); i++)
	{
		if (ascii_equal_nocase(s + 1, raw[i], strlen(raw[i])))
			end = text_find_nocase(s + 1, i == 0 ? "</script" : "</style");
	}
	if (end != NULL)
		end = strchr(end, '>');
	return end == NULL ? strlen(s) : (size_t) (end - s) + 1;
}

/* As email_length(), of an address in any form around or at s + i. */
static size_t
any_email_length(const Pass *pass, size_t i, bool markup, size_t *before)
{
	const char *s = pass->s;
	char last = i == 0 ? '\0' : s[i - 1];

	if (s[i] == '@' || strncmp(s + i, "%40", 3) == 0)
		return email_length(s, i, pass->copied, before);
	if (last != '\0' && strchr("#=\"'", last) != NULL && ascii_hex_value(s[i]) >= 0)
		return encoded_email_length(s, i);
	/* in a script, "[at]" is an index */
	if (markup || (last != ' ' && strchr("([{", s[i]) == NULL))
		return 0;
	return spelled_email_length(s, i, pass->copied, before);
}

/* Length of the telephone number at s + i, which continues no word. */
static size_t
number_at(const Pass *pass, size_t i, bool markup)
{
	const char *s = pass->s;
	size_t length;

	if (s[i] != '+' && s[i] != '(' && !ascii_is_digit(s[i]))
		return 0;
	length = telephone_length(s, i, !markup,
							  !markup && pass->after_number &&
								  joins_numbers(s + pass->copied, i - pass->copied));
	/* a bracket that closes behind the number is not part of it */
	return s[i] == '(' && memchr(s + i, ')', length) == NULL ? 0 : length;
}

/*
 * Redacts a text once. In a page, digits of its text can be a telephone number; in its markup and
 * in JSON, only digits that are announced as one.
 */
static const char *
redact(Arena *arena, const char *s, bool page)
{
	Pass pass = {.s = s, .page = page};
	bool changed = false;
	TextBuffer out;

	if (page && s[strspn(s, " \t\r\n")] == '{')
		pass.markup_end = strlen(s);
	buffer_init(&out, arena);
	for (size_t i = 0; s[i] != '\0';)
	{
		size_t before = 0;
		bool in_word = goes_on(s, i, pass.copied);
		bool markup;
		size_t length;
		bool number = false;

		if (page && i >= pass.markup_end)
			pass.markup_end = i + markup_length(s + i);
		markup = i < pass.markup_end;
		length = any_email_length(&pass, i, markup, &before);
		if (length == 0 && !in_word)
		{
			length = number_at(&pass, i, markup);
			number = length > 0;
		}
		if (length == 0)
		{
			i += kept_length(s, i, in_word);
			continue;
		}
		buffer_append(&out, s + pass.copied, i - before - pass.copied);
		buffer_puts(&out, number ? TELEPHONE : EMAIL);
		i = pass.copied = i - before + length;
		pass.after_number = number;
		changed = true;
	}
	if (!changed)
		return s;
	buffer_puts(&out, s + pass.copied);
	return out.data;
}

/* Repeats until nothing is found: a redacted part may have hidden a number next to it. */
static const char *
redact_all(Arena *arena, const char *s, bool page)
{
	for (int pass = 0; pass < MAX_PASSES; pass++)
	{
		const char *less = redact(arena, s, page);

		if (less == s)
			break;
		s = less;
	}
	return s;
}

const char *
redact_personal_data(Arena *arena, const char *s)
{
	return redact_all(arena, s, false);
}

const char *
redact_page(Arena *arena, const char *html)
{
	return redact_all(arena, html, true);
}
