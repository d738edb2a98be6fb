/*
 * redact.c: personal data out of free text. Declared in text.h. Each byte is looked at a bounded number of times, however the text is made.
 */
#include "core/ascii.h"
#include "core/text.h"

#include <string.h>

#define MAX_PASSES 16   /* over the whole text: a hostile one must end */
#define MIN_DIGITS 7    /* of a number that is announced, or written internationally */
#define MIN_NATIONAL 10 /* of one that only begins with 0, its zero included */
#define MAX_DIGITS 15   /* ITU-T E.164 */
#define MAX_WORD 9      /* letters of a word that announces a number */

/*
 * Whether the byte belongs to a letter or digit of any script. All of a character's bytes give the same answer; the dashes and quotation
 * marks of U+2000 to U+206F are no letters.
 */
static bool
is_letter_byte(const char *s, size_t at)
{
	size_t first = at;

	if ((s[at] & 0x80) == 0)
		return ascii_is_alnum(s[at]);
	while (first > 0 && at - first < 3 && (s[first] & 0xc0) == 0x80)
		first--;
	return s[first] != '\xe2' || (s[first + 1] != '\x80' && s[first + 1] != '\x81');
}

static bool
is_local_byte(const char *s, size_t at)
{
	return is_letter_byte(s, at) || strchr("._%+-", s[at]) != NULL;
}

/* Length of the e-mail address around the '@' at s + at, which begins *before bytes earlier; 0: none. */
static size_t
email_length(const char *s, size_t at, size_t floor, size_t *before)
{
	size_t begin = at;
	size_t end = at + 1;
	size_t dot = 0;

	while (begin > floor && is_local_byte(s, begin - 1))
		begin--;
	while (begin < at && (s[begin] == '.' || s[begin] == '-'))
		begin++;
	while (s[end] != '\0' && (is_letter_byte(s, end) || s[end] == '-' ||
							  (s[end] == '.' && is_letter_byte(s, end + 1))))
	{
		if (s[end] == '.')
			dot = end;
		end++;
	}
	/* a letter behind the last dot is no part of it: "me@x.org.I am" */
	while (dot > at && end - dot < 3)
	{
		end = dot;
		while (dot > at && (dot == end || s[dot] != '.'))
			dot--;
	}
	if (begin == at || dot <= at + 1)
		return 0;
	*before = at - begin;
	return end - begin;
}

/* Length of the group of digits at s, its value (of the first nine) in *value; not looked at further than a number can be long. */
static size_t
group_length(const char *s, int *value)
{
	size_t len = 0;

	*value = 0;
	for (; len <= MAX_DIGITS && ascii_is_digit(s[len]); len++)
		*value = len < 9 ? *value * 10 + (s[len] - '0') : *value;
	return len;
}

static bool
is_year(size_t width, int value)
{
	return width == 4 && value >= 1900 && value < 2200;
}

/* Length of the date, or of the pair of years, at s: 03.05.2026, 2026-05-03, 03/05/26, 2025/2026; 0: none. */
static size_t
date_length(const char *s)
{
	int values[3] = {0};
	size_t widths[3];
	size_t end = 0;
	char separator = '\0';

	for (int i = 0; i < 3; i++)
	{
		if (i > 0)
			end++;
		widths[i] = group_length(s + end, &values[i]);
		end += widths[i];
		if (widths[i] == 0)
			return 0;
		if (i == 0)
			separator = s[end];
		if (i == 1 && is_year(widths[0], values[0]) && is_year(widths[1], values[1]))
			return s[end] == separator && ascii_is_digit(s[end + 1]) ? 0 : end;
		if (i < 2 && (s[end] != separator || strchr(".-/", separator) == NULL || separator == '\0'))
			return 0;
	}
	if (widths[1] > 2 || values[1] < 1 || values[1] > 31)
		return 0;
	if (is_year(widths[0], values[0]))
		return widths[2] <= 2 && values[2] >= 1 && values[2] <= 31 ? end : 0;
	if (widths[0] > 2 || values[0] < 1 || values[0] > 31)
		return 0;
	if (is_year(widths[2], values[2]))
		return end;
	/* 06.12.34.56.78 is a French number: a year of two digits is the last group */
	return widths[2] == 2 && !(s[end] == separator && ascii_is_digit(s[end + 1])) ? end : 0;
}

/* Whether a date with a year of four digits stands here: no number goes on over it. */
static bool
is_full_date(const char *s)
{
	size_t length = date_length(s);

	return length > 0 &&
		   (is_year(strspn(s, "0123456789"), 1900) || strspn(s + length - 4, "0123456789") == 4);
}

/* Length of what may part a number's groups: up to two of space, dot, hyphen, dash, bracket, or slashes where nothing else does. */
static size_t
gap_length(const char *s, int *slashes, int *others)
{
	size_t len = 0;

	for (int i = 0; i < 2; i++)
	{
		if (s[len] == '/')
		{
			(*slashes)++;
			len++;
		}
		else if (s[len] != '\0' && strchr(" -.()", s[len]) != NULL)
		{
			(*others)++;
			len++;
		}
		else if (s[len] == '\xe2' && s[len + 1] == '\x80' && s[len + 2] >= '\x90' &&
				 s[len + 2] <= '\x94') /* U+2010 to U+2014 */
		{
			(*others)++;
			len += 3;
		}
	}
	return *slashes > 1 && *others > 0 ? 0 : len;
}

/* Whether the digits before the colon at s are the hour of a time of day: one or two, and two behind it. */
static bool
ends_hour(const char *colon, size_t width)
{
	return width <= 2 && colon[0] == ':' && ascii_is_digit(colon[1]) && ascii_is_digit(colon[2]) &&
		   !ascii_is_digit(colon[3]);
}

/*
 * A digit string as people write a number: its length in bytes, its digits counted; it begins and ends with a digit. Where more follow than a
 * number has, it ends before a group that begins with 0, as another number does. Where there is no such group it is none, but where it surely
 * is one it ends where it is full.
 */
static size_t
number_length(const char *s, bool surely, int *digits)
{
	int least = strncmp(s, "00", 2) == 0 ? MIN_DIGITS : MIN_NATIONAL;
	size_t end = 0;
	size_t next = 0;
	size_t first_end = 0; /* of what stands before a group that may begin another number */
	int first_digits = 0;
	int slashes = 0;
	int others = 0;

	*digits = 0;
	for (;;)
	{
		int value;
		size_t width = group_length(s + next, &value);
		size_t gap;

		if (width == 0 || ends_hour(s + next + width, width) ||
			(next > 0 && is_full_date(s + next)))
			break;
		if (*digits >= least && s[next] == '0' && first_end == 0)
		{
			first_end = end;
			first_digits = *digits;
		}
		if (next > 0 && *digits + (int) width > MAX_DIGITS)
		{
			if (first_end > 0)
			{
				*digits = first_digits;
				return first_end;
			}
			*digits += surely ? 0 : (int) width;
			break;
		}
		*digits += (int) width;
		end = next + width;
		gap = gap_length(s + end, &slashes, &others);
		if (gap == 0)
			break;
		next = end + gap;
	}
	return end;
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
	while (begin > 0 && end - begin <= MAX_WORD && ascii_is_letter(s[begin - 1]))
		begin--;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
	{
		if (end - begin == strlen(words[i]) && ascii_equal_nocase(s + begin, words[i], end - begin))
			return true;
	}
	return false;
}

/* Length of the telephone number at s + at; 0: none. */
static size_t
telephone_length(const char *s, size_t at)
{
	const char *p = s + at;
	size_t first = 0;
	bool international = false;
	bool announced;
	int digits;
	size_t length;

	for (; first < 2 && (p[first] == '(' || p[first] == '+'); first++)
		international = international || p[first] == '+';
	if (!international && date_length(p + first) > 0)
		return 0;
	announced = is_announced(s, at);
	length = number_length(p + first, international || announced, &digits);
	if (digits < MIN_DIGITS || digits > MAX_DIGITS)
		return 0;
	length += first;
	if (international || strncmp(p + first, "00", 2) == 0 || announced)
		return length;
	return p[first] == '0' && digits >= MIN_NATIONAL ? length : 0;
}

/* Length of the web address at s; 0: none. Its digits are nobody's number. */
static size_t
url_length(const char *s)
{
	size_t scheme = ascii_equal_nocase(s, "https://", 8)  ? 8
					: ascii_equal_nocase(s, "http://", 7) ? 7
														  : 0;

	return scheme == 0 ? 0 : scheme + strcspn(s + scheme, " \t\r\n\"'<>@");
}

/* Whether what stands at s + i goes on what stands before it, from floor on: a word, or a time such as 18.00. */
static bool
goes_on(const char *s, size_t i, size_t floor)
{
	if (i > floor && (ascii_is_alnum(s[i - 1]) || s[i - 1] == '+'))
		return true;
	return i > floor + 1 && (s[i - 1] == '.' || s[i - 1] == ':') && ascii_is_digit(s[i - 2]) &&
		   strspn(s + i, "0123456789") == 2;
}

/* Length of what at s + i stays as it is, at least 1: a web address, a date, digits that are no number, or a byte. */
static size_t
kept_length(const char *s, size_t i, bool in_word)
{
	size_t length = in_word ? 0 : url_length(s + i);

	if (length == 0 && ascii_is_digit(s[i]))
	{
		length = in_word ? 0 : date_length(s + i);
		/* digits are passed over whole, so that no part of them is taken for a number */
		if (length == 0)
			length = strspn(s + i, "0123456789");
	}
	return length == 0 ? 1 : length;
}

/* Length of the markup at s: a tag, or a script or style sheet as a whole; 0: none. */
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

/* Of a page it is the text in which digits are somebody's number; in its markup, and in JSON, only what is announced as one. */
static const char *
redact(Arena *arena, const char *s, bool page)
{
	size_t markup_end = page && s[strspn(s, " \t\r\n")] == '{' ? strlen(s) : 0;
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
		bool in_word = goes_on(s, i, copied);

		if (page && i >= markup_end)
			markup_end = i + markup_length(s + i);
		if (s[i] == '@')
		{
			length = email_length(s, i, copied, &before);
			mark = "[e-mail]";
		}
		else if (!in_word && (s[i] == '+' || s[i] == '(' || ascii_is_digit(s[i])) &&
				 (i >= markup_end || is_announced(s, i)))
			length = telephone_length(s, i);
		if (length == 0)
		{
			i += kept_length(s, i, in_word);
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

/* What went may have been all that made what stood beside it no number: again, until nothing is found. */
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
