/*
 * page_fields.c: reading a field of a page by its rules, and the small collections that the parsers need.
 */
#include <string.h>

#include "core/html.h"
#include "core/page_internal.h"
#include "core/url.h"

void *
list_grow(Arena *arena, void *items, int count, size_t item_size)
{
	void *larger;

	/* Full at 0, 8, 16, 32, ...: the places at which it was made larger. */
	if (count != 0 && (count < 8 || (count & (count - 1)) != 0))
		return items;
	larger = arena_alloc(arena, item_size * (size_t) (count == 0 ? 8 : count * 2));
	if (count > 0)
		memcpy(larger, items, item_size * (size_t) count);
	return larger;
}

void
string_list_add(Arena *arena, StringList *list, const char *item)
{
	list->items = list_grow(arena, list->items, list->count, sizeof(char *));
	list->items[list->count++] = item;
}

void
named_slug_add(Arena *arena, NamedSlugList *list, NamedSlug item)
{
	list->items = list_grow(arena, list->items, list->count, sizeof(NamedSlug));
	list->items[list->count++] = item;
}

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
static unsigned int
hash_string(const char *s)
{
	unsigned int hash = 2166136261u;

	for (; *s != '\0'; s++)
		hash = (hash ^ (unsigned char) *s) * 16777619u;
	return hash;
}

static int
seen_slot(const Seen *seen, const char *key)
{
	unsigned int mask = (unsigned int) seen->capacity - 1;
	unsigned int slot = hash_string(key) & mask;

	while (seen->keys[slot] != NULL && strcmp(seen->keys[slot], key) != 0)
		slot = (slot + 1) & mask;
	return (int) slot;
}

static void
seen_enlarge(Seen *seen)
{
	Seen larger = {.arena = seen->arena, .capacity = seen->capacity == 0 ? 16 : seen->capacity * 2};

	larger.keys = arena_alloc(seen->arena, sizeof(char *) * (size_t) larger.capacity);
	larger.numbers = arena_alloc(seen->arena, sizeof(int) * (size_t) larger.capacity);
	for (int i = 0; i < seen->capacity; i++)
	{
		if (seen->keys[i] != NULL)
			seen_put(&larger, seen->keys[i], seen->numbers[i]);
	}
	*seen = larger;
}

int
seen_put(Seen *seen, const char *key, int number)
{
	int slot;

	if (seen->used * 2 >= seen->capacity)
		seen_enlarge(seen);
	slot = seen_slot(seen, key);
	if (seen->keys[slot] != NULL)
		return seen->numbers[slot];
	seen->keys[slot] = key;
	seen->numbers[slot] = number;
	seen->used++;
	return -1;
}

void
elements_mark(HtmlNode *const *elements, int count)
{
	for (int i = 0; i < count; i++)
		elements[i]->mark = i + 1;
}

void
elements_unmark(HtmlNode *const *elements, int count)
{
	for (int i = 0; i < count; i++)
		elements[i]->mark = 0;
}

int
elements_holding(const HtmlNode *element)
{
	while (element != NULL && element->mark == 0)
		element = element->parent;
	return element == NULL ? -1 : element->mark - 1;
}

bool
field_found(PageParser *parser, const char *field, int n, Found *found)
{
	int count;
	HtmlNode *const *elements = rules_found(parser->matches, field, n, &count, &found->attribute);

	if (elements == NULL)
		return false;
	found->count = 0;
	found->elements = arena_alloc(parser->arena, sizeof(HtmlNode *) * (size_t) (count + 1));
	elements_mark(elements, count);
	for (int i = 0; i < count; i++)
	{
		if (elements_holding(elements[i]->parent) < 0)
			found->elements[found->count++] = elements[i];
	}
	elements_unmark(elements, count);
	return true;
}

static const char *
element_value(PageParser *parser, const Found *found, int i, bool lines)
{
	const char *value;

	if (found->attribute != NULL)
		value = html_attribute(parser->arena, found->elements[i], found->attribute);
	else if (lines)
		value = html_lines(parser->arena, found->elements[i]);
	else
		value = html_text(parser->arena, found->elements[i]);
	return value == NULL || *value == '\0' ? NULL : value;
}

const char *
found_value(PageParser *parser, const Found *found, int i)
{
	return element_value(parser, found, i, false);
}

static const char *
found_href(PageParser *parser, const Found *found, int i)
{
	return html_attribute(parser->arena, found->elements[i],
						  found->attribute == NULL ? "href" : found->attribute);
}

const char *
found_url(PageParser *parser, const Found *found, int i)
{
	const char *href = found_href(parser, found, i);

	return href == NULL ? NULL : url_absolute(parser->arena, parser->page->url, href);
}

static StringList
field_values(PageParser *parser, const char *field, bool lines)
{
	StringList values = {0};
	Found found;

	for (int n = 0; values.count == 0 && field_found(parser, field, n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *value = element_value(parser, &found, i, lines);

			if (value != NULL)
				string_list_add(parser->arena, &values, value);
		}
	}
	return values;
}

const char *
field_text(PageParser *parser, const char *field)
{
	StringList values = field_values(parser, field, false);

	return values.count == 0 ? NULL : values.items[0];
}

const char *
field_lines(PageParser *parser, const char *field)
{
	StringList values = field_values(parser, field, true);
	TextBuffer joined;

	if (values.count == 0)
		return NULL;
	buffer_init(&joined, parser->arena);
	for (int i = 0; i < values.count; i++)
	{
		if (i > 0)
			buffer_putc(&joined, '\n');
		buffer_puts(&joined, values.items[i]);
	}
	return joined.data;
}

const char *
field_url(PageParser *parser, const char *field)
{
	const char *value = field_text(parser, field);
	const char *url;

	if (value == NULL)
		return NULL;
	url = url_absolute(parser->arena, parser->page->url, value);
	if (url == NULL)
		page_error(parser, field, "not a web address", value);
	return url;
}

StringList
field_texts(PageParser *parser, const char *field)
{
	return field_values(parser, field, false);
}

StringList
field_names(PageParser *parser, const char *field, size_t max_chars)
{
	StringList values = field_values(parser, field, false);
	StringList names = {0};
	Seen seen = {.arena = parser->arena};

	for (int i = 0; i < values.count; i++)
	{
		const char *name = check_length(parser, field, values.items[i], max_chars);

		if (seen_put(&seen, name, 0) < 0)
			string_list_add(parser->arena, &names, name);
	}
	return names;
}

/* Whether an address is that of something of this kind, and of nothing below it, whatever its slug. */
static bool
is_address_of(const char *href, const char *marker)
{
	const char *at = href == NULL ? NULL : strstr(href, marker);
	size_t len;

	if (at == NULL || at == href || at[-1] != '/' || at[strlen(marker)] != '/')
		return false;
	at += strlen(marker) + 1;
	len = strcspn(at, "?#");
	while (len > 0 && at[len - 1] == '/')
		len--;
	return len > 0 && memchr(at, '/', len) == NULL;
}

NamedSlugList
field_links(PageParser *parser, const char *field, const char *marker)
{
	NamedSlugList links = {0};
	Seen seen = {.arena = parser->arena};
	Found found;

	for (int n = 0; links.count == 0 && field_found(parser, field, n, &found); n++)
	{
		for (int i = 0; i < found.count; i++)
		{
			const char *url = found_url(parser, &found, i);
			const char *slug = url == NULL ? NULL : slug_from_url(parser->arena, url, marker);
			const char *name = html_text(parser->arena, found.elements[i]);
			int place = slug == NULL ? -1 : seen_put(&seen, slug, links.count);

			if (slug == NULL && is_address_of(found_href(parser, &found, i), marker))
				page_error(parser, field, "not an address with a slug that can be kept",
						   found_href(parser, &found, i));
			if (*name == '\0')
				name = NULL;
			if (slug != NULL && place < 0)
				named_slug_add(parser->arena, &links, (NamedSlug){name, slug, url});
			/* place is one in it. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
			else if (slug != NULL && links.items[place].name == NULL)
				links.items[place].name = name;
		}
	}
	return links;
}

const char *
trim_commas(Arena *arena, const char *text)
{
	size_t len;

	if (text == NULL)
		return NULL;
	text += strspn(text, ", ");
	len = strlen(text);
	while (len > 0 && strchr(", ", text[len - 1]) != NULL)
		len--;
	return len == 0 ? NULL : arena_strndup(arena, text, len);
}
