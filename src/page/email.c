/*
 * email.c: see email.h. Each call reads a bounded number of bytes, but for the address itself.
 */
#include "page/email.h"

#include <string.h>

#include "base/ascii.h"
#include "page/announce.h"

#define MAX_PART 64   /* bytes of a spelled address on either side of its dots */
#define MAX_LABELS 4  /* on either side of "at" */
#define MIN_ENCODED 8 /* hexadecimal digits: a key and the shortest address */

static const char *const at_words[] = {"at",      "a",          "aet",   "arroba",  "arobase",
									   "arobas",  "chiocciola", "malpa", "zavinac", "kukac",
									   "snabela", "παπακι",     NULL};
static const char *const dot_words[] = {"dot",    "punto",  "punkt", "point", "ponto",
										"kropka", "tecka",  "bodka", "pont",  "nokta",
										"punt",   "τελεια", NULL};

static bool
is_local_byte(const char *s, size_t at)
{
	return is_letter_byte(s, at) || strchr("._%+-", s[at]) != NULL;
}

size_t
email_length(const char *s, size_t at, size_t floor, size_t *before)
{
	size_t begin = at;
	size_t end = at + (s[at] == '%' ? 3 : 1);
	size_t domain = end;
	size_t dot = 0;

	while (begin > floor && is_local_byte(s, begin - 1) &&
		   (begin < floor + 3 || memcmp(s + begin - 3, "%40", 3) != 0))
		begin--;
	if (begin == at && begin >= floor + 3 && memcmp(s + begin - 3, "%40", 3) == 0)
		begin -= 3;
	while (begin < at && (s[begin] == '.' || s[begin] == '-'))
		begin++;
	while (s[end] != '\0' && (is_letter_byte(s, end) || s[end] == '-' ||
							  (s[end] == '.' && is_letter_byte(s, end + 1))))
	{
		if (s[end] == '.')
			dot = end;
		end++;
	}
	/* a single letter after the last dot is not part of it: "me@x.org.I am" */
	while (dot > at && end - dot < 3)
	{
		end = dot;
		while (dot > at && (dot == end || s[dot] != '.'))
			dot--;
	}
	if (begin == at || dot <= domain)
		return 0;
	*before = at - begin;
	return end - begin;
}

/* Length of the letters at s, at most MAX_PART. */
static size_t
letters_length(const char *s, size_t at)
{
	size_t len = 0;

	while (len < MAX_PART && s[at + len] != '\0' && is_letter_byte(s, at + len))
		len++;
	return len;
}

/*
 * Length of a word of the list at s + at in brackets, such as "(at)", "[ dot ]" or "{@}"; 0 if
 * there is none.
 */
static size_t
bracketed_length(const char *s, size_t at, const char *const *words, char sign)
{
	static const char brackets[] = "([{)]}";
	const char *open = s[at] == '\0' ? NULL : strchr(brackets, s[at]);
	char word[FOLDED_WORD];
	size_t end = at + 1;
	size_t len;

	if (open == NULL || open >= brackets + 3)
		return 0;
	end += s[end] == ' ';
	len = letters_length(s, end);
	fold_word(s + end, len, word);
	if (len == 0 && s[end] == sign)
		end++;
	else if (is_one_of(word, words))
		end += len;
	else
		return 0;
	end += s[end] == ' ';
	return s[end] == open[3] ? end + 1 - at : 0;
}

/* Length of a word of the list at s + at, between spaces; *upper: in capital letters. */
static size_t
bare_length(const char *s, size_t at, const char *const *words, bool *upper)
{
	size_t len = letters_length(s, at);
	char word[FOLDED_WORD];

	if (len < 2 || at == 0 || s[at - 1] != ' ' || s[at + len] != ' ')
		return 0;
	*upper = s[at + 1] >= 'A' && s[at + 1] <= 'Z';
	if ((s[at] >= 'A' && s[at] <= 'Z') != *upper)
		return 0;
	fold_word(s + at, len, word);
	return is_one_of(word, words) ? len : 0;
}

/* How an address is spelled: with brackets, or with bare words in one case. */
typedef struct Spelling
{
	bool bare;
	bool upper;
} Spelling;

/* Length of the dot at s + at with the spaces around it; *spelled unless it is one. */
static size_t
dot_length(const char *s, size_t at, const Spelling *spelling, bool *spelled)
{
	size_t skip = s[at] == ' ' ? 1 : 0;
	size_t len;
	bool upper;

	if (s[at] == '.')
		return 1;
	len = bracketed_length(s, at + skip, dot_words, '.');
	if (len == 0 && skip == 1)
	{
		len = bare_length(s, at + 1, dot_words, &upper);
		if (len > 0 && spelling->bare && upper != spelling->upper)
			return 0;
	}
	if (len == 0)
		return 0;
	*spelled = true;
	return skip + len + (s[at + skip + len] == ' ' ? 1 : 0);
}

/* Whether the last label of a domain in bare words is a usual one: "the dot above" has none. */
static bool
is_top_label(const char *s, size_t len)
{
	static const char *const usual[] = {"com", "org", "net",    "edu",     "info",
										"int", "app", "social", "example", NULL};
	char label[FOLDED_WORD];

	fold_word(s, len, label);
	return len == 2 || is_one_of(label, usual);
}

/* Length of the domain at s + at with at least one dot; 0 if there is none. */
static size_t
domain_length(const char *s, size_t at, const Spelling *spelling)
{
	static const char *const articles[] = {"the", "a",   "this", "that", "each", "every", "your",
										   "our", "one", "a",    "an",   "no",   NULL};
	size_t end = at;
	size_t last = 0;
	bool spelled = false;
	char first[FOLDED_WORD];
	int labels = 0;

	for (size_t next = at; labels < MAX_LABELS;)
	{
		size_t len = 0;
		size_t dot;

		while (len < MAX_PART && s[next + len] != '\0' &&
			   (is_letter_byte(s, next + len) || s[next + len] == '-'))
			len++;
		/* no part of a character, where the label is longer */
		while (len > 0 && (s[next + len] & 0xc0) == 0x80)
			len--;
		if (len == 0 || (labels > 0 && len < 2))
			break;
		if (labels++ == 0)
			fold_word(s + next, len, first);
		last = next;
		end = next + len;
		dot = dot_length(s, end, spelling, &spelled);
		if (dot == 0)
			break;
		next = end + dot;
	}
	/* "at 22.00" is a time */
	if (labels < 2 || ascii_is_digit(s[last]))
		return 0;
	if (spelling->bare &&
		(!spelled || !is_top_label(s + last, end - last) || is_one_of(first, articles)))
		return 0;
	return end - at;
}

/* Length of the bracketed or bare dot that ends at s + end, with the spaces around it. */
static size_t
dot_before(const char *s, size_t end, size_t floor, const Spelling *spelling)
{
	size_t begin = end;

	/* a dot's word and brackets and spaces have at most 20 bytes */
	while (begin > floor && end - begin < 20)
	{
		bool spelled = false;

		begin--;
		if (s[begin] == ' ' || strchr("([{", s[begin]) != NULL)
		{
			size_t len = dot_length(s, begin, spelling, &spelled);

			if (spelled && begin + len == end)
				return begin > floor && s[begin] != ' ' && s[begin - 1] == ' ' ? len + 1 : len;
		}
	}
	return 0;
}

/* The beginning of the part before "at" that ends at s + end; end if there is none. */
static size_t
local_begin(const char *s, size_t end, size_t floor, const Spelling *spelling)
{
	size_t begin = end;

	for (int i = 0; i < MAX_LABELS; i++)
	{
		size_t part = begin;
		size_t dot;

		while (part > floor && begin - part < MAX_PART && is_local_byte(s, part - 1))
			part--;
		if (part == begin)
			return i == 0 ? end : begin;
		begin = part;
		dot = dot_before(s, begin, floor, spelling);
		if (dot == 0 || begin - dot <= floor || !is_local_byte(s, begin - dot - 1))
			break;
		begin -= dot;
	}
	while (begin < end && (s[begin] == '.' || s[begin] == '-' || (s[begin] & 0xc0) == 0x80))
		begin++;
	return begin;
}

size_t
spelled_email_length(const char *s, size_t at, size_t floor, size_t *before)
{
	Spelling spelling = {0};
	size_t len = bracketed_length(s, at, at_words, '@');
	size_t end = at;
	size_t begin;
	size_t domain;

	if (len == 0)
	{
		len = bare_length(s, at, at_words, &spelling.upper);
		spelling.bare = true;
	}
	if (len == 0)
		return 0;
	/* "(a)" is an "at" only within a word */
	if (!spelling.bare && len == 3 && s[at + 1] != '@' && (at == floor || s[at - 1] == ' '))
		return 0;
	if (end > floor && s[end - 1] == ' ')
		end--;
	begin = local_begin(s, end, floor, &spelling);
	len += s[at + len] == ' ' ? 1 : 0;
	domain = domain_length(s, at + len, &spelling);
	if (begin == end || domain == 0)
		return 0;
	*before = at - begin;
	return at + len + domain - begin;
}

size_t
encoded_email_length(const char *s, size_t at)
{
	static const char *const keys[] = {"email-protection#", "data-cfemail="};
	size_t end = at;
	size_t len = 0;

	while (end > 0 && at - end < 2 && strchr("\"'\\", s[end - 1]) != NULL)
		end--;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
	{
		size_t width = strlen(keys[i]);

		if (end < width || !ascii_equal_nocase(s + end - width, keys[i], width))
			continue;
		while (ascii_hex_value(s[at + len]) >= 0)
			len++;
		return len < MIN_ENCODED ? 0 : len;
	}
	return 0;
}
