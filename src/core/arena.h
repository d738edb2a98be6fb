/*
 * arena.h: one page's memory. Everything that parsing a page brings forth lives in one arena and is
 * freed with it. Nothing here may hold on to a resource that is not memory.
 */
#ifndef ESN_ARENA_H
#define ESN_ARENA_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

typedef struct Arena Arena;

/* A new, empty arena, or NULL when there is no memory for it. */
extern Arena *arena_create(void);

/* Frees the arena and all that was allocated in it. NULL is allowed. */
extern void arena_destroy(Arena *arena);

/* Frees what was allocated in it, but keeps one chunk, so that the next page need not ask malloc. */
extern void arena_reset(Arena *arena);

/*
 * Where an allocation jumps to (longjmp, value 1) when memory runs out; NULL: nowhere, see below. Whoever
 * sets it frees what it owns there and puts the earlier handler, which is returned, back.
 */
extern jmp_buf *arena_on_exhaustion(Arena *arena, jmp_buf *handler);

/*
 * What is called with the context when memory runs out and no jump is set: for those who report errors in
 * a way of their own. It must not return. Where there is neither, the program ends with abort().
 */
typedef void (*ArenaOutOfMemory)(void *context);

extern void arena_on_out_of_memory(Arena *arena, ArenaOutOfMemory report, void *context);

/* size bytes, zeroed, aligned for any type. Never NULL: see arena_on_exhaustion(). */
extern void *arena_alloc(Arena *arena, size_t size);

/* As where an allocation finds no memory: for those who asked another library for some. */
extern _Noreturn void arena_fail(Arena *arena);

/* A copy of s, or of its first len bytes, with a NUL behind. */
extern char *arena_strdup(Arena *arena, const char *s);
extern char *arena_strndup(Arena *arena, const char *s, size_t len);

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
