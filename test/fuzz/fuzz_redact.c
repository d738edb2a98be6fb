/*
 * fuzz_redact.c: no e-mail address and no number written internationally is left, and without
 * addresses there is nothing left to do the second time.
 */
#include <string.h>

#include "base/text.h"
#include "page/redact.h"
#include "fuzz.h"

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Whether the '@' at s + at has an address around it, such as no one could take for anything else:
 * letters, digits and dots. */
static bool
is_address(const char *s, size_t at)
{
	const char *label = s + at + 1;
	bool dot = false;

	if (at == 0 || !is_alnum(s[at - 1]))
		return false;
	for (;;)
	{
		size_t len = 0;

		while (is_alnum(label[len]))
			len++;
		if (len == 0)
			return false;
		if (dot && len >= 2)
			return true;
		if (label[len] != '.')
			return false;
		dot = true;
		label += len + 1;
	}
}

/* Whether the '+' at s + at begins a number of 7 to 15 digits in a row. */
static bool
is_number(const char *s, size_t at)
{
	size_t digits = strspn(s + at + 1, "0123456789");

	return digits >= 7 && digits <= 15 && (at == 0 || (!is_alnum(s[at - 1]) && s[at - 1] != '+')) &&
		   s[at + 1 + digits] != ':';
}

static void
check_none_left(const char *s, bool numbers)
{
	for (size_t i = 0; s[i] != '\0'; i++)
	{
		fuzz_check(s[i] != '@' || !is_address(s, i));
		fuzz_check(s[i] != '+' || !numbers || !is_number(s, i));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena *arena = fuzz_arena();
	FuzzInput input = fuzz_input(data, size);
	const char *s = fuzz_utf8_rest(&input, arena);
	const char *text = redact_personal_data(arena, s);
	const char *page = redact_page(arena, s);

	fuzz_check(fuzz_is_utf8(text, strlen(text)) && fuzz_is_utf8(page, strlen(page)));
	/* numbers within web addresses stay */
	check_none_left(text, strstr(s, "://") == NULL);
	check_none_left(page, false);
	/* an address may take a tag's name with it, or what made digits before it an hour: then there
	 * is more to do */
	if (strchr(s, '@') == NULL)
	{
		fuzz_check(redact_personal_data(arena, text) == text);
		fuzz_check(redact_page(arena, page) == page);
	}
	/* digits, "@", brackets, the spaces around a spelled address, or the key of an encoded one */
	fuzz_check(strpbrk(s, "@0123456789([{ #=%") != NULL || (text == s && page == s));
	return 0;
}
