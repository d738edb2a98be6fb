/*
 * html_foreign.c: what stands within SVG and MathML. Names are kept in lower case there, too.
 */
#include "core/html_internal.h"

#include <string.h>

bool
html_is_foreign(const Parser *parser, const Token *token)
{
	const Element *current = html_current(parser);
	bool is_start = token->kind == TOKEN_START;

	if ((current->flags & TEXT_POINT) != 0 &&
		(token->kind == TOKEN_TEXT || (is_start && strcmp(token->name, "mglyph") != 0 &&
									   strcmp(token->name, "malignmark") != 0)))
		return false;
	if (is_start && token->tag == TAG_SVG && strcmp(current->node.name, "annotation-xml") == 0 &&
		current->ns == NS_MATHML)
		return false;
	if ((current->flags & HTML_POINT) != 0 && (is_start || token->kind == TOKEN_TEXT))
		return false;
	return token->kind != TOKEN_EOF;
}

/* Whether the tag cannot stand within SVG and MathML, and ends them. */
static bool
breaks_out(const Token *token)
{
	if (token->kind == TOKEN_END)
		return token->tag == TAG_BR || token->tag == TAG_P;
	if (token->tag == TAG_FONT)
		return html_token_attribute(token, "color") != NULL ||
			   html_token_attribute(token, "face") != NULL ||
			   html_token_attribute(token, "size") != NULL;
	return (html_tags[token->tag].flags & BREAKOUT) != 0;
}

static bool
end_in_foreign(Parser *parser, Token *token)
{
	for (int i = parser->depth - 1; i > 0; i--)
	{
		if (strcmp(parser->stack[i]->node.name, token->name) == 0)
		{
			parser->depth = i;
			return true;
		}
		if (parser->stack[i - 1]->ns == NS_HTML)
			return html_process_by_mode(parser, token);
	}
	return true;
}

bool
html_in_foreign(Parser *parser, Token *token)
{
	bool is_tag = token->kind == TOKEN_START || token->kind == TOKEN_END;

	if (token->kind == TOKEN_TEXT)
		html_insert_content(parser, token);
	if (!is_tag)
		return true;
	if (breaks_out(token))
	{
		while (html_current(parser)->ns != NS_HTML &&
			   (html_current(parser)->flags & (TEXT_POINT | HTML_POINT)) == 0)
			html_pop(parser);
		return html_process_by_mode(parser, token);
	}
	if (token->kind == TOKEN_END)
		return end_in_foreign(parser, token);
	html_insert_foreign(parser, token, html_current(parser)->ns);
	if (token->self_closing)
		html_pop(parser);
	return true;
}
