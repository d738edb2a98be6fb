/*
 * redact.c: personal data out of free text. Declared in text.h.
 */
#include "core/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define MIN_DIGITS 7    /* of a number that is announced, or written internationally */
#define MIN_NATIONAL 10 /* of one that only begins with 0, its zero included */
#define MAX_DIGITS 15   /* ITU-T E.164 */

static bool
is_local_byte(char c)
{
	return isalnum((unsigned char) c) || (c != '\0' && strchr("._%+-", c) != NULL);
}

/* Length of the e-mail address around the '@' at s + at, which begins *before bytes earlier; 0: none. */
static size_t
email_length(const char *s, size_t at, size_t floor, size_t *before)
{
	size_t begin = at;
	size_t end = at + 1;
	size_t dot = 0;

	while (begin > floor && is_local_byte(s[begin - 1]))
		begin--;
	while (begin < at && (s[begin] == '.' || s[begin] == '-'))
		begin++;
	while (isalnum((unsigned char) s[end]) || s[end] == '-' ||
		   (s[end] == '.' && isalnum((unsigned char) s[end + 1])))
	{
		if (s[end] == '.')
			dot = end;
		end++;
	}
	if (begin == at || dot == 0 || dot == at + 1 || end - dot < 3)
		return 0;
	*before = at - begin;
	return end - begin;
}

/* A digit string as people write a number: its length in bytes, its digits counted; it ends with a digit. */
static size_t
digits_length(const char *s, int *digits)
{
	size_t end = 0;
	size_t gap = 0;

	*digits = 0;
	for (size_t i = 0; s[i] != '\0'; i++)
	{
		if (isdigit((unsigned char) s[i]))
		{
			(*digits)++;
			end = i + 1;
			gap = 0;
		}
		else if ((i == 0 && (s[i] == '+' || s[i] == '(')) || strchr(" -.()", s[i]) != NULL ||
				 (i == 1 && s[0] == '(' && s[1] == '+'))
		{
			if (++gap > 2)
				break;
		}
		else
			break;
	}
	return end;
}

/* Dates and ranges of them begin like numbers: 03.05.2026, 2026-05-03, 03-05-2026 18. */
static bool
begins_with_date(const char *s)
{
	size_t first = strspn(s, "0123456789");
	size_t second;
	size_t third;
	char separator = s[first];

	if (first == 0 || (separator != '.' && separator != '-' && separator != '/'))
		return false;
	second = strspn(s + first + 1, "0123456789");
	if (second == 0 || second > 2 || s[first + 1 + second] != separator)
		return false;
	third = strspn(s + first + second + 2, "0123456789");
	return (first <= 2 && (third == 4 || third == 2)) || (first == 4 && third >= 1 && third <= 2);
}

/* Whether the text before s + at announces a number: "tel: ", "WhatsApp ", "phone". */
static bool
is_announced(const char *s, size_t at)
{
	static const char *const words[] = {"tel",      "telephone", "phone",   "mobile", "mob",
										"whatsapp", "call",      "cell",    "gsm",    "fax",
										"telefon",  "text",      "contact", "signal"};
	size_t end = at;
	size_t begin;

	while (end > 0 && at - end < 4 && strchr(" .:-", s[end - 1]) != NULL)
		end--;
	begin = end;
	while (begin > 0 && isalpha((unsigned char) s[begin - 1]))
		begin--;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		if (end - begin == strlen(words[i]) && strncasecmp(s + begin, words[i], end - begin) == 0)
			return true;
	}
	return false;
}

/* Length of the telephone number at s + at; 0: none. */
static size_t
telephone_length(const char *s, size_t at)
{
	const char *p = s + at;
	size_t first = strspn(p, "(+");
	int digits;
	size_t length;

	if (first > 2 || !isdigit((unsigned char) p[first]) || begins_with_date(p + first))
		return 0;
	length = digits_length(p, &digits);
	if (digits < MIN_DIGITS || digits > MAX_DIGITS)
		return 0;
	if (memchr(p, '+', first) != NULL || strncmp(p + first, "00", 2) == 0 || is_announced(s, at))
		return length;
	return p[first] == '0' && digits >= MIN_NATIONAL ? length : 0;
}

/* Length of the web address at s; 0: none. Its digits are nobody's number. */
static size_t
url_length(const char *s)
{
	size_t scheme = strncasecmp(s, "https://", 8) == 0  ? 8
					: strncasecmp(s, "http://", 7) == 0 ? 7
														: 0;

	return scheme == 0 ? 0 : scheme + strcspn(s + scheme, " \t\r\n\"'<>@");
}

const char *
redact_personal_data(Arena *arena, const char *s)
{
	size_t copied = 0; /* bytes of s that are in out, or replaced */
	bool changed = false;
	TextBuffer out;

	if (strpbrk(s, "@0123456789") == NULL)
		return s;
	buffer_init(&out, arena);
	for (size_t i = 0; s[i] != '\0';)
	{
		size_t before = 0;
		size_t length = 0;
		const char *mark = "[telephone]";
		bool in_word = i > 0 && (isalnum((unsigned char) s[i - 1]) || s[i - 1] == '+');

		if (s[i] == '@')
		{
			length = email_length(s, i, copied, &before);
			mark = "[e-mail]";
		}
		else if (!in_word && (length = url_length(s + i)) > 0)
		{
			i += length;
			continue;
		}
		else if (!in_word && (isdigit((unsigned char) s[i]) || s[i] == '+' || s[i] == '('))
			length = telephone_length(s, i);
		if (length == 0)
		{
			/* a number that is none is passed over whole, so that no part of it is taken for one */
			i += isdigit((unsigned char) s[i]) ? strspn(s + i, "0123456789") : 1;
			continue;
		}
		buffer_append(&out, s + copied, i - before - copied);
		buffer_puts(&out, mark);
		i = copied = i - before + length;
		changed = true;
	}
	if (!changed)
		return s;
	buffer_puts(&out, s + copied);
	return out.data;
}
