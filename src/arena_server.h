/*
 * arena_server.h: the core's arenas as the server wants them: an ERROR where memory runs out.
 */
#ifndef ESN_ARENA_SERVER_H
#define ESN_ARENA_SERVER_H

#include "core/arena.h"

static inline void
report_out_of_memory(void *context)
{
	ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
}

/* A new arena; ERROR where there is no memory for it, and later where there is none for what is put into it. */
static inline Arena *
server_arena(void)
{
	Arena *arena = arena_create();

	if (arena == NULL)
		report_out_of_memory(NULL);
	arena_on_out_of_memory(arena, report_out_of_memory, NULL);
	return arena;
}

#endif
