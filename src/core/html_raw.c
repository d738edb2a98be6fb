/*
 * html_raw.c: content in which '<' begins no tag but the end tag of its element: titles, scripts, styles.
 */
#include "core/html_internal.h"

#include <string.h>

#include "core/ascii.h"

/* Whether so a name stands at s, in any case, and behind it what ends a tag's name. */
static bool
is_name(const char *s, const char *end, const char *name)
{
	size_t len = strlen(name);

	return (size_t) (end - s) > len && ascii_equal_nocase(s, name, len) &&
		   (html_is_space(s[len]) || s[len] == '/' || s[len] == '>');
}

static bool
is_end_tag(const char *s, const char *end, const char *name)
{
	return end - s > 2 && s[0] == '<' && s[1] == '/' && is_name(s + 2, end, name);
}

static const char *
find(const char *s, const char *end, char c)
{
	const char *found = memchr(s, c, (size_t) (end - s));

	return found == NULL ? end : found;
}

/* The end tag of an element in which nothing else counts; end: there is none. */
static const char *
find_end_tag(const char *s, const char *end, const char *name)
{
	for (s = find(s, end, '<'); s < end && !is_end_tag(s, end, name); s = find(s + 1, end, '<'))
		;
	return s;
}

/*
 * The end tag of a script, from a place outside of any comment in it; end: there is none. Within a comment a further script's start tag hides
 * the next end tag.
 */
static const char *
find_script_end(const char *s, const char *end, const char *name)
{
	enum
	{
		PLAIN,
		ESCAPED,
		DOUBLE_ESCAPED
	} state = PLAIN;
	int dashes = 0; /* just before s, within a comment */

	for (; s < end; s++)
	{
		if (state != DOUBLE_ESCAPED && is_end_tag(s, end, name))
			return s;
		if (state == DOUBLE_ESCAPED && is_end_tag(s, end, "script"))
			state = ESCAPED;
		else if (*s == '<' && state == ESCAPED && is_name(s + 1, end, "script"))
			state = DOUBLE_ESCAPED;
		else if (state == PLAIN && end - s > 3 && memcmp(s, "<!--", 4) == 0)
		{
			state = ESCAPED;
			dashes = 2;
			s += 3;
			continue;
		}
		else if (*s == '>' && dashes >= 2)
			state = PLAIN;
		dashes = *s == '-' ? dashes + 1 : 0;
	}
	return end;
}

/* The end of the text from here on. */
static const char *
find_end(const Tokenizer *tokenizer)
{
	const char *s = tokenizer->at;
	const char *end = tokenizer->end;

	switch (tokenizer->content)
	{
		case CONTENT_PLAINTEXT:
			return end;
		case CONTENT_SCRIPT:
			return find_script_end(s, end, tokenizer->raw_name);
		case CONTENT_RCDATA:
			s += *s == '&';
			while (s < end && *s != '&' && !is_end_tag(s, end, tokenizer->raw_name))
				s++;
			return s;
		default:
			return find_end_tag(s, end, tokenizer->raw_name);
	}
}

bool
html_raw_text_token(Tokenizer *tokenizer, Token *token)
{
	const char *s = tokenizer->at;

	if (tokenizer->content == CONTENT_RCDATA && *s == '&' && html_reference_token(tokenizer, token))
		return true;
	tokenizer->at = find_end(tokenizer);
	*token = (Token){.kind = TOKEN_TEXT, .text = s, .len = (size_t) (tokenizer->at - s)};
	return token->len > 0;
}
