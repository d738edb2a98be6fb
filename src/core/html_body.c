/*
 * html_body.c: the insertion mode of the body, which most of a page is in.
 */
#include "core/html_internal.h"

#include <string.h>

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
start_frameset(Parser *parser, Token *token)
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
start_again(Parser *parser, Token *token)
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
start_form(Parser *parser, Token *token)
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
start_item(Parser *parser, Token *token)
{
	parser->frameset_ok = false;
	for (int i = parser->depth - 1; i > 0; i--)
	{
		const Element *node = parser->stack[i];

		if (is_item(node->tag, token->tag))
		{
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
start_a(Parser *parser, Token *token)
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
start_formatting(Parser *parser, Token *token)
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
start_own(Parser *parser, Token *token)
{
	html_reconstruct(parser);
	html_insert(parser, token);
	parser->frameset_ok = false;
}

static void
start_button(Parser *parser, Token *token)
{
	if (in_scope(parser, TAG_BUTTON))
		html_pop_until(parser, TAG_BUTTON);
	start_own(parser, token);
}

static void
start_input(Parser *parser, Token *token)
{
	if (in_scope(parser, TAG_SELECT))
		html_pop_until(parser, TAG_SELECT);
	html_reconstruct(parser);
	html_insert_void(parser, token);
	if (!html_is_hidden_input(token))
		parser->frameset_ok = false;
}

static void
start_hr(Parser *parser, Token *token)
{
	html_close_p(parser);
	if (in_scope(parser, TAG_SELECT))
		html_imply_ends(parser, TAG_NONE);
	html_insert_void(parser, token);
	parser->frameset_ok = false;
}

static void
start_select(Parser *parser, Token *token)
{
	if (in_scope(parser, TAG_SELECT))
		html_pop_until(parser, TAG_SELECT);
	else
		start_own(parser, token);
}

static void
start_option(Parser *parser, Token *token)
{
	if (in_scope(parser, TAG_SELECT))
		html_imply_ends(parser, token->tag == TAG_OPTION ? TAG_OPTGROUP : TAG_NONE);
	else if (html_current(parser)->tag == TAG_OPTION)
		html_pop(parser);
	html_reconstruct(parser);
	html_insert(parser, token);
}

static void
start_ruby(Parser *parser, Token *token)
{
	bool is_text = html_tags[token->tag].start == BODY_RUBY_TEXT;

	if (in_scope(parser, TAG_RUBY))
		html_imply_ends(parser, is_text ? TAG_RTC : TAG_NONE);
	html_insert(parser, token);
}

static void
start_foreign(Parser *parser, Token *token)
{
	html_reconstruct(parser);
	html_insert_foreign(parser, token, token->tag == TAG_SVG ? NS_SVG : NS_MATHML);
	if (token->self_closing)
		html_pop(parser);
}

/* A block ends the paragraph before. */
static void
start_block(Parser *parser, Token *token)
{
	BodyRule rule = html_tags[token->tag].start;

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
start_raw(Parser *parser, Token *token)
{
	BodyRule rule = html_tags[token->tag].start;

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
start_table(Parser *parser, Token *token)
{
	if (!parser->quirks)
		html_close_p(parser);
	html_insert(parser, token);
	parser->frameset_ok = false;
	parser->mode = MODE_IN_TABLE;
}

static void
start_void(Parser *parser, Token *token)
{
	html_reconstruct(parser);
	html_insert_void(parser, token);
	parser->frameset_ok = false;
}

static void
start_quiet_void(Parser *parser, Token *token)
{
	html_insert_void(parser, token);
}

static void
start_marked(Parser *parser, Token *token)
{
	start_own(parser, token);
	html_push_marker(parser);
}

static void
start_image(Parser *parser, Token *token)
{
	token->tag = TAG_IMG;
	token->name = html_tags[TAG_IMG].name;
	start_void(parser, token);
}

static void
start_in_head(Parser *parser, Token *token)
{
	html_in_head(parser, token);
}

static void
start_other(Parser *parser, Token *token)
{
	html_reconstruct(parser);
	html_insert(parser, token);
}

static void
start_nothing(Parser *parser, Token *token)
{
	(void) parser;
	(void) token;
}

static void
start_in_body(Parser *parser, Token *token)
{
	static void (*const rules[])(Parser *, Token *) = {
		[BODY_OTHER] = start_other,
		[BODY_IGNORED] = start_nothing,
		[BODY_HEAD] = start_in_head,
		[BODY_HTML] = start_again,
		[BODY_BODY] = start_again,
		[BODY_FRAMESET] = start_frameset,
		[BODY_BLOCK] = start_block,
		[BODY_HEADING] = start_block,
		[BODY_PRE] = start_block,
		[BODY_FORM] = start_form,
		[BODY_ITEM] = start_item,
		[BODY_PLAINTEXT] = start_block,
		[BODY_BUTTON] = start_button,
		[BODY_A] = start_a,
		[BODY_FORMATTING] = start_formatting,
		[BODY_NOBR] = start_formatting,
		[BODY_MARKER] = start_marked,
		[BODY_TABLE] = start_table,
		[BODY_BR] = start_void,
		[BODY_VOID] = start_void,
		[BODY_INPUT] = start_input,
		[BODY_QUIET_VOID] = start_quiet_void,
		[BODY_HR] = start_hr,
		[BODY_IMAGE] = start_image,
		[BODY_TEXTAREA] = start_raw,
		[BODY_XMP] = start_raw,
		[BODY_IFRAME] = start_raw,
		[BODY_RAW] = start_raw,
		[BODY_SELECT] = start_select,
		[BODY_OPTION] = start_option,
		[BODY_OPTGROUP] = start_option,
		[BODY_RUBY] = start_ruby,
		[BODY_RUBY_TEXT] = start_ruby,
		[BODY_FOREIGN] = start_foreign,
	};

	rules[html_tags[token->tag].start](parser, token);
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
		html_imply_ends(parser, TAG_NONE);
		html_remove_open(parser, form);
	}
	html_other_end(parser, token);
}

static void
end_heading(Parser *parser)
{
	if (!html_any_in_scope(parser, HEADING, SCOPE))
		return;
	html_pop_until_any(parser, HEADING);
	html_pop(parser);
}

/* Ends the element of this tag where it is in such a scope; false: it isn't. */
static bool
end_in_scope(Parser *parser, Tag tag, unsigned scope)
{
	if (!html_in_scope(parser, tag, scope))
		return false;
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
			end_in_scope(parser, tag, SCOPE);
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
			end_in_scope(parser, tag, tag == TAG_LI ? SCOPE | LIST_SCOPE : SCOPE);
			return true;
		case BODY_HEADING:
			end_heading(parser);
			return true;
		case BODY_FORMATTING:
			html_adopt(parser, token);
			return true;
		case BODY_MARKER:
			if (end_in_scope(parser, tag, SCOPE))
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

void
html_insert_content(Parser *parser, const Token *token)
{
	html_insert_text(parser, token->text, token->len);
	for (size_t i = 0; i < token->len && parser->frameset_ok; i++)
		parser->frameset_ok = html_is_space(token->text[i]);
}

static void
text_in_body(Parser *parser, const Token *token)
{
	html_reconstruct(parser);
	html_insert_content(parser, token);
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
			start_in_body(parser, token);
			return true;
		case TOKEN_END:
			return end_in_body(parser, token);
		case TOKEN_EOF:
			return parser->template_count == 0 || html_in_template(parser, token);
		default:
			return true;
	}
}
