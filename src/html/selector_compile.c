/*
 * selector_compile.c: compiles the text of a selector. selector_match.c does the matching.
 */
#include "html/selector_compile.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/text.h"

#define MAX_NESTING 8
#define MAX_LENGTH 4096

typedef struct Parser
{
	Arena *arena;
	const char *start;
	const char *at;
	int nesting;
	bool failed;
	SelectorError *error;
} Parser;

static Selector *parse_list(Parser *parser, bool relative);

static void __attribute__((format(printf, 2, 3))) fail(Parser *parser, const char *format, ...)
{
	va_list args;

	if (parser->failed)
		return;
	parser->failed = true;
	parser->error->position = (int) (parser->at - parser->start);
	va_start(args, format);
	vsnprintf(parser->error->message, sizeof(parser->error->message), format, args);
	va_end(args);
}

/* Names the whole character at the position, which can have several bytes. */
static void
fail_at_character(Parser *parser)
{
	fail(parser, "unexpected character '%s'", text_truncate(parser->arena, parser->at, 1));
}

static bool
is_name_byte(char c)
{
	return ascii_is_alnum(c) || c == '-' || c == '_' || (unsigned char) c >= 0x80 || c == '\\';
}

static void
skip_space(Parser *parser)
{
	parser->at += strspn(parser->at, " \t\r\n\f");
}

/* Reads an escape (CSS Syntax 3, 4.3.7) after its backslash and appends it as UTF-8. */
static void
parse_escape(Parser *parser, TextBuffer *out)
{
	unsigned code = 0;
	char character[4];
	int digits = 0;

	if (ascii_hex_value(*parser->at) < 0)
	{
		if (*parser->at == '\0' || *parser->at == '\n')
			fail(parser, "expected a character after '\\'");
		else
			buffer_putc(out, *parser->at++);
		return;
	}
	for (; digits < 6 && ascii_hex_value(*parser->at) >= 0; digits++)
		code = code * 16 + (unsigned) ascii_hex_value(*parser->at++);
	if (*parser->at != '\0' && strchr(" \t\r\n\f", *parser->at) != NULL)
		parser->at++;
	buffer_append(out, character, text_encode(code, character));
}

static const char *
parse_name(Parser *parser, const char *after)
{
	TextBuffer out;

	if (!is_name_byte(*parser->at) || ascii_is_digit(*parser->at) ||
		(*parser->at == '-' && ascii_is_digit(parser->at[1])))
	{
		fail(parser, "expected a name %s", after);
		return "";
	}
	buffer_init(&out, parser->arena);
	while (is_name_byte(*parser->at) && !parser->failed)
	{
		if (*parser->at == '\\')
		{
			parser->at++;
			parse_escape(parser, &out);
		}
		else
			buffer_putc(&out, *parser->at++);
	}
	return out.data;
}

static const char *
parse_string(Parser *parser)
{
	char quote = *parser->at;
	TextBuffer out;

	if (quote != '"' && quote != '\'')
		return parse_name(parser, "or a string after the operator");
	parser->at++;
	buffer_init(&out, parser->arena);
	while (*parser->at != quote && !parser->failed)
	{
		if (*parser->at == '\0' || *parser->at == '\n')
			fail(parser, "the string has no end");
		else if (*parser->at == '\\')
		{
			parser->at++;
			parse_escape(parser, &out);
		}
		else
			buffer_putc(&out, *parser->at++);
	}
	if (!parser->failed)
		parser->at++;
	return out.data;
}

static const char *
lower(Parser *parser, const char *name)
{
	char *copy = arena_strdup(parser->arena, name);

	ascii_lower_all(copy);
	return copy;
}

static void
parse_attribute(Parser *parser, Simple *simple)
{
	simple->kind = SIMPLE_ATTRIBUTE;
	skip_space(parser);
	simple->name = lower(parser, parse_name(parser, "after '['"));
	skip_space(parser);
	if (*parser->at != ']')
	{
		simple->op = *parser->at;
		if (simple->op != '=' &&
			(simple->op == '\0' || strchr("~|^$*", simple->op) == NULL || *++parser->at != '='))
		{
			fail(parser, "expected ']' or one of =, ~=, |=, ^=, $=, *=");
			return;
		}
		parser->at++;
		skip_space(parser);
		simple->value = parse_string(parser);
		simple->length = strlen(simple->value);
		skip_space(parser);
		if (strchr("iIsS", *parser->at) != NULL && *parser->at != '\0')
		{
			simple->ignore_case = ascii_lower(*parser->at++) == 'i';
			skip_space(parser);
		}
	}
	if (*parser->at != ']')
		fail(parser, "expected ']'");
	else
		parser->at++;
}

static bool
parse_int(Parser *parser, int *value)
{
	char *end;
	long number = strtol(parser->at, &end, 10);

	if (end == parser->at || number < -100000 || number > 100000)
		return false;
	parser->at = end;
	*value = (int) number;
	return true;
}

/* an+b, odd, even (Selectors 4, 14.4; CSS Syntax 3, 6) */
static void
parse_nth(Parser *parser, Simple *simple)
{
	simple->kind = SIMPLE_NTH_CHILD;
	skip_space(parser);
	if (ascii_equal_nocase(parser->at, "odd", 3) || ascii_equal_nocase(parser->at, "even", 4))
	{
		simple->a = 2;
		simple->b = ascii_lower(*parser->at) == 'o';
		parser->at += simple->b ? 3 : 4;
	}
	else
	{
		int sign = *parser->at == '-' ? -1 : 1;
		const char *unsigned_part = parser->at + (*parser->at == '-' || *parser->at == '+');

		if (ascii_lower(*unsigned_part) == 'n')
		{
			simple->a = sign;
			parser->at = unsigned_part;
		}
		else if (!parse_int(parser, &simple->a))
		{
			fail(parser, "expected an+b, odd or even");
			return;
		}
		if (ascii_lower(*parser->at) != 'n')
		{
			simple->b = simple->a;
			simple->a = 0;
		}
		else
		{
			parser->at++;
			skip_space(parser);
			if (*parser->at == '+' || *parser->at == '-')
			{
				sign = *parser->at++ == '-' ? -1 : 1;
				skip_space(parser);
				if (!ascii_is_digit(*parser->at) || !parse_int(parser, &simple->b))
					fail(parser, "expected a number");
				simple->b *= sign;
			}
		}
	}
	skip_space(parser);
}

static void
parse_pseudo(Parser *parser, Simple *simple)
{
	const char *start = parser->at;
	const char *name = lower(parser, parse_name(parser, "after ':'"));

	if (parser->failed)
		return;
	if (strcmp(name, "first-child") == 0)
	{
		simple->kind = SIMPLE_NTH_CHILD;
		simple->b = 1;
		return;
	}
	if (strcmp(name, "last-child") == 0 || strcmp(name, "empty") == 0)
	{
		simple->kind = *name == 'l' ? SIMPLE_LAST_CHILD : SIMPLE_EMPTY;
		return;
	}
	if (strcmp(name, "not") != 0 && strcmp(name, "is") != 0 && strcmp(name, "has") != 0 &&
		strcmp(name, "nth-child") != 0)
	{
		parser->at = start;
		fail(parser, "unknown pseudo-class \":%s\"", text_truncate(parser->arena, name, 30));
		return;
	}
	if (*parser->at != '(')
	{
		fail(parser, "expected '(' after \":%s\"", name);
		return;
	}
	parser->at++;
	if (*name == 'n' && name[1] == 't')
		parse_nth(parser, simple);
	else if (++parser->nesting > MAX_NESTING)
		fail(parser, "nested deeper than %d", MAX_NESTING);
	else
	{
		simple->kind = *name == 'n' ? SIMPLE_NOT : *name == 'i' ? SIMPLE_IS : SIMPLE_HAS;
		simple->list = parse_list(parser, simple->kind == SIMPLE_HAS);
		parser->nesting--;
	}
	if (*parser->at != ')')
		fail(parser, "expected ')'");
	else
		parser->at++;
}

/* Parses one simple selector; NULL if there is none. */
static Simple *
parse_simple(Parser *parser, bool first)
{
	char c = *parser->at;
	Simple *simple;

	if (c == '\0' || (!(first && (c == '*' || is_name_byte(c))) && strchr(".#[:", c) == NULL))
		return NULL;
	simple = arena_alloc(parser->arena, sizeof(Simple));
	if (strchr(".#[:*", c) != NULL)
		parser->at++;
	switch (c)
	{
		case '.':
			simple->kind = SIMPLE_CLASS;
			simple->name = parse_name(parser, "after '.'");
			simple->length = strlen(simple->name);
			break;
		case '#':
			simple->kind = SIMPLE_ID;
			simple->name = parse_name(parser, "after '#'");
			break;
		case '[':
			parse_attribute(parser, simple);
			break;
		case ':':
			parse_pseudo(parser, simple);
			break;
		case '*':
			simple->kind = SIMPLE_TYPE;
			break;
		default:
			simple->kind = SIMPLE_TYPE;
			simple->name = lower(parser, parse_name(parser, "of an element"));
			break;
	}
	return simple;
}

static Compound *
parse_compound(Parser *parser)
{
	Compound *compound = arena_alloc(parser->arena, sizeof(Compound));
	Simple **end = &compound->simples;
	Simple *simple;

	while (!parser->failed && (simple = parse_simple(parser, compound->simples == NULL)) != NULL)
	{
		*end = simple;
		end = &simple->next;
	}
	if (compound->simples == NULL && !parser->failed)
	{
		if (*parser->at == '\0' || *parser->at == ')' || *parser->at == ',')
			fail(parser, "%s",
				 parser->at == parser->start ? "the selector is empty" : "expected a selector");
		else
			fail_at_character(parser);
	}
	return compound;
}

static Compound *
parse_complex(Parser *parser, bool relative)
{
	Compound *compound = NULL;
	char combinator = relative ? ' ' : '\0';

	skip_space(parser);
	if (relative && *parser->at != '\0' && strchr(">+~", *parser->at) != NULL)
		combinator = *parser->at++;
	while (!parser->failed)
	{
		Compound *next;
		bool space;

		skip_space(parser);
		next = parse_compound(parser);
		next->left = compound;
		next->combinator = combinator;
		compound = next;
		space = strspn(parser->at, " \t\r\n\f") > 0;
		skip_space(parser);
		if (*parser->at == '\0' || *parser->at == ',' || *parser->at == ')')
			break;
		if (strchr(">+~", *parser->at) != NULL)
			combinator = *parser->at++;
		else if (space)
			combinator = ' ';
		else
			fail_at_character(parser);
	}
	return compound;
}

static Selector *
parse_list(Parser *parser, bool relative)
{
	Selector *first = NULL;
	Selector **end = &first;

	do
	{
		Selector *selector = arena_alloc(parser->arena, sizeof(Selector));

		if (first != NULL)
			parser->at++;
		selector->rightmost = parse_complex(parser, relative);
		*end = selector;
		end = &selector->next;
	} while (*parser->at == ',' && !parser->failed);
	return first;
}

Selector *
selector_compile(Arena *arena, const char *selector, SelectorError *error)
{
	Parser parser = {.arena = arena, .start = selector, .at = selector, .error = error};
	Selector *compiled;

	if (strlen(selector) > MAX_LENGTH)
	{
		fail(&parser, "the selector is longer than %d bytes", MAX_LENGTH);
		return NULL;
	}
	skip_space(&parser);
	if (*parser.at == '\0')
	{
		fail(&parser, "the selector is empty");
		return NULL;
	}
	compiled = parse_list(&parser, false);
	if (!parser.failed && *parser.at != '\0')
		fail_at_character(&parser);
	return parser.failed ? NULL : compiled;
}
