/*
 * telephone.c: see telephone.h.
 */
#include "page/telephone.h"

#include <string.h>

#include "base/ascii.h"
#include "page/announce.h"
#include "page/digits.h"

#define MIN_DIGITS 7    /* of a number that is announced or written internationally */
#define MIN_LISTED 8    /* of one that follows another */
#define MIN_NATIONAL 10 /* of one that only begins with 0, including the zero */
#define MIN_WITH_00 11  /* of one that only begins with 00 */

/* What the groups of a number say. */
typedef struct Groups
{
	int count;
	int digits;
	int first;      /* digits of the first group */
	bool pairs;     /* all have two digits */
	bool thousands; /* all but the first have three */
	bool zeros;     /* the last is "000" */
	bool ascending; /* each is the one before plus one */
	bool years;     /* all are years */
	bool dots;      /* nothing but dots separates them */
	bool uniform;   /* the same separates all */
	char gap;       /* what separated the last two */
	int value;      /* of the last */
} Groups;

static void
add_group(Groups *groups, size_t width, int value, char gap)
{
	bool first = groups->count++ == 0;

	groups->digits += (int) width;
	if (first)
		*groups = (Groups){.count = 1,
						   .digits = (int) width,
						   .first = (int) width,
						   .pairs = true,
						   .thousands = width <= 3,
						   .ascending = true,
						   .years = true,
						   .dots = true,
						   .uniform = true};
	else
	{
		groups->thousands = groups->thousands && width == 3;
		groups->ascending = groups->ascending && value == groups->value + 1;
		groups->dots = groups->dots && gap == '.';
		groups->uniform = groups->uniform && (groups->count < 3 || gap == groups->gap);
		groups->gap = gap;
	}
	groups->pairs = groups->pairs && width == 2;
	groups->years = groups->years && is_year(width, value);
	groups->zeros = !first && width == 3 && value == 0;
	groups->value = value;
}

/*
 * Whether the digits before the colon are the hour of a time of day: one or two, with two digits
 * after it.
 */
static bool
ends_hour(const char *colon, size_t width)
{
	return width <= 2 && colon[0] == ':' && ascii_is_digit(colon[1]) && ascii_is_digit(colon[2]) &&
		   !ascii_is_digit(colon[3]);
}

/*
 * The length in bytes of a digit string that is written like a telephone number, from its first
 * digit to its last; *groups describes it.
 * If it is longer than a telephone number can be, it ends before a group that begins with 0,
 * because such a group begins another number. Without such a group it is not a number. But with
 * `surely` it is one, and ends at the maximum.
 */
static size_t
number_length(const char *s, bool surely, Groups *groups)
{
	int least = strncmp(s, "00", 2) == 0 ? MIN_WITH_00 : MIN_NATIONAL;
	size_t end = 0;
	size_t next = 0;
	size_t first_end = 0; /* end of the part before a group that may begin another number */
	Groups first_groups = {0};
	int slashes = 0;
	int others = 0;

	*groups = (Groups){0};
	for (;;)
	{
		int value;
		size_t width = group_length(s + next, &value);
		size_t gap;

		if (width == 0 || ends_hour(s + next + width, width) ||
			(next > 0 && is_full_date(s + next)))
			break;
		if (groups->digits >= least && s[next] == '0' && first_end == 0)
		{
			first_end = end;
			first_groups = *groups;
		}
		if (next > 0 && groups->digits + (int) width > MAX_DIGITS)
		{
			if (first_end > 0)
			{
				*groups = first_groups;
				return first_end;
			}
			groups->digits += surely ? 0 : (int) width;
			break;
		}
		add_group(groups, width, value, next == end + 1 ? s[end] : ' ');
		end = next + width;
		gap = gap_length(s + end, &slashes, &others);
		if (gap == 0)
			break;
		next = end + gap;
	}
	return end;
}

/*
 * Whether the digits at s + at end a code such as "KA210-VET-000081592": after a hyphen and capital
 * letters.
 */
static bool
ends_code(const char *s, size_t at)
{
	size_t begin = at - 1;
	bool letter = false;

	if (at == 0 || strchr("-_/", s[begin]) == NULL)
		return false;
	while (begin > 0 && at - begin < FOLDED_WORD &&
		   (ascii_is_digit(s[begin - 1]) || (s[begin - 1] >= 'A' && s[begin - 1] <= 'Z')))
	{
		begin--;
		letter = letter || !ascii_is_digit(s[begin]);
	}
	return letter && (begin == 0 || !is_letter_byte(s, begin - 1));
}

/* Whether digits that nothing announces are written as a national telephone number. */
static bool
is_national(const char *digits, const Groups *groups)
{
	if (digits[0] != '0' || strncmp(digits, "000", 3) == 0 || is_time_with_dot(digits) ||
		is_decimal(digits))
		return false;
	if (groups->count > 1 &&
		(groups->ascending || (groups->pairs && (groups->count != 5 || !groups->uniform))))
		return false;
	return groups->digits >= (digits[1] == '0' ? MIN_WITH_00 : MIN_NATIONAL);
}

/* Whether a number after a "+" is a figure: "+1.250.000", "+51.476852, -0.0005". */
static bool
is_signed_figure(const char *digits, size_t length, const Groups *groups)
{
	if (groups->count > 1 && groups->thousands && groups->digits <= (groups->dots ? 9 : 8))
		return true;
	return groups->count == 2 && groups->dots && groups->first <= 3 &&
		   begins_coordinate(digits + length);
}

/* Whether an announced number is none after all: years, or "10 000 000". */
static bool
is_announced_figure(const Groups *groups)
{
	return groups->years || (groups->thousands && groups->zeros && groups->digits <= 8);
}

bool
is_after_encoded_plus(const char *s, size_t at)
{
	return at >= 3 && ascii_equal_nocase(s + at - 3, "%2b", 3);
}

/*
 * Length of what begins a number at p before its first digit: "+", "(", "(+", "+ ". *international:
 * it is written with a "+".
 */
static size_t
prefix_length(const char *p, bool *international)
{
	size_t first = 0;

	for (; first < 2 && (p[first] == '(' || p[first] == '+'); first++)
		*international = *international || p[first] == '+';
	if (first > 0 && p[first - 1] == '+' && p[first] == ' ')
		first++;
	return first;
}

size_t
telephone_length(const char *s, size_t at, bool text, bool listed)
{
	bool international = is_after_encoded_plus(s, at);
	size_t first = prefix_length(s + at, &international);
	const char *digits = s + at + first;
	Announcement announcement;
	bool surely;
	Groups groups;
	size_t length;

	if (!ascii_is_digit(*digits) || (!international && date_length(digits, ".-/ ") > 0))
		return 0;
	number_length(digits, false, &groups);
	if (groups.digits < MIN_DIGITS)
		return 0;
	announcement = announcement_before(s, at);
	surely = international || announcement == ANNOUNCED_TELEPHONE;
	if (!text && announcement != ANNOUNCED_TELEPHONE && !is_after_encoded_plus(s, at))
		return 0;
	length = number_length(digits, surely, &groups);
	if (groups.digits < MIN_DIGITS || groups.digits > MAX_DIGITS)
		return 0;
	if (international)
	{
		/* a space after the sign is rare in numbers, and usual in sums */
		bool spaced = first > 0 && digits[-1] == ' ';

		if (announcement != ANNOUNCED_TELEPHONE &&
			(is_signed_figure(digits, length, &groups) ||
			 (spaced && (groups.digits < MIN_NATIONAL || groups.count < 2))))
			return 0;
		return first + length;
	}
	if (announcement == ANNOUNCED_TELEPHONE)
		return is_announced_figure(&groups) ? 0 : first + length;
	if (announcement == ANNOUNCED_OTHER || ends_code(s, at))
		return 0;
	if (groups.digits >= MIN_LISTED && !groups.zeros &&
		(listed || announcement == ANNOUNCED_PERSON || announcement_after(digits + length)))
		return first + length;
	return is_national(digits, &groups) ? first + length : 0;
}

bool
joins_numbers(const char *s, size_t len)
{
	static const char *const words[] = {"",   "or", "and",   "oder", "und", "ou",   "et",   "o",
										"e",  "y",  "i",     "lub",  "ili", "veya", "ve",   "sau",
										"of", "en", "eller", "och",  "og",  "tai",  "vagy", "nebo",
										"és", "si", "ή",     "και",  "или", "или",  NULL};
	char word[FOLDED_WORD];
	bool sign = false;

	for (; len > 0 && strchr(" ,;/&|", *s) != NULL; s++, len--)
		sign = sign || *s != ' ';
	while (len > 0 && s[len - 1] == ' ')
		len--;
	if (len >= FOLDED_WORD)
		return false;
	fold_word(s, len, word);
	return (sign || len > 0) && is_one_of(word, words);
}

/* Whether a number begins at url + at, within a web address that holds one: wa.me/34..., ?tel= */
static bool
begins_number(const char *url, size_t at)
{
	static const char *const keys[] = {"//wa.me/", "phone=",    "?tel=",  "&tel=",
									   "mobile=",  "whatsapp=", "/send/", "telefono="};
	size_t end = at;

	if (!ascii_is_digit(url[at]) && url[at] != '+')
		return false;
	if (is_after_encoded_plus(url, at))
		end -= 3;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
	{
		size_t len = strlen(keys[i]);

		if (end >= len && ascii_equal_nocase(url + end - len, keys[i], len))
			return true;
	}
	return false;
}

/* Length of the web address at s, up to an '@' or a telephone number in it; 0 if there is none. */
static size_t
url_length(const char *s)
{
	size_t scheme = ascii_equal_nocase(s, "https://", 8)  ? 8
					: ascii_equal_nocase(s, "http://", 7) ? 7
														  : 0;
	size_t len = scheme;

	if (scheme == 0)
		return 0;
	while (s[len] != '\0' && strchr(" \t\r\n\"'<>@", s[len]) == NULL &&
		   strncmp(s + len, "%40", 3) != 0 && !begins_number(s, len) &&
		   (s[len] != '#' || len < 16 || !ascii_equal_nocase(s + len - 16, "email-protection", 16)))
		len++;
	/* the key before an encoded address is kept, too */
	return s[len] == '#' ? len + 1 : len;
}

size_t
whole_length(const char *s)
{
	size_t length = s[0] == 'h' || s[0] == 'H' ? url_length(s) : 0;

	if (length == 0 && ascii_is_letter(s[0]))
		length = iban_length(s);
	return length == 0 && ascii_is_digit(s[0]) ? date_length(s, ".-/") : length;
}
