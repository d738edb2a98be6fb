/*
 * html_body.c: the insertion mode of the body, which most of a page is in.
 */
#include "core/html_internal.h"

#include <string.h>

#include "core/ascii.h"

static const Tag no_tag = TAG_NONE;

static bool
in_scope(const Parser *parser, Tag tag)
{
	return html_in_scope(parser, tag, SCOPE);
}

static bool
is_body_open(const Parser *parser)
{
	return parser->depth > 1 && parser->stack[1]->tag == TAG_BODY;
}

static void
start_frameset(Parser *parser, const Token *token)
{
	if (!is_body_open(parser) || !parser->frameset_ok)
		return;
	html_detach(&parser->stack[1]->node);
	parser->depth = 1;
	html_insert(parser, token);
	parser->mode = MODE_IN_FRAMESET;
}

/* A further <html> or <body> adds what attributes the first lacks. */
static void
start_again(Parser *parser, const Token *token)
{
	if (html_is_open(parser, TAG_TEMPLATE))
		return;
	if (token->tag == TAG_HTML)
		html_add_attributes(parser, parser->stack[0], token);
	else if (is_body_open(parser))
	{
		parser->frameset_ok = false;
		html_add_attributes(parser, parser->stack[1], token);
	}
}

static void
start_form(Parser *parser, const Token *token)
{
	bool in_template = html_is_open(parser, TAG_TEMPLATE);
	Element *form;

	if (parser->form != NULL && !in_template)
		return;
	html_close_p(parser);
	form = html_insert(parser, token);
	if (!in_template)
		parser->form = form;
}

static bool
is_item(Tag tag, Tag item)
{
	return item == TAG_LI ? tag == TAG_LI : tag == TAG_DD || tag == TAG_DT;
}

/* An item of a list ends the one before. */
static void
start_item(Parser *parser, const Token *token)
{
	parser->frameset_ok = false;
	for (int i = parser->depth - 1; i > 0; i--)
	{
		const Element *node = parser->stack[i];

		if (is_item(node->tag, token->tag))
		{
			html_imply_ends(parser, node->tag, IMPLIED);
			html_pop_until(parser, node->tag);
			break;
		}
		if ((node->flags & SPECIAL) != 0 && node->tag != TAG_ADDRESS && node->tag != TAG_DIV &&
			node->tag != TAG_P)
			break;
	}
	html_close_p(parser);
	html_insert(parser, token);
}

/* A link ends the one before. */
static void
start_a(Parser *parser, const Token *token)
{
	Element *before = html_formatting_since_marker(parser, TAG_A);

	if (before != NULL)
	{
		html_adopt(parser, token);
		html_remove_formatting(parser, before);
		html_remove_open(parser, before);
	}
	html_reconstruct(parser);
	html_push_formatting(parser, html_insert(parser, token));
}

static void
start_formatting(Parser *parser, const Token *token)
{
	html_reconstruct(parser);
	if (token->tag == TAG_NOBR && in_scope(parser, TAG_NOBR))
	{
		html_adopt(parser, token);
		html_reconstruct(parser);
	}
	html_push_formatting(parser, html_insert(parser, token));
}

/* An element that is of its own and not part of a frameset. */
static void
start_own(Parser *parser, const Token *token)
{
	html_reconstruct(parser);
	html_insert(parser, token);
	parser->frameset_ok = false;
}

static void
start_button(Parser *parser, const Token *token)
{
	if (in_scope(parser, TAG_BUTTON))
	{
		html_imply_ends(parser, no_tag, IMPLIED);
		html_pop_until(parser, TAG_BUTTON);
	}
	start_own(parser, token);
}

static void
start_input(Parser *parser, const Token *token)
{
	const char *type = html_token_attribute(token, "type");

	if (in_scope(parser, TAG_SELECT))
		html_pop_until(parser, TAG_SELECT);
	html_reconstruct(parser);
	html_insert_void(parser, token);
	if (type == NULL || !ascii_equal_nocase(type, "hidden", 7))
		parser->frameset_ok = false;
}

static void
start_hr(Parser *parser, const Token *token)
{
	html_close_p(parser);
	if (in_scope(parser, TAG_SELECT))
		html_imply_ends(parser, no_tag, IMPLIED);
	html_insert_void(parser, token);
	parser->frameset_ok = false;
}

static void
start_select(Parser *parser, const Token *token)
{
	if (in_scope(parser, TAG_SELECT))
		html_pop_until(parser, TAG_SELECT);
	else
		start_own(parser, token);
}

static void
start_option(Parser *parser, const Token *token)
{
	if (in_scope(parser, TAG_SELECT))
		html_imply_ends(parser, token->tag == TAG_OPTION ? TAG_OPTGROUP : no_tag, IMPLIED);
	else if (html_current(parser)->tag == TAG_OPTION)
		html_pop(parser);
	html_reconstruct(parser);
	html_insert(parser, token);
}

static void
start_ruby(Parser *parser, const Token *token)
{
	bool is_text = html_tags[token->tag].start == BODY_RUBY_TEXT;

	if (in_scope(parser, TAG_RUBY))
		html_imply_ends(parser, is_text ? TAG_RTC : no_tag, IMPLIED);
	html_insert(parser, token);
}

static void
start_foreign(Parser *parser, const Token *token)
{
	html_reconstruct(parser);
	html_insert_foreign(parser, token, token->tag == TAG_SVG ? NS_SVG : NS_MATHML);
	if (token->self_closing)
		html_pop(parser);
}

/* A block ends the paragraph before. */
static void
start_block(Parser *parser, const Token *token, BodyRule rule)
{
	html_close_p(parser);
	if (rule == BODY_HEADING && (html_current(parser)->flags & HEADING) != 0)
		html_pop(parser);
	html_insert(parser, token);
	if (rule == BODY_PRE)
	{
		parser->skip_newline = true;
		parser->frameset_ok = false;
	}
	if (rule == BODY_PLAINTEXT)
		parser->tokenizer.content = CONTENT_PLAINTEXT;
}

/* Content without tags. */
static void
start_raw(Parser *parser, const Token *token, BodyRule rule)
{
	if (rule == BODY_XMP)
	{
		html_close_p(parser);
		html_reconstruct(parser);
	}
	if (rule != BODY_RAW)
		parser->frameset_ok = false;
	parser->skip_newline = rule == BODY_TEXTAREA;
	html_insert_raw(parser, token, rule == BODY_TEXTAREA ? CONTENT_RCDATA : CONTENT_RAWTEXT);
}

static void
start_table(Parser *parser, const Token *token)
{
	if (!parser->quirks)
		html_close_p(parser);
	html_insert(parser, token);
	parser->frameset_ok = false;
	parser->mode = MODE_IN_TABLE;
}

static void
start_void(Parser *parser, const Token *token)
{
	html_reconstruct(parser);
	html_insert_void(parser, token);
	parser->frameset_ok = false;
}

/* false: to be processed again. */
static bool
start_in_body(Parser *parser, Token *token)
{
	BodyRule rule = html_tags[token->tag].start;

	switch (rule)
	{
		case BODY_IGNORED:
			break;
		case BODY_HEAD:
			return html_in_head(parser, token);
		case BODY_HTML:
		case BODY_BODY:
			start_again(parser, token);
			break;
		case BODY_FRAMESET:
			start_frameset(parser, token);
			break;
		case BODY_BLOCK:
		case BODY_HEADING:
		case BODY_PRE:
		case BODY_PLAINTEXT:
			start_block(parser, token, rule);
			break;
		case BODY_FORM:
			start_form(parser, token);
			break;
		case BODY_ITEM:
			start_item(parser, token);
			break;
		case BODY_BUTTON:
			start_button(parser, token);
			break;
		case BODY_A:
			start_a(parser, token);
			break;
		case BODY_FORMATTING:
		case BODY_NOBR:
			start_formatting(parser, token);
			break;
		case BODY_MARKER:
			start_own(parser, token);
			html_push_marker(parser);
			break;
		case BODY_TABLE:
			start_table(parser, token);
			break;
		case BODY_BR:
		case BODY_VOID:
			start_void(parser, token);
			break;
		case BODY_INPUT:
			start_input(parser, token);
			break;
		case BODY_QUIET_VOID:
			html_insert_void(parser, token);
			break;
		case BODY_HR:
			start_hr(parser, token);
			break;
		case BODY_IMAGE:
			token->tag = TAG_IMG;
			token->name = html_tags[TAG_IMG].name;
			return false;
		case BODY_TEXTAREA:
		case BODY_XMP:
		case BODY_IFRAME:
		case BODY_RAW:
			start_raw(parser, token, rule);
			break;
		case BODY_SELECT:
			start_select(parser, token);
			break;
		case BODY_OPTION:
		case BODY_OPTGROUP:
			start_option(parser, token);
			break;
		case BODY_RUBY:
		case BODY_RUBY_TEXT:
			start_ruby(parser, token);
			break;
		case BODY_FOREIGN:
			start_foreign(parser, token);
			break;
		default:
			html_reconstruct(parser);
			html_insert(parser, token);
			break;
	}
	return true;
}

/* Chromium: where the form is gone, and in templates, it is any other end tag. */
static void
end_form(Parser *parser, const Token *token)
{
	Element *form = parser->form;

	if (!html_is_open(parser, TAG_TEMPLATE))
	{
		parser->form = NULL;
		if (form == NULL || !html_element_in_scope(parser, form))
			return;
		html_imply_ends(parser, no_tag, IMPLIED);
		html_remove_open(parser, form);
	}
	html_other_end(parser, token);
}

static void
end_heading(Parser *parser)
{
	if (!html_any_in_scope(parser, HEADING, SCOPE))
		return;
	html_imply_ends(parser, no_tag, IMPLIED);
	html_pop_until_any(parser, HEADING);
	html_pop(parser);
}

/* Ends the element of this tag where it is in such a scope; false: it isn't. */
static bool
end_in_scope(Parser *parser, Tag tag, unsigned scope, Tag except)
{
	if (!html_in_scope(parser, tag, scope))
		return false;
	html_imply_ends(parser, except, IMPLIED);
	html_pop_until(parser, tag);
	return true;
}

void
html_other_end(Parser *parser, const Token *token)
{
	for (int i = parser->depth - 1; i > 0; i--)
	{
		const Element *node = parser->stack[i];

		if (node->ns == NS_HTML && node->tag == token->tag &&
			strcmp(node->node.name, token->name) == 0)
		{
			while (parser->depth - 1 > i && (html_current(parser)->flags & IMPLIED) != 0)
				html_pop(parser);
			parser->depth = i;
			return;
		}
		if ((node->flags & SPECIAL) != 0)
			return;
	}
}

/* false: to be processed again. */
static bool
end_in_body(Parser *parser, Token *token)
{
	Tag tag = token->tag;

	switch (html_tags[tag].end)
	{
		case BODY_HEAD:
			return html_in_head(parser, token);
		case BODY_BODY:
		case BODY_HTML:
			if (!in_scope(parser, TAG_BODY))
				return true;
			parser->mode = MODE_AFTER_BODY;
			return tag == TAG_BODY;
		case BODY_BLOCK:
			end_in_scope(parser, tag, SCOPE, no_tag);
			return true;
		case BODY_FORM:
			end_form(parser, token);
			return true;
		case BODY_P:
			if (!html_in_scope(parser, TAG_P, SCOPE | BUTTON_SCOPE))
				html_insert_name(parser, TAG_P);
			html_close_p(parser);
			return true;
		case BODY_ITEM:
			end_in_scope(parser, tag, tag == TAG_LI ? SCOPE | LIST_SCOPE : SCOPE, tag);
			return true;
		case BODY_HEADING:
			end_heading(parser);
			return true;
		case BODY_FORMATTING:
			html_adopt(parser, token);
			return true;
		case BODY_MARKER:
			if (end_in_scope(parser, tag, SCOPE, no_tag))
				html_clear_to_marker(parser);
			return true;
		case BODY_BR:
			token->attributes = NULL;
			start_void(parser, token);
			return true;
		default:
			html_other_end(parser, token);
			return true;
	}
}

static void
text_in_body(Parser *parser, const Token *token)
{
	html_reconstruct(parser);
	html_insert_text(parser, token->text, token->len);
	for (size_t i = 0; i < token->len && parser->frameset_ok; i++)
		parser->frameset_ok = html_is_space(token->text[i]);
}

bool
html_in_body(Parser *parser, Token *token)
{
	switch (token->kind)
	{
		case TOKEN_TEXT:
			text_in_body(parser, token);
			return true;
		case TOKEN_START:
			return start_in_body(parser, token);
		case TOKEN_END:
			return end_in_body(parser, token);
		case TOKEN_EOF:
			if (parser->template_count > 0)
				return html_in_template(parser, token);
			parser->stopped = true;
			return true;
		default:
			return true;
	}
}
