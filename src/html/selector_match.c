/*
 * selector_match.c: whether an element matches a selector. Each step is charged to the budget of
 * selector_set_walk().
 */
#include "html/selector_match.h"

#include <string.h>

#include "base/ascii.h"
#include "base/text.h"

/* The value of an attribute; NULL if the element has none of this name. */
static const char *
attribute_value(Matching *m, const HtmlNode *element, const char *name)
{
	for (const HtmlAttribute *attribute = element->attributes; attribute != NULL;
		 attribute = attribute->next)
	{
		m->steps--;
		if (text_equal(attribute->name, name))
			return attribute->value;
	}
	return NULL;
}

static bool
equal(const char *a, const char *b, size_t len, bool ignore_case)
{
	return ignore_case ? ascii_equal_nocase(a, b, len) : memcmp(a, b, len) == 0;
}

/* Whether one of the words of a value, separated by white space, is the wanted one. */
static bool
has_word(Matching *m, const char *value, const char *word, size_t len, bool ignore_case)
{
	const char *p = value;
	bool found = false;

	while (len > 0 && *p != '\0' && !found)
	{
		const char *start;

		while (selector_is_space(*p))
			p++;
		start = p;
		while (*p != '\0' && !selector_is_space(*p))
			p++;
		found = (size_t) (p - start) == len && equal(start, word, len, ignore_case);
	}
	m->steps -= p - value;
	return found;
}

static bool
contains(Matching *m, const char *value, size_t len, const Simple *simple)
{
	if (!simple->ignore_case)
		return strstr(value, simple->value) != NULL;
	m->steps -= (int64_t) (len * simple->length);
	for (size_t i = 0; i + simple->length <= len; i++)
	{
		if (ascii_equal_nocase(value + i, simple->value, simple->length))
			return true;
	}
	return false;
}

static bool
match_attribute(Matching *m, const Simple *simple, const HtmlNode *element)
{
	const char *value = attribute_value(m, element, simple->name);
	size_t wanted = simple->length;
	size_t len;

	if (value == NULL || simple->op == '\0')
		return value != NULL;
	len = strlen(value);
	m->steps -= (int64_t) len;
	switch (simple->op)
	{
		case '=':
			return len == wanted && equal(value, simple->value, len, simple->ignore_case);
		case '~':
			return has_word(m, value, simple->value, wanted, simple->ignore_case);
		case '|':
			return len >= wanted && equal(value, simple->value, wanted, simple->ignore_case) &&
				   (value[wanted] == '\0' || value[wanted] == '-');
		case '^':
			return wanted > 0 && len >= wanted &&
				   equal(value, simple->value, wanted, simple->ignore_case);
		case '$':
			return wanted > 0 && len >= wanted &&
				   equal(value + len - wanted, simple->value, wanted, simple->ignore_case);
		default:
			return wanted > 0 && len >= wanted && contains(m, value, len, simple);
	}
}

static const HtmlNode *
previous_element(Matching *m, const HtmlNode *node)
{
	do
	{
		node = node->prev;
		m->steps--;
	} while (node != NULL && node->name == NULL);
	return node;
}

static bool
is_last_child(Matching *m, const HtmlNode *node)
{
	do
	{
		node = node->next;
		m->steps--;
	} while (node != NULL && node->name == NULL);
	return node == NULL;
}

static const HtmlNode *
parent_element(const HtmlNode *node)
{
	node = node->parent;
	return node != NULL && node->name != NULL ? node : NULL;
}

static bool
match_nth_child(Matching *m, const Simple *simple, const HtmlNode *element)
{
	int place = 1;

	while ((element = previous_element(m, element)) != NULL && m->steps > 0)
		place++;
	if (simple->a == 0)
		return place == simple->b;
	return (place - simple->b) % simple->a == 0 && (place - simple->b) / simple->a >= 0;
}

static bool
is_empty(Matching *m, const HtmlNode *element)
{
	for (const HtmlNode *child = element->children; child != NULL; child = child->next)
	{
		m->steps--;
		if (child->name != NULL || child->text[0] != '\0')
			return false;
	}
	return true;
}

static bool
match_list(Matching *m, const Selector *list, const HtmlNode *element, const HtmlNode *scope)
{
	for (; list != NULL; list = list->next)
	{
		if (selector_match_compound(m, list->rightmost, element, scope))
			return true;
	}
	return false;
}

/* The element after this one in document order, within root; NULL at the end. */
static const HtmlNode *
following(Matching *m, const HtmlNode *node, const HtmlNode *root)
{
	do
	{
		m->steps--;
		node = html_next(node, root);
	} while (node != NULL && node->name == NULL);
	return node;
}

/*
 * :has(): the candidates are the elements below this one or, for + and ~, its later siblings and
 * the elements below them.
 */
static bool
match_has(Matching *m, const Selector *list, const HtmlNode *element)
{
	const HtmlNode *root = element->parent == NULL ? element : element->parent;
	const HtmlNode *candidate = element;

	while ((candidate = following(m, candidate, root)) != NULL && m->steps > 0)
	{
		if (match_list(m, list, candidate, element))
			return true;
	}
	return false;
}

static bool
match_simple(Matching *m, const Simple *simple, const HtmlNode *element)
{
	const char *value;

	if (m->steps-- <= 0)
		return false;
	switch (simple->kind)
	{
		case SIMPLE_TYPE:
			return simple->name == NULL || text_equal(element->name, simple->name);
		case SIMPLE_CLASS:
			value = attribute_value(m, element, "class");
			return value != NULL && has_word(m, value, simple->name, simple->length, false);
		case SIMPLE_ID:
			value = attribute_value(m, element, "id");
			return value != NULL && strcmp(value, simple->name) == 0;
		case SIMPLE_ATTRIBUTE:
			return match_attribute(m, simple, element);
		case SIMPLE_NOT:
			return !match_list(m, simple->list, element, NULL);
		case SIMPLE_IS:
			return match_list(m, simple->list, element, NULL);
		case SIMPLE_HAS:
			return match_has(m, simple->list, element);
		case SIMPLE_NTH_CHILD:
			return match_nth_child(m, simple, element);
		case SIMPLE_LAST_CHILD:
			return is_last_child(m, element);
		case SIMPLE_EMPTY:
			return is_empty(m, element);
	}
	return false;
}

/*
 * Matches the compounds on the left. If there are none, only a relative selector has still to find
 * its scope.
 */
static bool
match_left(Matching *m, const Compound *compound, const HtmlNode *element, const HtmlNode *scope)
{
	bool sideways = compound->combinator == '+' || compound->combinator == '~';
	bool once = compound->combinator == '>' || compound->combinator == '+';

	if (compound->combinator == '\0')
		return true;
	for (;;)
	{
		element = sideways ? previous_element(m, element) : parent_element(element);
		if (element == NULL || m->steps-- <= 0)
			return false;
		if (compound->left == NULL ? element == scope
								   : selector_match_compound(m, compound->left, element, scope))
			return true;
		if (once)
			return false;
	}
}

bool
selector_match_compound(Matching *m, const Compound *compound, const HtmlNode *element,
						const HtmlNode *scope)
{
	for (const Simple *simple = compound->simples; simple != NULL; simple = simple->next)
	{
		if (!match_simple(m, simple, element))
			return false;
	}
	return match_left(m, compound, element, scope);
}
