/*
 * list.h: small collections in an arena: strings, links, and a set of strings.
 */
#ifndef ESN_LIST_H
#define ESN_LIST_H

#include <stddef.h>

#include "base/arena.h"

typedef struct StringList
{
	int count;
	const char **items;
} StringList;

/* A link: what it is called and the slug it leads to. */
typedef struct NamedSlug
{
	const char *name;
	const char *slug;
	const char *url; /* absolute */
} NamedSlug;

typedef struct NamedSlugList
{
	int count;
	NamedSlug *items;
} NamedSlugList;

/* Makes room for one more item in an array of count items. Returns the array or a larger copy. */
extern void *list_grow(Arena *arena, void *items, int count, size_t item_size);

extern void string_list_add(Arena *arena, StringList *list, const char *item);
extern void named_slug_add(Arena *arena, NamedSlugList *list, NamedSlug item);

/* Strings seen so far, each with a number. */
typedef struct Seen
{
	Arena *arena;
	int used;
	int capacity; /* 0, or a power of two */
	const char **keys;
	int *numbers;
} Seen;

/*
 * Returns the number that the key was first put with, or -1 if the key is new; then it gets this
 * number. The key must outlive the set.
 */
extern int seen_put(Seen *seen, const char *key, int number);

#endif
