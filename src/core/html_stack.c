/*
 * html_stack.c: the stack of open elements, and where in the tree what comes is put.
 */
#include "core/html_internal.h"

#include <string.h>

#include "core/text.h"

const char html_too_deep[] = "the page's elements are nested more than 256 deep";

/* A text, with what is needed to add to it. */
typedef struct TextNode
{
	HtmlNode node; /* first, as in Element */
	size_t len;
	size_t capacity; /* of bytes, the NUL not counted */
} TextNode;

/* The place from the top in the stack; -1: none is open. */
static int
last_open(const Parser *parser, Tag tag)
{
	int place = parser->depth - 1;

	while (place >= 0 && parser->stack[place]->tag != tag)
		place--;
	return place;
}

bool
html_is_open(const Parser *parser, Tag tag)
{
	return last_open(parser, tag) >= 0;
}

int
html_stack_place(const Parser *parser, const Element *element)
{
	int place = parser->depth - 1;

	while (place >= 0 && parser->stack[place] != element)
		place--;
	return place;
}

/* "Foster parenting": what must not stand in a table goes before it. */
static Place
foster_place(const Parser *parser)
{
	int template = last_open(parser, TAG_TEMPLATE);
	int table = last_open(parser, TAG_TABLE);
	HtmlNode *node;

	if (template > table)
		return (Place){&parser->stack[template]->node, NULL};
	if (table < 0)
		return (Place){&parser->stack[0]->node, NULL};
	node = &parser->stack[table]->node;
	if (node->parent != NULL)
		return (Place){node->parent, node};
	return (Place){&parser->stack[table - 1]->node, NULL};
}

Place
html_place(const Parser *parser, Element *target)
{
	if (parser->foster_parenting && (target->flags & TABLE_TEXT) != 0)
		return foster_place(parser);
	return (Place){&target->node, NULL};
}

void
html_attach(Place place, HtmlNode *node)
{
	HtmlNode *parent = place.parent;
	HtmlNode *prev = place.before == NULL ? parent->last : place.before->prev;

	node->parent = parent;
	node->prev = prev;
	node->next = place.before;
	if (prev == NULL)
		parent->children = node;
	else
		prev->next = node;
	if (place.before == NULL)
		parent->last = node;
	else
		place.before->prev = node;
}

void
html_detach(HtmlNode *node)
{
	HtmlNode *parent = node->parent;

	if (parent == NULL)
		return;
	if (node->prev == NULL)
		parent->children = node->next;
	else
		node->prev->next = node->next;
	if (node->next == NULL)
		parent->last = node->prev;
	else
		node->next->prev = node->prev;
	node->parent = node->prev = node->next = NULL;
}

/* What an element of SVG or MathML is to the rules. */
static unsigned
foreign_flags(const Token *token, Namespace ns)
{
	static const char *const text_points[] = {"mi", "mo", "mn", "ms", "mtext"};
	const char *encoding;

	if (ns == NS_SVG)
		return strcmp(token->name, "foreignobject") == 0 || strcmp(token->name, "desc") == 0 ||
					   token->tag == TAG_TITLE
				   ? SPECIAL | ALL_SCOPES | HTML_POINT
				   : 0;
	for (size_t i = 0; i < sizeof(text_points) / sizeof(text_points[0]); i++)
	{
		if (strcmp(token->name, text_points[i]) == 0)
			return SPECIAL | ALL_SCOPES | TEXT_POINT;
	}
	if (strcmp(token->name, "annotation-xml") != 0)
		return 0;
	encoding = html_token_attribute(token, "encoding");
	return SPECIAL | ALL_SCOPES |
		   (encoding != NULL && (text_equal_nocase(encoding, "text/html") ||
								 text_equal_nocase(encoding, "application/xhtml+xml"))
				? HTML_POINT
				: 0);
}

Element *
html_create(Parser *parser, const Token *token, Namespace ns)
{
	Element *element = arena_alloc(parser->arena, sizeof(Element));

	element->node.name = token->name;
	element->node.attributes = token->attributes;
	element->ns = ns;
	element->tag = ns == NS_HTML ? token->tag : TAG_NONE;
	element->flags = ns == NS_HTML ? html_tags[token->tag].flags : foreign_flags(token, ns);
	return element;
}

void
html_push(Parser *parser, Element *element)
{
	if (parser->depth == HTML_MAX_DEPTH)
	{
		parser->problem = html_too_deep;
		return;
	}
	parser->stack[parser->depth++] = element;
}

Element *
html_open(Parser *parser, Element *element)
{
	html_attach(html_place(parser, html_current(parser)), &element->node);
	html_push(parser, element);
	return element;
}

Element *
html_insert_foreign(Parser *parser, const Token *token, Namespace ns)
{
	return html_open(parser, html_create(parser, token, ns));
}

Element *
html_insert(Parser *parser, const Token *token)
{
	return html_insert_foreign(parser, token, NS_HTML);
}

void
html_insert_void(Parser *parser, const Token *token)
{
	html_insert(parser, token);
	html_pop(parser);
}

Element *
html_insert_name(Parser *parser, Tag tag)
{
	Token token = {.kind = TOKEN_START, .name = html_tags[tag].name, .tag = tag};

	return html_insert(parser, &token);
}

bool
html_is_hidden_input(const Token *token)
{
	const char *type = html_token_attribute(token, "type");

	return type != NULL && text_equal_nocase(type, "hidden");
}

/* A text that there is grows to twice its room, so that all additions together take time in proportion to the text. */
static void
extend_text(Arena *arena, TextNode *node, const char *text, size_t len)
{
	if (node->capacity - node->len < len)
	{
		size_t capacity = (node->len + len) * 2;
		char *larger = arena_alloc(arena, capacity + 1);

		memcpy(larger, node->node.text, node->len);
		node->node.text = larger;
		node->capacity = capacity;
	}
	memcpy((char *) node->node.text + node->len, text, len);
	node->len += len;
}

void
html_insert_text(Parser *parser, const char *text, size_t len)
{
	Place place = html_place(parser, html_current(parser));
	HtmlNode *prev = place.before == NULL ? place.parent->last : place.before->prev;
	TextNode *node;

	if (prev != NULL && prev->text != NULL)
	{
		extend_text(parser->arena, (TextNode *) prev, text, len);
		return;
	}
	node = arena_alloc(parser->arena, sizeof(TextNode) + len + 1);
	node->len = node->capacity = len;
	node->node.text = memcpy(node + 1, text, len);
	html_attach(place, &node->node);
}

bool
html_keep_blank(Parser *parser, const Token *token)
{
	if (!html_is_blank(token))
		return false;
	html_insert_text(parser, token->text, token->len);
	return true;
}

const char *
html_token_attribute(const Token *token, const char *name)
{
	const HtmlAttribute *attribute = token->attributes;

	while (attribute != NULL && strcmp(attribute->name, name) != 0)
		attribute = attribute->next;
	return attribute == NULL ? NULL : attribute->value;
}

void
html_add_attributes(Parser *parser, Element *element, const Token *token)
{
	HtmlAttribute *next;

	for (HtmlAttribute *attribute = token->attributes; attribute != NULL; attribute = next)
	{
		HtmlAttribute **place = &element->node.attributes;
		int count = 1;

		next = attribute->next;
		for (; *place != NULL && strcmp((*place)->name, attribute->name) != 0;
			 place = &(*place)->next)
			count++;
		if (*place != NULL)
			continue;
		if (count > HTML_MAX_ATTRIBUTES)
			parser->problem = html_too_many_attributes;
		attribute->next = NULL;
		*place = attribute;
	}
}

/* Whether such an element, or one of such a kind, is open within the innermost one that ends such a scope. */
static bool
find_in_scope(const Parser *parser, Tag tag, unsigned kind, unsigned scope)
{
	int place = parser->depth - 1;

	for (; place >= 0; place--)
	{
		const Element *element = parser->stack[place];

		if (element->tag == tag || (element->flags & kind) != 0)
			return true;
		if ((element->flags & scope) != 0)
			return false;
	}
	return false;
}

bool
html_in_scope(const Parser *parser, Tag tag, unsigned scope)
{
	return find_in_scope(parser, tag, 0, scope);
}

bool
html_any_in_scope(const Parser *parser, unsigned kind, unsigned scope)
{
	return find_in_scope(parser, TAG_COUNT, kind, scope);
}

bool
html_element_in_scope(const Parser *parser, const Element *element)
{
	int place = parser->depth - 1;

	while (place >= 0 && parser->stack[place] != element &&
		   (parser->stack[place]->flags & SCOPE) == 0)
		place--;
	return place >= 0 && parser->stack[place] == element;
}

/* The root stays. */
void
html_pop(Parser *parser)
{
	if (parser->depth > 1)
		parser->depth--;
}

void
html_pop_until(Parser *parser, Tag tag)
{
	while (parser->depth > 1 && html_current(parser)->tag != tag)
		parser->depth--;
	html_pop(parser);
}

void
html_pop_until_any(Parser *parser, unsigned flags)
{
	while (parser->depth > 1 && (html_current(parser)->flags & flags) == 0)
		parser->depth--;
}

void
html_remove_open(Parser *parser, const Element *element)
{
	int place = html_stack_place(parser, element);

	if (place < 0)
		return;
	parser->depth--;
	memmove(parser->stack + place, parser->stack + place + 1,
			sizeof(Element *) * (size_t) (parser->depth - place));
}

void
html_imply_ends(Parser *parser, Tag except)
{
	while (parser->depth > 1 && (html_current(parser)->flags & IMPLIED) != 0 &&
		   (except == TAG_NONE || html_current(parser)->tag != except))
		parser->depth--;
}

void
html_close_p(Parser *parser)
{
	if (html_in_scope(parser, TAG_P, SCOPE | BUTTON_SCOPE))
		html_pop_until(parser, TAG_P);
}
