/*
 * cache.c: a hash table of answers with a list by last use. What does not fit makes room by
 * forgetting the answers that were not used for longest.
 */
#include "cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define BUCKETS 16384
#define LARGEST_SHARE 4 /* an answer larger than this part of the limit is not kept */

typedef struct Entry
{
	struct Entry *next; /* in its bucket */
	struct Entry *newer;
	struct Entry *older;
	Answer *answer;
	int64_t expires;
	size_t size;
	uint32_t hash;
	char address[];
} Entry;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Entry **buckets;
static Entry *newest;
static Entry *oldest;
static size_t used;
static size_t allowed;
static _Atomic uint64_t generation;

/* FNV-1a, begun with a number that nobody outside knows. */
static uint32_t seed;

static uint32_t
hash_of(const char *address)
{
	uint32_t hash = 2166136261U ^ seed;

	for (; *address != '\0'; address++)
		hash = (hash ^ (unsigned char) *address) * 16777619U;
	return hash ^ hash >> 15;
}

int
cache_open(size_t limit)
{
	allowed = limit;
	seed = (uint32_t) random_seed();
	buckets = calloc(BUCKETS, sizeof(Entry *));
	return buckets != NULL;
}

static void
unlink_use(Entry *entry)
{
	if (entry->newer != NULL)
		entry->newer->older = entry->older;
	else
		newest = entry->older;
	if (entry->older != NULL)
		entry->older->newer = entry->newer;
	else
		oldest = entry->newer;
}

static void
link_newest(Entry *entry)
{
	entry->newer = NULL;
	entry->older = newest;
	if (newest != NULL)
		newest->newer = entry;
	else
		oldest = entry;
	newest = entry;
}

static void
forget(Entry *entry)
{
	Entry **place = &buckets[entry->hash % BUCKETS];

	while (*place != entry)
		place = &(*place)->next;
	*place = entry->next;
	unlink_use(entry);
	used -= entry->size;
	answer_release(entry->answer);
	free(entry);
}

static Entry *
look_up(const char *address, uint32_t hash)
{
	Entry *entry = buckets[hash % BUCKETS];

	while (entry != NULL && (entry->hash != hash || strcmp(entry->address, address) != 0))
		entry = entry->next;
	return entry;
}

uint64_t
cache_generation(void)
{
	return atomic_load(&generation);
}

void
cache_void(void)
{
	pthread_mutex_lock(&lock);
	atomic_fetch_add(&generation, 1);
	while (oldest != NULL)
		forget(oldest);
	pthread_mutex_unlock(&lock);
}

void
cache_close(void)
{
	cache_void();
	free(buckets);
	buckets = NULL;
}

Answer *
cache_find(const char *address)
{
	uint32_t hash = hash_of(address);
	Answer *answer = NULL;
	Entry *entry;

	pthread_mutex_lock(&lock);
	entry = look_up(address, hash);
	if (entry != NULL && entry->expires <= clock_now())
	{
		forget(entry);
		entry = NULL;
	}
	if (entry != NULL)
	{
		answer = answer_share(entry->answer);
		if (entry != newest)
		{
			unlink_use(entry);
			link_newest(entry);
		}
	}
	pthread_mutex_unlock(&lock);
	return answer;
}

void
cache_keep(const char *address, Answer *answer, int64_t seconds, uint64_t made_in)
{
	size_t length = strlen(address);
	size_t size = answer_size(answer) + sizeof(Entry) + length + 1;
	Entry *entry;
	Entry *before;

	if (seconds <= 0 || size > allowed / LARGEST_SHARE)
		return;
	entry = malloc(sizeof(Entry) + length + 1);
	if (entry == NULL)
		return;
	memcpy(entry->address, address, length + 1);
	entry->hash = hash_of(address);
	entry->size = size;
	entry->expires = clock_now() + seconds * 1000;
	entry->answer = answer_share(answer);
	pthread_mutex_lock(&lock);
	if (made_in != atomic_load(&generation))
	{
		pthread_mutex_unlock(&lock);
		answer_release(entry->answer);
		free(entry);
		return;
	}
	before = look_up(address, entry->hash);
	if (before != NULL)
		forget(before);
	while (oldest != NULL && used + size > allowed)
		forget(oldest);
	used += size;
	entry->next = buckets[entry->hash % BUCKETS];
	buckets[entry->hash % BUCKETS] = entry;
	link_newest(entry);
	pthread_mutex_unlock(&lock);
}
