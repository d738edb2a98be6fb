/*
 * list.c: see list.h.
 */
#include "base/list.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

void *
list_grow(Arena *arena, void *items, int count, size_t item_size)
{
	void *larger;

	/* The array was enlarged at 0, 8, 16, 32, ... items. */
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
static uint32_t
fnv1a(const char *s)
{
	uint32_t hash = 2166136261u;

	for (; *s != '\0'; s++)
		hash = (hash ^ (unsigned char) *s) * 16777619u;
	return hash;
}

static int
seen_slot(const Seen *seen, const char *key)
{
	uint32_t mask = (uint32_t) seen->capacity - 1;
	uint32_t slot = fnv1a(key) & mask;

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
	assert((seen->capacity & (seen->capacity - 1)) == 0 && seen->used < seen->capacity);
	slot = seen_slot(seen, key);
	if (seen->keys[slot] != NULL)
		return seen->numbers[slot];
	seen->keys[slot] = key;
	seen->numbers[slot] = number;
	seen->used++;
	return -1;
}
