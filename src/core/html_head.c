/*
 * html_head.c: the insertion modes before the body and behind it, of framesets and of templates.
 */
#include "core/html_internal.h"

/* An end tag that means nothing before the body, nor that of the head. */
static bool
is_stray_end(const Token *token)
{
	return token->kind == TOKEN_END && token->tag != TAG_BODY && token->tag != TAG_HTML &&
		   token->tag != TAG_BR && token->tag != TAG_HEAD;
}

bool
html_initial(Parser *parser, Token *token)
{
	if (token->kind == TOKEN_COMMENT || html_is_blank(token))
		return true;
	parser->mode = MODE_BEFORE_HTML;
	parser->quirks = token->kind != TOKEN_DOCTYPE || token->quirks;
	return token->kind == TOKEN_DOCTYPE;
}

static void
insert_html(Parser *parser, const Token *token)
{
	Element *html = html_create(parser, token, NS_HTML);

	html_attach((Place){parser->document, NULL}, &html->node);
	html_push(parser, html);
	parser->mode = MODE_BEFORE_HEAD;
}

bool
html_before_html(Parser *parser, Token *token)
{
	Token html = {.kind = TOKEN_START, .name = "html", .tag = TAG_HTML};

	if (token->kind == TOKEN_COMMENT || token->kind == TOKEN_DOCTYPE || html_is_blank(token))
		return true;
	if (is_stray_end(token))
		return true;
	if (html_is_tag(token, TOKEN_START, TAG_HTML))
	{
		insert_html(parser, token);
		return true;
	}
	insert_html(parser, &html);
	return false;
}

static void
insert_head(Parser *parser, const Token *token)
{
	parser->head = token == NULL ? html_insert_name(parser, TAG_HEAD) : html_insert(parser, token);
	parser->mode = MODE_IN_HEAD;
}

bool
html_before_head(Parser *parser, Token *token)
{
	if (token->kind == TOKEN_COMMENT || token->kind == TOKEN_DOCTYPE || html_is_blank(token))
		return true;
	if (html_is_tag(token, TOKEN_START, TAG_HTML))
		return html_in_body(parser, token);
	if (is_stray_end(token))
		return true;
	if (html_is_tag(token, TOKEN_START, TAG_HEAD))
	{
		insert_head(parser, token);
		return true;
	}
	insert_head(parser, NULL);
	return false;
}

void
html_insert_raw(Parser *parser, const Token *token, Content content)
{
	html_insert(parser, token);
	parser->tokenizer.content = content;
	parser->tokenizer.raw_name = token->name;
	parser->original_mode = parser->mode;
	parser->mode = MODE_TEXT;
}

static void
begin_template(Parser *parser, const Token *token)
{
	html_insert(parser, token);
	html_push_marker(parser);
	parser->frameset_ok = false;
	parser->mode = MODE_IN_TEMPLATE;
	if (parser->problem == NULL)
		parser->templates[parser->template_count++] = MODE_IN_TEMPLATE;
}

/* There is one open. */
static void
end_template(Parser *parser)
{
	html_pop_until(parser, TAG_TEMPLATE);
	html_clear_to_marker(parser);
	parser->template_count--;
	html_reset_mode(parser);
}

/* A start tag of what can stand in a head; false: it is none. */
static bool
start_in_head(Parser *parser, Token *token)
{
	switch (token->tag)
	{
		case TAG_BASE:
		case TAG_BASEFONT:
		case TAG_BGSOUND:
		case TAG_LINK:
		case TAG_META:
			html_insert_void(parser, token);
			return true;
		case TAG_TITLE:
			html_insert_raw(parser, token, CONTENT_RCDATA);
			return true;
		case TAG_NOFRAMES:
		case TAG_STYLE:
			html_insert_raw(parser, token, CONTENT_RAWTEXT);
			return true;
		case TAG_SCRIPT:
			html_insert_raw(parser, token, CONTENT_SCRIPT);
			return true;
		case TAG_TEMPLATE:
			begin_template(parser, token);
			return true;
		case TAG_NOSCRIPT:
			html_insert(parser, token);
			parser->mode = MODE_IN_HEAD_NOSCRIPT;
			return true;
		default:
			return token->tag == TAG_HEAD;
	}
}

bool
html_in_head(Parser *parser, Token *token)
{
	if (html_keep_blank(parser, token))
		return true;
	if (token->kind == TOKEN_COMMENT || token->kind == TOKEN_DOCTYPE)
		return true;
	if (html_is_tag(token, TOKEN_START, TAG_HTML))
		return html_in_body(parser, token);
	if (token->kind == TOKEN_START && start_in_head(parser, token))
		return true;
	if (html_is_tag(token, TOKEN_END, TAG_TEMPLATE))
	{
		if (html_is_open(parser, TAG_TEMPLATE))
			end_template(parser);
		return true;
	}
	if (is_stray_end(token))
		return true;
	html_pop(parser);
	parser->mode = MODE_AFTER_HEAD;
	return html_is_tag(token, TOKEN_END, TAG_HEAD);
}

bool
html_in_head_noscript(Parser *parser, Token *token)
{
	bool is_start = token->kind == TOKEN_START;

	if (token->kind == TOKEN_DOCTYPE)
		return true;
	if (is_start && token->tag == TAG_HTML)
		return html_in_body(parser, token);
	if (html_is_blank(token) || token->kind == TOKEN_COMMENT ||
		(is_start && html_tags[token->tag].start == BODY_HEAD && token->tag != TAG_BASE &&
		 token->tag != TAG_SCRIPT && token->tag != TAG_TEMPLATE && token->tag != TAG_TITLE))
		return html_in_head(parser, token);
	/* Chromium: not <head> */
	if (is_start && token->tag == TAG_NOSCRIPT)
		return true;
	if (token->kind == TOKEN_END && token->tag != TAG_NOSCRIPT && token->tag != TAG_BR)
		return true;
	html_pop(parser);
	parser->mode = MODE_IN_HEAD;
	return html_is_tag(token, TOKEN_END, TAG_NOSCRIPT);
}

/* A start tag behind the head; false: it begins the body by itself. */
static bool
start_after_head(Parser *parser, Token *token)
{
	if (token->tag == TAG_HTML)
		return html_in_body(parser, token);
	if (token->tag == TAG_BODY)
	{
		html_insert(parser, token);
		parser->frameset_ok = false;
		parser->mode = MODE_IN_BODY;
		return true;
	}
	if (token->tag == TAG_FRAMESET)
	{
		html_insert(parser, token);
		parser->mode = MODE_IN_FRAMESET;
		return true;
	}
	if (html_tags[token->tag].start == BODY_HEAD)
	{
		html_push(parser, parser->head);
		html_in_head(parser, token);
		html_remove_open(parser, parser->head);
		return true;
	}
	return token->tag == TAG_HEAD;
}

bool
html_after_head(Parser *parser, Token *token)
{
	if (html_keep_blank(parser, token))
		return true;
	if (token->kind == TOKEN_COMMENT || token->kind == TOKEN_DOCTYPE)
		return true;
	if (token->kind == TOKEN_START && start_after_head(parser, token))
		return true;
	if (html_is_tag(token, TOKEN_END, TAG_TEMPLATE))
		return html_in_head(parser, token);
	if (is_stray_end(token) || html_is_tag(token, TOKEN_END, TAG_HEAD))
		return true;
	html_insert_name(parser, TAG_BODY);
	/* Chromium: whatever the head held */
	parser->frameset_ok = true;
	parser->mode = MODE_IN_BODY;
	return false;
}

/* What a start tag in a template is to be read as. */
static Mode
template_mode(const Token *token)
{
	switch (token->tag)
	{
		case TAG_CAPTION:
		case TAG_COLGROUP:
		case TAG_TBODY:
		case TAG_TFOOT:
		case TAG_THEAD:
			return MODE_IN_TABLE;
		case TAG_COL:
			return MODE_IN_COLUMN_GROUP;
		case TAG_TR:
			return MODE_IN_TABLE_BODY;
		case TAG_TD:
		case TAG_TH:
			return MODE_IN_ROW;
		default:
			return MODE_IN_BODY;
	}
}

bool
html_in_template(Parser *parser, Token *token)
{
	if (token->kind == TOKEN_EOF)
	{
		end_template(parser);
		return false;
	}
	/* Chromium: not the others of the head */
	if (token->kind == TOKEN_START &&
		(token->tag == TAG_LINK || token->tag == TAG_META || token->tag == TAG_SCRIPT ||
		 token->tag == TAG_STYLE || token->tag == TAG_TEMPLATE))
		return html_in_head(parser, token);
	if (token->kind == TOKEN_END)
		return token->tag != TAG_TEMPLATE || html_in_head(parser, token);
	if (token->kind != TOKEN_START)
		return html_in_body(parser, token);
	parser->mode = template_mode(token);
	parser->templates[parser->template_count - 1] = parser->mode;
	return false;
}

bool
html_after_body(Parser *parser, Token *token)
{
	if (token->kind == TOKEN_COMMENT || token->kind == TOKEN_DOCTYPE)
		return true;
	if (html_is_tag(token, TOKEN_START, TAG_HTML))
		return html_in_body(parser, token);
	/* Chromium: as it is, no formatting element goes on in it */
	if (html_keep_blank(parser, token))
		return true;
	if (token->kind == TOKEN_EOF)
		return true;
	/* twice: behind the end of the document */
	if (html_is_tag(token, TOKEN_END, TAG_HTML) && parser->mode == MODE_AFTER_BODY)
	{
		parser->mode = MODE_AFTER_AFTER_BODY;
		return true;
	}
	parser->mode = MODE_IN_BODY;
	return false;
}

/* In a frameset, and behind one. */
bool
html_in_frameset(Parser *parser, Token *token)
{
	bool is_start = token->kind == TOKEN_START;
	bool is_within = parser->mode == MODE_IN_FRAMESET;

	if ((is_start && token->tag == TAG_HTML) ||
		(html_is_blank(token) && parser->mode == MODE_AFTER_AFTER_FRAMESET))
		return html_in_body(parser, token);
	if (is_start && token->tag == TAG_NOFRAMES)
		return html_in_head(parser, token);
	if (html_keep_blank(parser, token))
		return true;
	if (html_is_tag(token, TOKEN_END, TAG_HTML) && parser->mode == MODE_AFTER_FRAMESET)
		parser->mode = MODE_AFTER_AFTER_FRAMESET;
	else if (is_start && is_within && token->tag == TAG_FRAMESET)
		html_insert(parser, token);
	else if (is_start && is_within && token->tag == TAG_FRAME)
		html_insert_void(parser, token);
	else if (html_is_tag(token, TOKEN_END, TAG_FRAMESET) && is_within && parser->depth > 1)
	{
		html_pop(parser);
		if (html_current(parser)->tag != TAG_FRAMESET)
			parser->mode = MODE_AFTER_FRAMESET;
	}
	return true;
}
