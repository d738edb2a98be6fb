/*
 * arena.c: a bump allocator over malloc. No PostgreSQL, no I/O.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CHUNK ((size_t) 64 * 1024)
#define ALIGNMENT (_Alignof(max_align_t))

/*
 * Under AddressSanitizer, memory that was not allocated must not be touched, and a gap follows each
 * allocation.
 */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GUARDED
#endif
#endif
#if defined(GUARDED) || defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define GAP ALIGNMENT
#define FORBID(place, size) ASAN_POISON_MEMORY_REGION(place, size)
#define ALLOW(place, size) ASAN_UNPOISON_MEMORY_REGION(place, size)
#else
#define GAP 0
#define FORBID(place, size) ((void) 0)
#define ALLOW(place, size) ((void) 0)
#endif

typedef struct Chunk
{
	struct Chunk *next;
	size_t size; /* of data, in bytes */
	size_t used;
	_Alignas(max_align_t) char data[];
} Chunk;

struct Arena
{
	Chunk *current; /* the chunk that is being filled; full ones behind it */
	jmp_buf *exhausted;
	ArenaOutOfMemory out_of_memory;
	void *context;
};

static Chunk *
chunk_create(size_t size)
{
	Chunk *chunk;

	if (size > SIZE_MAX - sizeof(Chunk))
		return NULL;
	chunk = malloc(sizeof(Chunk) + size);
	if (chunk != NULL)
	{
		chunk->next = NULL;
		chunk->size = size;
		chunk->used = 0;
		FORBID(chunk->data, size);
	}
	return chunk;
}

Arena *
arena_create(void)
{
	Arena *arena = calloc(1, sizeof(Arena));

	if (arena == NULL)
		return NULL;
	arena->current = chunk_create(FIRST_CHUNK);
	if (arena->current == NULL)
	{
		free(arena);
		return NULL;
	}
	return arena;
}

static void
free_chunks(Chunk *chunk)
{
	while (chunk != NULL)
	{
		Chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
}

void
arena_destroy(Arena *arena)
{
	if (arena == NULL)
		return;
	free_chunks(arena->current);
	free(arena);
}

/* Keeps the first chunk, the last of the list, which has the ordinary size. */
void
arena_reset(Arena *arena)
{
	Chunk *chunk = arena->current;

	while (chunk->next != NULL)
	{
		Chunk *next = chunk->next;

		free(chunk);
		chunk = next;
	}
	assert(chunk->size == FIRST_CHUNK);
	FORBID(chunk->data, chunk->used);
	chunk->used = 0;
	arena->current = chunk;
}

jmp_buf *
arena_on_exhaustion(Arena *arena, jmp_buf *handler)
{
	jmp_buf *before = arena->exhausted;

	arena->exhausted = handler;
	return before;
}

void
arena_on_out_of_memory(Arena *arena, ArenaOutOfMemory report, void *context)
{
	arena->out_of_memory = report;
	arena->context = context;
}

_Noreturn void
arena_fail(Arena *arena)
{
	if (arena->exhausted != NULL)
		longjmp(*arena->exhausted, 1);
	if (arena->out_of_memory != NULL)
	{
		arena->out_of_memory(arena->context);
		assert(!"the function for lack of memory must not return");
	}
	abort();
}

/* As arena_try_alloc(), but does not zero the memory. */
static void *
try_alloc_raw(Arena *arena, size_t size)
{
	Chunk *chunk = arena->current;
	size_t room;
	void *place;

	if (size > SIZE_MAX / 4)
		return NULL;
	room = ((size + ALIGNMENT - 1) & ~(ALIGNMENT - 1)) + GAP;
	if (chunk->size - chunk->used < room)
	{
		size_t wanted = chunk->size < ((size_t) 1 << 20) ? chunk->size * 2 : chunk->size;

		chunk = chunk_create(room > wanted ? room : wanted);
		if (chunk == NULL)
			return NULL;
		chunk->next = arena->current;
		arena->current = chunk;
	}
	place = chunk->data + chunk->used;
	assert((uintptr_t) place % ALIGNMENT == 0);
	chunk->used += room;
	ALLOW(place, size);
	return place;
}

static void *
alloc_raw(Arena *arena, size_t size)
{
	void *place = try_alloc_raw(arena, size);

	if (place == NULL)
		arena_fail(arena);
	return place;
}

void *
arena_try_alloc(Arena *arena, size_t size)
{
	void *place = try_alloc_raw(arena, size);

	return place == NULL ? NULL : memset(place, 0, size);
}

void *
arena_alloc(Arena *arena, size_t size)
{
	return memset(alloc_raw(arena, size), 0, size);
}

void
arena_ensure_room(Arena *arena, size_t size)
{
	void *volatile room = malloc(size); /* volatile: otherwise the compiler leaves both calls out */

	free(room);
	if (room == NULL)
		arena_fail(arena);
}

char *
arena_try_strndup(Arena *arena, const char *s, size_t len)
{
	char *copy = try_alloc_raw(arena, len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
arena_strndup(Arena *arena, const char *s, size_t len)
{
	char *copy = arena_try_strndup(arena, s, len);

	if (copy == NULL)
		arena_fail(arena);
	return copy;
}

char *
arena_strdup(Arena *arena, const char *s)
{
	return arena_strndup(arena, s, strlen(s));
}

char *
arena_printf(Arena *arena, const char *format, ...)
{
	va_list args;
	int len;
	char *text;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		arena_fail(arena);
	text = arena_alloc(arena, (size_t) len + 1);
	va_start(args, format);
	vsnprintf(text, (size_t) len + 1, format, args);
	va_end(args);
	return text;
}

void
buffer_init(TextBuffer *buffer, Arena *arena)
{
	buffer->arena = arena;
	buffer->capacity = 256;
	buffer->data = alloc_raw(arena, buffer->capacity);
	buffer->data[0] = '\0';
	buffer->len = 0;
}

static void
buffer_reserve(TextBuffer *buffer, size_t more)
{
	size_t needed = buffer->len + more + 1;
	size_t capacity = buffer->capacity;
	char *data;

	if (needed <= capacity)
		return;
	while (capacity < needed)
		capacity *= 2;
	data = alloc_raw(buffer->arena, capacity);
	memcpy(data, buffer->data, buffer->len + 1);
	buffer->data = data;
	buffer->capacity = capacity;
}

void
buffer_append(TextBuffer *buffer, const char *bytes, size_t len)
{
	assert(buffer->data[buffer->len] == '\0');
	buffer_reserve(buffer, len);
	memcpy(buffer->data + buffer->len, bytes, len);
	buffer->len += len;
	buffer->data[buffer->len] = '\0';
}

void
buffer_puts(TextBuffer *buffer, const char *s)
{
	buffer_append(buffer, s, strlen(s));
}

void
buffer_putc(TextBuffer *buffer, char c)
{
	buffer_reserve(buffer, 1);
	buffer->data[buffer->len++] = c;
	buffer->data[buffer->len] = '\0';
}

void
buffer_printf(TextBuffer *buffer, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0)
		arena_fail(buffer->arena);
	buffer_reserve(buffer, (size_t) len);
	va_start(args, format);
	vsnprintf(buffer->data + buffer->len, (size_t) len + 1, format, args);
	va_end(args);
	buffer->len += (size_t) len;
}
