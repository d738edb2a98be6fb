/*
 * html_table.c: the insertion modes of tables and their parts.
 */
#include "core/html_internal.h"

/* What a row, a group of rows, or a table as a whole may be left open within: templates and the root besides. */
static void
clear_to(Parser *parser, Tag one, Tag two, Tag three)
{
	for (;;)
	{
		Tag tag = html_current(parser)->tag;

		if (tag == one || tag == two || tag == three || tag == TAG_TEMPLATE || tag == TAG_HTML)
			return;
		html_pop(parser);
	}
}

static void
clear_to_table(Parser *parser)
{
	clear_to(parser, TAG_TABLE, TAG_TABLE, TAG_TABLE);
}

static void
clear_to_body(Parser *parser)
{
	clear_to(parser, TAG_TBODY, TAG_TFOOT, TAG_THEAD);
}

static bool
in_table_scope(const Parser *parser, Tag tag)
{
	return html_in_scope(parser, tag, TABLE_SCOPE);
}

static bool
is_rows(Tag tag)
{
	return tag == TAG_TBODY || tag == TAG_TFOOT || tag == TAG_THEAD;
}

static bool
is_cell(Tag tag)
{
	return tag == TAG_TD || tag == TAG_TH;
}

/* As in the body, but text and whatever else does not belong into a table goes before it. */
static bool
beside_table(Parser *parser, Token *token)
{
	bool done;

	parser->foster_parenting = true;
	done = html_in_body(parser, token);
	parser->foster_parenting = false;
	return done;
}

/* Ends the innermost table; false: there is none. */
static bool
end_table(Parser *parser)
{
	if (!in_table_scope(parser, TAG_TABLE))
		return false;
	html_pop_until(parser, TAG_TABLE);
	html_reset_mode(parser);
	return true;
}

/* Begins a part of a table, given or implied. */
static bool
begin_part(Parser *parser, const Token *token, Tag implied, Mode mode)
{
	clear_to_table(parser);
	if (token == NULL)
		html_insert_name(parser, implied);
	else
		html_insert(parser, token);
	parser->mode = mode;
	return token != NULL;
}

static bool
start_in_table(Parser *parser, Token *token)
{
	bool in_template = html_is_open(parser, TAG_TEMPLATE);
	Element *form;

	switch (token->tag)
	{
		case TAG_CAPTION:
			begin_part(parser, token, TAG_NONE, MODE_IN_CAPTION);
			html_push_marker(parser);
			return true;
		case TAG_COLGROUP:
			return begin_part(parser, token, TAG_NONE, MODE_IN_COLUMN_GROUP);
		case TAG_COL:
			return begin_part(parser, NULL, TAG_COLGROUP, MODE_IN_COLUMN_GROUP);
		case TAG_TBODY:
		case TAG_TFOOT:
		case TAG_THEAD:
			return begin_part(parser, token, TAG_NONE, MODE_IN_TABLE_BODY);
		case TAG_TD:
		case TAG_TH:
		case TAG_TR:
			return begin_part(parser, NULL, TAG_TBODY, MODE_IN_TABLE_BODY);
		case TAG_TABLE:
			return !end_table(parser);
		case TAG_STYLE:
		case TAG_SCRIPT:
		case TAG_TEMPLATE:
			return html_in_head(parser, token);
		case TAG_INPUT:
			if (!html_is_hidden_input(token))
				return beside_table(parser, token);
			html_insert_void(parser, token);
			return true;
		case TAG_FORM:
			/* Chromium: in a template it is one */
			if (parser->form != NULL && !in_template)
				return true;
			form = html_insert(parser, token);
			html_pop(parser);
			if (!in_template)
				parser->form = form;
			return true;
		default:
			return beside_table(parser, token);
	}
}

bool
html_in_table(Parser *parser, Token *token)
{
	switch (token->kind)
	{
		case TOKEN_TEXT:
			/* Chromium: a template is no part of the table */
			if ((html_current(parser)->flags & TABLE_TEXT) == 0)
				return beside_table(parser, token);
			if (parser->table_text.data == NULL)
				buffer_init(&parser->table_text, parser->arena);
			parser->table_text.len = 0;
			parser->original_mode = parser->mode;
			parser->mode = MODE_IN_TABLE_TEXT;
			return false;
		case TOKEN_COMMENT:
		case TOKEN_DOCTYPE:
			return true;
		case TOKEN_START:
			return start_in_table(parser, token);
		case TOKEN_END:
			if (token->tag == TAG_TABLE)
			{
				end_table(parser);
				return true;
			}
			if (token->tag == TAG_TEMPLATE)
				return html_in_head(parser, token);
			if (token->tag == TAG_BODY || token->tag == TAG_HTML ||
				(html_tags[token->tag].flags & TABLE_PART) != 0)
				return true;
			return beside_table(parser, token);
		default:
			return html_in_body(parser, token);
	}
}

bool
html_in_table_text(Parser *parser, Token *token)
{
	TextBuffer *text = &parser->table_text;
	Token pending = {.kind = TOKEN_TEXT};
	bool is_blank = true;

	if (token->kind == TOKEN_TEXT)
	{
		buffer_append(text, token->text, token->len);
		return true;
	}
	for (size_t i = 0; i < text->len && is_blank; i++)
		is_blank = html_is_space(text->data[i]);
	pending.text = text->data;
	pending.len = text->len;
	parser->mode = parser->original_mode;
	if (is_blank)
		html_insert_text(parser, text->data, text->len);
	else
		beside_table(parser, &pending);
	return false;
}

/* Ends what caption the token is in; false: there is none. */
static bool
end_caption(Parser *parser)
{
	if (!in_table_scope(parser, TAG_CAPTION))
		return false;
	html_pop_until(parser, TAG_CAPTION);
	html_clear_to_marker(parser);
	parser->mode = MODE_IN_TABLE;
	return true;
}

bool
html_in_caption(Parser *parser, Token *token)
{
	bool is_part = (html_tags[token->tag].flags & TABLE_PART) != 0;

	if (html_is_tag(token, TOKEN_END, TAG_CAPTION))
	{
		end_caption(parser);
		return true;
	}
	if (html_is_tag(token, TOKEN_END, TAG_TABLE) || (token->kind == TOKEN_START && is_part))
		return !end_caption(parser);
	if (token->kind == TOKEN_END && (is_part || token->tag == TAG_BODY || token->tag == TAG_HTML))
		return true;
	return html_in_body(parser, token);
}

bool
html_in_column_group(Parser *parser, Token *token)
{
	bool is_end = html_is_tag(token, TOKEN_END, TAG_COLGROUP);

	if (html_keep_blank(parser, token))
		return true;
	if (token->kind == TOKEN_COMMENT || token->kind == TOKEN_DOCTYPE ||
		html_is_tag(token, TOKEN_END, TAG_COL))
		return true;
	if (token->kind == TOKEN_EOF || html_is_tag(token, TOKEN_START, TAG_HTML))
		return html_in_body(parser, token);
	if (token->tag == TAG_TEMPLATE)
		return html_in_head(parser, token);
	if (html_is_tag(token, TOKEN_START, TAG_COL))
	{
		html_insert_void(parser, token);
		return true;
	}
	if (html_current(parser)->tag != TAG_COLGROUP)
		return true;
	html_pop(parser);
	parser->mode = MODE_IN_TABLE;
	return is_end;
}

/* Ends the rows that are open, if they are. */
static bool
end_rows(Parser *parser)
{
	if (!in_table_scope(parser, TAG_TBODY) && !in_table_scope(parser, TAG_THEAD) &&
		!in_table_scope(parser, TAG_TFOOT))
		return false;
	clear_to_body(parser);
	html_pop(parser);
	parser->mode = MODE_IN_TABLE;
	return true;
}

bool
html_in_table_body(Parser *parser, Token *token)
{
	Tag tag = token->tag;

	if (token->kind == TOKEN_START && (tag == TAG_TR || is_cell(tag)))
	{
		clear_to_body(parser);
		if (tag == TAG_TR)
			html_insert(parser, token);
		else
			html_insert_name(parser, TAG_TR);
		parser->mode = MODE_IN_ROW;
		return tag == TAG_TR;
	}
	if (token->kind == TOKEN_START && (html_tags[tag].flags & TABLE_PART) != 0)
		return !end_rows(parser);
	if (token->kind == TOKEN_END && is_rows(tag))
	{
		if (in_table_scope(parser, tag))
			end_rows(parser);
		return true;
	}
	if (html_is_tag(token, TOKEN_END, TAG_TABLE))
		return !end_rows(parser);
	return html_in_table(parser, token);
}

/* Ends the row that is open, if one is. */
static bool
end_row(Parser *parser)
{
	if (!in_table_scope(parser, TAG_TR))
		return false;
	clear_to(parser, TAG_TR, TAG_TR, TAG_TR);
	html_pop(parser);
	parser->mode = MODE_IN_TABLE_BODY;
	return true;
}

bool
html_in_row(Parser *parser, Token *token)
{
	Tag tag = token->tag;

	if (token->kind == TOKEN_START && is_cell(tag))
	{
		clear_to(parser, TAG_TR, TAG_TR, TAG_TR);
		html_insert(parser, token);
		parser->mode = MODE_IN_CELL;
		html_push_marker(parser);
		return true;
	}
	if (token->kind == TOKEN_START && (html_tags[tag].flags & TABLE_PART) != 0)
		return !end_row(parser);
	if (html_is_tag(token, TOKEN_END, TAG_TR))
	{
		end_row(parser);
		return true;
	}
	if (html_is_tag(token, TOKEN_END, TAG_TABLE))
		return !end_row(parser);
	if (token->kind == TOKEN_END && is_rows(tag))
		return !in_table_scope(parser, tag) || !end_row(parser);
	return html_in_table(parser, token);
}

/* Ends the cell that is open, and has the token processed again. */
static bool
close_cell(Parser *parser)
{
	while (parser->depth > 1 && !is_cell(html_current(parser)->tag))
		html_pop(parser);
	html_pop(parser);
	html_clear_to_marker(parser);
	parser->mode = MODE_IN_ROW;
	return false;
}

bool
html_in_cell(Parser *parser, Token *token)
{
	Tag tag = token->tag;
	bool is_part = (html_tags[tag].flags & TABLE_PART) != 0;

	if (token->kind == TOKEN_END && is_cell(tag))
	{
		if (in_table_scope(parser, tag))
		{
			html_pop_until(parser, tag);
			html_clear_to_marker(parser);
			parser->mode = MODE_IN_ROW;
		}
		return true;
	}
	if (token->kind == TOKEN_START && is_part)
		return (!in_table_scope(parser, TAG_TD) && !in_table_scope(parser, TAG_TH)) ||
			   close_cell(parser);
	if (token->kind == TOKEN_END && (tag == TAG_TABLE || tag == TAG_TR || is_rows(tag)))
		return !in_table_scope(parser, tag) || close_cell(parser);
	if (token->kind == TOKEN_END && (is_part || tag == TAG_BODY || tag == TAG_HTML))
		return true;
	return html_in_body(parser, token);
}
