/*
 * html_formatting.c: the list of active formatting elements: what is bold or a link goes on being so behind what closes it by the way, and where
 * its end tag comes too early or too late the tree is mended ("the adoption agency algorithm").
 */
#include "core/html_internal.h"

#include <string.h>

static const char too_many[] = "the page has more misnested tags than any page of the sites";

/* Whether each attribute of one is one of the other, too. */
static bool
has_all(Parser *parser, const Element *one, const Element *other)
{
	for (const HtmlAttribute *a = other->node.attributes; a != NULL; a = a->next)
	{
		const HtmlAttribute *b = one->node.attributes;

		parser->compared++;
		for (; b != NULL && strcmp(a->name, b->name) != 0; b = b->next)
			parser->compared++;
		if (b == NULL || strcmp(a->value, b->value) != 0)
			return false;
	}
	return true;
}

/* Of the same tag and with the same attributes. */
static bool
is_alike(Parser *parser, const Element *one, const Element *other)
{
	if (parser->compared > HTML_MAX_COMPARED)
		parser->problem = too_many;
	return parser->problem == NULL && one->tag == other->tag && has_all(parser, one, other) &&
		   has_all(parser, other, one);
}

static void
remove_at(Parser *parser, int place)
{
	parser->formatting_count--;
	memmove(parser->formatting + place, parser->formatting + place + 1,
			sizeof(Element *) * (size_t) (parser->formatting_count - place));
}

static void
insert_at(Parser *parser, int place, Element *element)
{
	if (parser->formatting_count == HTML_MAX_FORMATTING)
	{
		parser->problem = too_many;
		return;
	}
	memmove(parser->formatting + place + 1, parser->formatting + place,
			sizeof(Element *) * (size_t) (parser->formatting_count - place));
	parser->formatting[place] = element;
	parser->formatting_count++;
}

void
html_push_marker(Parser *parser)
{
	insert_at(parser, parser->formatting_count, NULL);
}

/* "The Noah's Ark clause": of those that are alike three at most. */
void
html_push_formatting(Parser *parser, Element *element)
{
	int start = parser->formatting_count;
	int same = 0;
	int alike = 0;

	while (start > 0 && parser->formatting[start - 1] != NULL)
		same += parser->formatting[--start]->tag == element->tag;
	for (int i = parser->formatting_count - 1; i >= start && same >= 3; i--)
	{
		if (is_alike(parser, parser->formatting[i], element) && ++alike == 3)
		{
			remove_at(parser, i);
			break;
		}
	}
	insert_at(parser, parser->formatting_count, element);
}

void
html_clear_to_marker(Parser *parser)
{
	while (parser->formatting_count > 0 && parser->formatting[--parser->formatting_count] != NULL)
		;
}

static int
formatting_place(const Parser *parser, const Element *element)
{
	int place = parser->formatting_count - 1;

	while (place >= 0 && parser->formatting[place] != element)
		place--;
	return place;
}

void
html_remove_formatting(Parser *parser, const Element *element)
{
	int place = formatting_place(parser, element);

	if (place >= 0)
		remove_at(parser, place);
}

Element *
html_formatting_since_marker(const Parser *parser, Tag tag)
{
	for (int i = parser->formatting_count - 1; i >= 0 && parser->formatting[i] != NULL; i--)
	{
		if (parser->formatting[i]->tag == tag)
			return parser->formatting[i];
	}
	return NULL;
}

/* A further element as that of an entry. */
static Element *
copy_element(Parser *parser, const Element *element)
{
	Token token = {.kind = TOKEN_START,
				   .name = element->node.name,
				   .tag = element->tag,
				   .attributes = element->node.attributes};

	if (++parser->copies > HTML_MAX_COPIES)
		parser->problem = too_many;
	return html_create(parser, &token, NS_HTML);
}

void
html_reconstruct(Parser *parser)
{
	int i = parser->formatting_count;

	while (i > 0 && parser->formatting[i - 1] != NULL &&
		   html_stack_place(parser, parser->formatting[i - 1]) < 0)
		i--;
	for (; i < parser->formatting_count && parser->problem == NULL; i++)
		parser->formatting[i] = html_open(parser, copy_element(parser, parser->formatting[i]));
}

/* The first special element above this place of the stack; -1: there is none. */
static int
furthest_block(const Parser *parser, int place)
{
	for (int i = place + 1; i < parser->depth; i++)
	{
		if ((parser->stack[i]->flags & SPECIAL) != 0)
			return i;
	}
	return -1;
}

/*
 * The elements between the formatting element and the furthest block, from the top: copies of those that are formatting elements, each above what
 * was made before, the others closed. Returns the uppermost, and where in the list the formatting element's copy belongs.
 */
static Element *
rebuild_between(Parser *parser, int formatting, int block, int *bookmark)
{
	Element *furthest = parser->stack[block];
	Element *last = furthest;
	int counter = 0;

	for (int i = block - 1; i > formatting && parser->problem == NULL; i--)
	{
		Element *node = parser->stack[i];
		int place = formatting_place(parser, node);

		if (++counter > 3 && place >= 0)
		{
			remove_at(parser, place);
			*bookmark -= place < *bookmark;
			place = -1;
		}
		if (place < 0)
		{
			html_remove_open(parser, node);
			continue;
		}
		node = copy_element(parser, node);
		parser->formatting[place] = node;
		parser->stack[i] = node;
		if (last == furthest)
			*bookmark = place + 1;
		html_detach(&last->node);
		html_attach((Place){&node->node, NULL}, &last->node);
		last = node;
	}
	return last;
}

static void
move_children(HtmlNode *from, HtmlNode *to)
{
	for (HtmlNode *child = from->children; child != NULL; child = child->next)
		child->parent = to;
	to->children = from->children;
	to->last = from->last;
	from->children = from->last = NULL;
}

/* One round for the formatting element at this place of the stack, with the furthest block at that. */
static void
adopt_once(Parser *parser, Element *formatting, int place, int block)
{
	Element *ancestor = parser->stack[place - 1];
	Element *furthest = parser->stack[block];
	int bookmark = formatting_place(parser, formatting);
	Element *last = rebuild_between(parser, place, block, &bookmark);
	Element *copy;
	int old;

	if (parser->problem != NULL)
		return;
	html_detach(&last->node);
	html_attach(html_place(parser, ancestor), &last->node);
	copy = copy_element(parser, formatting);
	move_children(&furthest->node, &copy->node);
	html_attach((Place){&furthest->node, NULL}, &copy->node);
	old = formatting_place(parser, formatting);
	remove_at(parser, old);
	insert_at(parser, bookmark - (old < bookmark), copy);
	html_remove_open(parser, formatting);
	block = html_stack_place(parser, furthest);
	memmove(parser->stack + block + 2, parser->stack + block + 1,
			sizeof(Element *) * (size_t) (parser->depth - block - 1));
	parser->stack[block + 1] = copy;
	parser->depth++;
}

void
html_adopt(Parser *parser, const Token *token)
{
	const Element *current = html_current(parser);

	if (current->tag == token->tag && formatting_place(parser, current) < 0)
	{
		html_pop(parser);
		return;
	}
	for (int round = 0; round < 8 && parser->problem == NULL; round++)
	{
		Element *formatting = html_formatting_since_marker(parser, token->tag);
		int place;
		int block;

		if (formatting == NULL)
		{
			html_other_end(parser, token);
			return;
		}
		place = html_stack_place(parser, formatting);
		if (place < 0)
		{
			html_remove_formatting(parser, formatting);
			return;
		}
		if (!html_element_in_scope(parser, formatting))
			return;
		block = furthest_block(parser, place);
		if (block < 0)
		{
			parser->depth = place;
			html_remove_formatting(parser, formatting);
			return;
		}
		adopt_once(parser, formatting, place, block);
	}
}
