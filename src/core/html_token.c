/*
 * html_token.c: from bytes to tokens: text, tags and their attributes. What holds no tags is in html_raw.c, "<!..." in html_doctype.c.
 */
#include "core/html_internal.h"

#include <string.h>

#include "core/ascii.h"

const char html_too_many_attributes[] = "a tag has more than 256 attributes";

#define HTML_TAG_INFO(name, constant, flags, start, end) {name, flags, start, end},

const TagInfo html_tags[TAG_COUNT] = {{"", 0, BODY_OTHER, BODY_OTHER}, HTML_TAGS(HTML_TAG_INFO)};

static Tag
find_tag(const char *name)
{
	int low = 1;
	int high = TAG_COUNT - 1;

	while (low <= high)
	{
		int middle = (low + high) / 2;
		int order = strcmp(name, html_tags[middle].name);

		if (order == 0)
			return (Tag) middle;
		if (order < 0)
			high = middle - 1;
		else
			low = middle + 1;
	}
	return TAG_NONE;
}

/* The eight bytes at s as a number. */
static uint64_t
pack_eight(const char *s)
{
	uint64_t packed;

	memcpy(&packed, s, sizeof(packed));
	return packed;
}

/* A number that no other text of the same length has, which is one to seven bytes. */
static uint64_t
pack_fewer(const char *s, size_t len)
{
	uint32_t head;
	uint32_t tail;

	if (len < 4)
		return (uint64_t) (unsigned char) s[0] << 16 | (uint64_t) (unsigned char) s[len / 2] << 8 |
			   (unsigned char) s[len - 1];
	memcpy(&head, s, sizeof(head));
	memcpy(&tail, s + len - 4, sizeof(tail));
	return (uint64_t) head << 32 | tail;
}

/* The name, in lower case and in the arena: few are many times on a page, and most are written as they were before. */
static const Name *
keep_name(Tokenizer *tokenizer, const char *s, size_t len)
{
	uint64_t first = len < 8 ? pack_fewer(s, len) : pack_eight(s);
	uint64_t last = len < 8 ? 0 : pack_eight(s + len - 8);
	/* multiplicative hashing by the golden ratio: Knuth, The Art of Computer Programming, 6.4 */
	uint64_t hash = (first ^ last << 5 ^ len) * UINT64_C(0x9E3779B97F4A7C15);
	Name *known = &tokenizer->names[hash >> (64 - HTML_NAME_BITS)];

	if (known->len != len || known->first != first || known->last != last ||
		(len > 16 && memcmp(known->written + 8, s + 8, len - 16) != 0))
	{
		char *copy = arena_strndup(tokenizer->arena, s, len);

		ascii_lower_all(copy);
		*known = (Name){copy, s, len, first, last, find_tag(copy)};
	}
	return known;
}

/* What ends a name or a value. */
enum
{
	END = 1, /* all */
	SLASH = 2,
	EQUALS = 4
};

static const unsigned char ends[256] = {
	[' '] = END, ['\t'] = END,  ['\n'] = END,   ['\f'] = END,
	['>'] = END, ['/'] = SLASH, ['='] = EQUALS,
};

static const char *
scan_to(const Tokenizer *tokenizer, const char *s, unsigned what)
{
	while (s < tokenizer->end && (ends[(unsigned char) *s] & what) == 0)
		s++;
	return s;
}

/* The attribute with a value that holds character references. None grows by more than "&nGt;" does, of which 5 bytes become 6. */
static HtmlAttribute *
decode_value(Arena *arena, const char *s, const char *end)
{
	size_t most = (size_t) (end - s) / 5 * 6 + 5;
	HtmlAttribute *attribute = arena_alloc(arena, sizeof(HtmlAttribute) + most);
	char *to = (char *) (attribute + 1);

	attribute->value = to;
	while (s < end)
	{
		char decoded[8];
		size_t len;
		const char *behind = *s == '&' ? html_reference(s, end, true, decoded, &len) : s;

		if (behind > s)
			memcpy(to, decoded, len);
		else
		{
			behind = memchr(s + 1, '&', (size_t) (end - s - 1));
			behind = behind == NULL ? end : behind;
			len = (size_t) (behind - s);
			memcpy(to, s, len);
		}
		to += len;
		s = behind;
	}
	return attribute;
}

/* A new attribute with such a value, without a name. */
static HtmlAttribute *
make_attribute(Arena *arena, const char *s, const char *end)
{
	size_t len = (size_t) (end - s);
	HtmlAttribute *attribute;

	if (memchr(s, '&', len) != NULL)
		return decode_value(arena, s, end);
	attribute = arena_alloc(arena, sizeof(HtmlAttribute) + len + 1);
	memcpy(attribute + 1, s, len);
	attribute->value = (char *) (attribute + 1);
	return attribute;
}

/* Goes over "= value", which may be missing: *start to *end. Where the page ends within it, it goes there. */
static void
scan_value(Tokenizer *tokenizer, const char **start, const char **end)
{
	char quote;

	*start = *end = tokenizer->at;
	html_skip_space(tokenizer);
	if (tokenizer->at == tokenizer->end || *tokenizer->at != '=')
		return;
	tokenizer->at++;
	html_skip_space(tokenizer);
	*start = *end = tokenizer->at;
	if (tokenizer->at == tokenizer->end)
		return;
	quote = *tokenizer->at;
	if (quote != '"' && quote != '\'')
	{
		*end = tokenizer->at = scan_to(tokenizer, *start, END);
		return;
	}
	*start += 1;
	*end = memchr(*start, quote, (size_t) (tokenizer->end - *start));
	if (*end == NULL)
		*end = tokenizer->end;
	tokenizer->at = *end == tokenizer->end ? *end : *end + 1;
}

static bool
has_attribute(const HtmlAttribute *attributes, const char *name)
{
	for (; attributes != NULL; attributes = attributes->next)
	{
		if (attributes->name == name ||
			(*attributes->name == *name && strcmp(attributes->name, name) == 0))
			return true;
	}
	return false;
}

/* The attribute at hand, behind those that there are: *place; of a name that there is it is nothing. */
static void
read_attribute(Tokenizer *tokenizer, Token *token, HtmlAttribute ***place)
{
	const char *name = tokenizer->at;
	size_t len;
	const char *value;
	const char *value_end;
	const char *kept;

	tokenizer->at = scan_to(tokenizer, name + 1, END | SLASH | EQUALS);
	len = (size_t) (tokenizer->at - name);
	scan_value(tokenizer, &value, &value_end);
	if (token->kind != TOKEN_START)
		return;
	kept = keep_name(tokenizer, name, len)->text;
	if (has_attribute(token->attributes, kept))
		return;
	**place = make_attribute(tokenizer->arena, value, value_end);
	(**place)->name = kept;
	*place = &(**place)->next;
}

/* The attributes of a tag, up to '>' and over it; those of an end tag are nobody's. false: the page ends before, or can't be read on. */
static bool
read_attributes(Tokenizer *tokenizer, Token *token)
{
	HtmlAttribute **place = &token->attributes;
	int count = 0;

	for (;;)
	{
		const char *s;

		html_skip_space(tokenizer);
		s = tokenizer->at;
		if (s == tokenizer->end)
			return false;
		token->self_closing = *s == '/' && s + 1 < tokenizer->end && s[1] == '>';
		if (*s == '>' || token->self_closing)
		{
			tokenizer->at += token->self_closing ? 2 : 1;
			return true;
		}
		if (*s == '/')
			tokenizer->at++;
		else if (++count > HTML_MAX_ATTRIBUTES)
		{
			tokenizer->problem = html_too_many_attributes;
			return false;
		}
		else
			read_attribute(tokenizer, token, &place);
	}
}

/* A tag, with its name at hand; false: the page ends before it does. */
static bool
read_tag(Tokenizer *tokenizer, Token *token, TokenKind kind)
{
	const char *name = tokenizer->at;
	const char *end = scan_to(tokenizer, name, END | SLASH);
	const Name *kept = keep_name(tokenizer, name, (size_t) (end - name));

	*token = (Token){.kind = kind, .name = kept->text, .tag = kept->tag};
	tokenizer->at = end;
	return read_attributes(tokenizer, token);
}

static void
read_text(Tokenizer *tokenizer, Token *token, const char *end)
{
	*token =
		(Token){.kind = TOKEN_TEXT, .text = tokenizer->at, .len = (size_t) (end - tokenizer->at)};
	tokenizer->at = end;
}

/* Text from here on, and the first character is text whatever it is, but for a character reference. */
static void
read_data(Tokenizer *tokenizer, Token *token)
{
	const char *p = tokenizer->at;

	if (*p == '&' && html_reference_token(tokenizer, token))
		return;
	for (p++; p < tokenizer->end && *p != '<' && *p != '&'; p++)
		;
	read_text(tokenizer, token, p);
}

/* What is in <![CDATA[, up to its end; false: nothing is. */
static bool
read_cdata(Tokenizer *tokenizer, Token *token)
{
	size_t left = (size_t) (tokenizer->end - tokenizer->at);
	const char *end = memmem(tokenizer->at, left, "]]>", 3);
	bool is_empty = end == tokenizer->at;

	if (!is_empty)
		read_text(tokenizer, token, end == NULL ? tokenizer->end : end);
	if (end != NULL)
		tokenizer->at = end + 3;
	tokenizer->in_cdata = false;
	return !is_empty;
}

/* "<...": a token, with what belongs to it gone over; false: nothing came of it, not even text. */
static bool
read_markup(Tokenizer *tokenizer, Token *token)
{
	const char *p = tokenizer->at;
	size_t left = (size_t) (tokenizer->end - p);

	if (left > 1 && ascii_is_letter(p[1]))
	{
		tokenizer->at++;
		return read_tag(tokenizer, token, TOKEN_START);
	}
	if (left > 2 && p[1] == '/' && ascii_is_letter(p[2]))
	{
		tokenizer->at += 2;
		return read_tag(tokenizer, token, TOKEN_END);
	}
	if (left > 2 && p[1] == '/' && p[2] == '>')
	{
		tokenizer->at += 3;
		return false;
	}
	if (left == 2 && p[1] == '/')
		read_text(tokenizer, token, tokenizer->end);
	else if (tokenizer->is_foreign && left > 8 && memcmp(p, "<![CDATA[", 9) == 0)
	{
		tokenizer->at += 9;
		tokenizer->in_cdata = true;
		return false;
	}
	else if (left > 1 && (p[1] == '!' || p[1] == '?' || p[1] == '/'))
		html_declaration_token(tokenizer, token);
	else
		read_data(tokenizer, token);
	return true;
}

void
html_next_token(Tokenizer *tokenizer, Token *token)
{
	while (tokenizer->at < tokenizer->end && tokenizer->problem == NULL)
	{
		if (tokenizer->in_cdata)
		{
			if (read_cdata(tokenizer, token))
				return;
		}
		else if (tokenizer->content != CONTENT_DATA)
		{
			if (html_raw_text_token(tokenizer, token))
				return;
			tokenizer->content = CONTENT_DATA;
		}
		else if (*tokenizer->at != '<')
		{
			read_data(tokenizer, token);
			return;
		}
		else if (read_markup(tokenizer, token))
			return;
	}
	*token = (Token){.kind = TOKEN_EOF};
}
