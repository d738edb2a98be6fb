/*
 * html_tree.c: from tokens to a tree, by the insertion mode that is set.
 */
#include "core/html_internal.h"

#include <string.h>

static bool
text_only(Parser *parser, Token *token)
{
	if (token->kind == TOKEN_TEXT)
	{
		html_insert_text(parser, token->text, token->len);
		return true;
	}
	html_pop(parser);
	parser->mode = parser->original_mode;
	return token->kind == TOKEN_END;
}

bool
html_process_by_mode(Parser *parser, Token *token)
{
	static bool (*const rules[])(Parser *, Token *) = {
		[MODE_INITIAL] = html_initial,
		[MODE_BEFORE_HTML] = html_before_html,
		[MODE_BEFORE_HEAD] = html_before_head,
		[MODE_IN_HEAD] = html_in_head,
		[MODE_IN_HEAD_NOSCRIPT] = html_in_head_noscript,
		[MODE_AFTER_HEAD] = html_after_head,
		[MODE_IN_BODY] = html_in_body,
		[MODE_TEXT] = text_only,
		[MODE_IN_TABLE] = html_in_table,
		[MODE_IN_TABLE_TEXT] = html_in_table_text,
		[MODE_IN_CAPTION] = html_in_caption,
		[MODE_IN_COLUMN_GROUP] = html_in_column_group,
		[MODE_IN_TABLE_BODY] = html_in_table_body,
		[MODE_IN_ROW] = html_in_row,
		[MODE_IN_CELL] = html_in_cell,
		[MODE_IN_TEMPLATE] = html_in_template,
		[MODE_AFTER_BODY] = html_after_body,
		[MODE_IN_FRAMESET] = html_in_frameset,
		[MODE_AFTER_FRAMESET] = html_in_frameset,
		[MODE_AFTER_AFTER_BODY] = html_after_body,
		[MODE_AFTER_AFTER_FRAMESET] = html_in_frameset,
	};

	return rules[parser->mode](parser, token);
}

/* The mode that fits an open element; MODE_INITIAL: it says nothing of that. */
static Mode
mode_of(const Parser *parser, const Element *element)
{
	switch (element->tag)
	{
		case TAG_TD:
		case TAG_TH:
			return MODE_IN_CELL;
		case TAG_TR:
			return MODE_IN_ROW;
		case TAG_TBODY:
		case TAG_THEAD:
		case TAG_TFOOT:
			return MODE_IN_TABLE_BODY;
		case TAG_CAPTION:
			return MODE_IN_CAPTION;
		case TAG_COLGROUP:
			return MODE_IN_COLUMN_GROUP;
		case TAG_TABLE:
			return MODE_IN_TABLE;
		case TAG_TEMPLATE:
			return parser->templates[parser->template_count - 1];
		case TAG_HEAD:
			return MODE_IN_HEAD;
		case TAG_BODY:
			return MODE_IN_BODY;
		case TAG_FRAMESET:
			return MODE_IN_FRAMESET;
		case TAG_HTML:
			return parser->head == NULL ? MODE_BEFORE_HEAD : MODE_AFTER_HEAD;
		default:
			return MODE_INITIAL;
	}
}

void
html_reset_mode(Parser *parser)
{
	parser->mode = MODE_INITIAL;
	for (int i = parser->depth - 1; i >= 0 && parser->mode == MODE_INITIAL; i--)
		parser->mode = mode_of(parser, parser->stack[i]);
}

static void
process(Parser *parser, Token *token)
{
	bool done = false;

	while (!done && parser->problem == NULL)
	{
		if (parser->depth > 0 && html_current(parser)->ns != NS_HTML &&
			html_is_foreign(parser, token))
			done = html_in_foreign(parser, token);
		else
			done = html_process_by_mode(parser, token);
	}
}

/* Whether white space is another matter than other text. */
static bool
tells_space_apart(const Parser *parser)
{
	switch (parser->mode)
	{
		case MODE_IN_BODY:
		case MODE_TEXT:
		case MODE_IN_TABLE:
		case MODE_IN_TABLE_TEXT:
		case MODE_IN_CAPTION:
		case MODE_IN_TABLE_BODY:
		case MODE_IN_ROW:
		case MODE_IN_CELL:
		case MODE_IN_TEMPLATE:
			return false;
		default:
			return true;
	}
}

/* White space and other text apart from each other where that matters. */
static void
process_text(Parser *parser, const Token *token)
{
	const char *s = token->text;
	const char *end = s + token->len;

	if (parser->skip_newline && *s == '\n')
		s++;
	parser->skip_newline = false;
	while (s < end)
	{
		bool is_blank = html_is_space(*s);
		const char *next = end;
		Token piece = {.kind = TOKEN_TEXT, .text = s};

		if (tells_space_apart(parser))
		{
			for (next = s + 1; next < end && html_is_space(*next) == is_blank; next++)
				;
		}
		piece.len = (size_t) (next - s);
		process(parser, &piece);
		s = next;
	}
}

static void
parse(Parser *parser)
{
	Token token;

	do
	{
		parser->tokenizer.is_foreign = parser->depth > 0 && html_current(parser)->ns != NS_HTML;
		html_next_token(&parser->tokenizer, &token);
		parser->problem = parser->tokenizer.problem;
		if (token.kind == TOKEN_TEXT)
			process_text(parser, &token);
		else
		{
			parser->skip_newline = false;
			process(parser, &token);
		}
	} while (token.kind != TOKEN_EOF && parser->problem == NULL);
}

/* The page with each line feed as one; *len becomes less. */
static const char *
normalize_newlines(Arena *arena, const char *utf8, size_t *len)
{
	const char *end = utf8 + *len;
	char *copy;
	char *to;

	if (memchr(utf8, '\r', *len) == NULL)
		return utf8;
	copy = to = arena_alloc(arena, *len);
	for (; utf8 < end; utf8++)
	{
		if (*utf8 != '\r')
			*to++ = *utf8;
		else if (utf8 + 1 == end || utf8[1] != '\n')
			*to++ = '\n';
	}
	*len = (size_t) (to - copy);
	return copy;
}

/* How deep the tree is, the document not counted. */
static int
depth_of(const HtmlNode *root)
{
	const HtmlNode *node = root;
	int depth = 1;
	int deepest = 1;

	for (;;)
	{
		deepest = depth > deepest ? depth : deepest;
		if (node->children != NULL)
		{
			node = node->children;
			depth++;
			continue;
		}
		while (node != root && node->next == NULL)
		{
			node = node->parent;
			depth--;
		}
		if (node == root)
			return deepest;
		node = node->next;
	}
}

HtmlNode *
html_parse(Arena *arena, const char *utf8, size_t len, const char **problem)
{
	Parser *parser = arena_alloc(arena, sizeof(Parser));

	utf8 = normalize_newlines(arena, utf8, &len);
	parser->arena = arena;
	parser->document = arena_alloc(arena, sizeof(HtmlNode));
	parser->frameset_ok = true;
	parser->tokenizer.arena = arena;
	parser->tokenizer.at = utf8;
	parser->tokenizer.end = utf8 + len;
	parse(parser);
	if (parser->problem == NULL && depth_of(parser->document->children) > HTML_MAX_DEPTH + 1)
		parser->problem = html_too_deep;
	*problem = parser->problem;
	return parser->document->children;
}
