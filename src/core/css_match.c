/*
 * css_match.c: whether an element matches, and all matches of many selectors in one walk.
 */
#include "core/css_internal.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#define BUCKETS 256

typedef struct Matching
{
	int64_t steps; /* left; a page that needs more is hostile, and matches nothing further */
} Matching;

typedef struct Entry
{
	struct Entry *next;
	const char *key; /* class, id or tag; NULL: to be tried on every element */
	char kind;       /* '.', '#', 't' */
	Compound *rightmost;
	int number;
} Entry;

struct CssSet
{
	Arena *arena;
	Entry *buckets[BUCKETS];
	Entry *universal;
};

static bool match_compound(Matching *m, const Compound *compound, const xmlNode *element,
						   const xmlNode *scope);

static const char *
attribute_value(const xmlNode *element, const char *name)
{
	for (const xmlAttr *attribute = element->properties; attribute != NULL;
		 attribute = attribute->next)
	{
		if (strcasecmp((const char *) attribute->name, name) == 0)
		{
			const xmlNode *text = attribute->children;

			return text == NULL || text->content == NULL ? "" : (const char *) text->content;
		}
	}
	return NULL;
}

static bool
equal(const char *a, const char *b, size_t len, bool ignore_case)
{
	return (ignore_case ? strncasecmp(a, b, len) : strncmp(a, b, len)) == 0;
}

/* Whether one of the words of a value, parted by white space, is the wanted one. */
static bool
has_word(const char *value, const char *word, bool ignore_case)
{
	size_t len = strlen(word);

	while (len > 0 && *value != '\0')
	{
		size_t width;

		value += strspn(value, " \t\r\n\f");
		width = strcspn(value, " \t\r\n\f");
		if (width == len && equal(value, word, len, ignore_case))
			return true;
		value += width;
	}
	return false;
}

static bool
match_attribute(const Simple *simple, const xmlNode *element)
{
	const char *value = attribute_value(element, simple->name);
	size_t len;
	size_t wanted;

	if (value == NULL || simple->op == '\0')
		return value != NULL;
	len = strlen(value);
	wanted = strlen(simple->value);
	switch (simple->op)
	{
		case '=':
			return len == wanted && equal(value, simple->value, len, simple->ignore_case);
		case '~':
			return has_word(value, simple->value, simple->ignore_case);
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
			return wanted > 0 && (simple->ignore_case ? strcasestr(value, simple->value)
													  : strstr(value, simple->value)) != NULL;
	}
}

static const xmlNode *
previous_element(const xmlNode *node)
{
	do
		node = node->prev;
	while (node != NULL && node->type != XML_ELEMENT_NODE);
	return node;
}

static const xmlNode *
next_element(const xmlNode *node)
{
	do
		node = node->next;
	while (node != NULL && node->type != XML_ELEMENT_NODE);
	return node;
}

static const xmlNode *
parent_element(const xmlNode *node)
{
	node = node->parent;
	return node != NULL && node->type == XML_ELEMENT_NODE ? node : NULL;
}

static bool
match_nth_child(Matching *m, const Simple *simple, const xmlNode *element)
{
	int place = 1;

	while ((element = previous_element(element)) != NULL && m->steps-- > 0)
		place++;
	if (simple->a == 0)
		return place == simple->b;
	return (place - simple->b) % simple->a == 0 && (place - simple->b) / simple->a >= 0;
}

static bool
is_empty(const xmlNode *element)
{
	for (const xmlNode *child = element->children; child != NULL; child = child->next)
	{
		if (child->type == XML_ELEMENT_NODE ||
			((child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) &&
			 child->content != NULL && child->content[0] != '\0'))
			return false;
	}
	return true;
}

static bool
match_list(Matching *m, const CssSelector *list, const xmlNode *element, const xmlNode *scope)
{
	for (; list != NULL; list = list->next)
	{
		if (match_compound(m, list->rightmost, element, scope))
			return true;
	}
	return false;
}

/* The element after this one in document order, not leaving root; NULL at the end. */
static const xmlNode *
following(const xmlNode *node, const xmlNode *root)
{
	do
	{
		if (node->type == XML_ELEMENT_NODE && node->children != NULL)
		{
			node = node->children;
			continue;
		}
		while (node != root && node->next == NULL)
			node = node->parent;
		if (node == root)
			return NULL;
		node = node->next;
	} while (node->type != XML_ELEMENT_NODE);
	return node;
}

/* :has(): candidates are what stands below the element, or, for + and ~, what follows it and what stands below that. */
static bool
match_has(Matching *m, const CssSelector *list, const xmlNode *element)
{
	const xmlNode *root = element->parent == NULL ? element : element->parent;
	const xmlNode *candidate = element;

	while ((candidate = following(candidate, root)) != NULL && m->steps-- > 0)
	{
		if (match_list(m, list, candidate, element))
			return true;
	}
	return false;
}

static bool
match_simple(Matching *m, const Simple *simple, const xmlNode *element)
{
	const char *value;

	if (m->steps-- <= 0)
		return false;
	switch (simple->kind)
	{
		case SIMPLE_TYPE:
			return simple->name == NULL ||
				   strcasecmp((const char *) element->name, simple->name) == 0;
		case SIMPLE_CLASS:
			value = attribute_value(element, "class");
			return value != NULL && has_word(value, simple->name, false);
		case SIMPLE_ID:
			value = attribute_value(element, "id");
			return value != NULL && strcmp(value, simple->name) == 0;
		case SIMPLE_ATTRIBUTE:
			return match_attribute(simple, element);
		case SIMPLE_NOT:
			return !match_list(m, simple->list, element, NULL);
		case SIMPLE_IS:
			return match_list(m, simple->list, element, NULL);
		case SIMPLE_HAS:
			return match_has(m, simple->list, element);
		case SIMPLE_NTH_CHILD:
			return match_nth_child(m, simple, element);
		case SIMPLE_LAST_CHILD:
			return next_element(element) == NULL;
		case SIMPLE_EMPTY:
			return is_empty(element);
	}
	return false;
}

/* What stands left of a compound: with none left, only a relative selector has still to find its scope. */
static bool
match_left(Matching *m, const Compound *compound, const xmlNode *element, const xmlNode *scope)
{
	bool sideways = compound->combinator == '+' || compound->combinator == '~';
	bool once = compound->combinator == '>' || compound->combinator == '+';

	if (compound->combinator == '\0')
		return true;
	for (;;)
	{
		element = sideways ? previous_element(element) : parent_element(element);
		if (element == NULL || m->steps-- <= 0)
			return false;
		if (compound->left == NULL ? element == scope
								   : match_compound(m, compound->left, element, scope))
			return true;
		if (once)
			return false;
	}
}

static bool
match_compound(Matching *m, const Compound *compound, const xmlNode *element, const xmlNode *scope)
{
	for (const Simple *simple = compound->simples; simple != NULL; simple = simple->next)
	{
		if (!match_simple(m, simple, element))
			return false;
	}
	return match_left(m, compound, element, scope);
}

bool
css_matches(const CssSelector *selector, const xmlNode *element)
{
	Matching m = {CSS_MAX_STEPS};

	return element->type == XML_ELEMENT_NODE && match_list(&m, selector, element, NULL) &&
		   m.steps > 0;
}

CssSet *
css_set_create(Arena *arena)
{
	CssSet *set = arena_alloc(arena, sizeof(CssSet));

	set->arena = arena;
	return set;
}

static unsigned
hash_key(char kind, const char *key, size_t len)
{
	uint32_t hash = 2166136261u ^ (unsigned char) kind;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char) key[i]) * 16777619u;
	return (hash ^ hash >> 16) % BUCKETS;
}

/* The rarest of what a compound asks for: an id, else a class, else a tag. */
static void
choose_key(Entry *entry)
{
	static const struct
	{
		SimpleKind kind;
		char letter;
	} order[] = {{SIMPLE_ID, '#'}, {SIMPLE_CLASS, '.'}, {SIMPLE_TYPE, 't'}};

	for (int i = 0; i < 3; i++)
	{
		for (const Simple *simple = entry->rightmost->simples; simple != NULL;
			 simple = simple->next)
		{
			if (simple->kind == order[i].kind && simple->name != NULL)
			{
				entry->key = simple->name;
				entry->kind = order[i].letter;
				return;
			}
		}
	}
}

void
css_set_add(CssSet *set, CssSelector *selector, int number)
{
	for (; selector != NULL; selector = selector->next)
	{
		Entry *entry = arena_alloc(set->arena, sizeof(Entry));
		Entry **end;

		entry->rightmost = selector->rightmost;
		entry->number = number;
		choose_key(entry);
		end = entry->key == NULL
				  ? &set->universal
				  : &set->buckets[hash_key(entry->kind, entry->key, strlen(entry->key))];
		while (*end != NULL)
			end = &(*end)->next;
		*end = entry;
	}
}

/* The numbers that match one element, ascending, each once. */
typedef struct Hits
{
	int count;
	int numbers[64];
} Hits;

static void
add_hit(Hits *hits, int number)
{
	int place = hits->count;

	while (place > 0 && hits->numbers[place - 1] > number)
		place--;
	if ((place > 0 && hits->numbers[place - 1] == number) || hits->count == 64)
		return;
	memmove(hits->numbers + place + 1, hits->numbers + place,
			sizeof(int) * (size_t) (hits->count - place));
	hits->numbers[place] = number;
	hits->count++;
}

static void
try_entries(Matching *m, const Entry *entry, char kind, const char *key, size_t len,
			const xmlNode *element, Hits *hits)
{
	for (; entry != NULL; entry = entry->next)
	{
		if (kind != '\0' &&
			(entry->kind != kind || strncmp(entry->key, key, len) != 0 || entry->key[len] != '\0'))
			continue;
		if (match_compound(m, entry->rightmost, element, NULL) && m->steps > 0)
			add_hit(hits, entry->number);
	}
}

static void
try_key(Matching *m, const CssSet *set, char kind, const char *key, size_t len,
		const xmlNode *element, Hits *hits)
{
	const Entry *entry = set->buckets[hash_key(kind, key, len)];

	if (entry != NULL)
		try_entries(m, entry, kind, key, len, element, hits);
}

static void
try_element(Matching *m, const CssSet *set, const xmlNode *element, Hits *hits)
{
	const char *tag = (const char *) element->name;

	hits->count = 0;
	/* The parser has put tags of HTML into lower case. */
	try_key(m, set, 't', tag, strlen(tag), element, hits);
	for (const xmlAttr *attribute = element->properties; attribute != NULL;
		 attribute = attribute->next)
	{
		const char *name = (const char *) attribute->name;
		const char *value =
			attribute->children == NULL ? NULL : (const char *) attribute->children->content;

		if (value == NULL)
			continue;
		if (strcmp(name, "id") == 0)
			try_key(m, set, '#', value, strlen(value), element, hits);
		else if (strcmp(name, "class") == 0)
		{
			while (*value != '\0')
			{
				size_t width;

				value += strspn(value, " \t\r\n\f");
				width = strcspn(value, " \t\r\n\f");
				if (width > 0)
					try_key(m, set, '.', value, width, element, hits);
				value += width;
			}
		}
	}
	if (set->universal != NULL)
		try_entries(m, set->universal, '\0', "", 0, element, hits);
}

void
css_walk(const CssSet *set, xmlNode *root, CssMatchCallback callback, void *context)
{
	Matching m = {CSS_MAX_STEPS};
	Hits hits;

	for (const xmlNode *element = root; element != NULL && m.steps > 0;
		 element = following(element, root))
	{
		if (element->type != XML_ELEMENT_NODE)
			continue;
		try_element(&m, set, element, &hits);
		for (int i = 0; i < hits.count; i++)
			callback(context, hits.numbers[i], (xmlNode *) (uintptr_t) element);
	}
}
