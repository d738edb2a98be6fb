/*
 * server_arena.h: the core's arenas in the server: an ERROR when memory runs out.
 */
#ifndef ESN_SERVER_ARENA_H
#define ESN_SERVER_ARENA_H

#include "base/arena.h"

static inline void
report_out_of_memory(void *context)
{
	ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
}

/* Creates an arena. ERROR if there is no memory for it or, later, for an allocation. */
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
