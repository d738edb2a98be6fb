/*
 * selector_set.c: matches many selectors in one walk. An element is tried only against the
 * selectors whose rightmost compound names its id, one of its classes or its tag, and only if its
 * ancestors can satisfy them.
 */
#include "html/selector_set.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "html/selector_match.h"

#define BUCKETS 256
#define MAX_HITS 64

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
#define HASH_START 2166136261u
#define HASH_PRIME 16777619u

typedef struct Entry
{
	struct Entry *next;
	Compound *rightmost;
	int number;
	uint64_t ancestors; /* bits of what it requires of its ancestors */
} Entry;

/* An id, class or tag that a selector names. */
typedef struct Key
{
	struct Key *next; /* in the bucket */
	char kind;        /* '.', '#', 't' */
	const char *text;
	size_t len;
	uint32_t hash;
	int place; /* number, from 0 */
	/* set among an element's ancestor bits if one has this key; 0: no selector requires it there */
	uint64_t bit;
	Entry *entries; /* to try on elements that have the key */
} Key;

struct SelectorSet
{
	Arena *arena;
	Key *buckets[BUCKETS];
	int key_count;
	int bit_count;
	int last_number;  /* that was added */
	Entry *universal; /* to try on every element */
};

typedef struct Walk
{
	const SelectorSet *set;
	Arena *arena;
	Matching m;
	/* by depth below the root: the bits of the ancestors */
	uint64_t *above;
	int capacity;
	/* the element at hand */
	const HtmlNode *element;
	uint64_t ancestors;
	uint64_t own;
	uint64_t *tried; /* one bit per key, by its number */
	int hit_count;
	int hits[MAX_HITS]; /* numbers, ascending, without repeats */
} Walk;

SelectorSet *
selector_set_create(Arena *arena)
{
	SelectorSet *set = arena_alloc(arena, sizeof(SelectorSet));

	set->arena = arena;
	return set;
}

static uint32_t
hash_byte(uint32_t hash, char c)
{
	return (hash ^ (unsigned char) c) * HASH_PRIME;
}

static Key *
find_key(const SelectorSet *set, uint32_t hash, char kind, const char *text, size_t len)
{
	Key *key = set->buckets[hash % BUCKETS];

	while (key != NULL && !(key->hash == hash && key->kind == kind && key->len == len &&
							memcmp(key->text, text, len) == 0))
		key = key->next;
	return key;
}

/* The key of a simple selector; NULL if it has none. */
static Key *
key_of(SelectorSet *set, const Simple *simple)
{
	uint32_t hash = HASH_START;
	char kind = simple->kind == SIMPLE_ID      ? '#'
				: simple->kind == SIMPLE_CLASS ? '.'
				: simple->kind == SIMPLE_TYPE  ? 't'
											   : '\0';
	Key *key;

	if (kind == '\0' || simple->name == NULL)
		return NULL;
	for (const char *c = simple->name; *c != '\0'; c++)
		hash = hash_byte(hash, *c);
	key = find_key(set, hash, kind, simple->name, strlen(simple->name));
	if (key == NULL)
	{
		key = arena_alloc(set->arena, sizeof(Key));
		*key = (Key){.next = set->buckets[hash % BUCKETS],
					 .kind = kind,
					 .text = simple->name,
					 .len = strlen(simple->name),
					 .hash = hash,
					 .place = set->key_count++};
		set->buckets[hash % BUCKETS] = key;
	}
	return key;
}

/*
 * The bits of everything that the compounds on the left require of the ancestors. What siblings
 * must be does not count, but what is above them does.
 */
static uint64_t
ancestor_bits(SelectorSet *set, const Compound *compound)
{
	uint64_t bits = 0;

	for (; compound->left != NULL; compound = compound->left)
	{
		if (compound->combinator != ' ' && compound->combinator != '>')
			continue;
		for (const Simple *simple = compound->left->simples; simple != NULL; simple = simple->next)
		{
			Key *key = key_of(set, simple);

			if (key != NULL && key->bit == 0)
				key->bit = UINT64_C(1) << (set->bit_count++ % 64);
			if (key != NULL)
				bits |= key->bit;
		}
	}
	return bits;
}

/* The rarest key of a compound: an id, else a class, else a tag; NULL if it has none of them. */
static Key *
choose_key(SelectorSet *set, const Compound *compound)
{
	static const SimpleKind order[] = {SIMPLE_ID, SIMPLE_CLASS, SIMPLE_TYPE};

	for (int i = 0; i < 3; i++)
	{
		for (const Simple *simple = compound->simples; simple != NULL; simple = simple->next)
		{
			if (simple->kind == order[i] && simple->name != NULL)
				return key_of(set, simple);
		}
	}
	return NULL;
}

void
selector_set_add(SelectorSet *set, Selector *selector, int number)
{
	assert(number >= 0 && number <= UINT16_MAX && number >= set->last_number);
	set->last_number = number;
	for (; selector != NULL; selector = selector->next)
	{
		Entry *entry = arena_alloc(set->arena, sizeof(Entry));
		Key *key = choose_key(set, selector->rightmost);
		Entry **end = key == NULL ? &set->universal : &key->entries;

		entry->rightmost = selector->rightmost;
		entry->number = number;
		entry->ancestors = ancestor_bits(set, selector->rightmost);
		while (*end != NULL)
			end = &(*end)->next;
		*end = entry;
	}
}

static void
add_hit(Walk *walk, int number)
{
	int place = walk->hit_count;

	while (place > 0 && walk->hits[place - 1] > number)
		place--;
	if ((place > 0 && walk->hits[place - 1] == number) || walk->hit_count == MAX_HITS)
		return;
	memmove(walk->hits + place + 1, walk->hits + place,
			sizeof(int) * (size_t) (walk->hit_count - place));
	walk->hits[place] = number;
	walk->hit_count++;
}

static void
try_entries(Walk *walk, const Entry *entry)
{
	for (; entry != NULL; entry = entry->next)
	{
		if ((entry->ancestors & ~walk->ancestors) == 0 &&
			selector_match_compound(&walk->m, entry->rightmost, walk->element, NULL) &&
			walk->m.steps > 0)
			add_hit(walk, entry->number);
	}
}

/*
 * The element has this id, class or tag. A class can occur many times in its attribute, but is
 * tried once.
 */
static void
visit_key(Walk *walk, uint32_t hash, char kind, const char *text, size_t len)
{
	const Key *key = find_key(walk->set, hash, kind, text, len);
	uint64_t bit;

	if (key == NULL)
		return;
	walk->own |= key->bit;
	bit = UINT64_C(1) << (key->place % 64);
	if (key->entries == NULL || (walk->tried[key->place / 64] & bit) != 0)
		return;
	walk->tried[key->place / 64] |= bit;
	try_entries(walk, key->entries);
}

static void
visit_whole(Walk *walk, char kind, const char *text)
{
	uint32_t hash = HASH_START;
	const char *end = text;

	for (; *end != '\0'; end++)
		hash = hash_byte(hash, *end);
	visit_key(walk, hash, kind, text, (size_t) (end - text));
}

static void
visit_classes(Walk *walk, const char *value)
{
	while (*value != '\0')
	{
		uint32_t hash = HASH_START;
		const char *start;

		while (selector_is_space(*value))
			value++;
		for (start = value; *value != '\0' && !selector_is_space(*value); value++)
			hash = hash_byte(hash, *value);
		if (value > start)
			visit_key(walk, hash, '.', start, (size_t) (value - start));
	}
}

static void
visit_element(Walk *walk, const HtmlNode *element)
{
	walk->element = element;
	walk->own = 0;
	walk->hit_count = 0;
	memset(walk->tried, 0, sizeof(uint64_t) * (size_t) (walk->set->key_count / 64 + 1));
	visit_whole(walk, 't', element->name);
	for (const HtmlAttribute *attribute = element->attributes; attribute != NULL;
		 attribute = attribute->next)
	{
		if (text_equal(attribute->name, "class"))
			visit_classes(walk, attribute->value);
		else if (text_equal(attribute->name, "id"))
			visit_whole(walk, '#', attribute->value);
	}
	if (walk->set->universal != NULL)
		try_entries(walk, walk->set->universal);
}

/* Goes down to an element's children: its keys are now among their ancestors'. */
static void
descend(Walk *walk, int depth)
{
	if (depth == walk->capacity)
	{
		uint64_t *larger = arena_alloc(walk->arena, sizeof(uint64_t) * (size_t) depth * 2);

		memcpy(larger, walk->above, sizeof(uint64_t) * (size_t) depth);
		walk->above = larger;
		walk->capacity = depth * 2;
	}
	walk->above[depth] = walk->ancestors | walk->own;
}

static void
begin_walk(Walk *walk, const SelectorSet *set, Arena *arena)
{
	*walk = (Walk){.set = set, .arena = arena, .m = {SELECTOR_MAX_STEPS}, .capacity = 64};
	walk->above = arena_alloc(arena, sizeof(uint64_t) * (size_t) walk->capacity);
	walk->tried = arena_alloc(arena, sizeof(uint64_t) * (size_t) (set->key_count / 64 + 1));
}

bool
selector_set_walk(const SelectorSet *set, Arena *arena, HtmlNode *root,
				  SelectorMatchCallback callback, void *context)
{
	Walk walk;
	HtmlNode *node = root;
	int depth = 0;

	begin_walk(&walk, set, arena);
	/* the ancestors of the root are not examined: any key may be there */
	walk.above[0] = root->parent != NULL && root->parent->name != NULL ? UINT64_MAX : 0;
	for (;;)
	{
		if (node->name != NULL)
		{
			walk.ancestors = walk.above[depth];
			visit_element(&walk, node);
			for (int i = 0; i < walk.hit_count; i++)
				callback(context, walk.hits[i], node);
			if (walk.m.steps <= 0)
				return false;
			if (node->children != NULL)
			{
				descend(&walk, ++depth);
				node = node->children;
				continue;
			}
		}
		while (node != root && node->next == NULL)
		{
			node = node->parent;
			depth--;
		}
		if (node == root)
			return true;
		node = node->next;
	}
}
