/*
 * arena.h: the memory of one page. Everything that parsing a page allocates lives in one arena and
 * is freed with it. An arena holds nothing but memory.
 */
#ifndef ESN_ARENA_H
#define ESN_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

typedef struct Arena Arena;

/* Creates an empty arena. Returns NULL if there is no memory for it. */
extern Arena *arena_create(void);

/* Frees the arena and all that was allocated in it. NULL is allowed. */
extern void arena_destroy(Arena *arena);

/* Frees all allocations but keeps one chunk, so that the next page needs no malloc(). */
extern void arena_reset(Arena *arena);

/*
 * Sets where an allocation jumps to (longjmp, value 1) when memory runs out. NULL: it does not
 * jump.
 * Returns the earlier handler, which the caller must restore after it has freed what it owns.
 */
extern jmp_buf *arena_on_exhaustion(Arena *arena, jmp_buf *handler);

/*
 * A function that is called with the context when memory runs out and no jump is set. It must not
 * return. Without either, the program ends with abort().
 */
typedef void (*ArenaOutOfMemory)(void *context);

extern void arena_on_out_of_memory(Arena *arena, ArenaOutOfMemory report, void *context);

/* size bytes, zeroed, aligned for any type. Never NULL: see arena_on_exhaustion(). */
extern void *arena_alloc(Arena *arena, size_t size);

/*
 * As arena_alloc(), but returns NULL when memory runs out, for callers that must not be jumped out
 * of.
 */
extern void *arena_try_alloc(Arena *arena, size_t size);

/*
 * Fails as arena_alloc() does unless malloc() has size bytes now. For callers of libraries that do
 * not report reliably that memory ran out.
 */
extern void arena_ensure_room(Arena *arena, size_t size);

/* Fails as an allocation without memory does, for callers that got none from another library. */
extern _Noreturn void arena_fail(Arena *arena);

/* A copy of s, or of its first len bytes, with a NUL behind. */
extern char *arena_strdup(Arena *arena, const char *s);
extern char *arena_strndup(Arena *arena, const char *s, size_t len);

/* As arena_strndup(), but returns NULL when memory runs out: see arena_try_alloc(). */
extern char *arena_try_strndup(Arena *arena, const char *s, size_t len);

/* As asprintf(), in the arena. */
extern char *arena_printf(Arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A string that grows in an arena. data is NUL-terminated at every moment after buffer_init(). */
typedef struct TextBuffer
{
	Arena *arena;
	char *data;
	size_t len;
	size_t capacity;
} TextBuffer;

extern void buffer_init(TextBuffer *buffer, Arena *arena);
extern void buffer_append(TextBuffer *buffer, const char *bytes, size_t len);
extern void buffer_puts(TextBuffer *buffer, const char *s);
extern void buffer_putc(TextBuffer *buffer, char c);
extern void buffer_printf(TextBuffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
